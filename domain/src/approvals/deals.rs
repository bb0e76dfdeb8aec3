//! Deals and leads of a CRM that meet a rule: asked once each, asked anew when sum or composition
//! change, withdrawn when they leave the rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::approvals::ask::{self, Ask};
use crate::approvals::rules::{self, Entity, Rule, Rules};
use crate::approvals::{Approval, Kind, State, approvals, hung};
use crate::db::{Tx, execute, fetch_all};
use crate::ids::{ApprovalId, StaffId};
use crate::money::Money;
use crate::{Dealer, Result};

mod changes;

pub use changes::{Change, What};

/// What a CRM says of a deal or lead, just read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DealFacts {
    /// Name of the connection.
    pub connection: String,
    /// Whether it is a deal or a lead.
    pub entity: Entity,
    /// Its id there.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The sum, where it has one.
    pub amount: Option<Money>,
    /// The pipeline, where the CRM has several.
    pub pipeline: Option<String>,
    /// The stage, as the CRM calls it.
    pub stage: String,
    /// The responsible person: their id in the CRM.
    pub responsible: Option<String>,
    /// Who made it: their id in the CRM.
    pub created_by: Option<String>,
    /// The name of who asks: of the responsible person, else of who made it. Empty when not known.
    pub asked_by: String,
    /// The heads of the responsible person, the nearest first: their ids in the CRM.
    pub heads: Vec<String>,
    /// Which of those persons of the CRM are our staff.
    pub staff: BTreeMap<String, StaffId>,
    /// Its fields, by the CRM's names.
    pub fields: BTreeMap<String, String>,
    /// Its goods.
    pub rows: Vec<DealRow>,
    /// Where people see it in the CRM.
    pub url: Option<String>,
    /// Whether it goes on.
    pub state: DealState,
}

/// One line of a deal's goods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DealRow {
    /// The name of the goods.
    pub name: String,
    /// How many; parts of a piece are possible.
    pub quantity: f64,
    /// For one.
    pub price: Money,
}

/// Whether a deal goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DealState {
    /// It goes on.
    Open,
    /// It came to nothing.
    Lost,
    /// It was won.
    Won,
    /// It is no longer there.
    Deleted,
}

/// What came of looking at a deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No news.
    Nothing,
    /// It meets a rule: asked.
    Opened(ApprovalId),
    /// It has changed: asked anew.
    Reopened(ApprovalId),
    /// It has left the rule: nothing is asked any more.
    Withdrawn(ApprovalId),
}

/// Follows a deal or lead that was just read, in whatever order its changes were told. What our own
/// decisions did to it is no news.
///
/// # Errors
/// When the database fails.
pub async fn seen(tx: &mut Tx, d: &Dealer, facts: &DealFacts) -> Result<Seen> {
    let rules = rules::load(tx, d).await?;
    let known = of_deal(tx, facts).await?;
    let mut news = Seen::Nothing;
    let mut open = false;
    for approval in &known {
        let rule = approval.rule_name.as_deref().and_then(|name| rules.named(name));
        let one = match approval.state {
            State::Open => follow_open(tx, d, approval, rule, facts).await?,
            _ => follow_closed(tx, d, approval, rule, facts).await?,
        };
        open |= approval.state == State::Open && !matches!(one, Seen::Withdrawn(_));
        open |= matches!(one, Seen::Reopened(_));
        if one != Seen::Nothing {
            news = one;
        }
    }
    if open {
        return Ok(news);
    }
    match fresh(&rules, &known, facts) {
        Some(rule) => Ok(open_for(tx, d, rule, facts).await?.map_or(news, Seen::Opened)),
        None => Ok(news),
    }
}

/// The cases of a deal or lead that came by a rule or were written by hand about it.
async fn of_deal(tx: &mut Tx, facts: &DealFacts) -> Result<Vec<Approval>> {
    Ok(fetch_all!(
        tx,
        Approval,
        approvals!(
            "where connection = $1 and entity = $2 and entity_id = $3
               and kind in ('deal', 'hand')
             order by id"
        ),
        &facts.connection,
        facts.entity,
        &facts.id
    )?)
}

/// The rule that a deal meets and that was not yet asked by.
fn fresh<'a>(rules: &'a Rules, known: &[Approval], facts: &DealFacts) -> Option<&'a Rule> {
    let rule = rules.matching(facts)?;
    let asked = known.iter().any(|one| one.rule_name.as_deref() == Some(rule.name.as_str()));
    (!asked).then_some(rule)
}

async fn open_for(
    tx: &mut Tx,
    d: &Dealer,
    rule: &Rule,
    facts: &DealFacts,
) -> Result<Option<ApprovalId>> {
    let (entity, id) = (facts.entity.as_str(), &facts.id);
    let asker = facts.responsible.as_ref().or(facts.created_by.as_ref());
    let ask = Ask {
        kind: Kind::Deal,
        once: format!("deal:{}:{entity}:{id}:{}", facts.connection, rule.name),
        title: facts.title.clone(),
        words: String::new(),
        amount: facts.amount,
        deal: Some((facts.connection.clone(), facts.entity, facts.id.clone())),
        facts: Some(facts.clone()),
        rule_name: Some(rule.name.clone()),
        approvers: rule.approvers.clone(),
        policy: rule.policy.clone(),
        requester_name: facts.asked_by.clone(),
        requester_staff: asker.and_then(|user| facts.staff.get(user)).cloned(),
        requester_user: asker.cloned(),
        subject: None,
    };
    ask::open(tx, d, &ask).await
}

async fn follow_open(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    rule: Option<&Rule>,
    facts: &DealFacts,
) -> Result<Seen> {
    // A rule that was removed meanwhile still has its cases, for as long as the deal goes on.
    let stays = match (approval.kind, rule) {
        (Kind::Deal, Some(rule)) => rule.catches(facts),
        (Kind::Deal, None) => facts.state == DealState::Open,
        _ => facts.state != DealState::Deleted,
    };
    if !stays {
        ask::withdraw(tx, d, approval).await?;
        if approval.kind == Kind::Deal {
            left(tx, approval, true).await?;
        }
        return Ok(Seen::Withdrawn(approval.id.clone()));
    }
    let changed = match approval.facts()? {
        Some(before) => changes::between(&before, facts),
        None => Vec::new(),
    };
    if changed.is_empty() {
        refresh(tx, d, approval, facts).await?;
        return Ok(Seen::Nothing);
    }
    let approvers = rule.map(|rule| rule.approvers.as_slice());
    ask::again(tx, d, approval, (facts, &changed), approvers).await?;
    Ok(Seen::Reopened(approval.id.clone()))
}

/// A case that was closed is asked anew when what was decided about is no longer what stands there,
/// or when its deal comes back into the rule for another try.
async fn follow_closed(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    rule: Option<&Rule>,
    facts: &DealFacts,
) -> Result<Seen> {
    let (Kind::Deal, Some(rule)) = (approval.kind, rule) else { return Ok(Seen::Nothing) };
    let catches = rule.catches(facts);
    // Where our own decision moved it, the stage is no sign that it left.
    let ours = approval.effect()?.and_then(|effect| effect.stage).as_ref() == Some(&facts.stage);
    let approved_here = approval.state == State::Approved && ours && rule.concerns(facts);
    let changed = match approval.facts()? {
        Some(before) => changes::between(&before, facts),
        None => Vec::new(),
    };
    let another_try = approval.left_rule && approval.state != State::Approved && catches;
    let goes_on = facts.state == DealState::Open || catches;
    if goes_on && ((catches || approved_here) && !changed.is_empty() || another_try) {
        ask::again(tx, d, approval, (facts, &changed), Some(&rule.approvers)).await?;
        return Ok(Seen::Reopened(approval.id.clone()));
    }
    if !catches && !approval.left_rule {
        left(tx, approval, true).await?;
    }
    Ok(Seen::Nothing)
}

/// Title, stage and fields are shown as they are now; they ask nothing anew.
async fn refresh(tx: &mut Tx, d: &Dealer, approval: &Approval, facts: &DealFacts) -> Result<()> {
    if approval.facts()?.as_ref() == Some(facts) {
        return Ok(());
    }
    execute!(
        tx,
        "update approvals set title = $3, url = $4, facts = $5
          where id = $1 and version = $2 and state = 'open'",
        &approval.id,
        approval.version,
        if approval.kind == Kind::Deal { &facts.title } else { &approval.title },
        &facts.url,
        serde_json::to_string(facts)?
    )?;
    // What was saved there may be a file.
    hung::fetch(tx, d, approval).await
}

async fn left(tx: &mut Tx, approval: &Approval, left: bool) -> Result<()> {
    execute!(tx, "update approvals set left_rule = $2 where id = $1", &approval.id, left)?;
    Ok(())
}
