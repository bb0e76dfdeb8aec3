//! How a configured amoCRM becomes a connection.

use std::sync::Arc;
use std::time::Duration;

use domain::credentials::Seal;
use domain::db::Db;
use domain::{Clock, Dealer};

use crate::config::{AmocrmSettings, ConnectionConfig};
use crate::crm::amo::AmoClient;
use crate::crm::amo::access::token::{AmoAccess, TokenSource};
use crate::crm::amo::connection::AmoConnection;
use crate::crm::limiter::Limiter;

/// `None` where it has no way in.
pub(super) fn connect(
    (config, settings): (&ConnectionConfig, &AmocrmSettings),
    http: &reqwest::Client,
    db: &Db,
    dealer: &Arc<Dealer>,
    grace: Duration,
    seal: Option<Seal>,
) -> Option<AmoConnection> {
    let token = token_source(config, settings, (http, db, &dealer.clock), seal)?;
    // Sockets go by the real time, also in a story whose clock stands still.
    let clock = Clock::system();
    let limiter = Limiter::shared(settings.calls_per_second, db.clone(), clock, &config.name);
    let base = settings.base_url.clone();
    let client = AmoClient::limited(http.clone(), base, token, limiter);
    let (db, dealer) = (db.clone(), dealer.clone());
    Some(AmoConnection::new(config.clone(), settings.clone(), client, db, dealer, grace))
}

/// The long-lived token where there is one, else consent; a connection that has neither, or no key
/// to keep tokens with, is left out.
pub(crate) fn token_source(
    config: &ConnectionConfig,
    settings: &AmocrmSettings,
    (http, db, clock): (&reqwest::Client, &Db, &Clock),
    seal: Option<Seal>,
) -> Option<TokenSource> {
    if let Some(token) = &settings.access_token {
        return Some(TokenSource::LongLived(token.clone()));
    }
    let oauth = settings.oauth.clone()?;
    let place = (config.name.as_str(), &settings.base_url);
    let (http, db, clock) = (http.clone(), db.clone(), clock.clone());
    Some(TokenSource::OAuth(AmoAccess::new(place, oauth, seal?, http, db, clock)))
}
