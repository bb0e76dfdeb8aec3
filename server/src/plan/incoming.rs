//! Theirs to ours: what a stored event would change here. A webhook is a hint, and what counts is
//! what the CRM says when it is followed; where the CRM may not be asked, the hint's own words are
//! all there is, and the plan says so.

use domain::inbox::StoredEvent;
use domain::plan::{Step, machine_now};
use domain::text::Phone;
use domain::{Result, leads, links, orders, people, requests};
use serde_json::Value;

use crate::crm::NoRecord;
use crate::crm::amo::calls::fields;
use crate::crm::amo::connection::{CONTACT, LEAD};
use crate::crm::amo::inbound::hint::{COMPANY, Hint, RAW};
use crate::crm::amo::inbound::webhook;
use crate::crm::amo::wire::Lead;
use crate::plan::Seen;

/// A Telegram update would be answered by the bot.
pub(super) fn update(body: &[u8]) -> Step {
    let Ok(update) = serde_json::from_slice::<Value>(body) else {
        return Step::new("not-understood", "");
    };
    let message = &update["message"];
    let callback = &update["callback_query"];
    let chat =
        [&message["chat"]["id"], &callback["from"]["id"]].into_iter().find(|id| !id.is_null());
    let chat = chat.map(Value::to_string).unwrap_or_default();
    let words = message["text"].as_str().or(callback["data"].as_str()).unwrap_or_default();
    Step::new("answer-chat", chat).with("text", words)
}

impl Seen<'_> {
    /// The steps of a webhook that is not taken apart yet, or of one of its hints.
    pub(super) async fn event(&self, event: &StoredEvent) -> Result<Vec<Step>> {
        if event.lane != RAW {
            return match serde_json::from_slice::<Hint>(&event.body) {
                Ok(hint) => self.follow(&hint, None).await,
                Err(_) => Ok(vec![Step::new("not-understood", "")]),
            };
        }
        let hook = match webhook::parse(&event.body) {
            Ok(hook) if !hook.events.is_empty() => hook,
            _ => return Ok(vec![Step::new("not-understood", "")]),
        };
        let (mut steps, mut seen) = (Vec::new(), Vec::new());
        for told in &hook.events {
            let what = (&told.entity, told.id);
            if seen.contains(&what) {
                continue;
            }
            seen.push(what);
            match Hint::of(told) {
                Some(hint) => steps.extend(self.follow(&hint, told.pipeline_id).await?),
                None => steps.push(Step::new("ignored", told.id.to_string())),
            }
        }
        Ok(steps)
    }

    pub(super) async fn follow(&self, hint: &Hint, pipeline: Option<i64>) -> Result<Vec<Step>> {
        match hint.kind.as_str() {
            LEAD => self.lead(hint, pipeline).await,
            CONTACT => self.contact(hint).await,
            COMPANY => self.company(hint).await,
            _ => Ok(vec![Step::new("ignored", hint.id.to_string())]),
        }
    }

    /// A company of ours behind one of theirs: its name comes over.
    async fn company(&self, hint: &Hint) -> Result<Vec<Step>> {
        let mut reader = self.db.read().await?;
        let id = hint.id.to_string();
        let ours = links::entities(&mut reader, self.amo.name(), COMPANY, &id).await?;
        let what = if ours.is_empty() { "foreign-company" } else { "update-company" };
        Ok(vec![Step::new(what, id)])
    }

    async fn lead(&self, hint: &Hint, told: Option<i64>) -> Result<Vec<Step>> {
        let lead = match self.live {
            true => self.amo.client.calls(&NoRecord).lead(hint.id).await.ok().flatten(),
            false => None,
        };
        let stage = lead.as_ref().map_or(hint.status_id, |lead| lead.status_id);
        let pipeline = lead.as_ref().map_or(told, |lead| lead.pipeline_id);
        let id = hint.id.to_string();
        let ours = {
            let mut reader = self.db.read().await?;
            links::entities(&mut reader, self.amo.name(), LEAD, &id).await?
        };
        if stage.is_none() {
            return Ok(vec![Step::new("deal-when-read", id)]);
        }
        if ours.is_empty() {
            return self.foreign(hint.id, stage, pipeline, lead.as_ref()).await;
        }
        let mut steps = Vec::new();
        for entity in ours {
            let stage = stage.map(|stage| stage.to_string()).unwrap_or_default();
            let there = self.names.stage(pipeline, &stage);
            steps.push(self.moved(&entity, &stage, there).await?);
        }
        Ok(steps)
    }

    /// Our order or request, moved by the table of stages.
    async fn moved(&self, entity: &str, stage: &str, there: String) -> Result<Step> {
        let mut reader = self.db.read().await?;
        let (what, number, was, state) = match entity.split_once(':') {
            Some(("order", id)) => {
                let order = orders::load(&mut reader, &id.into()).await?.0;
                let state = self.amo.config.order_stages.state_of(stage);
                ("move-order", order.number, order.state.as_str(), state)
            }
            Some(("request", id)) => {
                let case = requests::load(&mut reader, &id.into()).await?;
                let state = self.amo.config.request_stages.state_of(stage);
                ("move-request", case.request.number, case.request.state.as_str(), state)
            }
            Some(("lead", id)) => {
                let lead = leads::by_id(&mut reader, &id.into()).await?;
                let state = self.amo.config.lead_stages.state_of(stage);
                ("move-lead", lead.number, lead.state.as_str(), state)
            }
            _ => return Ok(Step::new("ignored", entity)),
        };
        Ok(match state {
            None => Step::new("stage-unmapped", number).with("stage", there),
            Some(state) if state == was => Step::new("no-change", number).with("stage", there),
            Some(state) => Step::new(what, number).with("stage", there).from_to(
                "state",
                Some(was.to_owned()),
                state,
            ),
        })
    }

    /// A deal of the managers' own: a machine, once it is won.
    async fn foreign(
        &self,
        id: i64,
        stage: Option<i64>,
        pipeline: Option<i64>,
        lead: Option<&Lead>,
    ) -> Result<Vec<Step>> {
        let settings = &self.amo.settings;
        let won = stage == Some(settings.status_success);
        let here = settings.pipeline_id.is_none_or(|own| pipeline.is_none_or(|at| at == own));
        let there = self.names.stage(pipeline, &stage.map(|id| id.to_string()).unwrap_or_default());
        if !won || !here {
            return Ok(vec![Step::new("not-ours", id.to_string()).with("stage", there)]);
        }
        let Some(lead) = lead else {
            return Ok(vec![Step::new("register-when-read", id.to_string()).with("stage", there)]);
        };
        let text = |ours: &str| self.amo.field(ours).and_then(|field| lead.text(field));
        let (Some(serial), Some(model)) = (text("serial"), text("model")) else {
            return Ok(vec![Step::new("no-serial", id.to_string())]);
        };
        let now = {
            let mut reader = self.db.read().await?;
            machine_now(&mut reader, &serial).await?
        };
        let what = if now.is_some() { "update-machine" } else { "register" };
        let was = |value: fn(&domain::plan::MachineNow) -> String| {
            now.as_ref().map(value).filter(|was| !was.is_empty())
        };
        let mut step = Step::new(what, id.to_string())
            .from_to("serial", was(|now| now.serial.clone()), serial)
            .from_to("model", was(|now| now.model.clone()), model);
        if let Some(configuration) = text("configuration") {
            let old = was(|now| now.configuration.clone());
            step = step.from_to("configuration", old, configuration);
        }
        let zone = self.amo.dealer.zone;
        let next = self.amo.field("next_maintenance_on").and_then(|field| lead.date(field, zone));
        if let Some(next) = next {
            let old =
                was(|now| now.next_maintenance_on.map(|date| date.to_string()).unwrap_or_default());
            step = step.from_to("next_maintenance_on", old, next.to_string());
        }
        Ok(vec![step.with("telegram_id", text("telegram_id").unwrap_or_default())])
    }

    /// A customer of ours behind a contact of theirs.
    async fn contact(&self, hint: &Hint) -> Result<Vec<Step>> {
        let mut reader = self.db.read().await?;
        let id = hint.id.to_string();
        let ours = links::entities(&mut reader, self.amo.name(), CONTACT, &id).await?;
        let customer = ours.iter().find_map(|entity| entity.strip_prefix("customer:"));
        let Some(customer) = customer else {
            return Ok(vec![Step::new("stranger", id)]);
        };
        let Some(customer) = people::find(&mut reader, &customer.into()).await? else {
            return Ok(vec![Step::new("stranger", id)]);
        };
        drop(reader);
        let step = Step::new("update-customer", id);
        if !self.live {
            return Ok(vec![step.with("customer", customer.name)]);
        }
        let found = self.amo.client.calls(&NoRecord).contact(hint.id).await.ok().flatten();
        let Some(contact) = found else { return Ok(vec![step.with("customer", customer.name)]) };
        let phone = fields::phones(&contact).iter().find_map(|phone| Phone::parse(phone));
        let email = fields::emails(&contact).into_iter().next();
        let mut step = step.from_to("customer", Some(customer.name), contact.name);
        if let Some(phone) = phone {
            let was = customer.phone.map(|phone| phone.to_string());
            step = step.from_to("phone", was, phone.to_string());
        }
        if let Some(email) = email {
            step = step.from_to("email", customer.email, email);
        }
        Ok(vec![step])
    }
}
