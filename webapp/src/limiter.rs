//! Holds back a person, or a script in a person's name, that sends too much.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whether an address tells nobody apart: behind a proxy that the configuration does not name
/// everybody is the same neighbour, and one must not hold all back.
pub fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

/// How many changes a person may send at once.
const BURST: f64 = 120.0;
/// How many more each second gives back.
const PER_SECOND: f64 = 2.0;
/// With so many people in it the table forgets those who have been quiet.
const PEOPLE: usize = 10_000;

/// Counts changes per Telegram id, or whatever else tells people apart, in memory: a restart
/// forgives.
pub struct Limiter<K = i64> {
    /// How many may be sent at once.
    burst: f64,
    /// How many more each second gives back.
    per_second: f64,
    people: Mutex<People<K>>,
}

struct People<K> {
    allowances: HashMap<K, Allowance>,
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
        Limiter::new(BURST, PER_SECOND)
    }
}

impl<K: Eq + Hash> Limiter<K> {
    /// Lets `burst` changes pass at once, and `per_second` more each second.
    pub fn new(burst: f64, per_second: f64) -> Limiter<K> {
        let people = People { allowances: HashMap::new(), full: PEOPLE };
        Limiter { burst, per_second, people: Mutex::new(people) }
    }

    /// Takes one change of the person at `now`, or says how long to wait.
    pub fn take(&self, who: K, now: Instant) -> Result<(), Duration> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.allowances.len() >= people.full {
            people.allowances.retain(|_, allowance| self.refilled(allowance, now) < self.burst);
            people.full = PEOPLE.max(people.allowances.len() * 2);
        }
        let whole = Allowance { left: self.burst, at: now };
        let allowance = people.allowances.entry(who).or_insert(whole);
        let left = self.refilled(allowance, now);
        if left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - left) / self.per_second));
        }
        *allowance = Allowance { left: left - 1.0, at: now };
        Ok(())
    }

    /// How long somebody must wait who has nothing left; takes nothing.
    pub fn wait(&self, who: &K, now: Instant) -> Option<Duration> {
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.refilled(people.allowances.get(who)?, now);
        (left < 1.0).then(|| Duration::from_secs_f64((1.0 - left) / self.per_second))
    }

    fn refilled(&self, allowance: &Allowance, now: Instant) -> f64 {
        let passed = now.duration_since(allowance.at).as_secs_f64();
        (allowance.left + passed * self.per_second).min(self.burst)
    }
}

/// How much strangers may ask from plates.
pub(crate) struct CallLimits {
    addresses: Limiter<IpAddr>,
    plates: Limiter<String>,
    phones: Limiter<String>,
}

impl Default for CallLimits {
    fn default() -> CallLimits {
        CallLimits {
            // A shop floor behind one address reports a few machines; a script reports hundreds.
            addresses: Limiter::new(6.0, 1.0 / 120.0),
            plates: Limiter::new(4.0, 1.0 / 300.0),
            phones: Limiter::new(4.0, 1.0 / 300.0),
        }
    }
}

impl CallLimits {
    /// Counts a call, before it is read, or says how long to wait.
    pub(crate) fn take(&self, from: IpAddr, plate: &str, now: Instant) -> Result<(), Duration> {
        if !is_near(from) {
            self.addresses.take(from, now)?;
        }
        self.plates.take(plate.to_owned(), now)
    }

    /// Counts a call for a phone, or says how long to wait.
    pub(crate) fn take_for(&self, phone: String, now: Instant) -> Result<(), Duration> {
        self.phones.take(phone, now)
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
