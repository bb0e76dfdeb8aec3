//! Ours to theirs: what a delivery would write, field by field.

use domain::ids::{OccurrenceId, OrderId, RequestId, WorkOrderId};
use domain::outbox::Message;
use domain::people::Customer;
use domain::plan::{Change, Said, Step};
use domain::texts::{Lang, Texts};
use domain::{Result, maintenance, orders, people, requests, work_orders};
use serde_json::Value;

use crate::config::StageMap;
use crate::crm::NoRecord;
use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::calls::write::NewLead;
use crate::crm::amo::connection::{CONTACT, LEAD};
use crate::crm::story;
use crate::crm::tell::compose;
use crate::plan::{Seen, gone, or_default};

impl Seen<'_> {
    /// The steps of a message.
    pub(super) async fn delivery(&self, message: &Message) -> Result<Vec<Step>> {
        match message {
            Message::CrmOrder { order } => self.order(order).await,
            Message::CrmRequest { request } => self.request(request).await,
            Message::CrmOrderState { order, state } => {
                let current = {
                    let mut reader = self.db.read().await?;
                    orders::load(&mut reader, order).await?.0.state
                };
                if current != *state {
                    return Ok(vec![Step::new("superseded", current.as_str())]);
                }
                let map = &self.amo.config.order_stages;
                self.push(&format!("order:{order}"), state.as_str(), map).await
            }
            Message::CrmRequestState { request, state } => {
                let current = {
                    let mut reader = self.db.read().await?;
                    requests::load(&mut reader, request).await?.request.state
                };
                if current != *state {
                    return Ok(vec![Step::new("superseded", current.as_str())]);
                }
                let map = &self.amo.config.request_stages;
                self.push(&format!("request:{request}"), state.as_str(), map).await
            }
            Message::CrmVisit { work_order } => self.visit(work_order).await,
            Message::CrmMaintenance { occurrence, .. } => self.maintenance(occurrence).await,
            other => {
                let text = serde_json::to_string_pretty(other)?;
                Ok(vec![Step { text, ..Step::new("as-written", "") }])
            }
        }
    }

    async fn order(&self, id: &OrderId) -> Result<Vec<Step>> {
        let (order, positions, customer) = {
            let mut reader = self.db.read().await?;
            let (order, positions) = orders::load(&mut reader, id).await?;
            let customer = people::find(&mut reader, &order.customer_id).await?;
            (order, positions, customer.ok_or_else(gone)?)
        };
        let deal = compose::order_deal(&self.amo.config, &order, &positions, &customer);
        let deal = self.amo.new_lead(&deal);
        let entity = format!("order:{id}");
        let note = story::positions_text(Texts::of(Lang::Ru), &order, &positions);
        Ok(vec![
            self.deal(&entity, deal, &customer).await?,
            self.note(&entity, "note", &note).await?,
        ])
    }

    async fn request(&self, id: &RequestId) -> Result<Vec<Step>> {
        let (case, customer) = {
            let mut reader = self.db.read().await?;
            let case = requests::load(&mut reader, id).await?;
            let customer = people::find(&mut reader, &case.request.customer_id).await?;
            (case, customer.ok_or_else(gone)?)
        };
        let deal = compose::request_deal(&self.amo.config, &case, &customer);
        let deal = self.amo.new_lead(&deal);
        let entity = format!("request:{id}");
        let note = story::request_text(Texts::of(Lang::Ru), &case);
        let mut steps = vec![
            self.deal(&entity, deal, &customer).await?,
            self.note(&entity, "note", &note).await?,
        ];
        steps.extend(files(case.files.iter().map(|file| file.name.as_str())));
        Ok(steps)
    }

    /// A stage that is pushed; where the CRM may be read, with the stage that it has.
    async fn push(&self, entity: &str, state: &str, map: &StageMap) -> Result<Vec<Step>> {
        let Some(stage) = map.stage_of(state) else {
            return Ok(vec![Step::new("unmapped", state)]);
        };
        let Some(deal) = self.linked(entity, LEAD).await? else {
            return Ok(vec![Step::new("no-deal", "")]);
        };
        let mut was = None;
        if self.live
            && let Ok(id) = deal.parse()
            && let Ok(Some(lead)) = self.amo.client.calls(&NoRecord).lead(id).await
        {
            let stage = lead.status_id.map(|id| id.to_string()).unwrap_or_default();
            was = Some(self.names.stage(lead.pipeline_id, &stage));
        }
        let there = self.stage(stage);
        if was.as_ref() == Some(&there) {
            return Ok(vec![Step::new("stands", deal).with("stage", there)]);
        }
        Ok(vec![Step::new("move-deal", deal).from_to("stage", was, there)])
    }

    async fn visit(&self, id: &WorkOrderId) -> Result<Vec<Step>> {
        let (job, engineer) = {
            let mut reader = self.db.read().await?;
            let job = work_orders::load(&mut reader, id).await?;
            let engineer = domain::staff::find(&mut reader, &job.work_order.engineer_id).await?;
            (job, engineer.map(|staff| staff.name).unwrap_or_default())
        };
        let entity = format!("request:{}", job.work_order.request_id);
        let Some(deal) = self.linked(&entity, LEAD).await? else {
            return Ok(vec![Step::new("no-deal", "")]);
        };
        let mut steps = Vec::new();
        let next = job.work_order.next_maintenance_on;
        if let (Some(field), Some(next)) = (self.amo.config.field("next_maintenance_on"), next) {
            let mut step = Step::new("write-deal", deal);
            step.fields.push(Change {
                theirs: Some(self.names.field(field)),
                ..Change::new("next_maintenance_on", Said::Words(next.to_string()))
            });
            steps.push(step);
        }
        let dealer = &self.amo.dealer;
        let texts = Texts::of(Lang::Ru);
        let note = story::visit_text(texts, &job, &engineer, dealer.zone, dealer.clock.now());
        steps.push(self.note(&entity, &format!("visit:{id}"), &note).await?);
        steps.extend(files(job.report_files.iter().map(|file| file.name.as_str())));
        Ok(steps)
    }

    async fn maintenance(&self, id: &OccurrenceId) -> Result<Vec<Step>> {
        if let Some(task) = self.linked(&format!("occurrence:{id}"), "task").await? {
            return Ok(vec![Step::new("task-there", task)]);
        }
        let (occurrence, machine) = {
            let mut reader = self.db.read().await?;
            maintenance::load(&mut reader, id).await?
        };
        let (config, dealer) = (&self.amo.config, &self.amo.dealer);
        let task = compose::maintenance_task(config, dealer, &occurrence, &machine);
        let task = self.amo.new_task(&task);
        let till = chrono::DateTime::from_timestamp(task.complete_till, 0).unwrap_or_default();
        let till = till.with_timezone(&self.amo.dealer.zone).format("%F %R").to_string();
        let mut step = Step::new("make-task", "").with("text", &task.text).with("until", till);
        step.fields.push(self.responsible(task.responsible_user_id));
        Ok(vec![step])
    }

    /// The contact and the deal, field by field; or that they are there already.
    async fn deal(&self, entity: &str, deal: NewLead, customer: &Customer) -> Result<Step> {
        if let Some(id) = self.linked(entity, LEAD).await? {
            return Ok(Step::new("deal-there", id));
        }
        let known = self.linked(&format!("customer:{}", customer.id), CONTACT).await?;
        let phone = customer.phone.as_ref().map(|phone| phone.as_str());
        let mut step = Step::new("make-deal", "").with("title", &deal.name);
        step = match (known, phone) {
            (Some(id), _) => step.with("contact", format!("{} ({id})", customer.name)),
            (None, Some(phone)) => {
                step.with("contact-by-phone", format!("{}, {phone}", customer.name))
            }
            (None, None) => step.with("contact-new", &customer.name),
        };
        let pipeline = deal.pipeline_id.map(|id| self.names.pipeline(id));
        let stage = deal.status_id.map(|id| self.names.stage(deal.pipeline_id, &id.to_string()));
        step = step.with("price", deal.price.map(|price| price.to_string()).unwrap_or_default());
        step.fields.push(Change::new("pipeline", or_default(pipeline, "plan-default-pipeline")));
        step.fields.push(Change::new("stage", or_default(stage, "plan-default-stage")));
        step.fields.push(self.responsible(deal.responsible_user_id));
        step = step.with("tags", deal.tags.join(", "));
        step.fields.extend(deal.fields.into_iter().map(|write| self.written(write)));
        Ok(step)
    }

    fn responsible(&self, user: Option<i64>) -> Change {
        let user = user.map(|id| self.names.user(id));
        Change::new("responsible", or_default(user, "plan-default-responsible"))
    }

    /// A field under our name, with theirs and what would stand in it.
    fn written(&self, write: FieldWrite) -> Change {
        let write = write.into_json();
        let id = write["field_id"].to_string();
        let ours = self.amo.config.fields.iter().find(|(_, theirs)| **theirs == id);
        let ours = ours.map_or("field", |(ours, _)| ours.as_str());
        let value = match &write["values"][0]["value"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Change { theirs: Some(self.names.field(&id)), ..Change::new(ours, Said::Words(value)) }
    }

    async fn note(&self, entity: &str, kind: &str, text: &str) -> Result<Step> {
        Ok(match self.linked(entity, kind).await? {
            Some(id) => Step::new("note-there", id),
            None => Step { text: text.to_owned(), ..Step::new("write-note", "") },
        })
    }
}

fn files<'a>(names: impl Iterator<Item = &'a str>) -> Option<Step> {
    let step = names.fold(Step::new("attach", ""), |step, name| step.with("file", name));
    (!step.fields.is_empty()).then_some(step)
}
