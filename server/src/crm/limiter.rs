//! A bucket of requests, so that we stay under the account's limit: breaking it again and again
//! gets the account blocked, and only support unblocks.
//!
//! All processes share one bucket, a row of the database. Where the database does not answer, this
//! process keeps the same pace by itself: a call must not fail over its own politeness.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::Clock;
use domain::db::Db;
use domain::outbox;
use tokio::time::Instant;

/// Whoever comes later than this to their turn takes another one: what was held up, by a busy
/// machine or a slow disk, must not go out together with what is on time.
const TOO_LATE: TimeDelta = TimeDelta::milliseconds(150);

/// How often a turn that was missed is taken again. A machine that misses them all is slow enough.
const TURNS: usize = 4;

/// Whether somebody waits for what a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A person does, such as for their order.
    Awaited,
    /// Nobody does: polls, reminders, what has failed for a long time. Four fifths of the rate at
    /// most, so that the last fifth is always there for people.
    Background,
}

/// Lets so many requests through a second, evenly: any second sees no more. Or as a bucket that
/// holds some: those go at once, and the rest as it drains.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// Between two requests.
    gap: Duration,
    /// How far a request may go before its even moment; nothing where none may.
    ahead: Duration,
    /// When the next request of this process may go, and the next one in the background.
    next: Mutex<(Instant, Instant)>,
    shared: Option<Shared>,
}

/// The bucket that every process takes from.
#[derive(Debug)]
struct Shared {
    db: Db,
    clock: Clock,
    /// The row; the one of background calls beside it.
    names: (String, String),
}

impl Limiter {
    /// A limit of this process alone.
    pub(crate) fn new(per_second: u32) -> Self {
        let now = Instant::now();
        let gap = Duration::from_secs(1) / per_second.max(1);
        Self { gap, ahead: Duration::ZERO, next: Mutex::new((now, now)), shared: None }
    }

    /// A limit that all processes over this database share under `name`. It is about sockets, so
    /// `clock` must be one that runs.
    pub(crate) fn shared(per_second: u32, db: Db, clock: Clock, name: &str) -> Self {
        let names = (name.to_owned(), format!("{name}:background"));
        Self { shared: Some(Shared { db, clock, names }), ..Self::new(per_second) }
    }

    /// The same with a bucket that takes so many requests at once.
    pub(crate) fn at_once(self, requests: u32) -> Self {
        let ahead = self.gap * requests.saturating_sub(1);
        Self { ahead, ..self }
    }

    /// Waits until a request may go.
    pub(crate) async fn wait(&self, urgency: Urgency) {
        // Calls of the background wait in a slower line of their own first. So they come to the
        // common one no faster than it moves, and never stand there before people in a queue.
        let asked = Instant::now();
        if urgency == Urgency::Background {
            self.turn(urgency).await;
        }
        self.turn(Urgency::Awaited).await;
        crate::metrics::waited(asked.elapsed());
    }

    async fn turn(&self, urgency: Urgency) {
        let Some(shared) = &self.shared else { return self.own_turn(urgency).await };
        let (gap, name) = match urgency {
            Urgency::Awaited => (self.gap, &shared.names.0),
            Urgency::Background => (self.background_gap(), &shared.names.1),
        };
        for _ in 0..TURNS {
            let late = match shared.turn(name, gap, self.ahead).await {
                Ok(late) => late,
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), name, "the shared rate");
                    return self.own_turn(urgency).await;
                }
            };
            if late <= TOO_LATE {
                return;
            }
        }
    }

    async fn own_turn(&self, urgency: Urgency) {
        let go_at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let (next, gap) = match urgency {
                Urgency::Awaited => (&mut next.0, self.gap),
                Urgency::Background => (&mut next.1, self.background_gap()),
            };
            let go_at = (*next).max(Instant::now());
            *next = go_at + gap;
            go_at
        };
        // Nothing came before this machine's clock began.
        tokio::time::sleep_until(go_at.checked_sub(self.ahead).unwrap_or(go_at)).await;
    }

    fn background_gap(&self) -> Duration {
        self.gap * 5 / 4
    }
}

impl Shared {
    /// Waits for a turn; how late it came to it.
    async fn turn(&self, name: &str, gap: Duration, ahead: Duration) -> anyhow::Result<TimeDelta> {
        let go_at = {
            let mut tx = self.db.begin().await?;
            let pace = (TimeDelta::from_std(gap)?, TimeDelta::from_std(ahead)?);
            let go_at = outbox::take_turn(&mut tx, name, pace, self.clock.now()).await?;
            tx.commit().await?;
            go_at
        };
        // Turns that lie in the past already at this point were lost in the commit.
        if let Ok(wait) = (go_at - self.clock.now()).to_std() {
            tokio::time::sleep(wait).await;
        }
        Ok(self.clock.now() - go_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long six calls take at fifty a second: five gaps.
    async fn six(limiter: &Limiter, urgency: Urgency) -> Duration {
        let start = Instant::now();
        for _ in 0..6 {
            limiter.wait(urgency).await;
        }
        start.elapsed()
    }

    #[tokio::test]
    async fn calls_go_evenly_and_the_background_leaves_a_fifth_to_people() {
        let awaited = six(&Limiter::new(50), Urgency::Awaited).await;
        assert!(awaited >= Duration::from_millis(98), "{awaited:?}");
        let background = six(&Limiter::new(50), Urgency::Background).await;
        assert!(background >= Duration::from_millis(123), "{background:?}");
    }

    #[tokio::test]
    async fn a_bucket_takes_some_at_once_and_drains_evenly() {
        // Four go at once, two wait for their gap.
        let took = six(&Limiter::new(50).at_once(4), Urgency::Awaited).await;
        assert!(took >= Duration::from_millis(38) && took < Duration::from_millis(90), "{took:?}");
    }

    #[tokio::test]
    async fn two_processes_share_one_bucket() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("rate.db").display());
        let db = Db::connect(&url).await.unwrap();
        db.migrate().await.unwrap();
        let clock = Clock::system();
        let one = Limiter::shared(50, db.clone(), clock.clone(), "amo");
        let other = Limiter::shared(50, Db::connect(&url).await.unwrap(), clock, "amo");
        let start = Instant::now();
        for _ in 0..5 {
            tokio::join!(one.wait(Urgency::Awaited), other.wait(Urgency::Awaited));
        }
        // Ten calls are nine gaps.
        assert!(start.elapsed() >= Duration::from_millis(178), "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn without_a_database_the_process_keeps_the_pace_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("empty.db").display());
        // There is no table in it: every turn is an error.
        let db = Db::connect(&url).await.unwrap();
        let limiter = Limiter::shared(50, db, Clock::system(), "amo");
        let took = six(&limiter, Urgency::Awaited).await;
        assert!(took >= Duration::from_millis(98), "{took:?}");
    }
}
