//! One portal of Bitrix24 as the workers see it.

use std::sync::Arc;
use std::time::Duration;

use domain::credentials::Seal;
use domain::db::Db;
use domain::{Clock, Dealer};
use secrecy::ExposeSecret as _;
use tokio::sync::OnceCell;
use url::Url;

use crate::config::{Bitrix24Settings, ConnectionConfig};
use crate::crm::bitrix24::BitrixClient;
use crate::crm::bitrix24::access::PortalAccess;
use crate::crm::bitrix24::access::door::Door;
use crate::crm::limiter::Limiter;
use crate::crm::tell::Memory;

/// One configured portal. Clones share the client and what it was told.
#[derive(Clone)]
pub struct BitrixConnection {
    pub(crate) config: ConnectionConfig,
    pub(crate) settings: Bitrix24Settings,
    pub(crate) client: BitrixClient,
    /// The application, also where calls go by the webhook.
    pub(crate) app: Option<Arc<PortalAccess>>,
    pub(crate) db: Db,
    pub(crate) dealer: Arc<Dealer>,
    /// What it was told already.
    pub(crate) memory: Arc<Memory>,
    /// Our folder on the Drive, once asked for; `None` where the Drive is closed to us.
    pub(crate) folder: OnceCell<Option<i64>>,
    /// Whether the portal works with leads, once asked for.
    pub(crate) leads: OnceCell<bool>,
}

impl BitrixConnection {
    /// The portal of a configured connection; calls nobody yet. `None` where it has no access: a
    /// consent without a key to keep it with. `seal` opens stored tokens; after `grace` a search
    /// finds what a call may have made.
    pub(crate) fn new(
        (config, settings): (&ConnectionConfig, &Bitrix24Settings),
        http: &reqwest::Client,
        db: &Db,
        dealer: &Arc<Dealer>,
        grace: Duration,
        seal: Option<Seal>,
    ) -> Option<BitrixConnection> {
        let app = application((config, settings), (http, db, &dealer.clock), seal);
        let door = match &settings.webhook_url {
            Some(url) => Door::webhook(url.clone(), Some((&config.name, db.clone()))),
            None => Door::Application(app.clone()?),
        };
        // Sockets go by the real time, also in a story whose clock stands still.
        let clock = Clock::system();
        let limiter = Limiter::shared(
            settings.calls_per_second,
            db.clone(),
            clock,
            &bucket(config, settings),
        );
        let limiter = limiter.at_once(settings.calls_at_once);
        Some(BitrixConnection {
            config: config.clone(),
            settings: settings.clone(),
            client: BitrixClient::new(http.clone(), door, limiter),
            app,
            db: db.clone(),
            dealer: dealer.clone(),
            memory: Arc::new(Memory::new(&config.name, db.clone(), dealer.clock.clone(), grace)),
            folder: OnceCell::new(),
            leads: OnceCell::new(),
        })
    }

    /// A client that gets in by the application, whichever way calls go.
    pub(crate) fn app_client(&self) -> Option<BitrixClient> {
        match self.client.door() {
            Door::Application(_) => Some(self.client.clone()),
            Door::Webhook(_) => {
                let app = self.app.clone()?;
                let (http, limiter) =
                    (app.http.clone(), Limiter::new(self.settings.calls_per_second));
                Some(BitrixClient::new(http, Door::Application(app), limiter))
            }
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.config.name
    }
}

impl std::fmt::Debug for BitrixConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BitrixConnection").field("name", &self.config.name).finish_non_exhaustive()
    }
}

/// The application's access; `None` where none is configured, or no key to keep it with.
pub(crate) fn application(
    (config, settings): (&ConnectionConfig, &Bitrix24Settings),
    (http, db, clock): (&reqwest::Client, &Db, &Clock),
    seal: Option<Seal>,
) -> Option<Arc<PortalAccess>> {
    let app = settings.app.clone()?;
    let portal = app.portal_url.clone().unwrap_or_else(|| app.oauth_url.clone());
    let place = (config.name.as_str(), &portal);
    Some(PortalAccess::new(place, app, seal?, http.clone(), db.clone(), clock.clone()))
}

/// Bitrix24 counts calls by portal and source address, so connections to one portal share a bucket.
fn bucket(config: &ConnectionConfig, settings: &Bitrix24Settings) -> String {
    let webhook =
        settings.webhook_url.as_ref().and_then(|url| Url::parse(url.expose_secret()).ok());
    let portal = webhook.or_else(|| settings.app.as_ref()?.portal_url.clone());
    let host = portal.map(|url| url.origin().ascii_serialization());
    format!("bitrix24:{}", host.unwrap_or_else(|| config.name.clone()))
}
