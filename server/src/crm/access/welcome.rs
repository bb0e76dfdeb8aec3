//! A consent that comes back: checked, exchanged, stored, confirmed, in this order.

use domain::credentials::{self, Client, CredentialsError, Grant};
use domain::texts::Lang;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use url::Url;

use crate::config::AmocrmClient;
use crate::crm::amo::CallError;
use crate::crm::amo::access::fault::AccessFault;
use crate::crm::amo::access::oauth::TokenCall;
use crate::crm::amo::access::token::{AmoAccess, TokenSource};
use crate::crm::amo::access::{hosts, jwt};
use crate::crm::amo::connection::AmoConnection;
use crate::crm::oauth::OAuthError;
use crate::crm::{Crms, NoRecord};

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

/// A consent that went well.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// For which connection.
    pub connection: String,
    /// What the account calls itself, if it answered.
    pub account: Option<String>,
    /// Whether it is a portal of Bitrix24.
    pub portal: bool,
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
        let kept = take(connection, access, &back, (code, referer)).await;
        // Only who bears a state of ours can make us remember anything.
        if let (Err(fault), Some(_)) = (&kept, &back.state) {
            access.consent_failed(*fault).await;
        }
        kept?;
        let connection_name = connection.name().to_owned();
        tracing::info!(connection = connection_name, "access was granted");
        let account = match connection.client.calls(&NoRecord).account().await {
            Ok(account) => Some(account.name),
            Err(error) => {
                tracing::warn!(connection = connection_name, %error, "granted, not confirmed");
                None
            }
        };
        Ok(Welcome { connection: connection_name, account, portal: false })
    }

    /// Who asked for this consent: by its state, or by the integration of a widget's installation,
    /// which bears no state of ours.
    pub(super) async fn asking(
        &self,
        back: &Returned,
    ) -> Result<(&AmoConnection, &AmoAccess), AccessFault> {
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

/// Checks what came back, exchanges the code and stores the pair.
async fn take(
    connection: &AmoConnection,
    access: &AmoAccess,
    back: &Returned,
    (code, referer): (&str, &str),
) -> Result<(), AccessFault> {
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
    keep(access, &granted).await
}

/// The address behind the host that the redirect names, if it is amoCRM's.
fn host(connection: &AmoConnection, access: &AmoAccess, referer: &str) -> Option<Url> {
    let subdomain = &connection.settings.subdomain;
    let own = hosts::is_account(referer) && referer.split('.').next() == Some(subdomain);
    // The configuration may send this account's calls elsewhere.
    if own && hosts::is_local(&access.base_url) {
        return Some(access.base_url.clone());
    }
    hosts::trusted(referer, &access.base_url)
}

async fn used_up(access: &AmoAccess, state: &str) -> Result<Client, AccessFault> {
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
    access: &AmoAccess,
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
        member: None,
        event_token: None,
    })
}

async fn keep(access: &AmoAccess, granted: &Grant) -> Result<(), AccessFault> {
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

pub(in crate::crm) fn not_kept(error: &dyn std::error::Error) -> AccessFault {
    tracing::error!(%error, "a consent could not be kept");
    AccessFault::NotKept
}
