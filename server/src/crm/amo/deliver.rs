//! What the outbox promises to amoCRM, message by message.

use domain::ids::{OccurrenceId, OrderId, RequestId, WorkOrderId};
use domain::outbox::{Delivery, Message};
use domain::texts::{Lang, Texts};
use domain::{maintenance, orders, people, requests, work_orders};

use crate::crm::amo::AmoCalls;
use crate::crm::amo::connection::{AmoConnection, LEAD, creating, local, reading};
use crate::crm::amo::fields::FieldWrite;
use crate::crm::amo::wire::Task;
use crate::crm::amo::write::{LeadPatch, NewLead, NewTask, Stage, TaskEntity};
use crate::crm::story;
use crate::worker::policy::{Failure, Look};

impl AmoConnection {
    /// Carries one message out. The text says what was adopted or left out.
    pub async fn deliver(
        &self,
        delivery: &Delivery,
        message: &Message,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let look = Look::of(delivery);
        match message {
            Message::CrmOrder { order } => self.order(order, look, calls).await,
            Message::CrmRequest { request } => self.request(request, look, calls).await,
            Message::CrmOrderState { order, state } => self.order_state(order, *state, calls).await,
            Message::CrmRequestState { request, state } => {
                self.request_state(request, *state, calls).await
            }
            Message::CrmVisit { work_order } => self.visit(work_order, look, calls).await,
            Message::CrmMaintenance { occurrence } => {
                self.maintenance(occurrence, look, calls).await
            }
            Message::CrmMaintenanceDone { occurrence } => {
                self.maintained(occurrence, look, calls).await
            }
            Message::Notice { .. }
            | Message::MailOrder { .. }
            | Message::MailRequest { .. }
            | Message::MailStopped { .. } => {
                Err(Failure::Rejected { why: "not a message for a CRM".to_owned() })
            }
        }
    }

    async fn order(
        &self,
        id: &OrderId,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let (order, lines, customer) = {
            let mut reader = self.db.read().await.map_err(local)?;
            let (order, lines) = orders::load(&mut reader, id).await.map_err(local)?;
            let customer = people::find(&mut reader, &order.customer_id).await.map_err(local)?;
            (order, lines, customer.ok_or_else(|| local("the customer is gone"))?)
        };
        let texts = Texts::of(Lang::Ru);
        let contact = self.contact(&customer, calls).await?;
        let deal = self.order_deal(&order, &lines, &customer);
        let new = NewLead { contacts: vec![contact], ..deal };
        let entity = format!("order:{id}");
        let (lead, adopted) = self.deal(&entity, &order.number, new, look, calls).await?;
        let text = story::positions_text(texts, &order, &lines);
        self.note((&entity, "note"), lead, &text, look, calls).await?;
        Ok(adopted)
    }

    async fn request(
        &self,
        id: &RequestId,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let (case, customer) = {
            let mut reader = self.db.read().await.map_err(local)?;
            let case = requests::load(&mut reader, id).await.map_err(local)?;
            let customer = people::find(&mut reader, &case.request.customer_id).await;
            (case, customer.map_err(local)?.ok_or_else(|| local("the customer is gone"))?)
        };
        let texts = Texts::of(Lang::Ru);
        let contact = self.contact(&customer, calls).await?;
        let number = &case.request.number;
        let new = NewLead { contacts: vec![contact], ..self.request_deal(&case, &customer) };
        let entity = format!("request:{id}");
        let (lead, adopted) = self.deal(&entity, number, new, look, calls).await?;
        let text = story::request_text(texts, &case);
        self.note((&entity, "note"), lead, &text, look, calls).await?;
        self.files((&entity, &entity), lead, calls).await?;
        Ok(adopted)
    }

    async fn order_state(
        &self,
        id: &OrderId,
        state: orders::State,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let current = {
            let mut reader = self.db.read().await.map_err(local)?;
            orders::load(&mut reader, id).await.map_err(local)?.0.state
        };
        if current != state {
            return Ok(Some("superseded by a newer state".to_owned()));
        }
        let stage = self.config.order_stages.stage_of(state.as_str());
        self.push_stage(&format!("order:{id}"), stage, calls).await
    }

    async fn request_state(
        &self,
        id: &RequestId,
        state: requests::State,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let current = {
            let mut reader = self.db.read().await.map_err(local)?;
            requests::load(&mut reader, id).await.map_err(local)?.request.state
        };
        if current != state {
            return Ok(Some("superseded by a newer state".to_owned()));
        }
        let stage = self.config.request_stages.stage_of(state.as_str());
        self.push_stage(&format!("request:{id}"), stage, calls).await
    }

    async fn push_stage(
        &self,
        entity: &str,
        stage: Option<&str>,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
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
        let patch = LeadPatch { stage, ..LeadPatch::default() };
        calls.update_lead(lead, patch).await.map_err(reading)?;
        Ok(None)
    }

    async fn visit(
        &self,
        id: &WorkOrderId,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let (job, engineer) = {
            let mut reader = self.db.read().await.map_err(local)?;
            let job = work_orders::load(&mut reader, id).await.map_err(local)?;
            let engineer = domain::staff::find(&mut reader, &job.work_order.engineer_id).await;
            (job, engineer.map_err(local)?.map(|staff| staff.name).unwrap_or_default())
        };
        let entity = format!("request:{}", job.work_order.request_id);
        let lead = self.deal_of(&entity).await?;
        let zone = self.zone(calls).await.map_err(reading)?;
        if let (Some(field), Some(next)) =
            (self.field("next_maintenance_on"), job.work_order.next_maintenance_on)
        {
            let fields = vec![FieldWrite::date(field, next, zone)];
            let patch = LeadPatch { fields, ..LeadPatch::default() };
            calls.update_lead(lead, patch).await.map_err(reading)?;
        }
        let texts = Texts::of(Lang::Ru);
        let now = self.dealer.clock.now();
        let text = story::visit_text(texts, &job, &engineer, self.dealer.zone, now);
        let step = format!("visit:{id}");
        self.note((&entity, &step), lead, &text, look, calls).await?;
        self.files((&entity, &format!("work_order:{id}")), lead, calls).await?;
        Ok(None)
    }

    async fn maintenance(
        &self,
        id: &OccurrenceId,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let entity = format!("occurrence:{id}");
        if self.linked(&entity, "task").await?.is_some() {
            return Ok(None);
        }
        let (occurrence, machine) = {
            let mut reader = self.db.read().await.map_err(local)?;
            maintenance::load(&mut reader, id).await.map_err(local)?
        };
        let task = self.maintenance_task(&occurrence, &machine);
        if look.wanted()
            && let Some(task) = self.task_like(&task.text, calls).await?
        {
            self.remember(&entity, "task", &task.to_string()).await?;
            return Ok(Some(format!("adopted task {task}")));
        }
        let contact = self.contact_of_machine(&machine.id).await?;
        let task = NewTask { entity: contact.map(TaskEntity::Contact), ..task };
        let task = calls.add_task(task).await.map_err(creating)?;
        self.remember(&entity, "task", &task.to_string()).await?;
        Ok(None)
    }

    /// An open task with exactly this text, among the newest.
    async fn task_like(&self, text: &str, calls: AmoCalls<'_>) -> Result<Option<i64>, Failure> {
        let query = [("filter[is_completed]", "0"), ("order[id]", "desc"), ("limit", "250")];
        let tasks: Vec<Task> =
            calls.pages("/api/v4/tasks", &query, "tasks", 2).await.map_err(reading)?;
        Ok(tasks.iter().find(|task| task.text == text).map(|task| task.id))
    }

    /// The contact of one of the machine's people, if any of them has one there.
    async fn contact_of_machine(
        &self,
        machine: &domain::ids::MachineId,
    ) -> Result<Option<i64>, Failure> {
        let people = {
            let mut reader = self.db.read().await.map_err(local)?;
            people::of_machine(&mut reader, machine).await.map_err(local)?
        };
        for customer in people {
            let entity = format!("customer:{customer}");
            if let Some(contact) = self.linked_id(&entity, "contact").await? {
                return Ok(Some(contact));
            }
        }
        Ok(None)
    }

    /// The deal that an earlier delivery of this entity made; deliveries of one entity go in order.
    async fn deal_of(&self, entity: &str) -> Result<i64, Failure> {
        let lead = self.linked_id(entity, LEAD).await?;
        lead.ok_or_else(|| rejected("its deal was never made here: retry that delivery first"))
    }
}

fn rejected(why: &str) -> Failure {
    Failure::Rejected { why: why.to_owned() }
}
