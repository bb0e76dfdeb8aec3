//! What a failure means for a delivery: the retry table of the product.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::outbox::Outcome;

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
    /// It will never pass as it is.
    Rejected {
        /// In the other side's words.
        why: String,
    },
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
            probe_every: config.schedule[0],
        }
    }

    /// What becomes of the delivery after its `attempt`-th try (from 1). `jitter` in 0..1 spreads
    /// the tries of many deliveries that failed together.
    pub fn outcome(
        &self,
        failure: &Failure,
        attempt: i64,
        now: DateTime<Utc>,
        jitter: f64,
    ) -> Outcome {
        match failure {
            Failure::TooMany { after, why } => {
                let wait = after.unwrap_or_default().max(self.too_many);
                Outcome::Retry { at: later(now, wait), why: why.clone() }
            }
            Failure::Wait { after, why } => {
                Outcome::Retry { at: later(now, *after), why: why.clone() }
            }
            Failure::NotYet { after, why } => {
                Outcome::Retry { at: later(now, *after), why: why.clone() }
            }
            Failure::Stop { why } => {
                Outcome::Retry { at: later(now, self.probe_every), why: why.clone() }
            }
            Failure::Later { why } => {
                Outcome::Retry { at: later(now, self.wait(attempt, jitter)), why: why.clone() }
            }
            Failure::Unknown { why } => {
                let wait = self.wait(attempt, jitter).max(self.grace);
                Outcome::Unknown { at: later(now, wait), why: why.clone() }
            }
            Failure::Rejected { why } => Outcome::Dead { why: why.clone() },
        }
    }

    fn wait(&self, attempt: i64, jitter: f64) -> Duration {
        let tries = usize::try_from(attempt.max(1) - 1).unwrap_or(usize::MAX);
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

fn later(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX)
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
            probe_every: Duration::from_secs(600),
        }
    }

    fn minutes(outcome: &Outcome, now: DateTime<Utc>) -> i64 {
        match outcome {
            Outcome::Retry { at, .. } | Outcome::Unknown { at, .. } => (*at - now).num_minutes(),
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
}
