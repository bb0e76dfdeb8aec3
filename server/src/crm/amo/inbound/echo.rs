//! Our own writes, noted beside the calls that make them, so that their echo is known.

use domain::db::Tx;
use domain::ledger::{self, Their};

use crate::crm::amo::AmoCalls;
use crate::crm::amo::calls::write::LeadPatch;
use crate::crm::amo::connection::{AmoConnection, LEAD, local, reading};
use crate::worker::policy::Failure;

/// The facet of a deal's stage.
pub(crate) const STATUS: &str = "status";

impl AmoConnection {
    /// Changes a deal and notes what was written, before and after.
    pub(crate) async fn change_lead(
        &self,
        id: i64,
        patch: LeadPatch,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        let mut facets = Vec::new();
        if let Some(stage) = &patch.stage {
            facets.push((STATUS.to_owned(), stage.status_id.to_string()));
        }
        self.writing(LEAD, id, &facets).await?;
        let at = calls.update_lead(id, patch).await.map_err(reading)?;
        self.written(LEAD, id, at).await
    }

    /// Notes that these facets of an entity of theirs are about to be written.
    pub(crate) async fn writing(
        &self,
        kind: &str,
        id: i64,
        facets: &[(String, String)],
    ) -> Result<(), Failure> {
        if facets.is_empty() {
            return Ok(());
        }
        let (id, now) = (id.to_string(), self.dealer.clock.now());
        let their = Their { connection: self.name(), kind, id: &id };
        let mut tx = self.db.begin().await.map_err(local)?;
        for (facet, value) in facets {
            ledger::begin(&mut tx, their, facet, value, now).await.map_err(local)?;
        }
        tx.commit().await.map_err(local)
    }

    /// Completes what [`AmoConnection::writing`] noted; `at` is their time of the write, where the
    /// answer told it. Without it the write stays under way for a while, which is as good.
    pub(crate) async fn written(
        &self,
        kind: &str,
        id: i64,
        at: Option<i64>,
    ) -> Result<(), Failure> {
        let Some(at) = at else { return Ok(()) };
        let id = id.to_string();
        let mut tx = self.db.begin().await.map_err(local)?;
        ledger::done(&mut tx, self.their(kind, &id), at).await.map_err(local)?;
        tx.commit().await.map_err(local)
    }

    /// Their entity as the ledger names it.
    pub(crate) fn their<'a>(&'a self, kind: &'a str, id: &'a str) -> Their<'a> {
        Their { connection: self.name(), kind, id }
    }

    /// Whether the stage of a deal says only what we wrote.
    pub(crate) async fn is_own_stage(
        &self,
        tx: &mut Tx,
        lead: i64,
        stage: i64,
        at: Option<i64>,
    ) -> domain::Result<bool> {
        let (id, now) = (lead.to_string(), self.dealer.clock.now());
        ledger::is_echo(tx, self.their(LEAD, &id), STATUS, &stage.to_string(), at, now).await
    }
}
