//! Whether a CRM is still heard: how far its poll has come, when its last webhook came, and the
//! alarm when webhooks fall silent though deals change.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::outbox::{Notice, WebhookNews};
use crate::{Dealer, Result, notices, staff};

/// After so much working time without a webhook, though deals changed, the administrators are told.
const SILENCE: TimeDelta = TimeDelta::hours(2);

/// A webhook that is merely late is not missed: two clocks differ, and it is sent after the change.
const LATE: TimeDelta = TimeDelta::seconds(60);

/// How a connection is heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Watch {
    /// The connection's name.
    pub connection: String,
    /// Up to when its changes were asked for: its own time, Unix seconds.
    pub polled_to: Option<i64>,
    /// When the last poll ended.
    pub polled_at: Option<DateTime<Utc>>,
    /// When the last webhook came.
    pub heard_at: Option<DateTime<Utc>>,
    /// When a poll first found what no webhook has told; cleared by the next webhook.
    pub missed_at: Option<DateTime<Utc>>,
    /// Since when webhooks are silent, while the alarm is on.
    pub silent_since: Option<DateTime<Utc>>,
    /// What the last check of the subscription found: `good`, `absent`, `disabled`, `refused`, ….
    pub subscription: Option<String>,
}

macro_rules! columns {
    () => {
        "connection, polled_to, polled_at, heard_at, missed_at, silent_since, subscription"
    };
}

/// How one connection is heard; `None` before it was ever polled or heard.
pub async fn of(db: &mut impl Executor, connection: &str) -> Result<Option<Watch>> {
    Ok(fetch_optional!(
        db,
        Watch,
        concat!("select ", columns!(), " from inbound_watch where connection = $1"),
        connection
    )?)
}

/// How every connection is heard; for the desk.
pub async fn all(db: &mut impl Executor) -> Result<Vec<Watch>> {
    Ok(fetch_all!(
        db,
        Watch,
        concat!("select ", columns!(), " from inbound_watch order by connection")
    )?)
}

/// A webhook came.
pub async fn heard(tx: &mut Tx, connection: &str, now: DateTime<Utc>) -> Result<()> {
    execute!(
        tx,
        "insert into inbound_watch (connection, heard_at) values ($1, $2)
         on conflict (connection) do update set heard_at = excluded.heard_at, missed_at = null",
        connection,
        now
    )?;
    Ok(())
}

/// A poll found a change of the time `at` that no webhook has told.
pub async fn missed(
    tx: &mut Tx,
    connection: &str,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "update inbound_watch set missed_at = coalesce(missed_at, $2)
          where connection = $1 and (heard_at is null or heard_at < $3)",
        connection,
        now,
        at - LATE
    )?;
    Ok(())
}

/// The right to poll, held by one process at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Up to when changes were asked for, Unix seconds; `None` at the very first poll.
    pub polled_to: Option<i64>,
    /// When the right ends by itself; the fence of [`end_turn`].
    pub until: DateTime<Utc>,
}

/// Takes the right to poll a connection that was last polled at `before` or earlier; `None` where
/// that was later, or another polls now.
pub async fn take_turn(
    tx: &mut Tx,
    connection: &str,
    before: DateTime<Utc>,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Turn>> {
    execute!(
        tx,
        "insert into inbound_watch (connection) values ($1) on conflict (connection) do nothing",
        connection
    )?;
    let until = now + lease;
    let taken = fetch_optional!(
        tx,
        (Option<i64>,),
        "update inbound_watch set lease_until = $4
          where connection = $1
            and (polled_at is null or polled_at <= $2)
            and (lease_until is null or lease_until <= $3)
      returning polled_to",
        connection,
        before,
        now,
        until
    )?;
    Ok(taken.map(|(polled_to,)| Turn { polled_to, until }))
}

/// Ends a turn; `polled_to` is how far it came, or `None` where it came nowhere. `false` when the
/// lease was lost: another polls now.
pub async fn end_turn(
    tx: &mut Tx,
    connection: &str,
    turn: Turn,
    polled_to: Option<i64>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let ended = execute!(
        tx,
        "update inbound_watch
            set lease_until = null, polled_at = $3, polled_to = coalesce($4, polled_to)
          where connection = $1 and lease_until = $2",
        connection,
        turn.until,
        now,
        polled_to
    )?;
    Ok(ended == 1)
}

/// Takes the check of the subscription for a day; `false` when it was taken already.
pub async fn take_check(tx: &mut Tx, connection: &str, day: NaiveDate) -> Result<bool> {
    let taken = execute!(
        tx,
        "insert into inbound_watch (connection, checked_on) values ($1, $2)
         on conflict (connection) do update set checked_on = excluded.checked_on
          where inbound_watch.checked_on is null or inbound_watch.checked_on < excluded.checked_on",
        connection,
        day
    )?;
    Ok(taken == 1)
}

/// What was known of the subscription counts no more: the access was granted anew, or a rule wants more
/// to be told.
pub async fn unchecked(tx: &mut Tx, connection: &str) -> Result<()> {
    execute!(tx, "update inbound_watch set subscription = null where connection = $1", connection)?;
    Ok(())
}

/// Keeps what a check of the subscription found; answers what the one before found.
pub async fn checked(tx: &mut Tx, connection: &str, found: &str) -> Result<Option<String>> {
    let before = of(tx, connection).await?.and_then(|watch| watch.subscription);
    execute!(
        tx,
        "insert into inbound_watch (connection, subscription) values ($1, $2)
         on conflict (connection) do update set subscription = excluded.subscription",
        connection,
        found
    )?;
    Ok(before)
}

/// Raises the alarm when webhooks have been silent for two working hours though deals changed, and
/// ends it when one came again. Each is told once.
pub async fn sound(tx: &mut Tx, d: &Dealer, connection: &str) -> Result<()> {
    let Some(watch) = of(tx, connection).await? else { return Ok(()) };
    let now = d.clock.now();
    match (watch.missed_at, watch.silent_since) {
        (Some(missed), None) if d.hours.between(missed, now, d.zone) >= SILENCE => {
            let since = watch.heard_at;
            let raised = execute!(
                tx,
                "update inbound_watch set silent_since = $2
                  where connection = $1 and silent_since is null and missed_at is not null",
                connection,
                since.unwrap_or(missed)
            )?;
            if raised == 1 {
                tell(tx, d, connection, WebhookNews::Silent { since }, now).await?;
            }
        }
        (None, Some(_)) => {
            let ended = execute!(
                tx,
                "update inbound_watch set silent_since = null
                  where connection = $1 and silent_since is not null and missed_at is null",
                connection
            )?;
            if ended == 1 {
                tell(tx, d, connection, WebhookNews::Heard, now).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Tells the administrators about a connection's webhooks.
pub async fn tell(
    tx: &mut Tx,
    d: &Dealer,
    connection: &str,
    news: WebhookNews,
    now: DateTime<Utc>,
) -> Result<()> {
    let once = format!("webhooks:{connection}:{}:{news:?}", now.timestamp_micros());
    for administrator in staff::administrators(tx).await? {
        let notice = Notice::Webhooks { connection: connection.to_owned(), news: news.clone() };
        notices::to_staff(tx, d, administrator, notice, &once).await?;
    }
    Ok(())
}
