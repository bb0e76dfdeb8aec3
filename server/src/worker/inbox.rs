//! Works on what came in: Telegram's updates through the bot, a CRM's events through its client.

use std::sync::Arc;
use std::time::Duration;

use bot::{BotDeps, HandleError};
use chrono::TimeDelta;
use domain::db::Db;
use domain::inbox::{self, InboundEvent, Outcome};
use domain::{Dealer, outbox};
use tokio_util::sync::CancellationToken;

use crate::crm::Crms;
use crate::worker::policy::Failure;
use crate::worker::work_loop;

const POLL: Duration = Duration::from_secs(1);
const LEASE: Duration = Duration::from_secs(120);
/// After so long a person's update is set aside, visible, and their chat goes on.
const PATIENCE_CHAT: TimeDelta = TimeDelta::hours(1);
/// A CRM may be down over a weekend; its hints lose nothing by waiting.
const PATIENCE_CRM: TimeDelta = TimeDelta::days(3);
/// How many lanes are worked on at once.
const WORKERS: usize = 4;

/// The worker of inbound events.
#[derive(Clone)]
pub struct InboxWorker {
    /// The database.
    pub db: Db,
    /// The installation.
    pub dealer: Arc<Dealer>,
    /// The bot, unless it is off.
    pub bot: Option<BotDeps>,
    /// The CRMs.
    pub crms: Arc<Crms>,
}

impl InboxWorker {
    /// Works on one event; `true` when there was one.
    pub async fn step(&self) -> anyhow::Result<bool> {
        let now = self.dealer.clock.now();
        let due = inbox::due(&mut self.db.read().await?, now).await?;
        if !due {
            return Ok(false);
        }
        let mut tx = self.db.begin().await?;
        let claimed = inbox::claim(&mut tx, now, TimeDelta::from_std(LEASE)?).await?;
        tx.commit().await?;
        let Some(event) = claimed else { return Ok(false) };
        let outcome = self.process(&event).await;
        if let Outcome::Failed(why) | Outcome::Retry { why, .. } = &outcome {
            let (id, source) = (event.id.as_str(), &event.source);
            tracing::warn!(event.id = id, source, why, "event not processed");
        }
        let mut tx = self.db.begin().await?;
        inbox::settle(&mut tx, &event, self.dealer.clock.now(), &outcome).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Runs until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..WORKERS {
            let (worker, stop) = (self.clone(), stop.clone());
            workers.spawn(async move {
                let wake = &worker.db.signals().inbox;
                work_loop("inbox", &stop, wake, POLL, || worker.step()).await;
            });
        }
        while workers.join_next().await.is_some() {}
    }

    /// Gives back what workers that died have left.
    pub async fn reap(&self) -> anyhow::Result<u64> {
        let mut tx = self.db.begin().await?;
        let reaped = inbox::reap(&mut tx, self.dealer.clock.now()).await?;
        tx.commit().await?;
        Ok(reaped)
    }

    async fn process(&self, event: &InboundEvent) -> Outcome {
        let worked = if event.source == outbox::TELEGRAM {
            self.telegram(event).await
        } else {
            self.crms.handle_event(event).await
        };
        match worked {
            Ok(()) => Outcome::Processed,
            Err(Trouble::Never(why)) => Outcome::Failed(why),
            Err(Trouble::Held(why)) => self.held(event, &why).await,
            Err(Trouble::Later { after, why }) if self.is_patient(event) => {
                let wait = after.unwrap_or(backoff(event.attempts));
                let at = self.dealer.clock.now() + TimeDelta::from_std(wait).unwrap_or_default();
                Outcome::Retry { at, why }
            }
            Err(Trouble::Later { why, .. }) => Outcome::Failed(why),
        }
    }

    /// The whole connection is of no use for now: the event waits until it goes again, as what is to
    /// be delivered there does, and the administrators are told once.
    async fn held(&self, event: &InboundEvent, why: &Failure) -> Outcome {
        let held = self.crms.hold(&event.source, why).await;
        let (at, why) = match held {
            Ok(at) => (at, why.why().to_owned()),
            Err(error) => {
                let soon = TimeDelta::from_std(backoff(event.attempts)).unwrap_or_default();
                (self.dealer.clock.now() + soon, format!("{error:#}"))
            }
        };
        match self.is_patient(event) {
            true => Outcome::Retry { at, why },
            false => Outcome::Failed(why),
        }
    }

    fn is_patient(&self, event: &InboundEvent) -> bool {
        let chat = event.source == outbox::TELEGRAM;
        let patience = if chat { PATIENCE_CHAT } else { PATIENCE_CRM };
        self.dealer.clock.now() - event.received_at < patience
    }

    async fn telegram(&self, event: &InboundEvent) -> Result<(), Trouble> {
        let Some(bot) = &self.bot else { return Err(Trouble::Never("the bot is off".into())) };
        let update = serde_json::from_slice(&event.body)
            .map_err(|error| Trouble::Never(format!("not an update: {error}")))?;
        match bot::handle_update(bot, &update).await {
            Ok(()) => Ok(()),
            Err(HandleError::Retry { after, why }) => Err(Trouble::Later { after, why }),
            Err(HandleError::Failed(why)) => Err(Trouble::Never(why)),
        }
    }
}

impl std::fmt::Debug for InboxWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboxWorker").finish_non_exhaustive()
    }
}

/// Why an event was not processed.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// It may pass later.
    Later {
        /// When, if the other side said so.
        after: Option<Duration>,
        /// In words.
        why: String,
    },
    /// The connection must stop, or rest, and with it all that needs it.
    Held(Failure),
    /// It cannot be understood or done.
    Never(String),
}

/// 1 s, 4 s, 16 s … up to five minutes: an event holds up its lane, so it is tried soon.
fn backoff(attempt: i64) -> Duration {
    let power = u32::try_from((attempt - 1).clamp(0, 8)).unwrap_or(8);
    Duration::from_secs(4_u64.pow(power).min(300))
}
