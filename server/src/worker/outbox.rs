//! Carries out what the outbox promises: claim, deliver, settle.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Dealer;
use domain::db::{Db, Tx};
use domain::outbox::{self, Delivery, Outcome};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::worker::deliver::Deliverer;
use crate::worker::policy::{Failure, Policy, jitter};

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
        self.carry(&delivery).await?;
        Ok(true)
    }

    /// Runs until `stop`: each connection by itself, so that one that is down delays no other.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut connections = JoinSet::new();
        for connection in self.deliverer.connections() {
            let (worker, stop) = (self.clone(), stop.clone());
            connections.spawn(async move { worker.serve(&connection, &stop).await });
        }
        while connections.join_next().await.is_some() {}
    }

    /// Serves one connection: several deliveries under way, one who looks for the next, so that
    /// an idle connection costs one query a second. What is under way at the end is finished.
    async fn serve(&self, connection: &str, stop: &CancellationToken) {
        let places = Arc::new(Semaphore::new(Deliverer::workers(connection)));
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            while under_way.try_join_next().is_some() {}
            let place = tokio::select! {
                () = stop.cancelled() => break,
                place = places.clone().acquire_owned() => place,
            };
            // Asked for before the look, so that what is committed during it is not slept through.
            let woken = self.db.signals().outbox.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            match self.claim(connection).await {
                Ok(Some(delivery)) => {
                    let worker = self.clone();
                    under_way.spawn(async move {
                        let _place = place;
                        if let Err(error) = worker.carry(&delivery).await {
                            step_failed(&delivery.connection, &error);
                        }
                    });
                    continue;
                }
                Ok(None) => {}
                Err(error) => step_failed(connection, &error),
            }
            drop(place);
            tokio::select! {
                () = stop.cancelled() => {}
                () = &mut woken => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
        while under_way.join_next().await.is_some() {}
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
        let due = outbox::due(&mut self.db.read().await?, connection, now).await?;
        if !due {
            return Ok(None);
        }
        let mut tx = self.db.begin().await?;
        let lease = TimeDelta::from_std(self.lease)?;
        let claimed = outbox::claim(&mut tx, &self.dealer.clock, connection, lease).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    async fn carry(&self, delivery: &Delivery) -> anyhow::Result<()> {
        // The attempt ends before the lease does: two workers never have one delivery.
        let limit = self.lease.mul_f32(0.8);
        let result = tokio::time::timeout(limit, self.deliverer.deliver(delivery)).await;
        let result =
            result.unwrap_or_else(|_| Err(Failure::Unknown { why: "took too long".into() }));
        self.settle(delivery, result).await
    }

    async fn settle(
        &self,
        delivery: &Delivery,
        result: Result<Option<String>, Failure>,
    ) -> anyhow::Result<()> {
        let now = self.dealer.clock.now();
        let outcome = match &result {
            Ok(words) => Outcome::Delivered(words.clone()),
            Err(failure) => self.policy.outcome(failure, delivery.failures + 1, now, jitter()),
        };
        log(delivery, &outcome);
        let mut tx = self.db.begin().await.context("settling a delivery")?;
        outbox::settle(&mut tx, delivery, now, &outcome).await?;
        self.judge(&mut tx, delivery, &result, &outcome, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What the outcome says of the whole connection.
    async fn judge(
        &self,
        tx: &mut Tx,
        delivery: &Delivery,
        result: &Result<Option<String>, Failure>,
        outcome: &Outcome,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let connection = &delivery.connection;
        match (result, outcome) {
            (Err(Failure::Stop { why }), Outcome::Retry { at, .. }) => {
                if outbox::stop(tx, &self.dealer, connection, *at, why).await? {
                    tracing::error!(connection, why, "the connection is stopped");
                }
                return Ok(());
            }
            // The limit is the account's, not this delivery's.
            (Err(Failure::TooMany { .. }), Outcome::Retry { at, .. }) => {
                outbox::rest(tx, connection, *at, now).await?;
            }
            _ => {}
        }
        if !delivery.probe {
            return Ok(());
        }
        match result {
            // A refusal of this one delivery is an answer like any other.
            Ok(_) | Err(Failure::Rejected { .. }) => {
                if outbox::answered(tx, delivery, now).await? {
                    tracing::info!(connection, "the connection works again");
                }
            }
            Err(Failure::Later { .. } | Failure::Unknown { .. }) => {
                let again = now + TimeDelta::from_std(self.policy.probe_every)?;
                outbox::no_answer(tx, delivery, Some(again), now).await?;
            }
            Err(_) => outbox::no_answer(tx, delivery, None, now).await?,
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
    crate::metrics::attempted(delivery, outcome);
    let (id, kind, connection) = (delivery.id.as_str(), &delivery.kind, &delivery.connection);
    let attempt = delivery.attempts;
    match outcome {
        Outcome::Delivered(_) => {
            tracing::info!(delivery.id = id, kind, connection, attempt, "delivered");
        }
        Outcome::Retry { at, why }
        | Outcome::Failed { at, why }
        | Outcome::Unknown { at, why }
        | Outcome::Absent { at, why } => {
            tracing::warn!(delivery.id = id, kind, connection, attempt, %at, why, "not delivered yet");
        }
        Outcome::Dead { why } => {
            tracing::error!(delivery.id = id, kind, connection, attempt, why, "given up");
        }
    }
}

fn step_failed(connection: &str, error: &anyhow::Error) {
    tracing::error!(connection, error = format!("{error:#}"), "step failed");
}
