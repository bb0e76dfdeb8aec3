//! What amoCRM tells us. Webhooks are hints: the entity is fetched, and what it says now is what
//! counts; a hint that comes twice, late or out of order finds nothing left to change.
//!
//! A webhook is taken apart first ([`AmoConnection::take_apart`]): each hint becomes an event of its
//! own, in the lane of its entity, under a key that the poll gives the same change too.

use chrono::{DateTime, Utc};
use domain::db::Tx;
use domain::inbox::InboundEvent;
use domain::ledger;
use domain::text::clean;
use domain::{leads, links, orders, people, requests};
use serde::de::DeserializeOwned;

use crate::crm::NoRecord;
use crate::crm::amo::calls::fields::emails;
use crate::crm::amo::connection::{AmoConnection, CONTACT, LEAD, reading};
use crate::crm::amo::inbound::facets::{self, EMAIL, NAME, PHONES, STATUS};
use crate::crm::amo::inbound::hint::{COMPANY, Hint, RAW};
use crate::crm::amo::inbound::webhook::{self, AmoHook};
use crate::crm::amo::wire::{Contact, Lead};
use crate::crm::amo::{AmoCalls, CallError};
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

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
        if let (Some(stage), Some(at)) = (hint.status_id, hint.at) {
            // Moved away and back before we look: the hint is what remains of the move.
            let (id, stage, now) = (hint.id.to_string(), stage.to_string(), self.now());
            let mut tx = self.db.begin().await.map_err(internal)?;
            let their = self.their(LEAD, &id);
            ledger::heard(&mut tx, their, STATUS, &stage, at, now).await.map_err(internal)?;
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
        let stage = facets::of_stage(lead.status_id.unwrap_or_default());
        let word = stage.1.clone();
        let at = lead.updated_at.unwrap_or_default();
        let mut tx = self.db.begin().await.map_err(internal)?;
        let look = ledger::look(&mut tx, self.their(LEAD, &id), at, &[stage], self.now()).await;
        let look = look.map_err(internal)?;
        let old = look.is_late() || !look.has_news();
        if !look.is_ours(STATUS) && (again || !old) {
            self.advance(&mut tx, &ours, &word).await.map_err(internal)?;
        }
        tx.commit().await.map_err(internal)?;
        // A site lead is anybody's deal: won, it may be a machine that was sold.
        match ours.iter().all(|entity| entity.starts_with("lead:")) {
            true => self.follow_sale(lead, again, calls).await,
            false => Ok(()),
        }
    }

    /// Moves what stands behind a deal to the state of its stage.
    async fn advance(&self, tx: &mut Tx, ours: &[String], stage: &str) -> domain::Result<()> {
        let (d, from) = (&self.dealer, Some(self.name()));
        for entity in ours {
            match entity.split_once(':') {
                Some(("order", id)) => {
                    if let Some(state) = state(self.config.order_stages.state_of(stage)) {
                        orders::advance(tx, d, &id.into(), state, from).await?;
                    }
                }
                Some(("request", id)) => {
                    if let Some(state) = state(self.config.request_stages.state_of(stage)) {
                        requests::advance(tx, d, &id.into(), state, from).await?;
                    }
                }
                Some(("lead", id)) => {
                    if let Some(state) = state(self.config.lead_stages.state_of(stage)) {
                        leads::advance(tx, d, &id.into(), state, from).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
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
        let (says, now) = (facets::of_contact(&contact), self.now());
        let (id, at) = (contact.id.to_string(), contact.updated_at.unwrap_or_default());
        let mut tx = self.db.begin().await.map_err(internal)?;
        let look = ledger::look(&mut tx, self.their(CONTACT, &id), at, &says, now).await;
        let look = look.map_err(internal)?;
        if !again && (look.is_late() || !look.has_news()) {
            return tx.commit().await.map_err(internal);
        }
        // What did not change there is not theirs to say: it may have changed here.
        let changed = |facet: &str| again || look.is_news(facet);
        let name = clean(&contact.name, 200).filter(|_| changed(NAME));
        let email = emails(&contact).into_iter().next().and_then(|text| clean(&text, 200));
        let email = email.filter(|_| changed(EMAIL));
        let phones = facets::phones_of(&contact);
        for entity in ours {
            let Some(("customer", customer)) = entity.split_once(':') else { continue };
            let customer = customer.into();
            let known = people::find(&mut tx, &customer).await.map_err(internal)?;
            // A second phone there does not replace the one that we know them by.
            let kept = known.and_then(|known| known.phone).filter(|own| phones.contains(own));
            let new = phones.first().filter(|_| changed(PHONES));
            let phone = if kept.is_some() { None } else { new };
            let (name, email) = (name.as_deref(), email.as_deref());
            people::update_from_crm(&mut tx, &customer, name, phone, email, now)
                .await
                .map_err(internal)?;
            if changed(PHONES) {
                people::know_phones(&mut tx, &customer, self.name(), &phones, now)
                    .await
                    .map_err(internal)?;
            }
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
        let says = facets::of_company(&company.name);
        let look = ledger::look(&mut tx, self.their(COMPANY, &id), at, &says, self.now()).await;
        let look = look.map_err(internal)?;
        if !again && (look.is_late() || !look.has_news()) {
            return tx.commit().await.map_err(internal);
        }
        for entity in ours {
            let Some(("company", id)) = entity.split_once(':') else { continue };
            people::rename_company(&mut tx, &id.into(), &name).await.map_err(internal)?;
        }
        tx.commit().await.map_err(internal)
    }

    fn now(&self) -> DateTime<Utc> {
        self.dealer.clock.now()
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

pub(crate) fn trouble(error: CallError) -> Trouble {
    match reading(error) {
        held @ (Failure::Stop { .. } | Failure::TooMany { .. }) => Trouble::Held(held),
        Failure::Rejected { why } => Trouble::Never(why),
        other => Trouble::Later { after: None, why: other.why().to_owned() },
    }
}

pub(crate) fn internal(error: impl std::fmt::Display) -> Trouble {
    Trouble::Later { after: None, why: error.to_string() }
}
