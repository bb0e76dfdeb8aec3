//! The delivery desk: what was sent where, what waits and why, and what a person may do about it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{DeliveryId, new_id};
use crate::outbox::{Delivery, State};
use crate::text::storable;
use crate::{Error, Result};

/// Longer than any call's time-out and any CRM's search lag together.
const SHOWS_AFTER: TimeDelta = TimeDelta::minutes(2);

/// One try of a delivery.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none when the process died in it.
    pub finished_at: Option<DateTime<Utc>>,
    /// The state that it left the delivery in.
    pub outcome: Option<String>,
    /// In words.
    pub detail: Option<String>,
}

/// One call over the wire, raw, secrets masked.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Exchange {
    /// The attempt that made it.
    pub attempt: i64,
    /// HTTP method, or `SMTP`.
    pub method: String,
    /// Where to.
    pub url: String,
    /// The body sent.
    pub request: String,
    /// The answer's status; none when there was no answer.
    pub status: Option<i64>,
    /// The answer's body, or what went wrong.
    pub response: Option<String>,
    /// When it was sent.
    pub started_at: DateTime<Utc>,
    /// When the answer came.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Which deliveries to show.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<State>,
    /// Only of this connection.
    pub connection: Option<String>,
    /// Only about this entity, such as `order:…`.
    pub entity: Option<String>,
    /// Only what has not been delivered.
    pub open_only: bool,
    /// At most so many, newest first.
    pub limit: i64,
}

/// Deliveries, newest first.
pub async fn list(db: &mut impl Executor, filter: &Filter) -> Result<Vec<Delivery>> {
    Ok(fetch_all!(
        db,
        Delivery,
        "select id, connection, entity, kind, payload, state, outcome_unknown, run_at,
                attempts, failures, looks, last_error, created_at, updated_at
           from deliveries
          where ($1 is null or state = $1)
            and ($2 is null or connection = $2)
            and ($3 is null or entity = $3)
            and (not $4 or state <> 'delivered')
          order by id desc
          limit $5",
        filter.state,
        &filter.connection,
        &filter.entity,
        filter.open_only,
        filter.limit
    )?)
}

/// A delivery with its attempts and calls.
pub async fn show(
    db: &mut impl Executor,
    id: &DeliveryId,
) -> Result<(Delivery, Vec<Attempt>, Vec<Exchange>)> {
    let delivery = fetch_optional!(
        db,
        Delivery,
        "select id, connection, entity, kind, payload, state, outcome_unknown, run_at,
                attempts, failures, looks, last_error, created_at, updated_at
           from deliveries
          where id = $1",
        id
    )?
    .ok_or(Error::NotFound)?;
    let attempts = fetch_all!(
        db,
        Attempt,
        "select number, started_at, finished_at, outcome, detail
           from attempts where delivery_id = $1 order by number",
        id
    )?;
    let exchanges = fetch_all!(
        db,
        Exchange,
        "select attempt, method, url, request, status, response, started_at, finished_at
           from exchanges where delivery_id = $1 order by attempt, id",
        id
    )?;
    Ok((delivery, attempts, exchanges))
}

/// Which deliveries a person wants tried again.
#[derive(Clone, Debug)]
pub enum Retry {
    /// This one.
    One(DeliveryId),
    /// Every dead one.
    Dead,
    /// Every dead one that died since.
    Since(DateTime<Utc>),
}

/// Queues deliveries again; what may have worked keeps that mark and is looked for first.
/// Answers how many.
pub async fn retry(tx: &mut Tx, which: &Retry, now: DateTime<Utc>) -> Result<u64> {
    let count = match which {
        Retry::One(id) => retry_one(tx, id, now).await?,
        Retry::Dead => execute!(
            tx,
            "update deliveries set state = 'queued', run_at = $1, updated_at = $1
              where state = 'dead'",
            now
        )?,
        Retry::Since(since) => execute!(
            tx,
            "update deliveries set state = 'queued', run_at = $1, updated_at = $1
              where state = 'dead' and updated_at >= $2",
            now,
            since
        )?,
    };
    tx.wakes_outbox |= count > 0;
    Ok(count)
}

/// What may have worked a moment ago does not show yet where it would be looked for, so even a
/// person's impatience waits that out.
async fn retry_one(tx: &mut Tx, id: &DeliveryId, now: DateTime<Utc>) -> Result<u64> {
    let row = fetch_optional!(
        tx,
        (State, DateTime<Utc>),
        "select state, updated_at from deliveries where id = $1",
        id
    )?;
    let run_at = match row {
        Some((State::Unknown, failed_at)) => now.max(failed_at + SHOWS_AFTER),
        _ => now,
    };
    Ok(execute!(
        tx,
        "update deliveries set state = 'queued', run_at = $3, updated_at = $2
          where id = $1 and state in ('dead', 'waiting', 'unknown')",
        id,
        now,
        run_at
    )?)
}

/// How many deliveries of each connection stand in each state that is not `delivered`.
pub async fn counts(db: &mut impl Executor) -> Result<Vec<(String, State, i64)>> {
    Ok(fetch_all!(
        db,
        (String, State, i64),
        "select connection, state, count(*)
           from deliveries
          where state in ('queued', 'running', 'waiting', 'unknown', 'dead')
          group by connection, state
          order by connection, state"
    )?)
}

/// Writes a call down before it is made; answers the id to complete it with.
pub async fn begin_exchange(
    tx: &mut Tx,
    delivery: &Delivery,
    method: &str,
    url: &str,
    request: &str,
    now: DateTime<Utc>,
) -> Result<String> {
    let id = new_id(now);
    execute!(
        tx,
        "insert into exchanges (id, delivery_id, attempt, method, url, request, started_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &id,
        &delivery.id,
        delivery.attempts,
        method,
        url,
        storable(request).as_ref(),
        now
    )?;
    Ok(id)
}

/// Completes a call with its answer.
pub async fn end_exchange(
    tx: &mut Tx,
    id: &str,
    status: Option<i64>,
    response: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "update exchanges set status = $2, response = $3, finished_at = $4 where id = $1",
        id,
        status,
        storable(response).as_ref(),
        now
    )?;
    Ok(())
}
