//! A live check that leaves nothing open: a test deal is made and closed at once.

use domain::texts::{Lang, Texts};

use crate::crm::NoRecord;
use crate::crm::amo::CallError;
use crate::crm::amo::calls::write::{LeadPatch, NewLead, Stage};
use crate::crm::amo::connection::{AmoConnection, reading};
use crate::crm::limiter::Urgency;
use crate::worker::policy::Failure;

/// «Closed and not realised», the same id in every pipeline.
const LOST: i64 = 143;

impl AmoConnection {
    /// One call that any account answers, to see whether it does.
    pub(crate) async fn knock(&self) -> Result<(), Failure> {
        let calls = self.client.calls(&NoRecord).with_urgency(Urgency::Background);
        calls.account().await.map(drop).map_err(reading)
    }

    /// Makes a test deal as an order would be made and closes it; its id. It checks the token, the
    /// pipeline, the stage and the responsible, whatever the connection takes.
    ///
    /// # Errors
    /// In words for the administrator; where only the closing failed, they name the deal.
    pub(crate) async fn test_lead(&self) -> Result<i64, String> {
        let calls = self.client.calls(&NoRecord);
        let settings = &self.settings;
        let lead = NewLead {
            name: Texts::of(Lang::Ru).get("crm-test-lead").to_owned(),
            pipeline_id: settings.pipeline_id,
            status_id: settings.pipeline_id.and(settings.status_id),
            responsible_user_id: settings.responsible_user_id,
            ..NewLead::default()
        };
        let id = calls.create_lead(lead).await.map_err(|error| error.words())?;
        let close = async {
            let pipeline_id = match settings.pipeline_id {
                Some(id) => Some(id),
                None => calls.lead(id).await?.and_then(|lead| lead.pipeline_id),
            };
            let pipeline_id = pipeline_id.ok_or(CallError::Garbage)?;
            let stage = Some(Stage { pipeline_id, status_id: LOST });
            calls.update_lead(id, LeadPatch { stage, ..LeadPatch::default() }).await
        };
        match close.await {
            Ok(_) => Ok(id),
            Err(error) => Err(format!("deal {id} was made but not closed: {}", error.words())),
        }
    }
}
