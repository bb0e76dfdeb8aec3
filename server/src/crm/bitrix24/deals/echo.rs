//! Our own writes, noted beside the calls that make them, so that their echo is known.

use domain::ledger::{self, Their};
use serde_json::{Map, Value};

use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::failure::reading;
use crate::crm::tell::local;
use crate::worker::policy::Failure;

/// The facet of a stage.
pub(crate) const STAGE: &str = "status";

impl BitrixAccount<'_> {
    /// Changes a deal or lead and notes what was written, before and after.
    pub(super) async fn change(
        &self,
        kind: Kind,
        id: i64,
        fields: Map<String, Value>,
        noted: &[(String, String)],
    ) -> Result<(), Failure> {
        let text = id.to_string();
        let their = Their { connection: self.bitrix.name(), kind: kind.name(), id: &text };
        let now = self.bitrix.dealer.clock.now();
        let mut tx = self.bitrix.db.begin().await.map_err(local)?;
        for (facet, value) in noted {
            ledger::begin(&mut tx, their, facet, value, now).await.map_err(local)?;
        }
        tx.commit().await.map_err(local)?;
        let item = self.calls.update_item(kind, id, fields.into()).await.map_err(reading)?;
        // Without their time of it the write stays under way for a while, which is as good.
        let Some(at) = item.changed_at() else { return Ok(()) };
        let mut tx = self.bitrix.db.begin().await.map_err(local)?;
        for (facet, _) in noted {
            ledger::done(&mut tx, their, facet, at).await.map_err(local)?;
        }
        tx.commit().await.map_err(local)
    }
}
