//! What amoCRM tells us. Webhooks are hints: the entity is fetched, and what it says now is what
//! counts; a hint that comes twice, late or out of order finds nothing left to change.

use domain::inbox::InboundEvent;
use domain::machines::{self, Registration};
use domain::text::{Phone, clean};
use domain::{links, orders, people, requests};
use serde::de::DeserializeOwned;

use crate::crm::NoRecord;
use crate::crm::amo::connection::{AmoConnection, CONTACT, LEAD};
use crate::crm::amo::webhook::{self, AmoAction, AmoEntity};
use crate::crm::amo::wire::{Contact, Lead};
use crate::crm::amo::{AmoCalls, CallError, fields};
use crate::worker::inbox::Trouble;

impl AmoConnection {
    /// Follows every hint of a stored webhook.
    pub async fn handle(&self, event: &InboundEvent) -> Result<(), Trouble> {
        let hook =
            webhook::parse(&event.body).map_err(|error| Trouble::Never(error.to_string()))?;
        if hook.events.is_empty() {
            let seen = hook.unknown.join(", ");
            return Err(Trouble::Never(format!("nothing in it that we know; it holds: {seen}")));
        }
        let calls = self.client.calls(&NoRecord);
        let mut seen = Vec::new();
        for hint in &hook.events {
            let what = (&hint.entity, hint.id);
            if matches!(hint.action, AmoAction::Delete) || seen.contains(&what) {
                continue;
            }
            seen.push(what);
            match hint.entity {
                AmoEntity::Lead => self.follow_lead(hint.id, calls).await?,
                AmoEntity::Contact => self.follow_contact(hint.id, calls).await?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Follows every deal that changed since a time (Unix seconds): what lost webhooks would have
    /// said. Answers how many there were.
    pub async fn reconcile(&self, since: i64) -> Result<usize, Trouble> {
        let calls = self.client.calls(&NoRecord);
        let changed = calls.leads_changed_since(since).await.map_err(trouble)?;
        for lead in &changed {
            self.apply_lead(lead, calls).await?;
        }
        Ok(changed.len())
    }

    async fn follow_lead(&self, id: i64, calls: AmoCalls<'_>) -> Result<(), Trouble> {
        match calls.lead(id).await.map_err(trouble)? {
            Some(lead) if !lead.is_deleted => self.apply_lead(&lead, calls).await,
            _ => Ok(()),
        }
    }

    async fn apply_lead(&self, lead: &Lead, calls: AmoCalls<'_>) -> Result<(), Trouble> {
        let ours = {
            let mut reader = self.db.read().await.map_err(internal)?;
            let id = lead.id.to_string();
            links::entities(&mut reader, self.name(), LEAD, &id).await.map_err(internal)?
        };
        if ours.is_empty() {
            return self.register_if_won(lead, calls).await;
        }
        let stage = lead.status_id.map(|id| id.to_string()).unwrap_or_default();
        let from = Some(self.name());
        let mut tx = self.db.begin().await.map_err(internal)?;
        for entity in ours {
            match entity.split_once(':') {
                Some(("order", id)) => {
                    if let Some(state) = state(self.config.order_stages.state_of(&stage)) {
                        orders::advance(&mut tx, &self.dealer, &id.into(), state, from)
                            .await
                            .map_err(internal)?;
                    }
                }
                Some(("request", id)) => {
                    if let Some(state) = state(self.config.request_stages.state_of(&stage)) {
                        requests::advance(&mut tx, &self.dealer, &id.into(), state, from)
                            .await
                            .map_err(internal)?;
                    }
                }
                _ => {}
            }
        }
        tx.commit().await.map_err(internal)
    }

    /// A deal of the managers' own that was won: the machine in it gets its passport.
    async fn register_if_won(&self, lead: &Lead, calls: AmoCalls<'_>) -> Result<(), Trouble> {
        let won = lead.status_id == Some(self.settings.status_success);
        let here = self.settings.pipeline_id.is_none_or(|id| lead.pipeline_id == Some(id));
        let text = |ours: &str| self.field(ours).and_then(|field| lead.text(field));
        let (Some(serial), Some(model)) = (text("serial"), text("model")) else { return Ok(()) };
        if !won || !here {
            return Ok(());
        }
        let contact = match lead.main_contact() {
            Some(id) => calls.contact(id).await.map_err(trouble)?,
            None => None,
        };
        let zone = self.zone(calls).await.map_err(trouble)?;
        let next = self.field("next_maintenance_on").and_then(|field| lead.date(field, zone));
        let registration = Registration {
            serial,
            model,
            configuration: text("configuration"),
            next_maintenance_on: next,
            telegram_id: text("telegram_id").and_then(|id| id.parse().ok()),
            phone: contact.as_ref().and_then(first_phone),
            customer_name: contact.map(|contact| contact.name).filter(|name| !name.is_empty()),
            source: format!("{}:lead:{}", self.name(), lead.id),
        };
        let mut tx = self.db.begin().await.map_err(internal)?;
        machines::register(&mut tx, &self.dealer, &registration).await.map_err(internal)?;
        tx.commit().await.map_err(internal)
    }

    async fn follow_contact(&self, id: i64, calls: AmoCalls<'_>) -> Result<(), Trouble> {
        let ours = {
            let mut reader = self.db.read().await.map_err(internal)?;
            let id = id.to_string();
            links::entities(&mut reader, self.name(), CONTACT, &id).await.map_err(internal)?
        };
        if ours.is_empty() {
            return Ok(());
        }
        let Some(contact) = calls.contact(id).await.map_err(trouble)? else { return Ok(()) };
        let phone = first_phone(&contact);
        let email = fields::emails(&contact).into_iter().next().and_then(|text| clean(&text, 200));
        let name = clean(&contact.name, 200);
        let now = self.dealer.clock.now();
        let mut tx = self.db.begin().await.map_err(internal)?;
        for entity in ours {
            let Some(("customer", customer)) = entity.split_once(':') else { continue };
            people::update_from_crm(
                &mut tx,
                &customer.into(),
                name.as_deref(),
                phone.as_ref(),
                email.as_deref(),
                now,
            )
            .await
            .map_err(internal)?;
        }
        tx.commit().await.map_err(internal)
    }
}

fn first_phone(contact: &Contact) -> Option<Phone> {
    fields::phones(contact).iter().find_map(|phone| Phone::parse(phone))
}

/// Our state by its word in the table of stages.
fn state<S: DeserializeOwned>(word: Option<&str>) -> Option<S> {
    serde_json::from_value(serde_json::Value::from(word?)).ok()
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
fn trouble(error: CallError) -> Trouble {
    let why = error.words();
    match error {
        CallError::TooMany { retry_after } => Trouble::Later { after: retry_after, why },
        CallError::Rejected { .. } => Trouble::Never(why),
        _ => Trouble::Later { after: None, why },
    }
}

fn internal(error: impl std::fmt::Display) -> Trouble {
    Trouble::Later { after: None, why: error.to_string() }
}
