//! Theirs to ours: what a stored event would change here. A webhook is a hint, and what counts is
//! what the CRM says when it is followed; where the CRM may not be asked, the webhook's own words
//! are all there is, and where it has none the plan says so.

use chrono::NaiveDate;
use domain::inbox::StoredEvent;
use domain::plan::Step;
use domain::{Result, links};
use serde_json::Value;

use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::inbound::{hint, webhook};
use crate::crm::amo::wire::FieldValue;
use crate::crm::bitrix24;
use crate::crm::bitrix24::access::PortalEvent;
use crate::crm::hear::facets::NEXT;
use crate::crm::hear::{Hint, RAW, TheirDeal, TheirFirm, TheirPerson};
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
#[derive(Default)]
pub(super) struct Told {
    /// Its id there, or what else it is called.
    which: String,
    /// `None`: nothing follows from it.
    hint: Option<Hint>,
    /// What it says of the entity itself.
    words: Words,
}

/// What a webhook says of an entity beside that it changed.
#[derive(Default)]
pub(super) struct Words {
    /// The pipeline of a deal.
    pub(super) pipeline: Option<i64>,
    /// A deal, and the day of its date field.
    pub(super) deal: Option<(TheirDeal, Option<NaiveDate>)>,
    /// A contact.
    pub(super) person: Option<TheirPerson>,
    /// A company.
    pub(super) firm: Option<TheirFirm>,
}

/// A webhook of amoCRM, each entity once.
pub(super) fn of_amo(account: &AmoAccount<'_>, body: &[u8]) -> Vec<Told> {
    let (amo, hook) = (account.amo, webhook::parse(body).unwrap_or_default());
    let (mut all, mut seen) = (Vec::new(), Vec::new());
    for told in &hook.events {
        let what = (&told.entity, told.id);
        if seen.contains(&what) {
            continue;
        }
        seen.push(what);
        let (which, hint) = (told.id.to_string(), hint::of(told));
        let mut words = Words { pipeline: told.pipeline_id, ..Words::default() };
        match hint.as_ref().map(|hint| hint.kind.as_str()) {
            Some(LEAD) => {
                let deal = amo.told_deal(body, &which);
                // What the account's own zone is nobody may be asked.
                let day = |deal: &TheirDeal| FieldValue::day(deal.said(NEXT)?, amo.dealer.zone);
                words.deal = deal.map(|deal| {
                    let next = day(&deal);
                    (deal, next)
                });
            }
            Some(CONTACT) => words.person = AmoConnection::told_person(body, &which),
            Some(COMPANY) => words.firm = AmoConnection::told_firm(body, &which),
            _ => {}
        }
        all.push(Told { which, hint, words });
    }
    all
}

/// An event of Bitrix24: it tells no more than that something changed.
pub(super) fn of_portal(body: &[u8]) -> Vec<Told> {
    let event = PortalEvent::parse(body);
    let told = event.map(|event| {
        let hint = bitrix24::inbound::hint::of(&event);
        Told { which: event.name, hint, ..Told::default() }
    });
    told.into_iter().collect()
}

impl<A: Draft> Seen<'_, A> {
    /// The steps of a webhook that is not taken apart yet, or of one of its hints.
    pub(super) async fn event(&self, event: &StoredEvent) -> Result<Vec<Step>> {
        if event.lane != RAW {
            return match serde_json::from_slice::<Hint>(&event.body) {
                Ok(hint) => self.follow(&hint, &Words::default()).await,
                Err(_) => Ok(vec![Step::new("not-understood", "")]),
            };
        }
        if let Some(why) = self.account.refuses(&event.body).await {
            return Ok(vec![Step::new("refused-event", why)]);
        }
        let mut steps = Vec::new();
        for told in self.account.told(&event.body) {
            match &told.hint {
                Some(hint) => steps.extend(self.follow(hint, &told.words).await?),
                None => steps.push(Step::new("ignored", told.which)),
            }
        }
        Ok(match steps.is_empty() {
            true => vec![Step::new("not-understood", "")],
            false => steps,
        })
    }

    /// The steps of a hint, with what else was told.
    pub(super) async fn follow(&self, hint: &Hint, told: &Words) -> Result<Vec<Step>> {
        match hint.kind.as_str() {
            kind if kind == A::DEAL || kind == LEAD => self.heard(hint, told).await,
            CONTACT => self.contact(hint, told.person.as_ref()).await,
            COMPANY => self.company(hint, told.firm.as_ref()).await,
            _ => Ok(vec![Step::new("ignored", &hint.id)]),
        }
    }

    pub(super) async fn entities(&self, kind: &str, id: &str) -> Result<Vec<String>> {
        let mut reader = self.account.db().read().await?;
        links::entities(&mut reader, &self.account.config().name, kind, id).await
    }

    /// A deal or lead, as it was read or as it was told.
    async fn heard(&self, hint: &Hint, told: &Words) -> Result<Vec<Step>> {
        let read = self.read(&hint.kind, &hint.id).await;
        // By its own words alone: then nothing more may be asked about it either.
        let (deal, words) = match (&read, &told.deal) {
            (Some(deal), _) => (Some(deal), None),
            (None, Some((deal, next))) => (Some(deal), Some(*next)),
            (None, None) => (None, None),
        };
        let said = deal.map(|deal| deal.stage.clone()).filter(|stage| !stage.is_empty());
        let Some(stage) = said.or(hint.stage.clone()).filter(|stage| !stage.is_empty()) else {
            return Ok(vec![Step::new("deal-when-read", &hint.id)]);
        };
        let pipeline = deal.and_then(|deal| deal.pipeline.parse().ok()).or(told.pipeline);
        let there = self.stage(&hint.kind, pipeline.map(|id| id.to_string()), &stage);
        let ours = self.entities(&hint.kind, &hint.id).await?;
        let mut steps = Vec::new();
        for entity in &ours {
            steps.push(self.moved(hint, entity, (stage.as_str(), there.as_str())).await?);
        }
        // A site lead is anybody's deal: won, it may be a machine that was sold.
        if ours.iter().all(|entity| entity.starts_with("lead:")) && hint.kind == A::DEAL {
            let sold = match deal {
                Some(deal) => self.sold(deal, words).await?,
                None if self.account.wins(&stage, pipeline) => {
                    Some(vec![Step::new("register-when-read", &hint.id).with("stage", &there)])
                }
                None => None,
            };
            match sold {
                Some(sold) => steps.extend(sold),
                None if ours.is_empty() => {
                    steps.push(Step::new("not-ours", &hint.id).with("stage", &there));
                }
                None => {}
            }
        }
        Ok(steps)
    }
}
