//! Changes of a deal or lead, noted beside the calls that make them, so that their echo is known.

use domain::ledger::Facet;
use serde_json::{Map, Value};

use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::failure::reading;
use crate::crm::hear::{writing, written};
use crate::worker::policy::Failure;

impl BitrixAccount<'_> {
    /// Changes a deal, lead or contact and notes what was written, before and after.
    pub(crate) async fn change(
        &self,
        kind: Kind,
        id: i64,
        fields: Map<String, Value>,
        noted: &[Facet],
    ) -> Result<(), Failure> {
        writing(self, kind.name(), id, noted).await?;
        let item = self.calls.update_item(kind, id, fields.into()).await.map_err(reading)?;
        written(self, kind.name(), id, noted, item.changed_at()).await
    }
}
