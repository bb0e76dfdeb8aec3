//! The outbox: every promise to tell somebody outside is a row, written in the transaction that
//! made the promise.
//!
//! A worker claims a row (its own short transaction), works with no transaction open, and settles
//! it; the attempt's number is the fence, so a worker that lost its lease settles nothing. Per
//! connection and entity one delivery is under way, in the order in which they were promised. What
//! a crash or a broken answer leaves open becomes `unknown`: after a grace the worker looks first.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::DeliveryId;
use crate::text::storable;

mod desk;
mod message;
mod pause;

pub use desk::*;
pub use message::*;
pub use pause::*;

/// The connection name of Telegram messages.
pub const TELEGRAM: &str = "telegram";
/// The connection name of e-mail.
pub const MAIL: &str = "mail";

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// To be done as soon as its turn comes.
    Queued,
    /// A worker has it.
    Running,
    /// Done.
    Delivered,
    /// To be tried again at a time.
    Waiting,
    /// The last try may have worked: look, then decide.
    Unknown,
    /// Given up; a person may queue it again.
    Dead,
}

/// One durable job to the outside.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// `telegram`, `mail` or a CRM connection's name.
    pub connection: String,
    /// What must stay in order, such as `order:…` or `chat:…`.
    pub entity: String,
    /// The message's kind.
    pub kind: String,
    /// The [`Message`] as JSON.
    pub payload: String,
    /// Where it stands.
    pub state: State,
    /// Whether an earlier try may have worked.
    pub outcome_unknown: bool,
    /// When it is due.
    pub run_at: DateTime<Utc>,
    /// How often it was tried; the number of the running attempt.
    pub attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was promised.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Delivery {
    /// The message to deliver.
    pub fn message(&self) -> Result<Message> {
        Ok(serde_json::from_str(&self.payload)?)
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is there. The text says what was adopted or superseded, if anything.
    Delivered(Option<String>),
    /// It is not there; try again at the time.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        why: String,
    },
    /// It may be there; look at the time.
    Unknown {
        /// When to look.
        at: DateTime<Utc>,
        /// Why nobody knows.
        why: String,
    },
    /// It cannot be done as it is.
    Dead {
        /// In the other side's words.
        why: String,
    },
}

/// Promises `message` to `connection`, once per `dedup_key`: a second promise with the same key
/// is the same promise. `entity` is what must stay in order.
pub async fn enqueue(
    tx: &mut Tx,
    now: DateTime<Utc>,
    connection: &str,
    entity: &str,
    message: &Message,
    dedup_key: &str,
) -> Result<bool> {
    let payload = serde_json::to_value(message)?;
    let kind = payload["kind"].as_str().unwrap_or_default().to_owned();
    let inserted = execute!(
        tx,
        "insert into deliveries (id, connection, entity, kind, payload, dedup_key, state,
                                 outcome_unknown, run_at, attempts, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 'queued', false, $7, 0, $7, $7)
         on conflict (dedup_key) do nothing",
        DeliveryId::new(now),
        connection,
        entity,
        kind,
        payload.to_string(),
        dedup_key,
        now
    )?;
    tx.wakes_outbox |= inserted == 1;
    Ok(inserted == 1)
}

/// Promises a notice to a person. `once` names the occasion: the same occasion is told once.
pub async fn notify(
    tx: &mut Tx,
    now: DateTime<Utc>,
    to: i64,
    notice: Notice,
    once: &str,
) -> Result<bool> {
    let message = Message::Notice { to, notice };
    enqueue(tx, now, TELEGRAM, &format!("chat:{to}"), &message, &format!("{to}:{once}")).await
}

/// Takes the oldest due delivery of a connection for `lease`, and writes its attempt down before
/// anything is called. What waited out a 429 is thereby first in its queue. Cost: a walk over what
/// is open in this connection, oldest first, with one probe each; history costs nothing.
pub async fn claim(
    tx: &mut Tx,
    connection: &str,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Option<Delivery>> {
    // The outer conditions repeat the inner ones: under PostgreSQL two workers may choose the same
    // row, and only the re-check after the lock makes the second one miss.
    let claimed = fetch_optional!(
        tx,
        Delivery,
        "update deliveries
            set state = 'running', attempts = attempts + 1, lease_until = $3, updated_at = $2
          where id = (select d.id
                        from deliveries d
                       where d.connection = $1
                         and d.state in ('queued', 'waiting', 'unknown')
                         and d.run_at <= $2
                         and not exists (select 1
                                           from deliveries older
                                          where older.connection = d.connection
                                            and older.entity = d.entity
                                            and older.id < d.id
                                            and older.state in ('queued', 'running', 'waiting', 'unknown'))
                       order by d.id
                       limit 1)
            and state in ('queued', 'waiting', 'unknown')
            and run_at <= $2
      returning id, connection, entity, kind, payload, state, outcome_unknown, run_at,
                attempts, last_error, created_at, updated_at",
        connection,
        now,
        now + lease
    )?;
    if let Some(delivery) = &claimed {
        execute!(
            tx,
            "insert into attempts (delivery_id, number, started_at) values ($1, $2, $3)",
            &delivery.id,
            delivery.attempts,
            now
        )?;
    }
    Ok(claimed)
}

/// Ends the attempt that `delivery` is in. `false`: the lease was lost and another has it now,
/// nothing was changed.
pub async fn settle(
    tx: &mut Tx,
    delivery: &Delivery,
    now: DateTime<Utc>,
    outcome: &Outcome,
) -> Result<bool> {
    let (state, unknown, run_at, words) = match outcome {
        Outcome::Delivered(words) => (State::Delivered, false, now, words.clone()),
        Outcome::Retry { at, why } => {
            (State::Waiting, delivery.outcome_unknown, *at, Some(why.clone()))
        }
        Outcome::Unknown { at, why } => (State::Unknown, true, *at, Some(why.clone())),
        Outcome::Dead { why } => (State::Dead, delivery.outcome_unknown, now, Some(why.clone())),
    };
    let words = words.map(|words| storable(&words).into_owned());
    let settled = execute!(
        tx,
        "update deliveries
            set state = $3, outcome_unknown = $4, run_at = $5, last_error = $6,
                lease_until = null, updated_at = $7
          where id = $1 and attempts = $2 and state = 'running'",
        &delivery.id,
        delivery.attempts,
        state,
        unknown,
        run_at,
        &words,
        now
    )?;
    if settled == 1 {
        execute!(
            tx,
            "update attempts set finished_at = $3, outcome = $4, detail = $5
              where delivery_id = $1 and number = $2",
            &delivery.id,
            delivery.attempts,
            now,
            state,
            &words
        )?;
        // What waited behind this one may go now.
        tx.wakes_outbox = true;
    }
    Ok(settled == 1)
}

/// Frees deliveries whose worker died: nobody knows how far it came, so they become `unknown` and
/// are looked at after `grace`. Answers how many.
pub async fn reap(tx: &mut Tx, now: DateTime<Utc>, grace: TimeDelta) -> Result<u64> {
    let reaped = execute!(
        tx,
        "update deliveries
            set state = 'unknown', outcome_unknown = true, run_at = $2, lease_until = null,
                last_error = 'worker lost', updated_at = $1
          where state = 'running' and lease_until <= $1",
        now,
        now + grace
    )?;
    tx.wakes_outbox |= reaped > 0;
    Ok(reaped)
}

/// When the next delivery of a connection is due, so that its worker sleeps no longer.
pub async fn next_due(db: &mut impl Executor, connection: &str) -> Result<Option<DateTime<Utc>>> {
    let row = fetch_optional!(
        db,
        (DateTime<Utc>,),
        "select run_at
           from deliveries
          where connection = $1 and state in ('queued', 'waiting', 'unknown')
          order by run_at
          limit 1",
        connection
    )?;
    Ok(row.map(|(at,)| at))
}
