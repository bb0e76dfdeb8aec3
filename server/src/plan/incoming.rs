//! Theirs to ours: what a stored event would change here. A webhook is a hint, and what counts is
//! what the CRM says when it is followed; where the CRM may not be asked, the hint's own words are
//! all there is, and the plan says so.

use domain::inbox::StoredEvent;
use domain::plan::{Step, machine_now};
use domain::{Result, leads, links, orders, people, requests};
use serde_json::Value;

use crate::crm::amo::inbound::{hint, webhook};
use crate::crm::bitrix24;
use crate::crm::bitrix24::access::PortalEvent;
use crate::crm::hear::facets::NEXT;
use crate::crm::hear::{Hint, RAW, TheirDeal};
use crate::crm::tell::firm::COMPANY;
use crate::crm::tell::lead::LEAD;
use crate::crm::tell::person::CONTACT;
use crate::plan::Seen;
use crate::plan::draft::Draft;

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

/// What a webhook tells of one entity.
pub(super) struct Told {
    /// Its id there, or what else it is called.
    which: String,
    /// `None`: nothing follows from it.
    hint: Option<Hint>,
    /// Its pipeline, where that is told.
    pipeline: Option<i64>,
}

/// A webhook of amoCRM, each entity once.
pub(super) fn of_amo(body: &[u8]) -> Vec<Told> {
    let hook = webhook::parse(body).unwrap_or_default();
    let (mut all, mut seen) = (Vec::new(), Vec::new());
    for told in &hook.events {
        let what = (&told.entity, told.id);
        if !seen.contains(&what) {
            seen.push(what);
            let (which, pipeline) = (told.id.to_string(), told.pipeline_id);
            all.push(Told { which, hint: hint::of(told), pipeline });
        }
    }
    all
}

/// An event of Bitrix24.
pub(super) fn of_portal(body: &[u8]) -> Vec<Told> {
    let event = PortalEvent::parse(body);
    let told = event.map(|event| {
        let hint = bitrix24::inbound::hint::of(&event);
        Told { which: event.name, hint, pipeline: None }
    });
    told.into_iter().collect()
}

impl<A: Draft> Seen<'_, A> {
    /// The steps of a webhook that is not taken apart yet, or of one of its hints.
    pub(super) async fn event(
        &self,
        event: &StoredEvent,
        read: fn(&[u8]) -> Vec<Told>,
    ) -> Result<Vec<Step>> {
        if event.lane != RAW {
            return match serde_json::from_slice::<Hint>(&event.body) {
                Ok(hint) => self.follow(&hint, None).await,
                Err(_) => Ok(vec![Step::new("not-understood", "")]),
            };
        }
        let mut steps = Vec::new();
        for told in read(&event.body) {
            match &told.hint {
                Some(hint) => steps.extend(self.follow(hint, told.pipeline).await?),
                None => steps.push(Step::new("ignored", told.which)),
            }
        }
        Ok(match steps.is_empty() {
            true => vec![Step::new("not-understood", "")],
            false => steps,
        })
    }

    /// The steps of a hint; `told`: the pipeline that it names.
    pub(super) async fn follow(&self, hint: &Hint, told: Option<i64>) -> Result<Vec<Step>> {
        match hint.kind.as_str() {
            kind if kind == A::DEAL || kind == LEAD => {
                let deal = self.read(kind, &hint.id).await;
                self.heard(hint, told, deal).await
            }
            CONTACT => self.contact(hint).await,
            COMPANY => self.company(hint).await,
            _ => Ok(vec![Step::new("ignored", &hint.id)]),
        }
    }

    async fn entities(&self, kind: &str, id: &str) -> Result<Vec<String>> {
        let mut reader = self.account.db().read().await?;
        links::entities(&mut reader, &self.account.config().name, kind, id).await
    }

    /// A company of ours behind one of theirs: its name comes over.
    async fn company(&self, hint: &Hint) -> Result<Vec<Step>> {
        let ours = self.entities(COMPANY, &hint.id).await?;
        let what = if ours.is_empty() { "foreign-company" } else { "update-company" };
        Ok(vec![Step::new(what, &hint.id)])
    }

    /// A deal or lead, as it was read or as it was told.
    async fn heard(
        &self,
        hint: &Hint,
        told: Option<i64>,
        deal: Option<TheirDeal>,
    ) -> Result<Vec<Step>> {
        let read = deal.as_ref().map(|deal| deal.stage.clone());
        let Some(stage) = read.or(hint.stage.clone()).filter(|stage| !stage.is_empty()) else {
            return Ok(vec![Step::new("deal-when-read", &hint.id)]);
        };
        let pipeline = deal.as_ref().map_or(told, |deal| deal.pipeline.parse().ok());
        let there = self.stage(&hint.kind, pipeline.map(|id| id.to_string()), &stage);
        let ours = self.entities(&hint.kind, &hint.id).await?;
        if ours.is_empty() {
            let won = match &deal {
                Some(deal) => deal.won,
                None => self.account.wins(&stage, pipeline),
            };
            return self.foreign(&hint.id, won, there, deal.as_ref()).await;
        }
        let mut steps = Vec::new();
        for entity in ours {
            steps.push(self.moved(&entity, &stage, there.clone()).await?);
        }
        Ok(steps)
    }

    /// Our order or request, moved by the table of stages.
    async fn moved(&self, entity: &str, stage: &str, there: String) -> Result<Step> {
        let config = self.account.config();
        let mut reader = self.account.db().read().await?;
        let (what, number, was, state) = match entity.split_once(':') {
            Some(("order", id)) => {
                let order = orders::load(&mut reader, &id.into()).await?.0;
                let state = config.order_stages.state_of(stage);
                ("move-order", order.number, order.state.as_str(), state)
            }
            Some(("request", id)) => {
                let case = requests::load(&mut reader, &id.into()).await?;
                let state = config.request_stages.state_of(stage);
                ("move-request", case.request.number, case.request.state.as_str(), state)
            }
            Some(("lead", id)) => {
                let lead = leads::by_id(&mut reader, &id.into()).await?;
                let state = config.lead_stages.state_of(stage);
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
        id: &str,
        won: bool,
        there: String,
        deal: Option<&TheirDeal>,
    ) -> Result<Vec<Step>> {
        if !won {
            return Ok(vec![Step::new("not-ours", id).with("stage", there)]);
        }
        let Some(deal) = deal else {
            return Ok(vec![Step::new("register-when-read", id).with("stage", there)]);
        };
        let (Some(serial), Some(model)) = (deal.said("serial"), deal.said("model")) else {
            return Ok(vec![Step::new("no-serial", id)]);
        };
        let now = {
            let mut reader = self.account.db().read().await?;
            machine_now(&mut reader, serial).await?
        };
        let what = if now.is_some() { "update-machine" } else { "register" };
        let was = |value: fn(&domain::plan::MachineNow) -> String| {
            now.as_ref().map(value).filter(|was| !was.is_empty())
        };
        let mut step = Step::new(what, id)
            .from_to("serial", was(|now| now.serial.clone()), serial)
            .from_to("model", was(|now| now.model.clone()), model);
        if let Some(configuration) = deal.said("configuration") {
            let old = was(|now| now.configuration.clone());
            step = step.from_to("configuration", old, configuration);
        }
        let next = match deal.said(NEXT) {
            Some(said) => self.account.day(said).await.ok().flatten(),
            None => None,
        };
        if let Some(next) = next {
            let old =
                was(|now| now.next_maintenance_on.map(|date| date.to_string()).unwrap_or_default());
            step = step.from_to(NEXT, old, next.to_string());
        }
        Ok(vec![step.with("telegram_id", deal.said("telegram_id").unwrap_or_default())])
    }

    /// A customer of ours behind a contact of theirs.
    async fn contact(&self, hint: &Hint) -> Result<Vec<Step>> {
        let ours = self.entities(CONTACT, &hint.id).await?;
        let customer = ours.iter().find_map(|entity| entity.strip_prefix("customer:"));
        let Some(customer) = customer else {
            return Ok(vec![Step::new("stranger", &hint.id)]);
        };
        let known = {
            let mut reader = self.account.db().read().await?;
            people::find(&mut reader, &customer.into()).await?
        };
        let Some(customer) = known else {
            return Ok(vec![Step::new("stranger", &hint.id)]);
        };
        let step = Step::new("update-customer", &hint.id);
        let found = match self.live {
            true => self.account.their_person(&hint.id).await.ok().flatten(),
            false => None,
        };
        let Some(person) = found else { return Ok(vec![step.with("customer", customer.name)]) };
        let mut step = step.from_to("customer", Some(customer.name), person.name);
        if let Some(phone) = person.phones.first() {
            let was = customer.phone.map(|phone| phone.to_string());
            step = step.from_to("phone", was, phone.to_string());
        }
        if let Some(email) = person.email {
            step = step.from_to("email", customer.email, email);
        }
        Ok(vec![step])
    }
}
