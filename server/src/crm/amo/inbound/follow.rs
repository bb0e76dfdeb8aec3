//! What amoCRM tells us. Webhooks are hints: the entity is fetched, and what it says now is what
//! counts; a hint that comes twice, late or out of order finds nothing left to change.
//!
//! A webhook is taken apart first ([`AmoConnection::take_apart`]): each hint becomes an event of its
//! own, in the lane of its entity, under a key that the poll gives the same change too.

use domain::inbox::InboundEvent;
use domain::ledger::{self, Sight};
use domain::text::{Phone, clean};
use domain::{leads, links, orders, people, requests};
use serde::de::DeserializeOwned;

use crate::crm::NoRecord;
use crate::crm::amo::calls::fields;
use crate::crm::amo::connection::{AmoConnection, CONTACT, LEAD};
use crate::crm::amo::inbound::hint::{COMPANY, Hint, RAW};
use crate::crm::amo::inbound::webhook::{self, AmoHook};
use crate::crm::amo::wire::{Contact, Lead};
use crate::crm::amo::{AmoCalls, CallError};
use crate::worker::inbox::Trouble;

impl AmoConnection {
    /// Works on a stored event: a webhook as it came, or a hint.
    pub async fn handle(&self, event: &InboundEvent) -> Result<(), Trouble> {
        if event.lane == RAW {
            return self.take_apart(event).await;
        }
        let hint: Hint = serde_json::from_slice(&event.body)
            .map_err(|error| Trouble::Never(format!("not a hint: {error}")))?;
        // Tried again, or by a person's wish: then it is followed whatever was seen meanwhile.
        let again = event.attempts > 1;
        let calls = self.client.calls(&NoRecord);
        match hint.kind.as_str() {
            LEAD => self.follow_lead(&hint, again, calls).await,
            CONTACT => self.follow_contact(&hint, again, calls).await,
            COMPANY => self.follow_company(&hint, again, calls).await,
            _ => Ok(()),
        }
    }

    /// Makes an event of each hint in a webhook. Nothing is asked of the CRM here.
    async fn take_apart(&self, event: &InboundEvent) -> Result<(), Trouble> {
        let hook =
            webhook::parse(&event.body).map_err(|error| Trouble::Never(error.to_string()))?;
        if hook.events.is_empty() {
            let seen = hook.unknown.join(", ");
            return Err(Trouble::Never(format!("nothing in it that we know; it holds: {seen}")));
        }
        self.is_from_here(&hook).await?;
        // A pipeline's own webhooks tell no time; each of them is an occasion of its own.
        let otherwise = format!("webhook-{}", event.id);
        let now = self.dealer.clock.now();
        let mut tx = self.db.begin().await.map_err(internal)?;
        for hint in hook.events.iter().filter_map(Hint::of) {
            hint.keep(&mut tx, self.name(), &otherwise, now).await.map_err(internal)?;
        }
        tx.commit().await.map_err(internal)
    }

    /// A webhook with our secret from another account was set up by mistake, or is a forgery. The
    /// id decides where both are known; an account may be renamed, then its subdomain changes.
    async fn is_from_here(&self, hook: &AmoHook) -> Result<(), Trouble> {
        let known = {
            let mut reader = self.db.read().await.map_err(internal)?;
            domain::settings::get(&mut reader, &self.account_key()).await.map_err(internal)?
        };
        let known: Option<i64> = known.and_then(|id| id.parse().ok());
        let ours = match (known, hook.account_id, &hook.subdomain) {
            (Some(known), Some(id), _) => known == id,
            (_, _, Some(name)) => name.eq_ignore_ascii_case(&self.settings.subdomain),
            _ => false,
        };
        if ours {
            return Ok(());
        }
        let from = hook.subdomain.clone().or(hook.account_id.map(|id| id.to_string()));
        let from = from.unwrap_or_else(|| "no account".to_owned());
        Err(Trouble::Never(format!("it comes from {from}, not from {}", self.settings.subdomain)))
    }

    /// Where the account's id is kept between runs.
    pub(crate) fn account_key(&self) -> String {
        format!("amocrm:account:{}", self.name())
    }

    async fn follow_lead(
        &self,
        hint: &Hint,
        again: bool,
        calls: AmoCalls<'_>,
    ) -> Result<(), Trouble> {
        if let Some(stage) = hint.status_id {
            // Moved away and back before we look: the hint is what remains of the move.
            let mut tx = self.db.begin().await.map_err(internal)?;
            self.is_own_stage(&mut tx, hint.id, stage, hint.at).await.map_err(internal)?;
            tx.commit().await.map_err(internal)?;
        }
        match calls.lead(hint.id).await.map_err(trouble)? {
            Some(lead) if !lead.is_deleted => self.apply_lead(&lead, again, calls).await,
            _ => Ok(()),
        }
    }

    async fn apply_lead(
        &self,
        lead: &Lead,
        again: bool,
        calls: AmoCalls<'_>,
    ) -> Result<(), Trouble> {
        let id = lead.id.to_string();
        let ours = {
            let mut reader = self.db.read().await.map_err(internal)?;
            links::entities(&mut reader, self.name(), LEAD, &id).await.map_err(internal)?
        };
        if ours.is_empty() {
            return self.follow_sale(lead, again, calls).await;
        }
        let stage = lead.status_id.unwrap_or_default();
        let word = stage.to_string();
        let from = Some(self.name());
        let mut tx = self.db.begin().await.map_err(internal)?;
        let at = lead.updated_at.unwrap_or_default();
        let sight = ledger::see(&mut tx, self.their(LEAD, &id), at, &word).await;
        let late = sight.map_err(internal)? == Sight::Late && !again;
        let echo = self.is_own_stage(&mut tx, lead.id, stage, lead.updated_at).await;
        if echo.map_err(internal)? || late {
            return tx.commit().await.map_err(internal);
        }
        // A site lead is anybody's deal: won, it may be a machine that was sold.
        let asked_on_site = ours.iter().all(|entity| entity.starts_with("lead:"));
        for entity in ours {
            match entity.split_once(':') {
                Some(("order", id)) => {
                    if let Some(state) = state(self.config.order_stages.state_of(&word)) {
                        orders::advance(&mut tx, &self.dealer, &id.into(), state, from)
                            .await
                            .map_err(internal)?;
                    }
                }
                Some(("request", id)) => {
                    if let Some(state) = state(self.config.request_stages.state_of(&word)) {
                        requests::advance(&mut tx, &self.dealer, &id.into(), state, from)
                            .await
                            .map_err(internal)?;
                    }
                }
                Some(("lead", id)) => {
                    if let Some(state) = state(self.config.lead_stages.state_of(&word)) {
                        leads::advance(&mut tx, &self.dealer, &id.into(), state, from)
                            .await
                            .map_err(internal)?;
                    }
                }
                _ => {}
            }
        }
        tx.commit().await.map_err(internal)?;
        match asked_on_site {
            true => self.follow_sale(lead, again, calls).await,
            false => Ok(()),
        }
    }

    async fn follow_contact(
        &self,
        hint: &Hint,
        again: bool,
        calls: AmoCalls<'_>,
    ) -> Result<(), Trouble> {
        let ours = self.entities(CONTACT, hint.id).await?;
        if ours.is_empty() {
            return Ok(());
        }
        let Some(contact) = calls.contact(hint.id).await.map_err(trouble)? else { return Ok(()) };
        let phones: Vec<Phone> =
            fields::phones(&contact).iter().filter_map(|phone| Phone::parse(phone)).collect();
        let email = fields::emails(&contact).into_iter().next().and_then(|text| clean(&text, 200));
        let name = clean(&contact.name, 200);
        let now = self.dealer.clock.now();
        let content = format!("{name:?}\n{phones:?}\n{email:?}");
        let mut tx = self.db.begin().await.map_err(internal)?;
        let (id, at) = (contact.id.to_string(), contact.updated_at.unwrap_or_default());
        let sight = ledger::see(&mut tx, self.their(CONTACT, &id), at, &content).await;
        if sight.map_err(internal)? != Sight::New && !again {
            return Ok(());
        }
        for entity in ours {
            let Some(("customer", customer)) = entity.split_once(':') else { continue };
            let customer = customer.into();
            let known = people::find(&mut tx, &customer).await.map_err(internal)?;
            // A second phone there does not replace the one that we know them by.
            let kept = known.and_then(|known| known.phone).filter(|own| phones.contains(own));
            let phone = if kept.is_some() { None } else { phones.first() };
            let (name, email) = (name.as_deref(), email.as_deref());
            people::update_from_crm(&mut tx, &customer, name, phone, email, now)
                .await
                .map_err(internal)?;
        }
        tx.commit().await.map_err(internal)
    }

    async fn follow_company(
        &self,
        hint: &Hint,
        again: bool,
        calls: AmoCalls<'_>,
    ) -> Result<(), Trouble> {
        let ours = self.entities(COMPANY, hint.id).await?;
        if ours.is_empty() {
            return Ok(());
        }
        let path = format!("/api/v4/companies/{}", hint.id);
        let there: Option<Contact> = calls.get(&path, &[]).await.map_err(trouble)?;
        let Some(company) = there else { return Ok(()) };
        let Some(name) = clean(&company.name, 300) else { return Ok(()) };
        let mut tx = self.db.begin().await.map_err(internal)?;
        let (id, at) = (company.id.to_string(), company.updated_at.unwrap_or_default());
        let sight = ledger::see(&mut tx, self.their(COMPANY, &id), at, &name).await;
        if sight.map_err(internal)? != Sight::New && !again {
            return Ok(());
        }
        for entity in ours {
            let Some(("company", id)) = entity.split_once(':') else { continue };
            people::rename_company(&mut tx, &id.into(), &name).await.map_err(internal)?;
        }
        tx.commit().await.map_err(internal)
    }

    /// Our entities behind an entity of theirs.
    pub(crate) async fn entities(&self, kind: &str, id: i64) -> Result<Vec<String>, Trouble> {
        let mut reader = self.db.read().await.map_err(internal)?;
        links::entities(&mut reader, self.name(), kind, &id.to_string()).await.map_err(internal)
    }
}

/// Our state by its word in the table of stages.
fn state<S: DeserializeOwned>(word: Option<&str>) -> Option<S> {
    serde_json::from_value(serde_json::Value::from(word?)).ok()
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
pub(crate) fn trouble(error: CallError) -> Trouble {
    let why = error.words();
    match error {
        CallError::TooMany { retry_after } => Trouble::Later { after: retry_after, why },
        CallError::Rejected { .. } => Trouble::Never(why),
        _ => Trouble::Later { after: None, why },
    }
}

pub(crate) fn internal(error: impl std::fmt::Display) -> Trouble {
    Trouble::Later { after: None, why: error.to_string() }
}
