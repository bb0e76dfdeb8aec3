//! A bucket of requests, so that we stay under the account's limit: breaking it again and again
//! gets the account blocked, and only support unblocks.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Lets so many requests through a second, and two at once after a pause: together they stay under
/// the account's limit of seven in any second.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// Between two requests on average.
    gap: Duration,
    /// How far ahead of the average a burst may run.
    burst: Duration,
    /// When the bucket would be full again.
    full_at: Mutex<Instant>,
}

impl Limiter {
    pub(crate) fn new(per_second: u32) -> Self {
        let gap = Duration::from_secs(1) / per_second.max(1);
        Self { gap, burst: gap, full_at: Mutex::new(Instant::now()) }
    }

    /// Waits until a request may go.
    pub(crate) async fn wait(&self) {
        let go_at = {
            let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let start = (*full_at).max(now);
            *full_at = start + self.gap;
            start.checked_sub(self.burst).unwrap_or(now)
        };
        tokio::time::sleep_until(go_at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_pass_at_once_and_the_rest_waits() {
        let limiter = Limiter::new(20);
        let start = Instant::now();
        limiter.wait().await;
        limiter.wait().await;
        let pair = start.elapsed();
        for _ in 0..4 {
            limiter.wait().await;
        }
        assert!(pair < Duration::from_millis(45), "{pair:?}");
        assert!(start.elapsed() >= Duration::from_millis(190), "{:?}", start.elapsed());
    }
}
