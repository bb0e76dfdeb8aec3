//! The deal moves to the stage of a state.

use domain::ids::{OrderId, RequestId};
use domain::{orders, requests};

use crate::crm::amo::AmoCalls;
use crate::crm::amo::calls::write::{LeadPatch, Stage};
use crate::crm::amo::connection::{AmoConnection, local, reading};
use crate::crm::amo::deals::deliver::rejected;
use crate::worker::policy::Failure;

impl AmoConnection {
    pub(crate) async fn order_state(
        &self,
        id: &OrderId,
        state: orders::State,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let current = {
            let mut reader = self.db.read().await.map_err(local)?;
            orders::load(&mut reader, id).await.map_err(local)?.0.state
        };
        let stage = self.config.order_stages.stage_of(state.as_str());
        self.push_stage(&format!("order:{id}"), current == state, stage, calls).await
    }

    pub(crate) async fn request_state(
        &self,
        id: &RequestId,
        state: requests::State,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let current = {
            let mut reader = self.db.read().await.map_err(local)?;
            requests::load(&mut reader, id).await.map_err(local)?.request.state
        };
        let stage = self.config.request_stages.stage_of(state.as_str());
        self.push_stage(&format!("request:{id}"), current == state, stage, calls).await
    }

    async fn push_stage(
        &self,
        entity: &str,
        is_current: bool,
        stage: Option<&str>,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        if !is_current {
            return Ok(Some("superseded by a newer state".to_owned()));
        }
        let Some(status_id) = stage.and_then(|stage| stage.parse().ok()) else {
            return Ok(Some("no stage is mapped to this state".to_owned()));
        };
        let lead = self.deal_of(entity).await?;
        let there = calls.lead(lead).await.map_err(reading)?;
        let there = there.ok_or_else(|| rejected("the deal was deleted in amoCRM"))?;
        // The ids of won and lost are the same in every pipeline, so the pipeline goes with them.
        let Some(pipeline_id) = there.pipeline_id.or(self.settings.pipeline_id) else {
            return Err(rejected("the deal has no pipeline"));
        };
        if there.status_id == Some(status_id) {
            return Ok(Some("the deal stands there already".to_owned()));
        }
        let stage = Some(Stage { pipeline_id, status_id });
        self.change_lead(lead, LeadPatch { stage, ..LeadPatch::default() }, calls).await?;
        Ok(None)
    }
}
