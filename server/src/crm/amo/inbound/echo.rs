//! Our own writes, noted beside the calls that make them, so that their echo is known.

use domain::ledger::{self, Facet, Their};

use crate::crm::amo::AmoCalls;
use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::calls::write::LeadPatch;
use crate::crm::amo::connection::{AmoConnection, LEAD, local, reading};
use crate::crm::amo::inbound::facets;
use crate::worker::policy::Failure;

impl AmoConnection {
    /// Changes a deal and notes what was written, before and after.
    pub(crate) async fn change_lead(
        &self,
        id: i64,
        patch: LeadPatch,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        let stage = patch.stage.as_ref().map(|stage| facets::of_stage(stage.status_id));
        let fields = patch.fields.iter().filter_map(facets::of_write);
        let says: Vec<Facet> = stage.into_iter().chain(fields).collect();
        self.writing(LEAD, id, &says).await?;
        let at = calls.update_lead(id, patch).await.map_err(reading)?;
        self.written(LEAD, id, &says, at).await
    }

    /// Writes fields of a deal.
    pub(crate) async fn write_fields(
        &self,
        lead: i64,
        fields: Vec<FieldWrite>,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        self.change_lead(lead, LeadPatch { fields, ..LeadPatch::default() }, calls).await
    }

    /// Notes what an entity of theirs is about to say, because we write it.
    pub(crate) async fn writing(&self, kind: &str, id: i64, says: &[Facet]) -> Result<(), Failure> {
        if says.is_empty() {
            return Ok(());
        }
        let (id, now) = (id.to_string(), self.dealer.clock.now());
        let mut tx = self.db.begin().await.map_err(local)?;
        for (facet, value) in says {
            let their = self.their(kind, &id);
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
        says: &[Facet],
        at: Option<i64>,
    ) -> Result<(), Failure> {
        let Some(at) = at.filter(|_| !says.is_empty()) else { return Ok(()) };
        let id = id.to_string();
        let mut tx = self.db.begin().await.map_err(local)?;
        for (facet, _) in says {
            ledger::done(&mut tx, self.their(kind, &id), facet, at).await.map_err(local)?;
        }
        tx.commit().await.map_err(local)
    }

    /// What we have made there, or have found and take for ours, says this by `at` (their time, Unix
    /// seconds; 0 for what was just made): no news when the account tells it.
    pub(crate) async fn met(
        &self,
        kind: &str,
        id: i64,
        at: i64,
        says: &[Facet],
    ) -> Result<(), Failure> {
        if says.is_empty() {
            return Ok(());
        }
        let id = id.to_string();
        let write = async {
            let mut tx = self.db.begin().await?;
            ledger::meet(&mut tx, self.their(kind, &id), at, says).await?;
            tx.commit().await?;
            domain::Result::Ok(())
        };
        // It is there, and not remembered yet: the next try must look.
        write.await.map_err(|error: domain::Error| Failure::Unknown { why: error.to_string() })
    }

    /// Their entity as the ledger names it.
    pub(crate) fn their<'a>(&'a self, kind: &'a str, id: &'a str) -> Their<'a> {
        Their { connection: self.name(), kind, id }
    }
}
