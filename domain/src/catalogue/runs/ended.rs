//! The end of a run, and who hears of it: the administrators, once when goods are not taken any more
//! and once when they are again.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::catalogue::runs::{Turn, run_of};
use crate::catalogue::{Report, TooManyOff};
use crate::db::{Tx, execute};
use crate::outbox::Notice;
use crate::{Dealer, Error, Result, notices, staff};

/// So many runs in a row must fail before people hear of it: one that fails at night passes.
const TOLD: i64 = 3;

/// After a failure the next run waits this long, then twice as long, up to [`LONGEST`].
const WAIT: TimeDelta = TimeDelta::minutes(5);

/// The longest wait after a failure.
const LONGEST: TimeDelta = TimeDelta::hours(4);

/// How a run ended.
#[derive(Clone, Copy, Debug)]
pub enum Ended<'r> {
    /// It went well.
    Well {
        /// What it did.
        report: &'r Report,
        /// Up to which time of theirs changes were asked for.
        synced_to: Option<DateTime<Utc>>,
        /// Whether it asked for everything.
        whole: bool,
    },
    /// It would have switched off too much, and wrote nothing.
    Refused(TooManyOff),
    /// It broke off; what it wrote until then stays, and the next run does the rest.
    Failed {
        /// Why.
        why: &'r str,
        /// How long to wait at least; without it, longer from failure to failure.
        after: Option<TimeDelta>,
        /// Whether the connection stopped: of that its own notice tells.
        stopped: bool,
    },
}

/// What administrators hear of a catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum CatalogueNews {
    /// A whole run would have switched off too much: prices and stock go on, what is gone there stays.
    Refused {
        /// So many would not be sold any more …
        off: i64,
        /// … of so many.
        of: i64,
    },
    /// Several runs in a row failed.
    Failed {
        /// Why the last one did.
        reason: String,
    },
    /// Goods are taken again.
    Works,
}

/// Ends a turn, and tells whom it concerns.
///
/// # Errors
/// When the database fails.
pub async fn end_turn(
    tx: &mut Tx,
    d: &Dealer,
    source: &str,
    turn: Turn,
    ended: Ended<'_>,
) -> Result<()> {
    let now = d.clock.now();
    let before = run_of(tx, source).await?.ok_or(Error::NotFound)?;
    let (kept, news) = match ended {
        Ended::Well { report, synced_to, whole } => {
            let told = before.failures >= TOLD || (whole && before.refused_at.is_some());
            let kept = well(tx, source, turn, (report, synced_to, whole), now).await?;
            (kept, told.then_some(CatalogueNews::Works))
        }
        Ended::Refused(TooManyOff { off, of, .. }) => {
            let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            let (off, of) = (count(off), count(of));
            let kept = refused(tx, source, turn, (off, of), now).await?;
            let new = before.refused_at.is_none();
            (kept, new.then_some(CatalogueNews::Refused { off, of }))
        }
        Ended::Failed { why, after, stopped } => {
            let failures = before.failures + i64::from(!stopped);
            let again = now + after.unwrap_or_else(|| wait(failures));
            let kept = failed(tx, source, turn, (why, failures, again), now).await?;
            let new = !stopped && failures == TOLD;
            (kept, new.then(|| CatalogueNews::Failed { reason: why.to_owned() }))
        }
    };
    match news.filter(|_| kept == 1) {
        Some(news) => tell(tx, d, source, news).await,
        None => Ok(()),
    }
}

async fn well(
    tx: &mut Tx,
    source: &str,
    turn: Turn,
    (report, synced_to, whole): (&Report, Option<DateTime<Utc>>, bool),
    now: DateTime<Utc>,
) -> Result<u64> {
    Ok(execute!(
        tx,
        "update catalogue_runs
            set lease_until = null, stage = null, ran_at = $3, synced_at = $3, error = null,
                report = $4, synced_to = coalesce($5, synced_to),
                full_at = case when $6 then $3 else full_at end,
                failures = 0, retry_at = null,
                refused_at = case when $6 then null else refused_at end,
                refused_off = case when $6 then null else refused_off end,
                refused_of = case when $6 then null else refused_of end
          where source = $1 and lease_until = $2",
        source,
        turn.until,
        now,
        serde_json::to_string(report)?,
        synced_to,
        whole
    )?)
}

async fn refused(
    tx: &mut Tx,
    source: &str,
    turn: Turn,
    (off, of): (i64, i64),
    now: DateTime<Utc>,
) -> Result<u64> {
    Ok(execute!(
        tx,
        "update catalogue_runs
            set lease_until = null, stage = null, ran_at = $3, error = null, failures = 0,
                retry_at = null, refused_at = $3, refused_off = $4, refused_of = $5
          where source = $1 and lease_until = $2",
        source,
        turn.until,
        now,
        off,
        of
    )?)
}

async fn failed(
    tx: &mut Tx,
    source: &str,
    turn: Turn,
    (why, failures, again): (&str, i64, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<u64> {
    Ok(execute!(
        tx,
        "update catalogue_runs
            set lease_until = null, stage = null, ran_at = $3, error = $4, failures = $5,
                retry_at = $6
          where source = $1 and lease_until = $2",
        source,
        turn.until,
        now,
        why,
        failures,
        again
    )?)
}

fn wait(failures: i64) -> TimeDelta {
    let doublings = u32::try_from(failures - 1).unwrap_or_default().min(8);
    (WAIT * 2_i32.pow(doublings)).min(LONGEST)
}

async fn tell(tx: &mut Tx, d: &Dealer, connection: &str, news: CatalogueNews) -> Result<()> {
    let once = format!("catalogue:{connection}:{}", d.clock.now().timestamp_micros());
    for to in staff::administrators(tx).await? {
        let notice = Notice::Catalogue { connection: connection.to_owned(), news: news.clone() };
        notices::to_staff(tx, d, to, notice, &once).await?;
    }
    Ok(())
}
