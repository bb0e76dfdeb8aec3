//! How connections get their access, keep it and lose it: the consent that comes back, the
//! integration that a button made, the hook of one that was disabled, and what the clock asks for.

mod welcome;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Dealer;
use domain::credentials::{self, Client, CredentialsError};
use domain::db::Db;
use domain::outbox::{self, Notice};
use domain::texts::Lang;
use domain::{notices, staff};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use url::Url;

use crate::config::AmocrmClient;
use crate::crm::amo::CallError;
use crate::crm::amo::access::fault::AccessFault;
use crate::crm::amo::access::oauth::at;
use crate::crm::amo::access::token::{AmoAccess, TokenSource};
use crate::crm::amo::access::{hosts, jwt};
use crate::crm::amo::connection::AmoConnection;
use crate::crm::bitrix24::access::door::Door;
use crate::crm::oauth::{Authority, OAuthAccess};
use crate::crm::{Crms, NoRecord};

pub(super) use crate::crm::access::welcome::not_kept;
pub use crate::crm::access::welcome::{Returned, Welcome};

/// Days before a long-lived token's end on which administrators are asked for a new one.
const WARNINGS: [i64; 2] = [30, 7];

/// How long a connection without access rests before a call probes it.
const PROBE: TimeDelta = TimeDelta::minutes(5);

/// What the hook of a disabled integration carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Disabled {
    /// The account.
    pub account_id: String,
    /// The integration; a list in the documentation calls it `client_id`.
    #[serde(alias = "client_id")]
    pub client_uuid: String,
    /// Hex of HMAC-SHA256 over `{client_uuid}|{account_id}`, under the integration's secret.
    pub signature: String,
}

impl Crms {
    /// The address where a person consents for a connection; `None` where none is asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_address(&self, name: &str) -> Result<Option<Url>, CredentialsError> {
        if let Some(portal) = self.bitrix24().find(|connection| connection.name() == name) {
            return match &portal.app {
                Some(app) => app.consent_address().await,
                None => Ok(None),
            };
        }
        let mut named = self.amo().filter(|connection| connection.name() == name);
        match named.next().map(|connection| connection.client.access()) {
            Some(TokenSource::OAuth(access)) => consent_address(access).await.map(Some),
            _ => Ok(None),
        }
    }

    /// Keeps the integration that a button made for the account of a consent under way. `false`:
    /// the state is none of ours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn introduce(&self, state: &str, client: &Client) -> Result<bool, CredentialsError> {
        for connection in self.amo() {
            let TokenSource::OAuth(access) = connection.client.access() else { continue };
            if !matches!(access.settings.client, AmocrmClient::Button { .. }) {
                continue;
            }
            let now = access.clock.now();
            let mut tx = access.db.begin().await?;
            let asked = credentials::asked(&mut tx, state, now).await?;
            if asked.as_deref() != Some(connection.name()) {
                continue;
            }
            let kept = credentials::introduce(&mut tx, &access.seal, state, client, now).await?;
            tx.commit().await?;
            return Ok(kept);
        }
        Ok(false)
    }

    /// The connection whose button a state was made for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn button(&self, state: &str) -> Result<Option<&AmoAccess>, CredentialsError> {
        let back = Returned { state: Some(state.to_owned()), ..Returned::default() };
        match self.asking(&back).await {
            Ok((_, access)) => Ok(Some(access)),
            Err(_) => Ok(None),
        }
    }

    /// Stops the connection whose integration was disabled; `false` where the signature is nobody's,
    /// or the access still works, so that the hook is an old one sent again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn disabled(&self, hook: &Disabled) -> anyhow::Result<bool> {
        let message = format!("{}|{}", hook.client_uuid, hook.account_id);
        for connection in self.amo() {
            let Some((client, account)) = integration(connection).await? else { continue };
            let signed = credentials::is_signed(&client.secret, &message, &hook.signature);
            let elsewhere = account.is_some_and(|id| id.to_string() != hook.account_id);
            if client.id != hook.client_uuid || !signed || elsewhere {
                continue;
            }
            if connection.client.calls(&NoRecord).account().await.is_ok() {
                return Ok(false);
            }
            if let TokenSource::OAuth(access) = connection.client.access()
                && let Some(stored) = access.stored().await?
            {
                let (name, word) = (connection.name(), AccessFault::Disabled.word());
                let mut tx = access.db.begin().await?;
                credentials::break_off(&mut tx, name, stored.version, word).await?;
                tx.commit().await?;
            }
            let place = (&connection.db, &*connection.dealer);
            stop(place, connection.name(), AccessFault::Disabled).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Keeps every access alive and tells the administrators in time of what only they can renew.
    /// It may run as often as one likes, in any process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_access(&self) -> anyhow::Result<()> {
        for connection in self.amo() {
            match connection.client.access() {
                TokenSource::LongLived(token) => {
                    warn(connection, token.expose_secret()).await?;
                }
                TokenSource::OAuth(access) => {
                    keep_alive(access, &connection.dealer).await?;
                }
            }
        }
        for connection in self.bitrix24() {
            if let Door::Application(access) = connection.client.door() {
                keep_alive(access, &connection.dealer).await?;
            }
        }
        Ok(())
    }
}

async fn keep_alive<A: Authority>(
    access: &Arc<OAuthAccess<A>>,
    dealer: &Dealer,
) -> anyhow::Result<()> {
    let name = access.connection.as_str();
    match access.keep_alive().await {
        Ok(()) => {}
        Err(CallError::NoAccess { fault }) => stop((&access.db, dealer), name, fault).await?,
        Err(error) => tracing::warn!(connection = name, %error, "access not checked"),
    }
    Ok(())
}

/// The address where a person consents, or presses the button that makes an integration first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn consent_address(access: &AmoAccess) -> Result<Url, CredentialsError> {
    let mut tx = access.db.begin().await?;
    let state = credentials::ask(&mut tx, &access.connection, access.clock.now()).await?;
    tx.commit().await?;
    let mut address = match &access.settings.client {
        AmocrmClient::Own { id, .. } => {
            let mut address = at(&hosts::consent_base(&access.base_url), "/oauth");
            address.query_pairs_mut().append_pair("client_id", id).append_pair("mode", "popup");
            address
        }
        AmocrmClient::Button { secrets_uri } => at(secrets_uri, "/webhook/amocrm/button"),
    };
    address.query_pairs_mut().append_pair("state", &state);
    Ok(address)
}

/// The integration of a connection, and the account that it is known to serve.
async fn integration(
    connection: &AmoConnection,
) -> Result<Option<(Client, Option<i64>)>, CredentialsError> {
    if let TokenSource::OAuth(access) = connection.client.access() {
        let stored = access.stored().await?;
        let account = stored.as_ref().and_then(|stored| stored.account_id);
        let client = access.client(stored.and_then(|stored| stored.client));
        return Ok(client.map(|client| (client, account)));
    }
    let Some(oauth) = &connection.settings.oauth else { return Ok(None) };
    let AmocrmClient::Own { id, secret } = &oauth.client else { return Ok(None) };
    let token = connection.settings.access_token.as_ref();
    let account = token.and_then(|token| jwt::account_id(token.expose_secret()));
    Ok(Some((Client { id: id.clone(), secret: secret.clone() }, account)))
}

/// Stops a connection that cannot get in, and tells the administrators once.
pub(super) async fn stop(
    (db, dealer): (&Db, &Dealer),
    name: &str,
    fault: AccessFault,
) -> anyhow::Result<()> {
    tracing::error!(connection = name, words = fault.words(Lang::En), "no access");
    let until = dealer.clock.now() + PROBE;
    let mut tx = db.begin().await?;
    outbox::stop(&mut tx, dealer, name, until, &fault.words(Lang::Ru)).await?;
    tx.commit().await?;
    Ok(())
}

/// Says once on each of the days that a token ends soon.
async fn warn(connection: &AmoConnection, token: &str) -> anyhow::Result<()> {
    let Some(ends_at) = jwt::expiry(token) else { return Ok(()) };
    let now = connection.dealer.clock.now();
    let left = (ends_at - now).num_days();
    let Some(step) = WARNINGS.into_iter().filter(|step| left <= *step).min() else { return Ok(()) };
    if ends_at <= now {
        return Ok(());
    }
    let name = connection.name();
    let once = format!("access-ends:{name}:{}:{step}", ends_at.timestamp());
    let on = ends_at.with_timezone(&connection.dealer.zone).date_naive();
    let mut tx = connection.db.begin().await?;
    for to in staff::administrators(&mut tx).await? {
        let notice = Notice::AccessEnds { connection: name.to_owned(), on };
        notices::to_staff(&mut tx, &connection.dealer, to, notice, &once).await?;
    }
    tx.commit().await?;
    Ok(())
}
