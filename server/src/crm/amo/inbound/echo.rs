//! Changes of a deal, noted beside the calls that make them, so that their echo is known.

use domain::ledger::Facet;

use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::calls::write::LeadPatch;
use crate::crm::amo::connection::{LEAD, reading};
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::inbound::facets;
use crate::crm::hear::facets::of_stage;
use crate::crm::hear::{writing, written};
use crate::worker::policy::Failure;

impl AmoAccount<'_> {
    /// Changes a deal and notes what was written, before and after.
    pub(crate) async fn change_lead(&self, id: i64, patch: LeadPatch) -> Result<(), Failure> {
        let stage = patch.stage.as_ref().map(|stage| of_stage(stage.status_id));
        let fields = patch.fields.iter().filter_map(facets::of_write);
        let says: Vec<Facet> = stage.into_iter().chain(fields).collect();
        writing(self, LEAD, id, &says).await?;
        let at = self.calls.update_lead(id, patch).await.map_err(reading)?;
        written(self, LEAD, id, &says, at).await
    }

    /// Writes fields of a deal.
    pub(crate) async fn write_fields(
        &self,
        lead: i64,
        fields: Vec<FieldWrite>,
    ) -> Result<(), Failure> {
        self.change_lead(lead, LeadPatch { fields, ..LeadPatch::default() }).await
    }
}
