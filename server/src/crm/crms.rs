//! Every configured CRM, by the name of its connection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use domain::approvals::rules::{self, Rules};
use domain::credentials::Seal;
use domain::db::Db;
use domain::inbox::InboundEvent;
use domain::outbox::{self, Delivery, Message};
use domain::texts::Lang;
use domain::{Dealer, watch};
use futures_util::future::join_all;
use url::Url;

use crate::config::{ConnectionConfig, CrmSettings, SecretKey};
use crate::crm::NoRecord;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::bitrix24::check::{Check, Finding};
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::limiter::Urgency;
use crate::crm::tell::local;
use crate::routes::matches;
use crate::worker::inbox::Trouble;
use crate::worker::policy::{Failure, Policy};
use crate::worker::recorder::DeliveryRecorder;

mod amo;
mod checkup;
mod crm;
mod force;
mod gate;
mod probe;

pub use crate::crm::crms::probe::{TestLead, Untested};

pub(crate) use amo::token_source;

pub(crate) use crate::crm::crms::crm::Crm;

/// The CRMs of this installation.
#[derive(Debug)]
pub struct Crms {
    /// As the configuration has them.
    all: BTreeMap<String, Crm>,
    /// As they are in force, by the version of their settings.
    in_force: Mutex<BTreeMap<String, (i64, Arc<Crm>)>>,
    pub(super) db: Db,
    pub(super) dealer: Arc<Dealer>,
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
        let in_force = Mutex::default();
        Crms { all, in_force, db: db.clone(), dealer: dealer.clone(), policy }
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
        let Some(crm) = self.current(&delivery.connection).await.map_err(local)? else {
            let why = "this connection is no longer configured".to_owned();
            return Err(Failure::Stop { why });
        };
        if message == Message::CrmAccount {
            return self.look_at(&crm).await.map(|()| None);
        }
        let recorder = DeliveryRecorder::new(&self.db, &self.dealer.clock, delivery);
        let urgency = urgency(delivery, &message, self.dealer.clock.now());
        crm.deliver((delivery, &message), &recorder, urgency).await
    }

    /// Works on a stored webhook.
    pub async fn handle_event(&self, event: &InboundEvent) -> Result<(), Trouble> {
        match self
            .current(&event.source)
            .await
            .map_err(|error| Trouble::Later { after: None, why: error.to_string() })?
        {
            Some(crm) => crm.event(event).await,
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
    /// lost webhook costs minutes, not a passport. One that is slow or fails does not hold the others up; one that
    /// is stopped is not asked, but by the one call that probes it.
    pub async fn reconcile(&self, every: TimeDelta) {
        join_all(self.all.keys().map(
            async |connection| match self.poll(connection, every).await {
                Ok(found) => tracing::debug!(connection, found, "polled"),
                Err(error) => {
                    let why = format!("{error:#}");
                    tracing::warn!(connection, why, "not polled");
                }
            },
        ))
        .await;
    }

    async fn poll(&self, name: &str, every: TimeDelta) -> anyhow::Result<Option<usize>> {
        let Some(crm) = self.current(name).await? else { return Ok(None) };
        if !self.may_ask(&crm).await? {
            return Ok(None);
        }
        let polled = crm.poll(every).await;
        if let Err(error) = &polled {
            self.poll_failed(crm.name(), error).await?;
        }
        polled
    }

    /// Raises or ends the alarm of each connection whose webhooks should be heard.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn listen(&self) -> anyhow::Result<()> {
        for crm in self.all.values().filter(|crm| crm.tells()) {
            let quiet = {
                let mut reader = self.db.read().await?;
                let watch = watch::of(&mut reader, crm.name()).await?;
                watch.is_none_or(|watch| watch.missed_at.is_some() == watch.silent_since.is_some())
            };
            if !quiet {
                let mut tx = self.db.begin().await?;
                watch::sound(&mut tx, &self.dealer, crm.name()).await?;
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
        for (name, crm) in &self.all {
            let now = self.dealer.clock.now();
            let goes = outbox::goes(&mut self.db.read().await?, name, now).await?;
            if !goes {
                continue;
            }
            let mut tx = self.db.begin().await?;
            let ours = watch::take_check(&mut tx, name, today).await?;
            tx.commit().await?;
            if ours {
                crm.watch_subscription(public_url).await?;
            }
        }
        Ok(())
    }

    /// Asks portals whose application has just got its access for their events.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bind_events(&self, public_url: &Url) -> anyhow::Result<()> {
        for portal in self.bitrix24() {
            let now = self.dealer.clock.now();
            let goes = outbox::goes(&mut self.db.read().await?, portal.name(), now).await?;
            if goes && portal.is_unbound().await? {
                portal.watch_subscription(public_url).await?;
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
        let name = self.bitrix24().find(named)?.name();
        let crm = self.current(name).await.ok()??;
        let Crm::Bitrix24(portal) = &*crm else { return None };
        let calls = portal.client.calls(&NoRecord);
        let check = Check::new(&portal.config, &portal.settings, calls, lang);
        let rules = async { rules::load(&mut self.db.read().await?, &self.dealer).await };
        let rules: domain::Result<Rules> = rules.await;
        let check = match &rules {
            Ok(rules) => check.with_rules(rules.iter()),
            Err(_) => check.with_rules(&self.dealer.approvals),
        };
        Some((name, check.run(true).await))
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
