//! What we wish, as amoCRM takes it.

use domain::Money;

use crate::crm::amo::calls::fields::{FieldWrite, shortened};
use crate::crm::amo::calls::write::{NewLead, NewTask};
use crate::crm::amo::connection::AmoConnection;
use crate::crm::tell::compose::{Deal, Purpose, Task};

impl AmoConnection {
    /// A deal, without its people.
    pub(crate) fn new_lead(&self, deal: &Deal) -> NewLead {
        let (pipeline_id, status_id) = self.first_stage(deal);
        let fields = deal.fields.iter();
        let fields = fields.filter_map(|(ours, text)| Some((self.field(ours)?, text)));
        NewLead {
            name: shortened(&deal.title),
            price: deal.total.map(Money::whole_roubles),
            pipeline_id,
            status_id,
            responsible_user_id: self.settings.responsible_user_id,
            fields: fields.map(|(field, text)| FieldWrite::text(field, text)).collect(),
            tags: vec![deal.number.clone()],
            ..NewLead::default()
        }
    }

    /// A task, hung on nobody.
    pub(crate) fn new_task(&self, task: &Task) -> NewTask {
        NewTask {
            task_type: self.config.upsell.task_type,
            text: task.text.clone(),
            complete_till: task.till.timestamp(),
            entity: None,
            responsible_user_id: self.settings.responsible_user_id,
        }
    }

    /// Pipeline and stage of a new deal.
    fn first_stage(&self, deal: &Deal) -> (Option<i64>, Option<i64>) {
        let settings = &self.settings;
        if deal.purpose == Purpose::Upsell {
            let upsell = &self.config.upsell;
            let pipeline = upsell.pipeline.or(settings.pipeline_id);
            // A stage belongs to its pipeline: that of new orders means nothing in another one.
            let first = settings.status_id.filter(|_| upsell.pipeline.is_none());
            let stage = upsell.stage.as_deref().and_then(|stage| stage.parse().ok());
            return (pipeline, pipeline.and(stage.or(first)));
        }
        let mapped = deal.stage.as_deref().and_then(|stage| stage.parse().ok());
        let status = settings.pipeline_id.and(mapped.or(settings.status_id));
        (settings.pipeline_id, status)
    }
}
