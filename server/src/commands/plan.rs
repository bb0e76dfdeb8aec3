//! What a delivery would do under today's mapping: composed by what the deliveries themselves are
//! composed by, without any call.

use domain::db::Db;
use domain::ids::{OccurrenceId, OrderId, RequestId, WorkOrderId};
use domain::outbox::{Delivery, Message};
use domain::people::Customer;
use domain::texts::{Lang, Texts};
use domain::{links, maintenance, orders, people, requests, work_orders};
use serde_json::Value;

use crate::commands::one_line;
use crate::config::StageMap;
use crate::crm::amo::connection::{AmoConnection, CONTACT, LEAD};
use crate::crm::amo::fields::FieldWrite;
use crate::crm::amo::write::NewLead;
use crate::crm::{Crms, story};

/// One line for each thing that would be done or written.
pub(crate) async fn plan(delivery: &Delivery, crms: &Crms, db: &Db) -> anyhow::Result<String> {
    let message = delivery.message()?;
    if let Message::Notice { to, .. } = &message {
        return Ok(format!("would write to chat {to} in Telegram: {}", delivery.payload));
    }
    if let Message::MailOrder { .. } | Message::MailRequest { .. } | Message::MailStopped { .. } =
        &message
    {
        return Ok(format!("would mail a copy to ORDERS_EMAIL: {}", delivery.payload));
    }
    let connection = crms.amo().find(|connection| connection.name() == delivery.connection);
    let Some(connection) = connection else {
        anyhow::bail!("connection «{}» is not configured any more", delivery.connection);
    };
    let planner = Planner { connection, db };
    let lines = match &message {
        Message::CrmOrder { order } => planner.order(order).await?,
        Message::CrmRequest { request } => planner.request(request).await?,
        Message::CrmOrderState { order, state } => {
            let map = &connection.config.order_stages;
            planner.stage(&format!("order:{order}"), state.as_str(), map).await?
        }
        Message::CrmRequestState { request, state } => {
            let map = &connection.config.request_stages;
            planner.stage(&format!("request:{request}"), state.as_str(), map).await?
        }
        Message::CrmVisit { work_order } => planner.visit(work_order).await?,
        Message::CrmMaintenance { occurrence } => planner.maintenance(occurrence).await?,
        Message::CrmMaintenanceDone { occurrence } => planner.maintained(occurrence).await?,
        Message::Notice { .. }
        | Message::MailOrder { .. }
        | Message::MailRequest { .. }
        | Message::MailStopped { .. } => Vec::new(),
    };
    Ok(lines.join("\n"))
}

struct Planner<'a> {
    connection: &'a AmoConnection,
    db: &'a Db,
}

impl Planner<'_> {
    async fn order(&self, id: &OrderId) -> anyhow::Result<Vec<String>> {
        let (order, positions, customer) = {
            let mut reader = self.db.read().await?;
            let (order, positions) = orders::load(&mut reader, id).await?;
            let customer = people::find(&mut reader, &order.customer_id).await?;
            (order, positions, customer)
        };
        let customer = customer.ok_or_else(gone)?;
        let deal = self.connection.order_deal(&order, &positions, &customer);
        let entity = format!("order:{id}");
        let mut lines = self.deal(&entity, deal, &customer).await?;
        let note = story::positions_text(Texts::of(Lang::Ru), &order, &positions);
        lines.extend(self.note(&entity, "note", &note).await?);
        Ok(lines)
    }

    async fn request(&self, id: &RequestId) -> anyhow::Result<Vec<String>> {
        let (case, customer) = {
            let mut reader = self.db.read().await?;
            let case = requests::load(&mut reader, id).await?;
            let customer = people::find(&mut reader, &case.request.customer_id).await?;
            (case, customer)
        };
        let customer = customer.ok_or_else(gone)?;
        let deal = self.connection.request_deal(&case, &customer);
        let entity = format!("request:{id}");
        let mut lines = self.deal(&entity, deal, &customer).await?;
        let note = story::request_text(Texts::of(Lang::Ru), &case);
        lines.extend(self.note(&entity, "note", &note).await?);
        lines.extend(case.files.iter().map(|file| field("file", &file.name)));
        Ok(lines)
    }

    async fn stage(
        &self,
        entity: &str,
        state: &str,
        map: &StageMap,
    ) -> anyhow::Result<Vec<String>> {
        let Some(stage) = map.stage_of(state) else {
            return Ok(vec![format!("nothing: no stage is mapped to {state}")]);
        };
        let deal = self.linked(entity, LEAD).await?;
        Ok(vec![match deal {
            Some(deal) => format!("would move deal {deal} to stage {stage} ({state})"),
            None => "nothing yet: its deal was never made, retry that delivery first".to_owned(),
        }])
    }

    async fn visit(&self, id: &WorkOrderId) -> anyhow::Result<Vec<String>> {
        let (job, engineer) = {
            let mut reader = self.db.read().await?;
            let job = work_orders::load(&mut reader, id).await?;
            let engineer = domain::staff::find(&mut reader, &job.work_order.engineer_id).await?;
            (job, engineer.map(|staff| staff.name).unwrap_or_default())
        };
        let entity = format!("request:{}", job.work_order.request_id);
        let Some(deal) = self.linked(&entity, LEAD).await? else {
            let words = "nothing yet: its deal was never made, retry that delivery first";
            return Ok(vec![words.to_owned()]);
        };
        let mut lines = vec![format!("would write to deal {deal}")];
        let next = job.work_order.next_maintenance_on;
        if let (Some(id), Some(next)) = (self.connection.field("next_maintenance_on"), next) {
            lines.push(field(&format!("next_maintenance_on ({id})"), &next.to_string()));
        }
        let dealer = &self.connection.dealer;
        let texts = Texts::of(Lang::Ru);
        let note = story::visit_text(texts, &job, &engineer, dealer.zone, dealer.clock.now());
        lines.extend(self.note(&entity, &format!("visit:{id}"), &note).await?);
        lines.extend(job.report_files.iter().map(|file| field("file", &file.name)));
        Ok(lines)
    }

    async fn maintenance(&self, id: &OccurrenceId) -> anyhow::Result<Vec<String>> {
        if let Some(task) = self.linked(&format!("occurrence:{id}"), "task").await? {
            return Ok(vec![format!("nothing: task {task} is there already")]);
        }
        let (occurrence, machine) = {
            let mut reader = self.db.read().await?;
            maintenance::load(&mut reader, id).await?
        };
        let task = self.connection.maintenance_task(&occurrence, &machine);
        let till = chrono::DateTime::from_timestamp(task.complete_till, 0).unwrap_or_default();
        let till = till.with_timezone(&self.connection.dealer.zone);
        Ok(vec![
            "would make a task".to_owned(),
            field("text", &task.text),
            field("until", &till.format("%F %R").to_string()),
            field("responsible", &or_default(task.responsible_user_id, "the token's owner")),
        ])
    }

    async fn maintained(&self, id: &OccurrenceId) -> anyhow::Result<Vec<String>> {
        let own = {
            let mut reader = self.db.read().await?;
            maintenance::own(&mut reader, id).await?
        };
        let task = self.linked(&format!("occurrence:{id}"), "task").await?;
        let today = self.connection.dealer.today();
        let note = story::own_maintenance_text(Texts::of(Lang::Ru), &own, today);
        let mut lines = self.note(&format!("occurrence:{id}"), "own-note", &note).await?;
        let next = own.told.next_maintenance_on;
        if let (Some(id), Some(next)) = (self.connection.field("next_maintenance_on"), next) {
            lines.push("would write to the machine's deal, if it was sold by one".to_owned());
            lines.push(field(&format!("next_maintenance_on ({id})"), &next.to_string()));
        }
        lines.extend(task.map(|task| format!("would close task {task}")));
        Ok(lines)
    }

    /// The contact and the deal, field by field; or that they are there already.
    async fn deal(
        &self,
        entity: &str,
        deal: NewLead,
        customer: &Customer,
    ) -> anyhow::Result<Vec<String>> {
        if let Some(id) = self.linked(entity, LEAD).await? {
            return Ok(vec![format!("would make no deal: {id} is there already")]);
        }
        let known = self.linked(&format!("customer:{}", customer.id), CONTACT).await?;
        let phone = customer.phone.as_ref().map_or("no phone", |phone| phone.as_str());
        let contact = match known {
            Some(id) => format!("{id}, which is {}", customer.name),
            None => format!("found by {phone}, else made: {}", customer.name),
        };
        let mut lines = vec!["would make a deal".to_owned(), field("contact", &contact)];
        lines.extend(self.shown(deal));
        Ok(lines)
    }

    fn shown(&self, deal: NewLead) -> Vec<String> {
        let mut lines = vec![field("title", &deal.name)];
        lines.extend(deal.price.map(|roubles| field("price", &roubles.to_string())));
        lines.push(field("pipeline", &or_default(deal.pipeline_id, "the account's main one")));
        lines.push(field("stage", &or_default(deal.status_id, "the pipeline's first")));
        let responsible = or_default(deal.responsible_user_id, "the token's owner");
        lines.push(field("responsible", &responsible));
        lines.push(field("tags", &deal.tags.join(", ")));
        lines.extend(deal.fields.into_iter().map(|write| self.written(write)));
        lines
    }

    /// A field under our name, with their id and what would stand in it.
    fn written(&self, write: FieldWrite) -> String {
        let write = write.into_json();
        let id = write["field_id"].to_string();
        let ours = self.connection.config.fields.iter().find(|(_, theirs)| **theirs == id);
        let ours = ours.map_or("field", |(ours, _)| ours.as_str());
        let value = match &write["values"][0]["value"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        field(&format!("{ours} ({id})"), &value)
    }

    async fn note(&self, entity: &str, kind: &str, text: &str) -> anyhow::Result<Vec<String>> {
        if let Some(id) = self.linked(entity, kind).await? {
            return Ok(vec![format!("would write no note: {id} is there already")]);
        }
        let lines = text.lines().map(|line| format!("    {line}").trim_end().to_owned());
        Ok(std::iter::once("would write a note".to_owned()).chain(lines).collect())
    }

    async fn linked(&self, entity: &str, kind: &str) -> anyhow::Result<Option<String>> {
        let mut reader = self.db.read().await?;
        Ok(links::find(&mut reader, self.connection.name(), entity, kind).await?)
    }
}

fn field(name: &str, value: &str) -> String {
    format!("  {name}: {}", one_line(value))
}

fn or_default(id: Option<i64>, otherwise: &str) -> String {
    id.map_or_else(|| otherwise.to_owned(), |id| id.to_string())
}

fn gone() -> anyhow::Error {
    anyhow::anyhow!("its customer is gone")
}
