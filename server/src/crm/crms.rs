//! Every configured CRM, by the name of its connection.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::db::Db;
use domain::inbox::InboundEvent;
use domain::outbox::{Delivery, Message};
use domain::texts::{Lang, Texts};
use domain::{Clock, Dealer, settings};
use secrecy::SecretString;

use crate::config::{ConnectionConfig, CrmSettings};
use crate::crm::NoRecord;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::limiter::Limiter;
use crate::crm::amo::write::NewLead;
use crate::crm::amo::{AmoClient, Urgency};
use crate::routes::matches;
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;
use crate::worker::recorder::DeliveryRecorder;

/// A poll asks a little further back than the last one, for clocks that differ.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

/// The CRMs of this installation.
#[derive(Debug)]
pub struct Crms {
    amo: BTreeMap<String, AmoConnection>,
    db: Db,
    dealer: Arc<Dealer>,
}

impl Crms {
    /// Connects nothing yet. Connections of kinds that this program does not speak are left out.
    /// After `grace` a search finds what a call may have made.
    pub fn new(
        configured: &[ConnectionConfig],
        http: &reqwest::Client,
        db: &Db,
        dealer: &Arc<Dealer>,
        grace: Duration,
    ) -> Crms {
        let amo = configured.iter().filter_map(|config| {
            let CrmSettings::Amocrm(settings) = &config.settings else { return None };
            let token: SecretString = settings.access_token.clone()?;
            // Sockets go by the real time, also in a story whose clock stands still.
            let clock = Clock::system();
            let limiter =
                Limiter::shared(settings.calls_per_second, db.clone(), clock, &config.name);
            let base = settings.base_url.clone();
            let client = AmoClient::limited(http.clone(), base, token, limiter);
            let connection = AmoConnection::new(
                config.clone(),
                settings.clone(),
                client,
                db.clone(),
                dealer.clone(),
                grace,
            );
            Some((config.name.clone(), connection))
        });
        Crms { amo: amo.collect(), db: db.clone(), dealer: dealer.clone() }
    }

    /// The names of the connections.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.amo.keys().map(String::as_str)
    }

    /// The connections to amoCRM; for `doctor`.
    pub fn amo(&self) -> impl Iterator<Item = &AmoConnection> {
        self.amo.values()
    }

    /// Carries a delivery out.
    pub async fn deliver(&self, delivery: &Delivery) -> Result<Option<String>, Failure> {
        let message =
            delivery.message().map_err(|error| Failure::Rejected { why: error.to_string() })?;
        let Some(connection) = self.amo.get(&delivery.connection) else {
            let why = "this connection is no longer configured".to_owned();
            return Err(Failure::Stop { why });
        };
        let recorder = DeliveryRecorder::new(&self.db, &self.dealer.clock, delivery);
        let urgency = urgency(delivery, &message, self.dealer.clock.now());
        let calls = connection.client.calls(&recorder).with_urgency(urgency);
        connection.deliver(delivery, &message, calls).await
    }

    /// Works on a stored webhook.
    pub async fn handle_event(&self, event: &InboundEvent) -> Result<(), Trouble> {
        match self.amo.get(&event.source) {
            Some(connection) => connection.handle(event).await,
            None => Err(Trouble::Never("this connection is no longer configured".to_owned())),
        }
    }

    /// The connection whose webhook secret this is. Every secret is compared, each in constant
    /// time.
    pub fn connection_of_secret(&self, given: &[u8]) -> Option<&str> {
        let of = |connection: &&AmoConnection| {
            matches(connection.settings.webhook_secret.as_ref(), given)
        };
        self.amo.values().filter(of).map(AmoConnection::name).next()
    }

    /// Asks each CRM for the deals that changed since it was last asked: a lost webhook costs
    /// minutes, not a passport.
    pub async fn reconcile(&self) -> anyhow::Result<()> {
        for connection in self.amo.values() {
            let name = format!("reconciled:{}", connection.name());
            let now = self.dealer.clock.now();
            let last = {
                let mut reader = self.db.read().await?;
                settings::get(&mut reader, &name).await?
            };
            let since = match last.and_then(|text| text.parse::<i64>().ok()) {
                Some(since) => since - OVERLAP.num_seconds(),
                // Nothing of before we were connected is ours to act on.
                None => now.timestamp(),
            };
            match connection.reconcile(since).await {
                Ok(changed) => {
                    let mut tx = self.db.begin().await?;
                    settings::put(&mut tx, &name, &now.timestamp().to_string()).await?;
                    tx.commit().await?;
                    tracing::debug!(connection = connection.name(), changed, "reconciled");
                }
                Err(Trouble::Later { why, .. } | Trouble::Never(why)) => {
                    tracing::warn!(connection = connection.name(), why, "not reconciled");
                }
            }
        }
        Ok(())
    }

    /// Makes a test lead in the first CRM; its id, or `None` where no CRM is configured.
    ///
    /// # Errors
    /// The CRM's words.
    pub async fn test_lead(&self) -> Result<Option<i64>, String> {
        let Some(connection) = self.amo.values().next() else { return Ok(None) };
        let lead = NewLead {
            name: Texts::of(Lang::Ru).get("crm-test-lead").to_owned(),
            pipeline_id: connection.settings.pipeline_id,
            status_id: connection.settings.pipeline_id.and(connection.settings.status_id),
            responsible_user_id: connection.settings.responsible_user_id,
            ..NewLead::default()
        };
        let made = connection.client.calls(&NoRecord).create_lead(lead).await;
        made.map(Some).map_err(|error| error.words())
    }
}

/// Nobody waits for a reminder, nor at the screen for what has been under way for an hour.
fn urgency(delivery: &Delivery, message: &Message, now: DateTime<Utc>) -> Urgency {
    let old = now - delivery.created_at > TimeDelta::hours(1);
    match message {
        Message::CrmMaintenance { .. } => Urgency::Background,
        _ if old => Urgency::Background,
        _ => Urgency::Awaited,
    }
}
