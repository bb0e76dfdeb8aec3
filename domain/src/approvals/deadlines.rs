//! What the clock does to a case: a reminder, then a decision from above, then the end.

use chrono::{DateTime, Utc};

use crate::approvals::ask::Until;
use crate::approvals::rules::Policy;
use crate::approvals::{Approval, By, find, note, seats, tell};
use crate::db::{Db, Tx, execute, fetch_all};
use crate::ids::ApprovalId;
use crate::outbox::ApprovalNews;
use crate::{Dealer, Result};

/// So many are looked at in one go; the rest follow at the next tick.
const LOOKED_AT: i64 = 200;

/// Reminds, hands up and ends what is due; how many cases moved. Two processes may do it at once: one
/// conditional update decides.
///
/// # Errors
/// When the database fails.
pub async fn tick(db: &Db, d: &Dealer) -> Result<usize> {
    let now = d.clock.now();
    let due = {
        let mut reader = db.read().await?;
        fetch_all!(
            &mut reader,
            (ApprovalId,),
            "select id from approvals where state = 'open' and deadline_at <= $1
              union
             select id from approvals where state = 'open' and remind_at <= $1
              order by id
              limit $2",
            now,
            LOOKED_AT
        )?
    };
    let mut moved = 0;
    for (id,) in due {
        let mut tx = db.begin().await?;
        let approval = find(&mut tx, &id).await?;
        if one(&mut tx, d, &approval, now).await? {
            moved += 1;
        }
        tx.commit().await?;
    }
    Ok(moved)
}

async fn one(tx: &mut Tx, d: &Dealer, approval: &Approval, now: DateTime<Utc>) -> Result<bool> {
    if approval.deadline_at.is_none_or(|at| at > now) {
        return remind(tx, d, approval, now).await;
    }
    let policy = approval.policy()?;
    if approval.escalated_at.is_none() && hand_up(tx, d, approval, &policy, now).await? {
        return Ok(true);
    }
    expire(tx, d, approval, now).await
}

async fn remind(tx: &mut Tx, d: &Dealer, approval: &Approval, now: DateTime<Utc>) -> Result<bool> {
    let reminded = execute!(
        tx,
        "update approvals set remind_at = null
          where id = $1 and version = $2 and state = 'open' and remind_at <= $3",
        &approval.id,
        approval.version,
        now
    )?;
    if reminded == 0 {
        return Ok(false);
    }
    note(tx, approval, "reminded", By::default(), "", now).await?;
    tell::news(tx, d, approval, ApprovalNews::Reminder).await?;
    Ok(true)
}

/// Gives the case to those above, for as long again; `false` where there is nobody.
async fn hand_up(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<bool> {
    let until = Until::of(d, policy, now);
    let handed = execute!(
        tx,
        "update approvals
            set escalated_at = $3, deadline_at = $4, remind_at = null, updated_at = $3
          where id = $1 and version = $2 and state = 'open' and escalated_at is null",
        &approval.id,
        approval.version,
        now,
        until.deadline
    )?;
    if handed == 0 {
        return Ok(true);
    }
    if !seats::hand_up(tx, d, approval, &policy.escalate_to).await? {
        return Ok(false);
    }
    let approval = find(tx, &approval.id).await?;
    note(tx, &approval, "escalated", By::default(), "", now).await?;
    tell::all(tx, d, &approval).await?;
    tell::above(tx, d, &approval).await?;
    Ok(true)
}

async fn expire(tx: &mut Tx, d: &Dealer, approval: &Approval, now: DateTime<Utc>) -> Result<bool> {
    let expired = execute!(
        tx,
        "update approvals set state = 'expired', decided_at = null, updated_at = $3
          where id = $1 and version = $2 and state = 'open'",
        &approval.id,
        approval.version,
        now
    )?;
    if expired == 0 {
        return Ok(false);
    }
    seats::end(tx, &approval.id).await?;
    let approval = find(tx, &approval.id).await?;
    note(tx, &approval, "expired", By::default(), "", now).await?;
    tell::all(tx, d, &approval).await?;
    tell::asker(tx, d, &approval).await?;
    Ok(true)
}
