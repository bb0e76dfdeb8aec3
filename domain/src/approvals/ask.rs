//! Asking, asking anew, and asking no more.

use chrono::{DateTime, TimeDelta, Utc};

use crate::approvals::deals::{Change, DealFacts};
use crate::approvals::rules::{Approver, Entity, Policy};
use crate::approvals::{Approval, By, Kind, find, hung, note, seats, tell};
use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{ApprovalId, StaffId};
use crate::money::Money;
use crate::{Dealer, Error, Result};

/// What is to be asked.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) kind: Kind,
    /// What it is about: the same is asked once.
    pub(super) once: String,
    pub(super) title: String,
    pub(super) words: String,
    pub(super) amount: Option<Money>,
    /// The deal or lead that it is about: connection, which of the two, id there.
    pub(super) deal: Option<(String, Entity, String)>,
    pub(super) facts: Option<DealFacts>,
    pub(super) rule_name: Option<String>,
    pub(super) approvers: Vec<Approver>,
    pub(super) policy: Policy,
    pub(super) requester_name: String,
    pub(super) requester_staff: Option<StaffId>,
    pub(super) requester_user: Option<String>,
    pub(super) subject: Option<String>,
}

/// Asks, once per `once`; none when it was asked before.
pub(super) async fn open(tx: &mut Tx, d: &Dealer, ask: &Ask) -> Result<Option<ApprovalId>> {
    let now = d.clock.now();
    let id = ApprovalId::new(now);
    let (deal, facts) = (ask.deal.as_ref(), ask.facts.as_ref());
    let until = Until::of(d, &ask.policy, now);
    let inserted = execute!(
        tx,
        "insert into approvals (id, kind, state, version, once, title, words, connection, entity,
                                entity_id, amount, url, facts, rule_name, policy, requester_name,
                                requester_staff, requester_user, subject, asked_at, deadline_at,
                                remind_at, created_at, updated_at)
         values ($1, $2, 'open', 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                 $17, $18, $19, $20, $18, $18)
         on conflict (once) do nothing",
        &id,
        ask.kind,
        &ask.once,
        &ask.title,
        &ask.words,
        deal.map(|(connection, _, _)| connection),
        deal.map(|(_, entity, _)| *entity),
        deal.map(|(_, _, id)| id),
        ask.amount,
        facts.and_then(|facts| facts.url.as_ref()),
        facts.map(serde_json::to_string).transpose()?,
        &ask.rule_name,
        serde_json::to_string(&ask.policy)?,
        &ask.requester_name,
        &ask.requester_staff,
        &ask.requester_user,
        &ask.subject,
        now,
        until.deadline,
        until.remind
    )?;
    if inserted == 0 {
        return Ok(None);
    }
    let approval = find(tx, &id).await?;
    seats::seat(tx, d, &approval, &ask.approvers).await?;
    note(
        tx,
        &approval,
        "opened",
        By { staff: ask.requester_staff.as_ref(), ..By::default() },
        "",
        now,
    )
    .await?;
    tell::all(tx, d, &approval).await?;
    hung::fetch(tx, d, &approval).await?;
    Ok(Some(id))
}

/// Asks what is asked once while it is open: what was decided or withdrawn may be asked anew.
pub(super) async fn once_open(tx: &mut Tx, d: &Dealer, ask: &Ask) -> Result<ApprovalId> {
    match open(tx, d, ask).await? {
        Some(id) => Ok(id),
        None => open_again(tx, d, ask).await,
    }
}

/// Asks anew, of the rule's people as they are now; what was answered before counts no more.
pub(super) async fn again(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    (facts, changed): (&DealFacts, &[Change]),
    approvers: Option<&[Approver]>,
) -> Result<()> {
    let now = d.clock.now();
    let until = Until::of(d, &approval.policy()?, now);
    let reopened = execute!(
        tx,
        "update approvals
            set state = 'open', version = version + 1, title = $3, amount = $4, url = $5,
                facts = $6, changed = $7, reason = null, decided_by = null, decided_customer = null,
                decided_at = null,
                asked_at = $8, deadline_at = $9, remind_at = $10, escalated_at = null,
                left_rule = false, updated_at = $8
          where id = $1 and version = $2",
        &approval.id,
        approval.version,
        if approval.kind == Kind::Deal { &facts.title } else { &approval.title },
        facts.amount,
        &facts.url,
        serde_json::to_string(facts)?,
        serde_json::to_string(changed)?,
        now,
        until.deadline,
        until.remind
    )?;
    if reopened == 0 {
        // Somebody else saw the same change.
        return Ok(());
    }
    let approval = find(tx, &approval.id).await?;
    match approvers {
        Some(approvers) => seats::seat(tx, d, &approval, approvers).await?,
        None => seats::same_again(tx, &approval).await?,
    }
    let words = serde_json::to_string(changed)?;
    note(tx, &approval, "reopened", By::default(), &words, now).await?;
    tell::all(tx, d, &approval).await?;
    hung::fetch(tx, d, &approval).await?;
    tell::reopened(tx, d, &approval).await
}

/// Asks anew what was asked before, unless it is open.
async fn open_again(tx: &mut Tx, d: &Dealer, ask: &Ask) -> Result<ApprovalId> {
    let now = d.clock.now();
    let known =
        fetch_optional!(tx, (ApprovalId,), "select id from approvals where once = $1", &ask.once)?;
    let (id,) = known.ok_or(Error::NotFound)?;
    let until = Until::of(d, &ask.policy, now);
    let reopened = execute!(
        tx,
        "update approvals
            set state = 'open', version = version + 1, title = $2, words = $3, reason = null,
                decided_by = null, decided_customer = null,
                decided_at = null, asked_at = $4, deadline_at = $5,
                remind_at = $6, escalated_at = null, updated_at = $4, amount = $7,
                requester_name = $8, requester_staff = $9, policy = $10
          where id = $1 and state <> 'open'",
        &id,
        &ask.title,
        &ask.words,
        now,
        until.deadline,
        until.remind,
        ask.amount,
        &ask.requester_name,
        &ask.requester_staff,
        serde_json::to_string(&ask.policy)?
    )?;
    if reopened == 1 {
        let approval = find(tx, &id).await?;
        seats::seat(tx, d, &approval, &ask.approvers).await?;
        note(tx, &approval, "reopened", By::default(), "", now).await?;
        tell::all(tx, d, &approval).await?;
        tell::reopened(tx, d, &approval).await?;
    }
    Ok(id)
}

/// Ends what nobody asks any more.
pub(super) async fn withdraw(tx: &mut Tx, d: &Dealer, approval: &Approval) -> Result<()> {
    let now = d.clock.now();
    let ended = execute!(
        tx,
        "update approvals set state = 'withdrawn', updated_at = $3
          where id = $1 and version = $2 and state = 'open'",
        &approval.id,
        approval.version,
        now
    )?;
    if ended == 0 {
        return Ok(());
    }
    seats::end(tx, &approval.id).await?;
    note(tx, approval, "withdrawn", By::default(), "", now).await?;
    let approval = find(tx, &approval.id).await?;
    tell::all(tx, d, &approval).await
}

/// Until when something is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Until {
    pub(super) deadline: Option<DateTime<Utc>>,
    pub(super) remind: Option<DateTime<Utc>>,
}

impl Until {
    /// Counted from now in the dealer's working time. Where nobody ever works nothing ends.
    pub(super) fn of(d: &Dealer, policy: &Policy, now: DateTime<Utc>) -> Until {
        let after = |minutes: Option<i64>| {
            minutes.and_then(|span| d.hours.after(now, TimeDelta::minutes(span), d.zone))
        };
        Until { deadline: after(policy.deadline), remind: after(policy.remind) }
    }
}
