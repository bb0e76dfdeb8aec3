//! Switches for tests and the demo: limits, events, access, the plan.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::deliver;
use crate::bitrix24::portal::EventDelivery;
use crate::hooks::{HookMode, Sent};

/// The leaky bucket of a plan (`reference/bitrix24.md` §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Calls that leak out each second.
    pub leak: f64,
    /// Calls that it holds; one more is refused.
    pub size: f64,
}

/// How full the bucket is.
#[derive(Debug)]
pub(crate) struct Level {
    bucket: Option<Bucket>,
    filled: f64,
    at: Option<DateTime<Utc>>,
}

impl Level {
    pub(crate) fn new(bucket: Option<Bucket>) -> Self {
        Self { bucket, filled: 0.0, at: None }
    }

    /// Pours one call in; false where the bucket is full.
    pub(crate) fn pour(&mut self, now: DateTime<Utc>) -> bool {
        let Some(bucket) = self.bucket else {
            return true;
        };
        let passed = self.at.map_or(0.0, |at| (now - at).as_seconds_f64().max(0.0));
        self.at = Some(now);
        self.filled = (self.filled - passed * bucket.leak).max(0.0);
        let fits = self.filled + 1.0 <= bucket.size;
        if fits {
            self.filled += 1.0;
        }
        fits
    }
}

impl Sent for EventDelivery {
    fn again(&self) -> Self {
        Self { id: self.id + 1_000_000_000, ..self.clone() }
    }
}

/// Seconds of one method after which it is blocked (`reference/bitrix24.md` §2.2).
pub(crate) const OPERATING_LIMIT: f64 = 480.0;

impl Bitrix24 {
    /// Changes the limit of calls; `None` = no limit. The bucket is empty then.
    pub fn set_bucket(&self, bucket: Option<Bucket>) {
        *self.level() = Level::new(bucket);
    }

    /// Says how many of its 480 seconds a method has used.
    pub fn set_operating(&self, method: &str, seconds: f64) {
        self.portal().operating.insert(method.to_lowercase(), seconds);
    }

    /// Says what becomes of events from now on.
    pub fn set_hook_mode(&self, mode: HookMode) {
        self.gate().mode = mode;
        self.touch();
    }

    /// What becomes of events.
    pub fn hook_mode(&self) -> HookMode {
        self.gate().mode
    }

    /// Sends every event that is held, each twice, in an order that only `seed` knows. Answers how
    /// many go out.
    pub async fn release_hooks(&self, seed: u64) -> usize {
        let all = self.gate().release(seed);
        deliver::write_down(&mut self.portal(), &all);
        let count = all.len();
        for delivery in all {
            deliver::once(self.clone(), delivery).await;
        }
        count
    }

    /// Forgets what applications have bound, as an update of one does.
    pub fn forget_handlers(&self) {
        self.portal().handlers.retain(|handler| handler.webhook_token.is_some());
        self.touch();
    }

    /// A portal without leads («простая CRM»), or with them.
    pub fn set_simple(&self, simple: bool) {
        self.portal().simple = simple;
    }

    /// A portal of before the new task card (`reference/bitrix24.md` §3.12, §3.13): tasks by
    /// `task.item.*` and comments, notifications by `im.notify`.
    pub fn set_old(&self, old: bool) {
        self.portal().old = old;
    }

    /// Moves the portal to another address: the old host answers 302 from now on, the new one is
    /// `base_url` without a slash at the end.
    pub fn move_to(&self, base_url: &str) {
        self.portal().moved_to = Some(base_url.to_owned());
        self.touch();
    }

    /// Dismisses a person, or takes them back.
    pub fn set_user_active(&self, user: i64, active: bool) {
        self.portal()
            .users
            .iter_mut()
            .filter(|one| one.id == user)
            .for_each(|one| one.active = active);
    }

    /// Takes a stage out of its pipeline, as an administrator does in the settings.
    pub fn remove_stage(&self, status_id: &str) {
        self.portal().statuses.retain(|one| one.status_id != status_id);
        self.touch();
    }
}
