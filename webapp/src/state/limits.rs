//! How much one may ask of this process before being held back.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::limiter::{CallLimits, Limiter};
use crate::state::AppState;

/// Everybody's allowances.
pub(super) struct Limits {
    changes: Limiter,
    sign_ins: Limiter<IpAddr>,
    suggestions: Limiter,
    calls: CallLimits,
    /// Most are counted by the dealer's clock, from here.
    since: (Instant, DateTime<Utc>),
}

impl Limits {
    /// Whole ones, at the dealer's `now`.
    pub(super) fn since(now: DateTime<Utc>) -> Limits {
        Limits {
            changes: Limiter::default(),
            // A person mistypes a code a few times; who guesses goes on.
            sign_ins: Limiter::new(10.0, 1.0 / 30.0),
            // The page asks at most seven times a second, and nobody types so for long.
            suggestions: Limiter::new(40.0, 5.0),
            calls: CallLimits::default(),
            since: (Instant::now(), now),
        }
    }
}

impl AppState {
    /// Counts changes per person.
    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limits.changes
    }

    /// Counts what a person asks for while they type, or says how long to wait.
    pub(crate) fn try_suggest(&self, telegram_id: i64) -> Result<(), Duration> {
        self.0.limits.suggestions.take(telegram_id, self.moment())
    }

    /// Counts a try to sign in from an address, or says how long to wait.
    pub(crate) fn try_sign_in(&self, address: IpAddr) -> Result<(), Duration> {
        self.0.limits.sign_ins.take(address, self.moment())
    }

    /// How much strangers may ask from plates.
    pub(crate) fn calls(&self) -> &CallLimits {
        &self.0.limits.calls
    }

    /// Now, as the limiters count it.
    pub(crate) fn moment(&self) -> Instant {
        let (instant, at) = self.0.limits.since;
        instant + (self.now() - at).to_std().unwrap_or_default()
    }
}
