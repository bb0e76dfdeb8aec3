//! The runs of a source that is asked again and again: who runs now, how far the last one came,
//! what it did.

mod ended;
#[cfg(test)]
mod tests;

pub use ended::{CatalogueNews, Ended, end_turn};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::Result;
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
    /// How many runs in a row failed.
    pub failures: i64,
    /// When the next run may try, in spite of the pace: the last one failed.
    pub retry_at: Option<DateTime<Utc>>,
    /// When a whole run was not believed; until one is.
    pub refused_at: Option<DateTime<Utc>>,
    /// It would have switched off so many …
    pub refused_off: Option<i64>,
    /// … of so many.
    pub refused_of: Option<i64>,
    /// Until when the run under way holds its right; past, or none, when none is.
    pub lease_until: Option<DateTime<Utc>>,
    /// What the run under way does.
    pub stage: Option<Stage>,
    /// How far it has come in that.
    pub done: Option<i64>,
    /// Of so many.
    pub total: Option<i64>,
    /// How many pictures of this source are not here yet.
    pub pictures_left: i64,
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Stage {
    /// It reads the source.
    Read,
    /// It writes what changed.
    Write,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// In what.
    pub stage: Stage,
    /// Goods read, or rows written.
    pub done: usize,
    /// Of so many.
    pub total: usize,
}

impl Run {
    /// What the run under way does and how far it is; `None` where none is under way.
    pub fn under_way(&self, now: DateTime<Utc>) -> Option<Step> {
        self.lease_until.filter(|until| *until > now)?;
        let count = |number: Option<i64>| usize::try_from(number.unwrap_or_default()).ok();
        Some(Step { stage: self.stage?, done: count(self.done)?, total: count(self.total)? })
    }
}

/// The right to run, held by one process at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Up to when changes were asked for; `None` where nothing was ever read.
    pub synced_to: Option<DateTime<Utc>>,
    /// When the last whole run ended, or was refused.
    pub full_at: Option<DateTime<Utc>>,
    /// When the right ends by itself: the fence of [`end_turn`].
    pub until: DateTime<Utc>,
}

macro_rules! columns {
    () => {
        "source, synced_to, ran_at, synced_at, full_at, report, error, failures, retry_at,
         refused_at, refused_off, refused_of, lease_until, stage, done, total,
         (select count(*)
            from parts p
           where p.source = catalogue_runs.source and p.picture is not null
             and (p.picture_got is null or p.picture_got <> p.picture)) as pictures_left"
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

/// Takes the right to run a source whose last run ended at `before` or earlier, or failed and may
/// be tried again by now; `None` where neither is so, or another runs now.
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
        (Option<DateTime<Utc>>, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        "update catalogue_runs
            set lease_until = $4, started_at = $3, stage = null, done = null, total = null
          where source = $1
            and (ran_at is null or ran_at <= $2 or retry_at <= $3)
            and (lease_until is null or lease_until <= $3)
      returning synced_to, full_at, refused_at",
        source,
        before,
        now,
        until
    )?;
    // A source that was not believed is not asked for everything again and again.
    Ok(taken.map(|(synced_to, full_at, refused_at)| Turn {
        synced_to,
        full_at: full_at.max(refused_at),
        until,
    }))
}

/// Keeps the right for another `lease` and notes how far the run has come; `false` when the right
/// was lost: another runs now.
///
/// # Errors
/// When the database fails.
pub async fn keep_turn(
    tx: &mut Tx,
    source: &str,
    turn: &mut Turn,
    step: Step,
    (lease, now): (TimeDelta, DateTime<Utc>),
) -> Result<bool> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let kept = execute!(
        tx,
        "update catalogue_runs set lease_until = $3, stage = $4, done = $5, total = $6
          where source = $1 and lease_until = $2",
        source,
        turn.until,
        now + lease,
        step.stage,
        count(step.done),
        count(step.total)
    )?;
    turn.until = now + lease;
    Ok(kept == 1)
}

/// Takes the right to fetch pictures of a source; `false` where another fetches them now.
///
/// # Errors
/// When the database fails.
pub async fn take_pictures(
    tx: &mut Tx,
    source: &str,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<bool> {
    let taken = execute!(
        tx,
        "update catalogue_runs set pictures_until = $2
          where source = $1 and (pictures_until is null or pictures_until <= $3)",
        source,
        now + lease,
        now
    )?;
    Ok(taken == 1)
}

/// Gives the right to fetch pictures back.
///
/// # Errors
/// When the database fails.
pub async fn leave_pictures(tx: &mut Tx, source: &str) -> Result<()> {
    execute!(tx, "update catalogue_runs set pictures_until = null where source = $1", source)?;
    Ok(())
}
