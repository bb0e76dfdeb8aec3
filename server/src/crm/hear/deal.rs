//! The stage of a deal or lead moves what stands behind it here.

use domain::approvals::rules::Entity;
use domain::db::Tx;
use domain::{leads, ledger, links, orders, people, requests};
use serde::de::DeserializeOwned;

use crate::crm::hear::echo::their;
use crate::crm::hear::facets::{self, STATUS};
use crate::crm::hear::follow::{internal, trouble};
use crate::crm::hear::hint::Hint;
use crate::crm::hear::sale;
use crate::crm::hear::speaker::{Speaker, TheirDeal, TheirPerson};
use crate::crm::tell::lead::LEAD;
use crate::crm::tell::person::{CONTACT, Who};
use crate::worker::inbox::Trouble;

/// A deal: one of ours moves, any other may be a machine that was sold.
pub(super) async fn follow<S: Speaker>(
    account: &S,
    hint: &Hint,
    again: bool,
) -> Result<(), Trouble> {
    stage_was(account, hint).await?;
    let deal = account.their_deal(&hint.id).await.map_err(trouble)?;
    account.ask(Entity::Deal, &hint.id, deal.as_ref()).await?;
    let Some(deal) = deal else { return Ok(()) };
    let ours = behind(account, S::DEAL, &deal.id).await?;
    if ours.is_empty() {
        return sale::follow(account, &deal, again).await;
    }
    apply(account, S::DEAL, &deal, &ours, again).await?;
    // A site lead is anybody's deal: won, it may be a machine that was sold.
    match ours.iter().all(|entity| entity.starts_with("lead:")) {
        true => sale::follow(account, &deal, again).await,
        false => Ok(()),
    }
}

/// A lead, where such are kept apart from deals.
pub(super) async fn follow_lead<S: Speaker>(
    account: &S,
    hint: &Hint,
    again: bool,
) -> Result<(), Trouble> {
    let ours = behind(account, LEAD, &hint.id).await?;
    if ours.is_empty() && !account.asks_about_leads().await? {
        return Ok(());
    }
    stage_was(account, hint).await?;
    let lead = account.their_lead(&hint.id).await.map_err(trouble)?;
    account.ask(Entity::Lead, &hint.id, lead.as_ref()).await?;
    let Some(lead) = lead.filter(|_| !ours.is_empty()) else { return Ok(()) };
    if lead.won {
        joined(account, &lead, &ours).await?;
    }
    apply(account, LEAD, &lead, &ours, again).await
}

/// Moved away and back before we look: the hint is what remains of the move.
async fn stage_was<S: Speaker>(account: &S, hint: &Hint) -> Result<(), Trouble> {
    let (Some(stage), Some(at)) = (&hint.stage, hint.at) else { return Ok(()) };
    let now = account.dealer().clock.now();
    let their = their(account, &hint.kind, &hint.id);
    let mut tx = account.db().begin().await.map_err(internal)?;
    ledger::heard(&mut tx, their, STATUS, stage, at, now).await.map_err(internal)?;
    tx.commit().await.map_err(internal)
}

/// Moves what is ours, where the stage is somebody else's word and news.
async fn apply<S: Speaker>(
    account: &S,
    kind: &str,
    deal: &TheirDeal,
    ours: &[String],
    again: bool,
) -> Result<(), Trouble> {
    let says = [facets::of_stage(&deal.stage)];
    let (their, now) = (their(account, kind, &deal.id), account.dealer().clock.now());
    let mut tx = account.db().begin().await.map_err(internal)?;
    let look = ledger::look(&mut tx, their, deal.at, &says, now).await.map_err(internal)?;
    let old = look.is_late() || !look.has_news();
    if !look.is_ours(STATUS) && (again || !old) {
        for entity in ours {
            advance(account, &mut tx, kind, entity, &deal.stage).await.map_err(internal)?;
        }
    }
    tx.commit().await.map_err(internal)
}

/// Moves what stands behind a deal or lead to the state of its stage.
pub(crate) async fn advance<S: Speaker>(
    account: &S,
    tx: &mut Tx,
    kind: &str,
    entity: &str,
    stage: &str,
) -> domain::Result<()> {
    let (d, config) = (account.dealer(), account.config());
    let from = Some(config.name.as_str());
    match entity.split_once(':') {
        Some(("order", id)) => {
            if let Some(state) = state(config.order_stages.state_of(stage)) {
                orders::advance(tx, d, &id.into(), state, from).await?;
            }
        }
        Some(("request", id)) => {
            if let Some(state) = state(config.request_stages.state_of(stage)) {
                requests::advance(tx, d, &id.into(), state, from).await?;
            }
        }
        Some(("lead", id)) => {
            // The deal of a converted lead has stages of its own, which may bear the same words.
            let apart =
                kind != LEAD && links::find(tx, &config.name, entity, LEAD).await?.is_some();
            if let Some(state) = state(config.lead_stages.state_of(stage)).filter(|_| !apart) {
                leads::advance(tx, d, &id.into(), state, from).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A lead was converted: its deal stands behind the same lead of ours, and whoever asked has its
/// contact from now on, unless they had one before.
async fn joined<S: Speaker>(account: &S, lead: &TheirDeal, ours: &[String]) -> Result<(), Trouble> {
    let Some(deal) = account.became(&lead.id).await.map_err(trouble)? else { return Ok(()) };
    let contact = deal.contact.as_deref().or(lead.contact.as_deref());
    let person = match contact {
        Some(id) => account.their_person(id).await.map_err(trouble)?,
        None => None,
    };
    let (name, now) = (&account.config().name, account.dealer().clock.now());
    let mut tx = account.db().begin().await.map_err(internal)?;
    for entity in ours.iter().filter(|entity| entity.starts_with("lead:")) {
        links::put(&mut tx, name, entity, S::DEAL, &deal.id, now).await.map_err(internal)?;
        if let (Some(id), Some(person)) = (entity.strip_prefix("lead:"), &person) {
            knows(account, &mut tx, id, person).await.map_err(internal)?;
        }
    }
    tx.commit().await.map_err(internal)
}

/// Whoever asked by a lead is this contact, where it bears their phone.
async fn knows<S: Speaker>(
    account: &S,
    tx: &mut Tx,
    lead: &str,
    person: &TheirPerson,
) -> domain::Result<()> {
    let (case, who) = Who::asking(tx, &lead.into()).await?;
    if !case.lead.phone.is_some_and(|phone| person.phones.contains(&phone)) {
        return Ok(());
    }
    let (name, now) = (&account.config().name, account.dealer().clock.now());
    links::put(tx, name, &who.entity, CONTACT, &person.id, now).await?;
    let their = their(account, CONTACT, &person.id);
    ledger::meet(tx, their, person.at, &facets::of_contact(person)).await?;
    if let Some(customer) = who.entity.strip_prefix("customer:") {
        people::know_phones(tx, &customer.into(), name, &person.phones, now).await?;
    }
    Ok(())
}

/// Our entities behind an entity of theirs.
pub(super) async fn behind<S: Speaker>(
    account: &S,
    kind: &str,
    id: &str,
) -> Result<Vec<String>, Trouble> {
    let mut reader = account.db().read().await.map_err(internal)?;
    links::entities(&mut reader, &account.config().name, kind, id).await.map_err(internal)
}

/// Our state by its word in the table of stages.
fn state<S: DeserializeOwned>(word: Option<&str>) -> Option<S> {
    serde_json::from_value(serde_json::Value::from(word?)).ok()
}
