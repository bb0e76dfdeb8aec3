//! Every configured CRM, by the name of its connection.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::credentials::Seal;
use domain::db::Db;
use domain::inbox::InboundEvent;
use domain::outbox::{self, Delivery, Message};
use domain::texts::Lang;
use domain::{Dealer, watch};
use url::Url;

use crate::config::{ConnectionConfig, CrmSettings, SecretKey};
use crate::crm::NoRecord;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::bitrix24::check::{Check, Finding};
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::limiter::Urgency;
use crate::crm::tell;
use crate::routes::matches;
use crate::worker::inbox::Trouble;
use crate::worker::policy::{Failure, Policy};
use crate::worker::recorder::DeliveryRecorder;

mod amo;
mod gate;
mod probe;

pub use crate::crm::crms::probe::{TestLead, Untested};

pub(crate) use amo::token_source;

/// One configured account, of whichever CRM.
#[derive(Debug)]
pub(crate) enum Crm {
    /// Of amoCRM.
    Amo(AmoConnection),
    /// Of Bitrix24.
    Bitrix24(BitrixConnection),
}

/// The CRMs of this installation.
#[derive(Debug)]
pub struct Crms {
    all: BTreeMap<String, Crm>,
    db: Db,
    dealer: Arc<Dealer>,
    policy: Policy,
}

impl Crms {
    /// Connects nothing yet. Connections of kinds that this program does not speak are left out.
    /// `policy` says how long a connection pauses; `key` opens stored tokens.
    pub fn new(
        configured: &[ConnectionConfig],
        http: &reqwest::Client,
        db: &Db,
        dealer: &Arc<Dealer>,
        policy: &Policy,
        key: Option<&SecretKey>,
    ) -> Crms {
        let seal = key.map(|key| Seal::new(key.bytes()));
        let grace = policy.certain_after();
        let all = configured.iter().filter_map(|config| {
            let seal = seal.clone();
            let crm = match &config.settings {
                CrmSettings::Amocrm(settings) => {
                    amo::connect((config, settings), http, db, dealer, grace, seal).map(Crm::Amo)
                }
                CrmSettings::Bitrix24(settings) => {
                    let place = (config, settings);
                    BitrixConnection::new(place, http, db, dealer, grace, seal).map(Crm::Bitrix24)
                }
                CrmSettings::Hubspot(_) => None,
            };
            Some((config.name.clone(), crm?))
        });
        let (all, policy) = (all.collect(), policy.clone());
        Crms { all, db: db.clone(), dealer: dealer.clone(), policy }
    }

    /// The names of the connections.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.keys().map(String::as_str)
    }

    /// The connections to amoCRM.
    pub fn amo(&self) -> impl Iterator<Item = &AmoConnection> {
        self.all.values().filter_map(|crm| match crm {
            Crm::Amo(connection) => Some(connection),
            Crm::Bitrix24(_) => None,
        })
    }

    /// The connections to Bitrix24.
    pub fn bitrix24(&self) -> impl Iterator<Item = &BitrixConnection> {
        self.all.values().filter_map(|crm| match crm {
            Crm::Bitrix24(connection) => Some(connection),
            Crm::Amo(_) => None,
        })
    }

    /// Carries a delivery out.
    pub async fn deliver(&self, delivery: &Delivery) -> Result<Option<String>, Failure> {
        let message =
            delivery.message().map_err(|error| Failure::Rejected { why: error.to_string() })?;
        let Some(crm) = self.all.get(&delivery.connection) else {
            let why = "this connection is no longer configured".to_owned();
            return Err(Failure::Stop { why });
        };
        let recorder = DeliveryRecorder::new(&self.db, &self.dealer.clock, delivery);
        let urgency = urgency(delivery, &message, self.dealer.clock.now());
        match crm {
            Crm::Amo(amo) => {
                let calls = amo.client.calls(&recorder).with_urgency(urgency);
                tell::deliver(&AmoAccount { amo, calls }, delivery, &message).await
            }
            Crm::Bitrix24(bitrix) => {
                let calls = bitrix.client.calls(&recorder).with_urgency(urgency);
                tell::deliver(&BitrixAccount { bitrix, calls }, delivery, &message).await
            }
        }
    }

    /// Works on a stored webhook.
    pub async fn handle_event(&self, event: &InboundEvent) -> Result<(), Trouble> {
        match self.all.get(&event.source) {
            Some(Crm::Amo(connection)) => connection.handle(event).await,
            Some(Crm::Bitrix24(_)) => {
                Err(Trouble::Never("events of Bitrix24 are not followed yet".to_owned()))
            }
            None => Err(Trouble::Never("this connection is no longer configured".to_owned())),
        }
    }

    /// The connection whose webhook secret this is. Every secret is compared, each in constant
    /// time.
    pub fn of_secret(&self, given: &[u8]) -> Option<&AmoConnection> {
        let of = |connection: &&AmoConnection| {
            matches(connection.settings.webhook_secret.as_ref(), given)
        };
        self.amo().find(of)
    }

    /// Asks each CRM that was not asked for `every` for what changed since it was last asked: a
    /// lost webhook costs minutes, not a passport. One that fails does not stop the others; one that
    /// is stopped is not asked, but by the one call that probes it.
    pub async fn reconcile(&self, every: TimeDelta) {
        for connection in self.amo() {
            match self.poll(connection, every).await {
                Ok(found) => {
                    tracing::debug!(connection = connection.name(), found, "polled");
                }
                Err(error) => {
                    let why = format!("{error:#}");
                    tracing::warn!(connection = connection.name(), why, "not polled");
                }
            }
        }
    }

    async fn poll(
        &self,
        connection: &AmoConnection,
        every: TimeDelta,
    ) -> anyhow::Result<Option<usize>> {
        if !self.may_ask(connection).await? {
            return Ok(None);
        }
        let polled = connection.poll(every).await;
        if let Err(error) = &polled {
            self.poll_failed(connection, error).await?;
        }
        polled
    }

    /// Raises or ends the alarm of each connection whose webhooks should be heard.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn listen(&self) -> anyhow::Result<()> {
        let heard = |connection: &&AmoConnection| connection.settings.webhook_secret.is_some();
        for connection in self.amo().filter(heard) {
            let quiet = {
                let mut reader = self.db.read().await?;
                let watch = watch::of(&mut reader, connection.name()).await?;
                watch.is_none_or(|watch| watch.missed_at.is_some() == watch.silent_since.is_some())
            };
            if !quiet {
                let mut tx = self.db.begin().await?;
                watch::sound(&mut tx, &self.dealer, connection.name()).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Once a day, looks whether our webhooks still stand in the accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch_subscriptions(&self, public_url: &Url) -> anyhow::Result<()> {
        let today = self.dealer.today();
        for connection in self.amo() {
            let now = self.dealer.clock.now();
            let goes = outbox::goes(&mut self.db.read().await?, connection.name(), now).await?;
            if !goes {
                continue;
            }
            let mut tx = self.db.begin().await?;
            let ours = watch::take_check(&mut tx, connection.name(), today).await?;
            tx.commit().await?;
            if ours {
                connection.watch_subscription(public_url).await?;
            }
        }
        Ok(())
    }

    /// Checks the portal of a connection, or the first one, live: a file goes to its Drive and is
    /// removed. `None` where there is no such connection.
    pub async fn check_portal(
        &self,
        name: Option<&str>,
        lang: Lang,
    ) -> Option<(&str, Vec<Finding>)> {
        let named = |one: &&BitrixConnection| name.is_none_or(|name| one.name() == name);
        let portal = self.bitrix24().find(named)?;
        let calls = portal.client.calls(&NoRecord);
        let check = Check::new(&portal.config, &portal.settings, calls, lang);
        Some((portal.name(), check.run(true).await))
    }

    /// Looks whether each account still has what the configuration names; once a night, whichever
    /// process asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_mapping(&self) -> anyhow::Result<()> {
        for connection in self.amo() {
            connection.nightly_checkup().await?;
        }
        Ok(())
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
