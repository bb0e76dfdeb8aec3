//! How connections get their access, keep it and lose it: the consent that comes back, the
//! integration that a button made, the hook of one that was disabled, and what the clock asks for.

use chrono::TimeDelta;
use domain::credentials::{self, Client, CredentialsError, Grant};
use domain::outbox::{self, Notice};
use domain::staff;
use domain::texts::Lang;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use url::Url;

use crate::config::AmocrmClient;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::fault::AccessFault;
use crate::crm::amo::oauth::{OAuthError, TokenCall, at};
use crate::crm::amo::token::{OAuthAccess, TokenSource};
use crate::crm::amo::{CallError, hosts, jwt};
use crate::crm::{Crms, NoRecord};

/// Days before a long-lived token's end on which administrators are asked for a new one.
const WARNINGS: [i64; 2] = [30, 7];

/// How long a connection without access rests before a call probes it.
const PROBE: TimeDelta = TimeDelta::minutes(5);

/// What the redirect after a consent carries.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Returned {
    /// To be exchanged once, within 20 minutes.
    pub code: Option<String>,
    /// The account's host.
    pub referer: Option<String>,
    /// Ours, unless a widget's installation sent this.
    pub state: Option<String>,
    /// The integration.
    pub client_id: Option<String>,
    /// `access_denied` where the person refused.
    pub error: Option<String>,
}

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

/// A consent that went well.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// For which connection.
    pub connection: String,
    /// What the account calls itself, if it answered.
    pub account: Option<String>,
}

impl Crms {
    /// Takes a consent that came back: state and host are checked before anybody is called, the
    /// code is exchanged, the pair is stored, and only then the account is asked to confirm it.
    ///
    /// # Errors
    /// The cause, for the person in front of the page.
    pub async fn welcome(&self, back: Returned) -> Result<Welcome, AccessFault> {
        if back.error.is_some() {
            return Err(AccessFault::Denied);
        }
        let (Some(code), Some(referer)) = (&back.code, &back.referer) else {
            return Err(AccessFault::Incomplete);
        };
        let (connection, access) = self.asking(&back).await?;
        let base_url = host(connection, access, referer).ok_or(AccessFault::HostForeign)?;
        if let AmocrmClient::Own { id, .. } = &access.settings.client
            && back.client_id.as_ref().is_some_and(|given| given != id)
        {
            return Err(AccessFault::OtherClient);
        }
        // A pair under a lost key is replaced by this consent.
        let stored = access.stored().await.ok().flatten();
        let before = stored.as_ref().and_then(|stored| Url::parse(&stored.base_url).ok());
        let expected = [Some(&access.base_url), before.as_ref()];
        let expected = expected.iter().flatten().any(|url| url.origin() == base_url.origin());
        let known = stored.and_then(|stored| stored.account_id);
        // An account that moved is known by its id; without a state nothing vouches for the caller.
        if !expected && (known.is_none() || back.state.is_none()) {
            return Err(AccessFault::OtherAccount);
        }
        let client = match &back.state {
            Some(state) => used_up(access, state).await?,
            None => access.client(None).ok_or(AccessFault::StateUnknown)?,
        };
        let granted = exchanged(access, &client, &base_url, code).await?;
        if !expected && granted.account_id != known {
            return Err(AccessFault::OtherAccount);
        }
        keep(access, &granted).await?;
        let connection_name = connection.name().to_owned();
        tracing::info!(connection = connection_name, "access was granted");
        let account = match connection.client.calls(&NoRecord).account().await {
            Ok(account) => Some(account.name),
            Err(error) => {
                tracing::warn!(connection = connection_name, %error, "granted, not confirmed");
                None
            }
        };
        Ok(Welcome { connection: connection_name, account })
    }

    /// The address where a person consents for a connection; `None` where none is asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_address(&self, name: &str) -> Result<Option<Url>, CredentialsError> {
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
    pub async fn button(&self, state: &str) -> Result<Option<&OAuthAccess>, CredentialsError> {
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
            stop(connection, AccessFault::Disabled).await?;
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
                TokenSource::OAuth(access) => match access.keep_alive().await {
                    Ok(()) => {}
                    Err(CallError::NoAccess { fault }) => stop(connection, fault).await?,
                    Err(error) => {
                        let name = connection.name();
                        tracing::warn!(connection = name, %error, "access not checked");
                    }
                },
            }
        }
        Ok(())
    }

    /// Who asked for this consent: by its state, or by the integration of a widget's installation,
    /// which bears no state of ours.
    async fn asking(&self, back: &Returned) -> Result<(&AmoConnection, &OAuthAccess), AccessFault> {
        let by_oauth = self.amo().filter_map(|connection| match connection.client.access() {
            TokenSource::OAuth(access) => Some((connection, access.as_ref())),
            TokenSource::LongLived(_) => None,
        });
        for (connection, access) in by_oauth {
            let ours = match (&back.state, &access.settings.client) {
                (Some(state), _) => {
                    let asked = async {
                        let mut reader = access.db.read().await?;
                        credentials::asked(&mut reader, state, access.clock.now()).await
                    };
                    let asked = asked.await.map_err(|error| not_kept(&error))?;
                    asked.as_deref() == Some(connection.name())
                }
                (None, AmocrmClient::Own { id, .. }) => back.client_id.as_ref() == Some(id),
                (None, AmocrmClient::Button { .. }) => false,
            };
            if ours {
                return Ok((connection, access));
            }
        }
        Err(AccessFault::StateUnknown)
    }
}

/// The address where a person consents, or presses the button that makes an integration first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn consent_address(access: &OAuthAccess) -> Result<Url, CredentialsError> {
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

/// The address behind the host that the redirect names, if it is amoCRM's.
fn host(connection: &AmoConnection, access: &OAuthAccess, referer: &str) -> Option<Url> {
    let subdomain = &connection.settings.subdomain;
    let own = hosts::is_account(referer) && referer.split('.').next() == Some(subdomain);
    // The configuration may send this account's calls elsewhere.
    if own && hosts::is_local(&access.base_url) {
        return Some(access.base_url.clone());
    }
    hosts::trusted(referer, &access.base_url)
}

async fn used_up(access: &OAuthAccess, state: &str) -> Result<Client, AccessFault> {
    let taken = async {
        let mut tx = access.db.begin().await?;
        let taken = credentials::take(&mut tx, &access.seal, state, access.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, CredentialsError>(taken)
    };
    let consent = taken.await.map_err(|error| not_kept(&error))?;
    let consent = consent.ok_or(AccessFault::StateUnknown)?;
    access.client(consent.client).ok_or(AccessFault::Incomplete)
}

async fn exchanged(
    access: &OAuthAccess,
    client: &Client,
    base_url: &Url,
    code: &str,
) -> Result<Grant, AccessFault> {
    let call = TokenCall {
        http: &access.http,
        base_url,
        client,
        redirect_uri: &access.settings.redirect_uri,
        now: access.clock.now(),
    };
    let pair = call.exchange(code).await.map_err(|error| {
        let fault = match error {
            OAuthError::Refused { fault, .. } | OAuthError::Call(CallError::NoAccess { fault }) => {
                fault
            }
            OAuthError::Call(_) => AccessFault::NoAnswer,
        };
        let words = fault.words(Lang::En);
        tracing::error!(connection = access.connection, words, "a code was not exchanged");
        fault
    })?;
    let made = matches!(access.settings.client, AmocrmClient::Button { .. });
    Ok(Grant {
        client: made.then(|| client.clone()),
        account_id: jwt::account_id(pair.access.expose_secret()),
        pair,
        base_url: base_url.to_string(),
    })
}

async fn keep(access: &OAuthAccess, granted: &Grant) -> Result<(), AccessFault> {
    let kept = async {
        let mut tx = access.db.begin().await?;
        let (name, now) = (&access.connection, access.clock.now());
        credentials::grant(&mut tx, &access.seal, name, granted, now).await?;
        tx.commit().await?;
        Ok::<_, CredentialsError>(())
    };
    kept.await.map_err(|error| not_kept(&error))?;
    access.forget();
    Ok(())
}

fn not_kept(error: &dyn std::error::Error) -> AccessFault {
    tracing::error!(%error, "a consent could not be kept");
    AccessFault::NotKept
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

async fn stop(connection: &AmoConnection, fault: AccessFault) -> anyhow::Result<()> {
    let name = connection.name();
    tracing::error!(connection = name, words = fault.words(Lang::En), "no access");
    let until = connection.dealer.clock.now() + PROBE;
    let mut tx = connection.db.begin().await?;
    outbox::stop(&mut tx, &connection.dealer, name, until, &fault.words(Lang::Ru)).await?;
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
        outbox::notify(&mut tx, now, to, notice, &once).await?;
    }
    tx.commit().await?;
    Ok(())
}
