//! The only place where the product learns what time it is.

use std::sync::{Arc, RwLock};

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

/// Tells the time in UTC, in whole microseconds: PostgreSQL keeps no more, and a value that
/// comes back from it must equal the one that was written.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Shifted(TimeDelta),
    Fixed(Arc<RwLock<DateTime<Utc>>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that stands still until it is moved with [`Clock::advance`] or [`Clock::set`].
    pub fn fixed(at: DateTime<Utc>) -> Clock {
        Clock(Source::Fixed(Arc::new(RwLock::new(at))))
    }

    /// A clock that goes as the machine's does, but says `at` now: a demo of a set day.
    pub fn starting(at: DateTime<Utc>) -> Clock {
        Clock(Source::Shifted(at - Clock::system().now()))
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of the system clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            Source::System => Utc::now(),
            Source::Shifted(by) => Utc::now() + *by,
            Source::Fixed(at) => *at.read().unwrap_or_else(|poisoned| poisoned.into_inner()),
        };
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }

    /// Today's date in the dealer's zone.
    pub fn today(&self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }

    /// Moves a fixed clock forward; one that goes by itself cannot be moved, so that is ignored.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Fixed(at) = &self.0 {
            let mut at = at.write().unwrap_or_else(|poisoned| poisoned.into_inner());
            *at += by;
        }
    }

    /// Sets a fixed clock; ignored for one that goes by itself.
    pub fn set(&self, to: DateTime<Utc>) {
        if let Source::Fixed(at) = &self.0 {
            *at.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = to;
        }
    }
}
