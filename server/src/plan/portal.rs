//! Ours to Bitrix24: what a delivery would write there, field by field.

use domain::db::Db;
use domain::ids::{LeadId, OccurrenceId, OrderId, RequestId, TouchId, WorkOrderId};
use domain::leads::{self, LeadCase, Touch};
use domain::outbox::Message;
use domain::people::Customer;
use domain::plan::{Change, Said, Step};
use domain::texts::{Lang, Texts};
use domain::{Result, links, maintenance, orders, people, requests, work_orders};
use serde_json::{Map, Value};

use crate::config::StageMap;
use crate::crm::NoRecord;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::story;
use crate::crm::tell::compose::{self, Deal};
use crate::crm::tell::person::CONTACT;
use crate::plan::gone;
use crate::plan::outgoing::files;

/// A portal as a plan sees it.
pub(super) struct Portal<'a> {
    pub(super) bitrix: &'a BitrixConnection,
    pub(super) db: &'a Db,
    pub(super) live: bool,
}

impl Portal<'_> {
    /// The steps of a message.
    pub(super) async fn delivery(&self, message: &Message) -> Result<Vec<Step>> {
        let config = &self.bitrix.config;
        match message {
            Message::CrmOrder { order } => self.order(order).await,
            Message::CrmRequest { request } => self.request(request).await,
            Message::CrmLead { lead } => self.lead(lead).await,
            Message::CrmOrderState { order, state } => {
                let current = orders::load(&mut self.db.read().await?, order).await?.0.state;
                let moved = (current.as_str(), state.as_str());
                self.push(&format!("order:{order}"), moved, &config.order_stages).await
            }
            Message::CrmRequestState { request, state } => {
                let case = requests::load(&mut self.db.read().await?, request).await?;
                let moved = (case.request.state.as_str(), state.as_str());
                self.push(&format!("request:{request}"), moved, &config.request_stages).await
            }
            Message::CrmLeadState { lead, state } => {
                let current = leads::by_id(&mut self.db.read().await?, lead).await?.state;
                let moved = (current.as_str(), state.as_str());
                self.push(&leads::entity(lead), moved, &config.lead_stages).await
            }
            Message::CrmLeadTouch { lead, touch } => self.lead_touch(lead, touch).await,
            Message::CrmVisit { work_order } => self.visit(work_order).await,
            Message::CrmMaintenance { occurrence, .. } => self.maintenance(occurrence).await,
            other => {
                let text = serde_json::to_string_pretty(other)?;
                Ok(vec![Step { text, ..Step::new("as-written", "") }])
            }
        }
    }

    async fn order(&self, id: &OrderId) -> Result<Vec<Step>> {
        let (order, lines, customer) = {
            let mut reader = self.db.read().await?;
            let (order, lines) = orders::load(&mut reader, id).await?;
            let customer = people::find(&mut reader, &order.customer_id).await?;
            (order, lines, customer.ok_or_else(gone)?)
        };
        let deal = compose::order_deal(&self.bitrix.config, &order, &lines, &customer);
        let entity = format!("order:{id}");
        let mut made = self.deal(&entity, &deal, &customer).await?;
        if made.what == "make-deal" {
            for line in &lines {
                let price = line.price.map(|price| price.to_string()).unwrap_or_default();
                let row = format!("{} {} × {} {price}", line.sku, line.name, line.quantity);
                made = made.with("product", row.trim());
            }
        }
        let note = story::positions_text(Texts::of(Lang::Ru), &order, &lines);
        Ok(vec![made, self.note(&entity, "note", &note).await?])
    }

    async fn request(&self, id: &RequestId) -> Result<Vec<Step>> {
        let (case, customer) = {
            let mut reader = self.db.read().await?;
            let case = requests::load(&mut reader, id).await?;
            let customer = people::find(&mut reader, &case.request.customer_id).await?;
            (case, customer.ok_or_else(gone)?)
        };
        let deal = compose::request_deal(&self.bitrix.config, &case, &customer);
        let entity = format!("request:{id}");
        let note = story::request_text(Texts::of(Lang::Ru), &case);
        let mut steps = vec![
            self.deal(&entity, &deal, &customer).await?,
            self.note(&entity, "note", &note).await?,
        ];
        steps.extend(files(case.files.iter().map(|file| file.name.as_str())));
        Ok(steps)
    }

    async fn lead(&self, id: &LeadId) -> Result<Vec<Step>> {
        let case = leads::load(&mut self.db.read().await?, id).await?;
        let entity = leads::entity(id);
        let there = self.linked(&entity, Kind::Lead.name()).await?;
        let made = match there {
            Some(id) => Step::new("lead-there", id),
            None => self.fields(Step::new("make-lead", ""), self.bitrix.new_lead(&case)),
        };
        let mut steps = vec![made];
        steps.extend(self.touch(&case, case.first()).await?);
        Ok(steps)
    }

    async fn lead_touch(&self, id: &LeadId, which: &TouchId) -> Result<Vec<Step>> {
        let case = leads::load(&mut self.db.read().await?, id).await?;
        self.touch(&case, case.touch(which).ok_or_else(gone)?).await
    }

    async fn touch(&self, case: &LeadCase, touch: &Touch) -> Result<Vec<Step>> {
        let text = story::touch_text(Texts::of(Lang::Ru), case, touch);
        let entity = leads::entity(&case.lead.id);
        let note = self.note(&entity, &format!("note:{}", touch.id), &text).await?;
        let files = files(touch.files.iter().map(|file| file.name.as_str()));
        Ok(std::iter::once(note).chain(files).collect())
    }

    /// A stage that is pushed; where the portal may be read, with the stage that it has.
    async fn push(
        &self,
        entity: &str,
        (current, state): (&str, &str),
        map: &StageMap,
    ) -> Result<Vec<Step>> {
        if current != state {
            return Ok(vec![Step::new("superseded", current)]);
        }
        let Some(stage) = map.stage_of(state) else {
            return Ok(vec![Step::new("unmapped", state)]);
        };
        // A converted lead has a deal as well, which goes its own way.
        let (kind, id) = match self.linked(entity, Kind::Lead.name()).await? {
            Some(lead) => (Kind::Lead, Some(lead)),
            None => (Kind::Deal, self.linked(entity, Kind::Deal.name()).await?),
        };
        let Some(id) = id else { return Ok(vec![Step::new("no-deal", "")]) };
        let mut was = None;
        if self.live
            && let Ok(number) = id.parse()
            && let Ok(Some(item)) = self.bitrix.client.calls(&NoRecord).item(kind, number).await
        {
            was = item.text("stageId");
        }
        if was.as_deref() == Some(stage) {
            return Ok(vec![Step::new("stands", id).with("stage", stage)]);
        }
        Ok(vec![Step::new("move-deal", id).from_to("stage", was, stage)])
    }

    async fn visit(&self, id: &WorkOrderId) -> Result<Vec<Step>> {
        let (job, engineer) = {
            let mut reader = self.db.read().await?;
            let job = work_orders::load(&mut reader, id).await?;
            let engineer = domain::staff::find(&mut reader, &job.work_order.engineer_id).await?;
            (job, engineer.map(|staff| staff.name).unwrap_or_default())
        };
        let entity = format!("request:{}", job.work_order.request_id);
        let Some(deal) = self.linked(&entity, Kind::Deal.name()).await? else {
            return Ok(vec![Step::new("no-deal", "")]);
        };
        let mut steps = Vec::new();
        let field = self.bitrix.config.field("next_maintenance_on");
        if let (Some(field), Some(next)) = (field, job.work_order.next_maintenance_on) {
            let fields = Map::from_iter([(field.to_owned(), Value::from(next.to_string()))]);
            steps.push(self.fields(Step::new("write-deal", deal), fields));
        }
        let dealer = &self.bitrix.dealer;
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
        let (occurrence, machine) = maintenance::load(&mut self.db.read().await?, id).await?;
        let (config, dealer) = (&self.bitrix.config, &self.bitrix.dealer);
        let task = compose::maintenance_task(config, dealer, &occurrence, &machine);
        let till = task.till.with_timezone(&dealer.zone).format("%F %R").to_string();
        let responsible = self.bitrix.settings.responsible_user_id;
        let responsible = responsible.map(|user| user.to_string()).unwrap_or_default();
        let step = Step::new("make-task", "").with("text", &task.text).with("until", till);
        Ok(vec![step.with("responsible", responsible)])
    }

    /// The contact and the deal, field by field; or that they are there already.
    async fn deal(&self, entity: &str, deal: &Deal, customer: &Customer) -> Result<Step> {
        if let Some(id) = self.linked(entity, Kind::Deal.name()).await? {
            return Ok(Step::new("deal-there", id));
        }
        let known = self.linked(&format!("customer:{}", customer.id), CONTACT).await?;
        let step = Step::new("make-deal", "");
        let step = match (known, &customer.phone) {
            (Some(id), _) => step.with("contact", format!("{} ({id})", customer.name)),
            (None, Some(phone)) => {
                step.with("contact-by-phone", format!("{}, {phone}", customer.name))
            }
            (None, None) => step.with("contact-new", &customer.name),
        };
        Ok(self.fields(step, self.bitrix.new_deal(deal)))
    }

    /// What would be written, under our names where we have some.
    fn fields(&self, mut step: Step, fields: Map<String, Value>) -> Step {
        for (theirs, value) in fields {
            let value = match value {
                Value::String(text) => text,
                Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
                other => other.to_string(),
            };
            let mapped = self.bitrix.config.fields.iter().find(|(_, field)| **field == theirs);
            let ours = match (mapped, theirs.as_str()) {
                (Some((ours, _)), _) => ours,
                (None, "title" | "TITLE") => "title",
                (None, "opportunity") => "price",
                (None, "categoryId") => "pipeline",
                (None, "stageId" | "STATUS_ID") => "stage",
                (None, "assignedById" | "ASSIGNED_BY_ID") => "responsible",
                (None, _) => "field",
            };
            let theirs = Some(theirs.clone());
            step.fields.push(Change { theirs, ..Change::new(ours, Said::Words(value)) });
        }
        step
    }

    async fn note(&self, entity: &str, kind: &str, text: &str) -> Result<Step> {
        Ok(match self.linked(entity, kind).await? {
            Some(id) => Step::new("note-there", id),
            None => Step { text: text.to_owned(), ..Step::new("write-note", "") },
        })
    }

    async fn linked(&self, entity: &str, kind: &str) -> Result<Option<String>> {
        let mut reader = self.db.read().await?;
        links::find(&mut reader, self.bitrix.name(), entity, kind).await
    }
}

/// One phone or e-mail among several.
fn shown(value: &Value) -> String {
    value["VALUE"].as_str().map_or_else(|| value.to_string(), str::to_owned)
}
