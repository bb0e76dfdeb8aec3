//! What is no delivery keeps to the circuit as deliveries do: of a stopped connection nothing is
//! asked but by one call that probes it, and what a call meets stops the connection for all.

use chrono::{DateTime, TimeDelta, Utc};
use domain::outbox::{self, Outcome};

use crate::crm::Crms;
use crate::crm::crms::Crm;
use crate::crm::hear::failure_of;
use crate::worker::policy::Failure;

/// Longer than one call can take.
const LEASE: TimeDelta = TimeDelta::minutes(3);

impl Crms {
    /// Stops a connection, or lets it rest, because a call found it of no use; until when.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold(&self, connection: &str, failure: &Failure) -> anyhow::Result<DateTime<Utc>> {
        let now = self.dealer.clock.now();
        let outcome = self.policy.outcome(failure, 1, now, 0.0);
        let Outcome::Retry { at, why } = outcome else { return Ok(now) };
        let mut tx = self.db.begin().await?;
        if let Failure::Stop { .. } = failure {
            if outbox::stop(&mut tx, &self.dealer, connection, at, &why).await? {
                tracing::error!(connection, why, "the connection is stopped");
            }
        } else {
            outbox::rest(&mut tx, connection, at, now).await?;
        }
        tx.commit().await?;
        Ok(at)
    }

    /// Whether a connection may be asked: it goes, or a probe made just now says that it does.
    pub(super) async fn may_ask(&self, crm: &Crm) -> anyhow::Result<bool> {
        let (name, now) = (crm.name(), self.dealer.clock.now());
        let goes = outbox::goes(&mut self.db.read().await?, name, now).await?;
        if goes {
            return Ok(true);
        }
        let mut tx = self.db.begin().await?;
        let ours = outbox::take_bare_probe(&mut tx, name, now, LEASE).await?;
        tx.commit().await?;
        if !ours {
            return Ok(false);
        }
        match crm.knock().await {
            // A refusal of this one call is an answer like any other.
            Ok(()) | Err(Failure::Rejected { .. }) => {
                let mut tx = self.db.begin().await?;
                if outbox::bare_probe_answered(&mut tx, &self.dealer, name).await? {
                    tracing::info!(connection = name, "the connection works again");
                }
                tx.commit().await?;
                Ok(true)
            }
            Err(failure @ Failure::Stop { .. }) => self.hold(name, &failure).await.map(|_| false),
            Err(_) => {
                let again = now + TimeDelta::from_std(self.policy.probe_every)?;
                let mut tx = self.db.begin().await?;
                outbox::bare_probe_unanswered(&mut tx, name, again, now).await?;
                tx.commit().await?;
                Ok(false)
            }
        }
    }

    /// A poll, or a look at the goods, failed: what it met may concern the whole connection.
    pub(crate) async fn poll_failed(
        &self,
        connection: &str,
        error: &anyhow::Error,
    ) -> anyhow::Result<()> {
        match failure_of(error) {
            Some(failure @ (Failure::Stop { .. } | Failure::TooMany { .. })) => {
                self.hold(connection, &failure).await.map(drop)
            }
            _ => Ok(()),
        }
    }
}
