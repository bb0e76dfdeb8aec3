//! What people do about deliveries; each act is kept with who and when.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{DeliveryId, StaffId};
use crate::outbox::State;
use crate::text::clean;
use crate::{Error, Result};

/// Longer than any call's time-out and any CRM's search lag together.
const SHOWS_AFTER: TimeDelta = TimeDelta::minutes(2);

/// The most that a reason may hold, in characters.
const REASON: usize = 500;

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ActKind {
    /// Had it tried again.
    Retry,
    /// Called it off.
    Cancel,
}

/// An act of a person about a delivery or an event.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Act {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub act: ActKind,
    /// Who; none: by a command on the server.
    pub who: Option<String>,
    /// Why, where a reason is asked for.
    pub reason: Option<String>,
}

/// Which deliveries a person wants tried again.
#[derive(Clone, Debug)]
pub enum Retry {
    /// This one.
    One(DeliveryId),
    /// Every dead one, but for those that a person called off.
    Dead,
    /// Of those, every one that died since.
    Since(DateTime<Utc>),
}

/// Queues deliveries again; what may have worked keeps that mark and is looked for first. `by` is
/// the member of staff, none for a command. Answers how many: one that is under way or done
/// already is left as it is, so a double tap does no harm.
pub async fn retry(
    tx: &mut Tx,
    which: &Retry,
    by: Option<&StaffId>,
    now: DateTime<Utc>,
) -> Result<u64> {
    let count = match which {
        Retry::One(id) => retry_one(tx, id, by, now).await?,
        Retry::Dead => retry_dead(tx, DateTime::UNIX_EPOCH, by, now).await?,
        Retry::Since(since) => retry_dead(tx, *since, by, now).await?,
    };
    tx.wakes_outbox |= count > 0;
    Ok(count)
}

/// What may have worked a moment ago does not show yet where it would be looked for, so even a
/// person's impatience waits that out.
async fn retry_one(
    tx: &mut Tx,
    id: &DeliveryId,
    by: Option<&StaffId>,
    now: DateTime<Utc>,
) -> Result<u64> {
    let (state, failed_at) = standing(tx, id).await?;
    let run_at = if state == State::Unknown { now.max(failed_at + SHOWS_AFTER) } else { now };
    let queued = execute!(
        tx,
        "update deliveries set state = 'queued', run_at = $3, updated_at = $2
          where id = $1 and state in ('dead', 'waiting', 'unknown')",
        id,
        now,
        run_at
    )?;
    if queued == 1 {
        keep(tx, id, ActKind::Retry, by, None, now).await?;
    }
    Ok(queued)
}

/// The acts come first and name the rows: what dies in between waits for the next time. A
/// cancelled delivery changed last when it was cancelled.
async fn retry_dead(
    tx: &mut Tx,
    since: DateTime<Utc>,
    by: Option<&StaffId>,
    now: DateTime<Utc>,
) -> Result<u64> {
    execute!(
        tx,
        "insert into delivery_acts (delivery_id, at, act, staff_id)
         select d.id, $1, 'retry', $2
           from deliveries d
          where d.state = 'dead' and d.updated_at >= $3
            and not exists (select 1 from delivery_acts a
                             where a.delivery_id = d.id and a.act = 'cancel'
                               and a.at = d.updated_at)
         on conflict (delivery_id, at, act) do nothing",
        now,
        by,
        since
    )?;
    Ok(execute!(
        tx,
        "update deliveries set state = 'queued', run_at = $1, updated_at = $1
          where state = 'dead' and updated_at >= $2
            and exists (select 1 from delivery_acts a
                         where a.delivery_id = deliveries.id and a.act = 'retry' and a.at = $1)",
        now,
        since
    )?)
}

/// Calls a delivery off: it ends as dead with the reason. `false` when it was dead already, so a
/// double tap does no harm.
///
/// # Errors
/// [`Error::Invalid`] without a reason, [`Error::Conflict`] while it is under way or when it is
/// delivered.
pub async fn cancel(
    tx: &mut Tx,
    id: &DeliveryId,
    reason: &str,
    by: Option<&StaffId>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let problem = if reason.trim().is_empty() { "error-required" } else { "error-too-long" };
    let reason = clean(reason, REASON).ok_or(Error::invalid("reason", problem))?;
    let cancelled = execute!(
        tx,
        "update deliveries
            set state = 'dead', run_at = $2, last_error = $3, updated_at = $2
          where id = $1 and state in ('queued', 'waiting', 'unknown')",
        id,
        now,
        &reason
    )?;
    if cancelled == 0 {
        return match standing(tx, id).await?.0 {
            State::Dead => Ok(false),
            State::Delivered => Err(Error::Conflict("delivered")),
            _ => Err(Error::Conflict("running")),
        };
    }
    keep(tx, id, ActKind::Cancel, by, Some(&reason), now).await?;
    // What waited behind it may go now.
    tx.wakes_outbox = true;
    Ok(true)
}

async fn standing(tx: &mut Tx, id: &DeliveryId) -> Result<(State, DateTime<Utc>)> {
    let row = fetch_optional!(
        tx,
        (State, DateTime<Utc>),
        "select state, updated_at from deliveries where id = $1",
        id
    )?;
    row.ok_or(Error::NotFound)
}

async fn keep(
    tx: &mut Tx,
    id: &DeliveryId,
    act: ActKind,
    by: Option<&StaffId>,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into delivery_acts (delivery_id, at, act, staff_id, reason)
         values ($1, $2, $3, $4, $5)
         on conflict (delivery_id, at, act) do nothing",
        id,
        now,
        act,
        by,
        reason
    )?;
    Ok(())
}
