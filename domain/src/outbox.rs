//! The outbox: every promise to tell somebody outside is a row, written in the transaction that
//! made the promise.
//!
//! A worker claims a row (its own short transaction), works with no transaction open, and settles
//! it; the attempt's number is the fence, so a worker that lost its lease settles nothing. Per
//! connection and entity one delivery is under way, in the order in which they were promised. What
//! a crash or a broken answer leaves open becomes `unknown`: after a grace the worker looks first.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::db::{Tx, execute};
use crate::ids::DeliveryId;

mod circuit;
mod claim;
mod desk;
mod gate;
mod message;
mod notice;
mod rate;

pub use circuit::{
    Circuit, CircuitState, answered, circuits, no_answer, pause, paused, rest, resume, stop,
};
pub use claim::{claim, due, reap, settle};
pub use desk::*;
pub use gate::{bare_probe_answered, bare_probe_unanswered, goes, take_bare_probe};
pub use message::*;
pub use notice::*;
pub use rate::take_turn;

/// The connection name of Telegram messages.
pub const TELEGRAM: &str = "telegram";
/// The connection name of e-mail.
pub const MAIL: &str = "mail";
/// The connection name of the dealer's site.
pub const SITE: &str = "site";

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
    /// How many of the tries failed by a fault of the other side, or on the way to it: what was
    /// refused for now, or waited for something else, is not one.
    #[sqlx(default)]
    pub failures: i64,
    /// How often in a row it was looked for and not found.
    #[sqlx(default)]
    pub looks: i64,
    /// Whether this attempt probes a connection that is stopped.
    #[sqlx(default)]
    #[serde(skip)]
    pub probe: bool,
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
    /// It was not tried in earnest, or refused for now; try again at the time.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        why: String,
    },
    /// It failed and is not there; try again at the time.
    Failed {
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
    /// It was looked for and does not show; look again at the time.
    Absent {
        /// When to look again.
        at: DateTime<Utc>,
        /// What was looked for.
        why: String,
    },
    /// It cannot be done as it is.
    Dead {
        /// In the other side's words.
        why: String,
    },
}

/// Promises `message` to `connection`, once per `dedup_key`: a second promise with the same key
/// is the same promise. `entity` is what must stay in order. A newer state of the entity takes the
/// place of an older one that has not gone.
pub async fn enqueue(
    tx: &mut Tx,
    now: DateTime<Utc>,
    connection: &str,
    entity: &str,
    message: &Message,
    dedup_key: &str,
) -> Result<bool> {
    promise(tx, now, None, (connection, entity), message, dedup_key).await
}

/// The same, not before `until` where one is given: meanwhile what is promised later passes it.
async fn promise(
    tx: &mut Tx,
    now: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    (connection, entity): (&str, &str),
    message: &Message,
    dedup_key: &str,
) -> Result<bool> {
    let payload = serde_json::to_value(message)?;
    let kind = payload["kind"].as_str().unwrap_or_default().to_owned();
    let payload = payload.to_string();
    let id = DeliveryId::new(now);
    let inserted = execute!(
        tx,
        "insert into deliveries (id, connection, entity, kind, payload, dedup_key, state,
                                 outcome_unknown, run_at, held_until, attempts, created_at,
                                 updated_at)
         values ($1, $2, $3, $4, $5, $6, 'queued', false, coalesce($8, $7), $8, 0, $7, $7)
         on conflict (dedup_key) do nothing",
        &id,
        connection,
        entity,
        &kind,
        &payload,
        dedup_key,
        now,
        until
    )?;
    if inserted == 1 {
        tx.wakes_outbox = true;
        // A card shows what is true when it is sent, so of two alike the newer one is enough.
        match message.carries() {
            Carries::Event => {}
            Carries::State => supersede(tx, (connection, entity, &kind), None, &id, now).await?,
            Carries::Card => {
                supersede(tx, (connection, entity, &kind), Some(&payload), &id, now).await?;
            }
        }
    }
    Ok(inserted == 1)
}

/// Ends what `by` makes needless: the same kind for the same entity, and the same `payload` where
/// one is given. What is under way, or may have worked, is left to its end.
async fn supersede(
    tx: &mut Tx,
    (connection, entity, kind): (&str, &str, &str),
    payload: Option<&str>,
    by: &DeliveryId,
    now: DateTime<Utc>,
) -> Result<()> {
    let words = format!("superseded by {by}");
    // The first condition on the state is the one of the partial indexes.
    match payload {
        // A chat may have much open, of which little is alike: found by the payload itself.
        Some(payload) => execute!(
            tx,
            "update deliveries
                set state = 'delivered', last_error = $6, updated_at = $7
              where connection = $1 and entity = $2 and payload = $3 and kind = $4
                and id <> $5
                and state in ('queued', 'running', 'waiting', 'unknown')
                and state not in ('running', 'unknown')
                and not outcome_unknown",
            connection,
            entity,
            payload,
            kind,
            by,
            words,
            now
        )?,
        None => execute!(
            tx,
            "update deliveries
                set state = 'delivered', last_error = $5, updated_at = $6
              where connection = $1 and entity = $2 and kind = $3
                and id <> $4
                and state in ('queued', 'running', 'waiting', 'unknown')
                and state not in ('running', 'unknown')
                and not outcome_unknown",
            connection,
            entity,
            kind,
            by,
            words,
            now
        )?,
    };
    Ok(())
}

/// Promises a notice to a person, not before `until` where one is given. `once` names the occasion: the
/// same occasion is told once. [`crate::notices`] asks what the person wants to hear, and is the way in.
pub(crate) async fn notify(
    tx: &mut Tx,
    now: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    to: i64,
    notice: Notice,
    once: &str,
) -> Result<bool> {
    let message = Message::Notice { to, notice };
    promise(tx, now, until, (TELEGRAM, &chat(to)), &message, &format!("{to}:{once}")).await
}

/// What is held for a person is held until another time, or goes now.
pub(crate) async fn hold(
    tx: &mut Tx,
    to: i64,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    // The first condition on the state is the one of the partial index.
    execute!(
        tx,
        "update deliveries set run_at = coalesce($3, $4), held_until = $3, updated_at = $4
          where connection = $1 and entity = $2
            and state in ('queued', 'running', 'waiting', 'unknown')
            and state = 'queued' and held_until > $4",
        TELEGRAM,
        chat(to),
        until,
        now
    )?;
    tx.wakes_outbox = true;
    Ok(())
}

/// What stays in order in a person's chat.
fn chat(to: i64) -> String {
    format!("chat:{to}")
}
