//! The refresh of a pair as amoCRM wants it, also where the account has moved.

use chrono::TimeDelta;
use domain::credentials::{Credentials, Pair};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::config::AmocrmOAuth;
use crate::crm::amo::access::oauth::{TokenCall, whereabouts};
use crate::crm::amo::access::token::AmoAccess;
use crate::crm::amo::access::{hosts, jwt};
use crate::crm::fault::AccessFault;
use crate::crm::oauth::{Authority, OAuthError, no_access};

impl Authority for AmocrmOAuth {
    const EARLY: TimeDelta = TimeDelta::minutes(10);

    // A refresh token dies after three months.
    const KEEP_ALIVE: TimeDelta = TimeDelta::days(25);

    const REFRESHED_IDLE: bool = true;

    async fn refresh(
        access: &AmoAccess,
        stored: &Credentials,
    ) -> Result<(Pair, String), OAuthError> {
        let client = access.client(stored.client.clone());
        let client = client.ok_or(OAuthError::Call(no_access(AccessFault::NoConsent)))?;
        let refresh = &stored.pair.refresh;
        let base_url = Url::parse(&stored.base_url).unwrap_or_else(|_| access.base_url.clone());
        let call = |base_url| TokenCall {
            http: &access.http,
            base_url,
            client: &client,
            redirect_uri: &access.settings.redirect_uri,
            now: access.clock.now(),
        };
        let mut answer = call(&base_url).refresh(refresh).await;
        if matches!(&answer, Err(OAuthError::Call(error)) if error.outcome_unknown()) {
            // The answer was lost. If the pair was made, the old token is dead, and amoCRM says so.
            answer = call(&base_url).refresh(refresh).await;
        }
        if let Err(OAuthError::Refused { status: 401 | 404, .. }) = answer
            && let Some(moved) = moved(access, stored).await
            && moved.origin() != base_url.origin()
        {
            tracing::warn!(
                connection = access.connection,
                host = moved.host_str(),
                "account moved"
            );
            return call(&moved).refresh(refresh).await.map(|pair| (pair, moved.to_string()));
        }
        answer.map(|pair| (pair, base_url.to_string()))
    }
}

/// Where the account stands now, as far as amoCRM says.
async fn moved(access: &AmoAccess, stored: &Credentials) -> Option<Url> {
    let named = jwt::api_domain(stored.pair.access.expose_secret());
    let api = named.and_then(|host| hosts::trusted(&host, &access.base_url));
    let api = match hosts::is_local(&access.base_url) {
        true => access.base_url.clone(),
        false => api?,
    };
    match whereabouts(&access.http, &api, &stored.pair.refresh).await {
        Ok(host) => hosts::trusted(&host, &access.base_url),
        Err(_) => None,
    }
}
