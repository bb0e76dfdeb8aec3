//! What every route has at hand.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Dealer;
use domain::db::Db;
use domain::plan::DryRun;
use domain::texts::Lang;

use crate::assets::Assets;
use crate::init_data::InitDataVerifier;
use crate::limiter::Limiter;
use crate::session::Signer;
use crate::ui::Ui;

/// How long a session lasts after the launch that opened it.
pub(crate) const SESSION_LENGTH: TimeDelta = TimeDelta::hours(24);
/// How long the link to a file works: a page may lie open for a while before a document is wanted.
const FILE_LINK_LENGTH: TimeDelta = TimeDelta::hours(1);

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
    limiter: Limiter,
    dry_run: Option<Arc<dyn DryRun>>,
}

impl AppState {
    /// Prepares keys and addresses once.
    pub fn new(settings: Settings) -> AppState {
        let max_age = TimeDelta::from_std(settings.init_data_max_age).unwrap_or(TimeDelta::MAX);
        AppState(Arc::new(Inner {
            db: settings.db,
            dealer: settings.dealer,
            verifier: InitDataVerifier::new(&settings.bot_token, max_age),
            signer: Signer::new(&settings.secret_key),
            bot_link: format!("https://t.me/{}", settings.bot_username),
            assets: Assets::load(),
            limiter: Limiter::default(),
            dry_run: settings.dry_run,
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

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    pub(crate) fn dry_run(&self) -> Option<&dyn DryRun> {
        self.0.dry_run.as_deref()
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

    /// The address of a stored file for one person; it expires.
    pub(crate) fn file_link(&self, file: &str, telegram_id: i64) -> String {
        let until = self.now() + FILE_LINK_LENGTH;
        format!("/app/files/{file}?{}", self.signer().file_query(file, telegram_id, until))
    }
}
