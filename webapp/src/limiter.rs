//! Holds back a person, or a script in a person's name, that sends too much.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many changes a person may send at once.
const BURST: f64 = 120.0;
/// How many more each second gives back.
const PER_SECOND: f64 = 2.0;
/// With so many people in it the table forgets those who have been quiet.
const PEOPLE: usize = 10_000;

/// Counts changes per Telegram id, in memory: a restart forgives.
pub(crate) struct Limiter(Mutex<People>);

struct People {
    allowances: HashMap<i64, Allowance>,
    /// The size at which the quiet are next looked for. It doubles with those who stay, so that a
    /// crowd does not make every change walk the whole table.
    full: usize,
}

struct Allowance {
    left: f64,
    at: Instant,
}

impl Default for Limiter {
    fn default() -> Limiter {
        Limiter(Mutex::new(People { allowances: HashMap::new(), full: PEOPLE }))
    }
}

impl Allowance {
    fn refilled(&self, now: Instant) -> f64 {
        let passed = now.duration_since(self.at).as_secs_f64();
        (self.left + passed * PER_SECOND).min(BURST)
    }
}

impl Limiter {
    /// Takes one change of the person at `now`, or says how long to wait.
    pub(crate) fn take(&self, telegram_id: i64, now: Instant) -> Result<(), Duration> {
        let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if people.allowances.len() >= people.full {
            people.allowances.retain(|_, allowance| allowance.refilled(now) < BURST);
            people.full = PEOPLE.max(people.allowances.len() * 2);
        }
        let allowance =
            people.allowances.entry(telegram_id).or_insert(Allowance { left: BURST, at: now });
        let left = allowance.refilled(now);
        if left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - left) / PER_SECOND));
        }
        *allowance = Allowance { left: left - 1.0, at: now };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_held_back_and_forgiven() {
        let limiter = Limiter::default();
        let start = Instant::now();
        for _ in 0..120 {
            assert!(limiter.take(1, start).is_ok());
        }
        let wait = limiter.take(1, start).unwrap_err();
        assert!(wait <= Duration::from_secs(1));
        assert!(limiter.take(2, start).is_ok());
        assert!(limiter.take(1, start + wait).is_ok());
        assert!(limiter.take(1, start + wait).is_err());
    }
}
