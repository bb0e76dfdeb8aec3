//! Carries out what the outbox promises: claim, deliver, settle.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use domain::db::Db;
use domain::outbox::{self, Delivery, Notice, Outcome};
use domain::{Dealer, staff};
use tokio_util::sync::CancellationToken;

use crate::worker::deliver::Deliverer;
use crate::worker::policy::{Failure, Policy, jitter};
use crate::worker::work_loop;

/// How long the worker sleeps at most when nothing wakes it: another process may have promised.
const POLL: Duration = Duration::from_secs(1);

/// The delivery worker.
#[derive(Clone)]
pub struct OutboxWorker {
    /// The database.
    pub db: Db,
    /// The installation.
    pub dealer: Arc<Dealer>,
    /// Who carries a message.
    pub deliverer: Arc<Deliverer>,
    /// What a failure means.
    pub policy: Policy,
    /// Longer than any attempt can take.
    pub lease: Duration,
}

impl OutboxWorker {
    /// Delivers at most one message of each connection; `true` when there was any. Tests drain the
    /// outbox with it, the clock standing still.
    pub async fn step(&self) -> anyhow::Result<bool> {
        let mut worked = false;
        for connection in self.deliverer.connections() {
            worked |= self.step_of(&connection).await?;
        }
        Ok(worked)
    }

    /// Delivers at most one message of one connection; `true` when there was one.
    pub async fn step_of(&self, connection: &str) -> anyhow::Result<bool> {
        let Some(delivery) = self.claim(connection).await? else { return Ok(false) };
        // The attempt ends before the lease does: two workers never have one delivery.
        let limit = self.lease.mul_f32(0.8);
        let result = tokio::time::timeout(limit, self.deliverer.deliver(&delivery)).await;
        let result =
            result.unwrap_or_else(|_| Err(Failure::Unknown { why: "took too long".into() }));
        self.settle(&delivery, result).await?;
        Ok(true)
    }

    /// Runs until `stop`: some workers for each connection, so that one that is down delays no
    /// other.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut workers = tokio::task::JoinSet::new();
        for connection in self.deliverer.connections() {
            for _ in 0..Deliverer::workers(&connection) {
                let (worker, stop, connection) = (self.clone(), stop.clone(), connection.clone());
                workers.spawn(async move {
                    let wake = &worker.db.signals().outbox;
                    work_loop(&connection, &stop, wake, POLL, || worker.step_of(&connection)).await;
                });
            }
        }
        while workers.join_next().await.is_some() {}
    }

    /// Frees what workers that died have left; call it now and then.
    pub async fn reap(&self) -> anyhow::Result<u64> {
        let grace = TimeDelta::from_std(self.policy.grace)?;
        let mut tx = self.db.begin().await?;
        let reaped = outbox::reap(&mut tx, self.dealer.clock.now(), grace).await?;
        tx.commit().await?;
        Ok(reaped)
    }

    async fn claim(&self, connection: &str) -> anyhow::Result<Option<Delivery>> {
        let now = self.dealer.clock.now();
        let mut reader = self.db.read().await?;
        let paused = outbox::paused(&mut reader, connection).await?;
        if paused.is_some_and(|(until, _)| until > now) {
            return Ok(None);
        }
        // A look without a lock first: an idle worker must not queue for the one writer.
        let due = outbox::next_due(&mut reader, connection).await?;
        drop(reader);
        if due.is_none_or(|at| at > now) {
            return Ok(None);
        }
        let mut tx = self.db.begin().await?;
        let lease = TimeDelta::from_std(self.lease)?;
        let claimed = outbox::claim(&mut tx, connection, now, lease).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    async fn settle(
        &self,
        delivery: &Delivery,
        result: Result<Option<String>, Failure>,
    ) -> anyhow::Result<()> {
        let now = self.dealer.clock.now();
        let outcome = match &result {
            Ok(words) => Outcome::Delivered(words.clone()),
            Err(failure) => self.policy.outcome(failure, delivery.attempts, now, jitter()),
        };
        log(delivery, &outcome);
        let mut tx = self.db.begin().await.context("settling a delivery")?;
        outbox::settle(&mut tx, delivery, now, &outcome).await?;
        match (&result, &outcome) {
            (Ok(_), _) => outbox::resume(&mut tx, &delivery.connection, now).await?,
            // The limit is the account's, not this delivery's.
            (Err(Failure::TooMany { .. }), Outcome::Retry { at, .. }) => {
                outbox::rest(&mut tx, &delivery.connection, *at, now).await?;
            }
            (Err(Failure::Stop { why }), Outcome::Retry { at, .. }) => {
                self.stop_connection(&mut tx, &delivery.connection, *at, why, now).await?;
            }
            _ => {}
        }
        tx.commit().await?;
        Ok(())
    }

    /// Stops a connection and tells the administrators, once for each time that it stops.
    async fn stop_connection(
        &self,
        tx: &mut domain::db::Tx,
        connection: &str,
        until: DateTime<Utc>,
        why: &str,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let newly = outbox::pause(tx, connection, until, why, now).await?;
        if !newly || connection == outbox::TELEGRAM {
            return Ok(());
        }
        let once = format!("paused:{connection}:{}", now.timestamp_micros());
        for to in staff::administrators(tx).await? {
            let notice = Notice::ConnectionPaused {
                connection: connection.to_owned(),
                reason: why.to_owned(),
            };
            outbox::notify(tx, now, to, notice, &once).await?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for OutboxWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboxWorker").field("policy", &self.policy).finish_non_exhaustive()
    }
}

fn log(delivery: &Delivery, outcome: &Outcome) {
    let (id, kind, connection) = (delivery.id.as_str(), &delivery.kind, &delivery.connection);
    let attempt = delivery.attempts;
    match outcome {
        Outcome::Delivered(_) => {
            tracing::info!(delivery.id = id, kind, connection, attempt, "delivered");
        }
        Outcome::Retry { at, why } | Outcome::Unknown { at, why } => {
            tracing::warn!(delivery.id = id, kind, connection, attempt, %at, why, "not delivered yet");
        }
        Outcome::Dead { why } => {
            tracing::error!(delivery.id = id, kind, connection, attempt, why, "given up");
        }
    }
}
