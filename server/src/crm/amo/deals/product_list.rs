//! Which list of an account holds its products, as it was last told.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

/// After so long an account without a list, or one that refused it, is asked again: its tariff is paid
/// for, a right is given, the list is switched on, and nobody restarts us for that.
const AGAIN: TimeDelta = TimeDelta::days(1);

/// The answer of an account; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProductList(Arc<Mutex<Option<Told>>>);

#[derive(Clone, Copy, Debug)]
struct Told {
    /// `None` where there is none for us.
    list: Option<i64>,
    at: DateTime<Utc>,
}

impl Told {
    fn holds(self, now: DateTime<Utc>) -> bool {
        self.list.is_some() || now - self.at < AGAIN
    }
}

impl ProductList {
    /// What is known at `now`, else what `ask` answers. Whoever comes meanwhile waits for that answer.
    pub(crate) async fn get_or_ask<E>(
        &self,
        now: DateTime<Utc>,
        ask: impl AsyncFnOnce() -> Result<Option<i64>, E>,
    ) -> Result<Option<i64>, E> {
        let mut known = self.0.lock().await;
        if let Some(told) = known.filter(|told| told.holds(now)) {
            return Ok(told.list);
        }
        let list = ask().await?;
        *known = Some(Told { list, at: now });
        Ok(list)
    }
}
