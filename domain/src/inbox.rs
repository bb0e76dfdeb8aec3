//! What came in from outside, kept raw before it is understood: Telegram's updates and webhooks.
//!
//! The door stores and answers; a worker processes later, in order within a lane (a chat, a CRM
//! account). The same event twice is one row.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::EventId;
use crate::text::storable;

mod desk;

pub use desk::*;

/// A stored event.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InboundEvent {
    /// Its id.
    pub id: EventId,
    /// `telegram`, or the name of a CRM connection.
    pub source: String,
    /// What it must stay in order with.
    pub lane: String,
    /// As it came.
    pub body: Vec<u8>,
    /// How often it was taken up; the fence of [`settle`].
    pub attempts: i64,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// Waits for the worker.
    Received,
    /// The worker has it.
    Processing,
    /// Done.
    Processed,
    /// Could not be understood or done; kept to be looked at.
    Failed,
}

/// How processing ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Done.
    Processed,
    /// Not now: again at the time.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        why: String,
    },
    /// Never, as it is.
    Failed(String),
}

/// Keeps an event; `false` when it was kept before. `dedup_key` is unique within `source`.
pub async fn store(
    tx: &mut Tx,
    source: &str,
    dedup_key: &str,
    lane: &str,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let stored = execute!(
        tx,
        "insert into inbound_events (id, source, dedup_key, lane, body, state, attempts, run_at,
                                     received_at)
         values ($1, $2, $3, $4, $5, 'received', 0, $6, $6)
         on conflict (source, dedup_key) do nothing",
        EventId::new(now),
        source,
        dedup_key,
        lane,
        body,
        now
    )?;
    tx.wakes_inbox |= stored == 1;
    Ok(stored == 1)
}

/// What one entity is said to have gone through, ready to be followed.
#[derive(Clone, Copy, Debug)]
pub struct Hint<'a> {
    /// The name of the CRM connection.
    pub source: &'a str,
    /// The same for the same change, however we hear of it; unique within `source`.
    pub dedup_key: &'a str,
    /// The entity: hints about one are followed in order.
    pub lane: &'a str,
    /// What was said.
    pub body: &'a [u8],
    /// The second of the change by the CRM's clock, where it is known.
    pub at: Option<DateTime<Utc>>,
}

/// Keeps a hint; `true` when nobody has told us of this change before.
///
/// A CRM tells its time in seconds, so two changes may bear one key. The hint is followed again
/// when it comes while the first is being followed, or was followed before its second was over:
/// what was read then may be older.
pub async fn hint(tx: &mut Tx, hint: Hint<'_>, now: DateTime<Utc>) -> Result<bool> {
    let id = EventId::new(now);
    let kept = fetch_optional!(
        tx,
        (EventId,),
        "insert into inbound_events (id, source, dedup_key, lane, body, state, attempts, run_at,
                                     received_at)
         values ($1, $2, $3, $4, $5, 'received', 0, $6, $6)
         on conflict (source, dedup_key) do update
            set state = 'received', run_at = excluded.run_at, lease_until = null
          where inbound_events.state = 'processing'
             or (inbound_events.state = 'processed' and inbound_events.processed_at <= $7)
      returning id",
        &id,
        hint.source,
        hint.dedup_key,
        hint.lane,
        hint.body,
        now,
        hint.at.map(|at| at + TimeDelta::seconds(1))
    )?;
    tx.wakes_inbox |= kept.is_some();
    Ok(kept.is_some_and(|(kept,)| kept == id))
}

/// Whether a hint about an entity waits that nobody has taken up yet: whatever changed until now, it
/// will find.
pub async fn is_awaited(db: &mut impl Executor, source: &str, lane: &str) -> Result<bool> {
    let row = fetch_optional!(
        db,
        (EventId,),
        "select id from inbound_events
          where source = $1 and lane = $2 and state in ('received', 'processing') and attempts = 0
          limit 1",
        source,
        lane
    )?;
    Ok(row.is_some())
}

/// What may be worked on at $1: per lane only the oldest. What a CRM told waits while the connection
/// is stopped or rests, for following it is a call; a chat's updates never do.
macro_rules! due {
    () => {
        "select e.id
           from inbound_events e
          where e.state = 'received'
            and e.run_at <= $1
            and not exists (select 1
                              from inbound_events older
                             where older.source = e.source
                               and older.lane = e.lane
                               and older.id < e.id
                               and older.state in ('received', 'processing'))
            and not exists (select 1
                              from connections c
                             where c.name = e.source
                               and c.name <> 'telegram'
                               and (c.reason is not null or c.rest_until > $1))
          order by e.run_at, e.id
          limit 1"
    };
}

/// Whether a claim would find something: asked without a lock, so that an idle worker does not
/// queue for the one writer.
pub async fn due(db: &mut impl Executor, now: DateTime<Utc>) -> Result<bool> {
    Ok(fetch_optional!(db, (EventId,), due!(), now)?.is_some())
}

/// Takes the next event whose lane is free.
pub async fn claim(
    tx: &mut Tx,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Option<InboundEvent>> {
    Ok(fetch_optional!(
        tx,
        InboundEvent,
        concat!(
            "update inbound_events
                set state = 'processing', attempts = attempts + 1, lease_until = $2
              where id = (",
            due!(),
            ")
                and state = 'received'
                and run_at <= $1
          returning id, source, lane, body, attempts, received_at"
        ),
        now,
        now + lease
    )?)
}

/// Ends the processing that `event` is in; `false` when another has it by now.
pub async fn settle(
    tx: &mut Tx,
    event: &InboundEvent,
    now: DateTime<Utc>,
    outcome: &Outcome,
) -> Result<bool> {
    let (state, run_at, error) = match outcome {
        Outcome::Processed => (State::Processed, now, None),
        Outcome::Retry { at, why } => (State::Received, *at, Some(why.as_str())),
        Outcome::Failed(why) => (State::Failed, now, Some(why.as_str())),
    };
    let settled = execute!(
        tx,
        "update inbound_events
            set state = $3, run_at = $4, error = $5, lease_until = null, processed_at = $6
          where id = $1 and attempts = $2 and state = 'processing'",
        &event.id,
        event.attempts,
        state,
        run_at,
        error.map(|error| storable(error).into_owned()),
        now
    )?;
    // The lane is free: what waited behind may go.
    tx.wakes_inbox = true;
    Ok(settled == 1)
}

/// Gives back events whose worker died.
pub async fn reap(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    let reaped = execute!(
        tx,
        "update inbound_events set state = 'received', lease_until = null
          where state = 'processing' and lease_until <= $1",
        now
    )?;
    tx.wakes_inbox |= reaped > 0;
    Ok(reaped)
}

/// An event as the desk shows it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct EventSummary {
    /// Its id.
    pub id: EventId,
    /// Where from.
    pub source: String,
    /// Where it stands.
    pub state: State,
    /// What went wrong.
    pub error: Option<String>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// Events that failed, newest first.
pub async fn failed(db: &mut impl Executor, limit: i64) -> Result<Vec<EventSummary>> {
    Ok(fetch_all!(
        db,
        EventSummary,
        "select id, source, state, error, received_at
           from inbound_events
          where state = 'failed'
          order by id desc
          limit $1",
        limit
    )?)
}

/// How many events wait.
pub async fn waiting(db: &mut impl Executor) -> Result<i64> {
    let row = fetch_optional!(
        db,
        (i64,),
        "select count(*) from inbound_events where state in ('received', 'processing')"
    )?;
    Ok(row.map_or(0, |(count,)| count))
}
