//! What a failure means for a delivery: the retry table of the product.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::outbox::{Delivery, Outcome};

use crate::config::RetryConfig;

/// How a delivery failed, sorted by what has to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The other side asks for patience; nothing was done.
    TooMany {
        /// How long it asked to wait, if it said.
        after: Option<Duration>,
        /// In words.
        why: String,
    },
    /// Telegram says to the second when it may be tried again; nothing was done.
    Wait {
        /// How long it said.
        after: Duration,
        /// In words.
        why: String,
    },
    /// The whole connection is of no use until somebody mends it: token revoked, account blocked.
    Stop {
        /// In words.
        why: String,
    },
    /// Nothing was tried: something that it builds on is being made, and may not show before a
    /// time.
    NotYet {
        /// How long to wait.
        after: Duration,
        /// In words.
        why: String,
    },
    /// It failed and may pass later; nothing was done.
    Later {
        /// In words.
        why: String,
    },
    /// It failed and nobody knows whether it was done.
    Unknown {
        /// In words.
        why: String,
    },
    /// It was looked for, as an earlier try may have made it, and does not show yet.
    Absent {
        /// In words.
        why: String,
    },
    /// It will never pass as it is.
    Rejected {
        /// In the other side's words.
        why: String,
    },
}

impl Failure {
    /// What went wrong, in words.
    pub fn why(&self) -> &str {
        match self {
            Failure::TooMany { why, .. }
            | Failure::Wait { why, .. }
            | Failure::Stop { why }
            | Failure::NotYet { why, .. }
            | Failure::Later { why }
            | Failure::Unknown { why }
            | Failure::Absent { why }
            | Failure::Rejected { why } => why,
        }
    }
}

/// How often a CRM's search must come back empty before what it did not find is made again. After
/// the grace it should show at once; but an index that lags promises nothing, and a second deal is
/// worse than some seconds.
const LOOKS: i64 = 2;

/// Whether an earlier try may have done the work, and so what is to be made must be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// No: nothing was tried, or it surely failed.
    Needless,
    /// Yes, and so many looks in a row have found nothing.
    After(i64),
}

impl Look {
    /// What this try of a delivery has to do.
    pub fn of(delivery: &Delivery) -> Look {
        match delivery.outcome_unknown {
            true => Look::After(delivery.looks),
            false => Look::Needless,
        }
    }

    /// Whether to look at all.
    pub fn wanted(self) -> bool {
        self != Look::Needless
    }

    /// It was looked for by a search that lags, and is not there. `Ok`: it may be made now.
    ///
    /// # Errors
    /// When it has to be looked for again, later.
    pub fn absent(self, what: &str) -> Result<(), Failure> {
        match self {
            Look::After(before) if before + 1 < LOOKS => {
                Err(Failure::Absent { why: format!("{what} does not show yet") })
            }
            _ => Ok(()),
        }
    }
}

/// When a failed delivery is tried again.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Waits between tries; after the last one they double, up to [`CEILING`].
    pub schedule: Vec<Duration>,
    /// The least wait after «too many requests».
    pub too_many: Duration,
    /// The least wait before looking for what may have been done: longer than the client's
    /// time-out plus the time that a search needs to find what was just made.
    pub grace: Duration,
    /// Between two looks: the time that a search needs to find what was just made.
    pub search_lag: Duration,
    /// How long a stopped connection rests before one call probes it.
    pub probe_every: Duration,
}

/// No wait is longer: a CRM that comes back after a weekend is not left alone for days.
pub const CEILING: Duration = Duration::from_secs(24 * 3600);

impl Policy {
    /// As the configuration says.
    pub fn of(config: &RetryConfig) -> Policy {
        Policy {
            schedule: config.schedule.clone(),
            too_many: config.too_many,
            grace: config.call_timeout + config.search_lag,
            search_lag: config.search_lag,
            probe_every: config.schedule[0],
        }
    }

    /// After so long nobody can doubt any more whether a call made something: the grace, and the
    /// second look.
    pub fn certain_after(&self) -> Duration {
        self.grace + self.search_lag
    }

    /// What becomes of a delivery after `failure`, which is its `nth` real failure (from 1) if it
    /// is one. `jitter` in 0..1 spreads the tries of many deliveries that failed together.
    pub fn outcome(&self, failure: &Failure, nth: i64, now: DateTime<Utc>, jitter: f64) -> Outcome {
        match failure {
            Failure::TooMany { after, why } => {
                let wait = after.unwrap_or_default().max(self.too_many);
                Outcome::Retry { at: later(now, wait), why: why.clone() }
            }
            Failure::Wait { after, why } | Failure::NotYet { after, why } => {
                Outcome::Retry { at: later(now, *after), why: why.clone() }
            }
            Failure::Stop { why } => {
                Outcome::Retry { at: later(now, self.probe_every), why: why.clone() }
            }
            Failure::Later { why } => {
                Outcome::Failed { at: later(now, self.wait(nth, jitter)), why: why.clone() }
            }
            Failure::Unknown { why } => {
                let wait = self.wait(nth, jitter).max(self.grace);
                Outcome::Unknown { at: later(now, wait), why: why.clone() }
            }
            Failure::Absent { why } => {
                Outcome::Absent { at: later(now, self.search_lag), why: why.clone() }
            }
            Failure::Rejected { why } => Outcome::Dead { why: why.clone() },
        }
    }

    fn wait(&self, nth: i64, jitter: f64) -> Duration {
        let tries = usize::try_from(nth.max(1) - 1).unwrap_or(usize::MAX);
        let base = match self.schedule.get(tries) {
            Some(wait) => *wait,
            None => {
                let last = self.schedule.last().copied().unwrap_or(Duration::from_secs(300));
                let doublings = (tries + 1 - self.schedule.len()).min(16);
                last.saturating_mul(1 << doublings)
            }
        };
        base.mul_f64(1.0 + 0.1 * jitter.clamp(0.0, 1.0)).min(CEILING)
    }
}

/// A random number in 0..1 for [`Policy::outcome`].
pub fn jitter() -> f64 {
    let mut byte = [0_u8; 1];
    // Without randomness the tries merely bunch up.
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 256.0
}

/// In whole milliseconds: PostgreSQL keeps no nanoseconds, and no clock of ours shows them.
fn later(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    now + i64::try_from(wait.as_millis()).map_or(TimeDelta::MAX, TimeDelta::milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn policy() -> Policy {
        Policy {
            schedule: [5, 30, 60].map(|m| Duration::from_secs(m * 60)).to_vec(),
            too_many: Duration::from_secs(60),
            grace: Duration::from_secs(40),
            search_lag: Duration::from_secs(10),
            probe_every: Duration::from_secs(600),
        }
    }

    fn minutes(outcome: &Outcome, now: DateTime<Utc>) -> i64 {
        match outcome {
            Outcome::Retry { at, .. }
            | Outcome::Failed { at, .. }
            | Outcome::Unknown { at, .. } => (*at - now).num_minutes(),
            other => panic!("no wait in {other:?}"),
        }
    }

    #[test]
    fn waits_follow_the_table_and_then_double_to_the_ceiling() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).unwrap();
        let later = Failure::Later { why: "503".into() };
        let waits: Vec<i64> =
            (1..=9).map(|n| minutes(&policy().outcome(&later, n, now, 0.0), now)).collect();
        assert_eq!(waits, [5, 30, 60, 120, 240, 480, 960, 1440, 1440]);
    }

    #[test]
    fn patience_is_the_longer_of_ours_and_theirs() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).unwrap();
        for (asked, minutes_waited) in [(None, 1), (Some(10), 1), (Some(300), 5)] {
            let after = asked.map(Duration::from_secs);
            let failure = Failure::TooMany { after, why: "429".into() };
            assert_eq!(minutes(&policy().outcome(&failure, 1, now, 0.9), now), minutes_waited);
        }
    }

    #[test]
    fn a_refusal_is_final_and_an_unknown_outcome_waits_out_the_grace() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).unwrap();
        let rejected = Failure::Rejected { why: "400 bad field".into() };
        assert_eq!(
            policy().outcome(&rejected, 1, now, 0.0),
            Outcome::Dead { why: "400 bad field".into() }
        );
        let quick = Policy { schedule: vec![Duration::from_secs(1)], ..policy() };
        let unknown = Failure::Unknown { why: "time-out".into() };
        let Outcome::Unknown { at, .. } = quick.outcome(&unknown, 1, now, 0.0) else { panic!() };
        assert_eq!((at - now).num_seconds(), 40);
    }

    #[test]
    fn what_does_not_show_is_looked_for_twice_before_it_is_made() {
        assert!(!Look::Needless.wanted());
        assert!(matches!(Look::After(0).absent("ORD-1"), Err(Failure::Absent { .. })));
        assert_eq!(Look::After(1).absent("ORD-1"), Ok(()));
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).unwrap();
        let absent = Failure::Absent { why: "ORD-1 does not show yet".into() };
        let Outcome::Absent { at, .. } = policy().outcome(&absent, 3, now, 0.9) else { panic!() };
        assert_eq!((at - now).num_seconds(), 10, "the time that a search needs, no schedule");
    }

    proptest::proptest! {
        #[test]
        fn no_wait_is_shorter_than_the_table_nor_longer_than_a_day(
            nth in 1_i64..1_000_000, jitter in 0.0..1.0_f64,
        ) {
            let now = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).unwrap();
            let later = Failure::Later { why: "503".into() };
            let wait = |nth, jitter| match policy().outcome(&later, nth, now, jitter) {
                Outcome::Failed { at, .. } => at - now,
                other => panic!("{other:?}"),
            };
            let waited = wait(nth, jitter);
            proptest::prop_assert!(waited >= wait(nth, 0.0));
            proptest::prop_assert!(waited <= TimeDelta::days(1));
            proptest::prop_assert!(wait(nth + 1, 0.0) >= wait(nth, 0.0), "they never shrink");
        }
    }
}
