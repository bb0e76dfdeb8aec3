//! What the bot works with.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::db::{Db, Reader, Tx};
use domain::{Dealer, Error};
use teloxide::Bot;
use url::Url;

/// Everything that a handler needs; cheap to clone.
#[derive(Clone, Debug)]
pub struct BotDeps {
    /// The database.
    pub db: Db,
    /// The installation.
    pub dealer: Arc<Dealer>,
    /// The client of the Bot API.
    pub bot: Bot,
    /// The bot's user name, without `@`: commands may name it, links bear it.
    pub me: String,
    /// The address of the Mini App's first page (`PUBLIC_URL/app`); without it no button opens it.
    pub mini_app_url: Option<Url>,
}

impl BotDeps {
    /// The time now.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.dealer.clock.now()
    }

    /// A connection for reading.
    pub(crate) async fn read(&self) -> Result<Reader, Error> {
        Ok(self.db.read().await?)
    }

    /// A transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Tx, Error> {
        Ok(self.db.begin().await?)
    }

    /// The address of a page of the Mini App: `/orders/…` under its first page.
    pub(crate) fn page(&self, path: &str) -> Option<Url> {
        let base = self.mini_app_url.as_ref()?.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{path}")).ok()
    }

    /// Where a code opens the console; none where the product has no address.
    pub(crate) fn console_url(&self, code: &str) -> Option<Url> {
        let mut url = self.mini_app_url.as_ref()?.join("/staff/sign-in").ok()?;
        url.query_pairs_mut().append_pair("code", code);
        Some(url)
    }

    /// The link that starts the bot with a payload.
    pub(crate) fn start_link(&self, payload: &str) -> String {
        format!("https://t.me/{}?start={payload}", self.me)
    }
}

/// Makes a transaction's work durable.
pub(crate) async fn commit(tx: Tx) -> Result<(), Error> {
    Ok(tx.commit().await?)
}
