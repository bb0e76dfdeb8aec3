//! The runs of a source that is asked again and again: who runs now, how far the last one came,
//! what it did.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::Result;
use crate::catalogue::Report;
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};

/// How a source stands.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Run {
    /// The name of the connection.
    pub source: String,
    /// Up to when its changes were asked for, by its own clock.
    pub synced_to: Option<DateTime<Utc>>,
    /// When the last run ended, well or not.
    pub ran_at: Option<DateTime<Utc>>,
    /// When the last run that ended well did.
    pub synced_at: Option<DateTime<Utc>>,
    /// When the last whole run that ended well did.
    pub full_at: Option<DateTime<Utc>>,
    /// The [`Report`] of the last run that ended well, as JSON.
    pub report: Option<String>,
    /// Why the last run failed.
    pub error: Option<String>,
}

/// The right to run, held by one process at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Up to when changes were asked for; `None` where nothing was ever read.
    pub synced_to: Option<DateTime<Utc>>,
    /// When the last whole run ended.
    pub full_at: Option<DateTime<Utc>>,
    /// When the right ends by itself: the fence of [`end_turn`].
    pub until: DateTime<Utc>,
}

macro_rules! columns {
    () => {
        "source, synced_to, ran_at, synced_at, full_at, report, error"
    };
}

/// How one source stands; `None` before it was ever read.
///
/// # Errors
/// When the database fails.
pub async fn run_of(db: &mut impl Executor, source: &str) -> Result<Option<Run>> {
    Ok(fetch_optional!(
        db,
        Run,
        concat!("select ", columns!(), " from catalogue_runs where source = $1"),
        source
    )?)
}

/// How every source stands.
///
/// # Errors
/// When the database fails.
pub async fn last_runs(db: &mut impl Executor) -> Result<Vec<Run>> {
    Ok(fetch_all!(db, Run, concat!("select ", columns!(), " from catalogue_runs order by source"))?)
}

/// Takes the right to run a source whose last run ended at `before` or earlier; `None` where that
/// was later, or another runs now.
///
/// # Errors
/// When the database fails.
pub async fn take_turn(
    tx: &mut Tx,
    source: &str,
    before: DateTime<Utc>,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Turn>> {
    execute!(
        tx,
        "insert into catalogue_runs (source) values ($1) on conflict (source) do nothing",
        source
    )?;
    let until = now + lease;
    let taken = fetch_optional!(
        tx,
        (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        "update catalogue_runs set lease_until = $4
          where source = $1
            and (ran_at is null or ran_at <= $2)
            and (lease_until is null or lease_until <= $3)
      returning synced_to, full_at",
        source,
        before,
        now,
        until
    )?;
    Ok(taken.map(|(synced_to, full_at)| Turn { synced_to, full_at, until }))
}

/// Keeps the right for another `lease`; `false` when it was lost: another runs now.
///
/// # Errors
/// When the database fails.
pub async fn keep_turn(
    tx: &mut Tx,
    source: &str,
    turn: &mut Turn,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<bool> {
    let kept = execute!(
        tx,
        "update catalogue_runs set lease_until = $3 where source = $1 and lease_until = $2",
        source,
        turn.until,
        now + lease
    )?;
    turn.until = now + lease;
    Ok(kept == 1)
}

/// Ends a turn: with what was done and up to which time of theirs, and whether it was a whole run;
/// or with why it failed.
///
/// # Errors
/// When the database fails.
pub async fn end_turn(
    tx: &mut Tx,
    source: &str,
    turn: Turn,
    outcome: Result<(&Report, Option<DateTime<Utc>>, bool), &str>,
    now: DateTime<Utc>,
) -> Result<()> {
    match outcome {
        Ok((report, synced_to, whole)) => execute!(
            tx,
            "update catalogue_runs
                set lease_until = null, ran_at = $3, synced_at = $3, error = null, report = $4,
                    synced_to = coalesce($5, synced_to),
                    full_at = case when $6 then $3 else full_at end
              where source = $1 and lease_until = $2",
            source,
            turn.until,
            now,
            serde_json::to_string(report)?,
            synced_to,
            whole
        )?,
        Err(why) => execute!(
            tx,
            "update catalogue_runs set lease_until = null, ran_at = $3, error = $4
              where source = $1 and lease_until = $2",
            source,
            turn.until,
            now,
            why
        )?,
    };
    Ok(())
}
