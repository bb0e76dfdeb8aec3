//! Working on what was heard. Webhooks are hints: the entity is fetched, and what it says now is what
//! counts; a hint that comes twice, late or out of order finds nothing left to change.
//!
//! A webhook is taken apart first: each hint becomes an event of its own, in the lane of its entity.

use domain::inbox::InboundEvent;

use crate::crm::error::CallError;
use crate::crm::failure::reading;
use crate::crm::hear::hint::{Hint, RAW, TASK};
use crate::crm::hear::speaker::Speaker;
use crate::crm::hear::{deal, people};
use crate::crm::tell::firm::COMPANY;
use crate::crm::tell::lead::LEAD;
use crate::crm::tell::person::CONTACT;
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

/// Works on a stored event: a webhook as it came, or a hint.
pub(crate) async fn event<S: Speaker>(account: &S, event: &InboundEvent) -> Result<(), Trouble> {
    if event.lane == RAW {
        return take_apart(account, event).await;
    }
    let hint: Hint = serde_json::from_slice(&event.body)
        .map_err(|error| Trouble::Never(format!("not a hint: {error}")))?;
    // Tried again, or by a person's wish: then it is followed whatever was seen meanwhile.
    let again = event.attempts > 1;
    match hint.kind.as_str() {
        kind if kind == S::DEAL => deal::follow(account, &hint, again).await,
        LEAD => deal::follow_lead(account, &hint, again).await,
        CONTACT => people::follow_contact(account, &hint, again).await,
        TASK => account.follow_task(&hint).await,
        COMPANY => people::follow_company(account, &hint, again).await,
        _ => Ok(()),
    }
}

/// Makes an event of each hint in a webhook.
async fn take_apart<S: Speaker>(account: &S, event: &InboundEvent) -> Result<(), Trouble> {
    let hints = account.hints(event).await?;
    // Some webhooks tell no time; each of them is an occasion of its own.
    let otherwise = format!("webhook-{}", event.id);
    let now = account.dealer().clock.now();
    let mut tx = account.db().begin().await.map_err(internal)?;
    for hint in hints {
        hint.keep(&mut tx, &account.config().name, &otherwise, now).await.map_err(internal)?;
    }
    tx.commit().await.map_err(internal)
}

/// What a failed call means for the event that is worked on.
pub(crate) fn trouble(error: CallError) -> Trouble {
    match reading(error) {
        held @ (Failure::Stop { .. } | Failure::TooMany { .. }) => Trouble::Held(held),
        Failure::NotYet { after, why } => Trouble::Later { after: Some(after), why },
        Failure::Rejected { why } => Trouble::Never(why),
        other => Trouble::Later { after: None, why: other.why().to_owned() },
    }
}

/// Our own side failed.
pub(crate) fn internal(error: impl std::fmt::Display) -> Trouble {
    Trouble::Later { after: None, why: error.to_string() }
}
