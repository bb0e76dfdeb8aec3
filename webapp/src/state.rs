//! What every route has at hand.

mod limits;
mod links;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use domain::db::Db;
use domain::mapping::Mapper;
use domain::plan::DryRun;
use domain::text::Phone;
use domain::texts::Lang;
use domain::{Dealer, Error};
use tokio_util::sync::CancellationToken;

use crate::assets::Assets;
use crate::console::LoginVerifier;
use crate::ingest::FindCaller;
use crate::init_data::InitDataVerifier;
use crate::session::Signer;
use crate::state::limits::Limits;
use crate::ui::Ui;

/// How long a session lasts after the launch that opened it.
pub(crate) const SESSION_LENGTH: TimeDelta = TimeDelta::hours(24);

/// What the Mini App is built from.
pub struct Settings {
    /// The database, migrated.
    pub db: Db,
    /// The dealer whose desk this is.
    pub dealer: Arc<Dealer>,
    /// The token of the bot, which signs launches.
    pub bot_token: String,
    /// The bot's user name without `@`: for links back into Telegram.
    pub bot_username: String,
    /// Signs sessions and links to files.
    pub secret_key: [u8; 32],
    /// Up to which age a launch is accepted.
    pub init_data_max_age: Duration,
    /// Says what a delivery or an event would do; without it the desk says nothing of that.
    pub dry_run: Option<Arc<dyn DryRun>>,
    /// Knows what the settings of connections mean; without it nobody edits them.
    pub mapper: Option<Arc<dyn Mapper>>,
    /// Where the product is reached from outside, without a slash at the end.
    pub public_url: Option<String>,
    /// Who sells and serves the machines, as strangers are told.
    pub seller: Seller,
    /// Where a person of a portal of Bitrix24 consents to be known here; empty without a portal.
    pub portal_sign_in: String,
    /// Every CRM that is configured.
    pub connections: Vec<Connected>,
    /// Tells callers apart.
    pub caller: FindCaller,
    /// Cancelled when the product stops: what streams ends then.
    pub stop: CancellationToken,
}

/// The dealer, as strangers are told.
#[derive(Clone, Debug, Default)]
pub struct Seller {
    /// The firm's name; empty where it was not configured.
    pub name: String,
    /// Where to call.
    pub phone: Option<Phone>,
}

/// A connection as the configuration names it.
#[derive(Clone, Debug, Default)]
pub struct Connected {
    /// Its name.
    pub name: String,
    /// What its CRM calls itself.
    pub kind: &'static str,
    /// What goes there: `leads`, `orders`, `requests`, `reminders`.
    pub takes: Vec<&'static str>,
    /// Where its people work, such as `https://acme.amocrm.ru`; empty where that is not known.
    pub site: String,
    /// How we get in: `webhook`, `token`, `consent`; empty where nobody does any more.
    pub way: &'static str,
    /// Until when a token that the configuration holds is good, where it says so.
    pub token_until: Option<DateTime<Utc>>,
    /// The most calls a second; 0 where there are none.
    pub rate: u32,
}

impl Connected {
    /// The page of a deal or lead there; none where the address is not known. The paths are those of
    /// the address bar: amoCRM `/leads/detail/1`, Bitrix24 `/crm/deal/details/1/`.
    pub(crate) fn page(&self, their_kind: &str, their_id: &str) -> Option<String> {
        let plain = !their_id.is_empty() && their_id.bytes().all(|byte| byte.is_ascii_digit());
        if self.site.is_empty() || !plain {
            return None;
        }
        match (self.kind, their_kind) {
            ("amoCRM", "lead") => Some(format!("{}/leads/detail/{their_id}", self.site)),
            ("Bitrix24", "lead" | "deal") => {
                Some(format!("{}/crm/{their_kind}/details/{their_id}/", self.site))
            }
            _ => None,
        }
    }
}

/// The state behind the routes; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    db: Db,
    dealer: Arc<Dealer>,
    verifier: InitDataVerifier,
    signer: Signer,
    bot_link: String,
    assets: Assets,
    limits: Limits,
    dry_run: Option<Arc<dyn DryRun>>,
    mapper: Option<Arc<dyn Mapper>>,
    public_url: Option<String>,
    bot_id: String,
    logins: LoginVerifier,
    connections: Vec<Connected>,
    portal_sign_in: String,
    seller: Seller,
    caller: FindCaller,
    stop: CancellationToken,
}

impl AppState {
    /// Prepares keys and addresses once.
    pub fn new(settings: Settings) -> AppState {
        let max_age = TimeDelta::from_std(settings.init_data_max_age).unwrap_or(TimeDelta::MAX);
        let limits = Limits::since(settings.dealer.clock.now());
        AppState(Arc::new(Inner {
            db: settings.db,
            dealer: settings.dealer,
            verifier: InitDataVerifier::new(&settings.bot_token, max_age),
            signer: Signer::new(&settings.secret_key),
            bot_link: format!("https://t.me/{}", settings.bot_username),
            assets: Assets::load(),
            limits,
            dry_run: settings.dry_run,
            mapper: settings.mapper,
            public_url: settings.public_url,
            bot_id: settings.bot_token.split(':').next().unwrap_or_default().to_owned(),
            logins: LoginVerifier::new(&settings.bot_token),
            connections: settings.connections,
            seller: settings.seller,
            portal_sign_in: settings.portal_sign_in,
            caller: settings.caller,
            stop: settings.stop,
        }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn dealer(&self) -> &Dealer {
        &self.0.dealer
    }

    pub(crate) fn verifier(&self) -> &InitDataVerifier {
        &self.0.verifier
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.0.signer
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.0.assets
    }

    pub(crate) fn dry_run(&self) -> Option<&dyn DryRun> {
        self.0.dry_run.as_deref()
    }

    /// # Errors
    /// [`Error::NotFound`] where there is none.
    pub(crate) fn mapper(&self) -> Result<&dyn Mapper, Error> {
        self.0.mapper.as_deref().ok_or(Error::NotFound)
    }

    /// Whether the product is reached by TLS.
    pub(crate) fn tls(&self) -> bool {
        self.0.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    pub(crate) fn logins(&self) -> &LoginVerifier {
        &self.0.logins
    }

    /// Who sells and serves the machines.
    pub(crate) fn seller(&self) -> &Seller {
        &self.0.seller
    }

    /// Where the product is reached from outside.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.0.public_url.as_deref()
    }

    /// Who is at the other end, seen through the dealer's proxies.
    pub(crate) fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        (self.0.caller)(peer, headers)
    }

    pub(crate) fn portal_sign_in(&self) -> &str {
        &self.0.portal_sign_in
    }

    /// Every CRM that is configured.
    pub(crate) fn connections(&self) -> &[Connected] {
        &self.0.connections
    }

    /// Cancelled when the product stops.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// `https://t.me/<bot>`.
    pub(crate) fn bot_link(&self) -> &str {
        &self.0.bot_link
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.0.dealer.clock.now()
    }

    pub(crate) fn ui(&self, lang: Lang) -> Ui {
        Ui::new(lang, self.0.dealer.zone, self.now())
    }
}
