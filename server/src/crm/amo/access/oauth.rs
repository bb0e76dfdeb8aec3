//! OAuth 2.0 of amoCRM on the wire: the exchange of a code, the refresh of a pair, the address of
//! an account that moved. Nothing here is kept with an attempt: all of it is secret.

use chrono::{DateTime, TimeDelta, Utc};
use domain::credentials::{Client, Pair};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::crm::amo::access::fault::of_refusal;
use crate::crm::amo::calls::error::{CallError, of_answer};
use crate::crm::exchange::Outcome;
use crate::crm::oauth::OAuthError;

/// No answer about tokens comes near it; tokens themselves have no documented length.
const BODY_LIMIT: usize = 256 * 1024;

/// Gets a pair: for a code, or for a refresh token.
pub(crate) struct TokenCall<'a> {
    pub(crate) http: &'a reqwest::Client,
    /// The account's host.
    pub(crate) base_url: &'a Url,
    /// The integration.
    pub(crate) client: &'a Client,
    /// Exactly as in the settings of the integration; also a refresh must name it.
    pub(crate) redirect_uri: &'a str,
    /// Now: lifetimes are counted from before the call, by our own clock.
    pub(crate) now: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Answer {
    expires_in: i64,
    access_token: String,
    refresh_token: String,
}

#[derive(Deserialize)]
struct Whereabouts {
    domain: String,
}

impl TokenCall<'_> {
    /// Exchanges the code of a redirect.
    pub(crate) async fn exchange(&self, code: &str) -> Result<Pair, OAuthError> {
        self.send(json!({ "grant_type": "authorization_code", "code": code })).await
    }

    /// Refreshes a pair. When its answer is lost, nobody knows which pair is good.
    pub(crate) async fn refresh(&self, token: &SecretString) -> Result<Pair, OAuthError> {
        let token = token.expose_secret();
        self.send(json!({ "grant_type": "refresh_token", "refresh_token": token })).await
    }

    async fn send(&self, mut body: Value) -> Result<Pair, OAuthError> {
        body["client_id"] = self.client.id.as_str().into();
        body["client_secret"] = self.client.secret.expose_secret().into();
        body["redirect_uri"] = self.redirect_uri.into();
        let url = at(self.base_url, "/oauth2/access_token");
        let (status, answer) = call(self.http.post(url).json(&body)).await?;
        if !status.is_success() {
            return Err(refusal(status, &answer));
        }
        let garbage = || OAuthError::Call(CallError::Garbage);
        let answer: Answer = serde_json::from_slice(&answer).map_err(|_| garbage())?;
        let life = TimeDelta::try_seconds(answer.expires_in).ok_or_else(garbage)?;
        let expires_at = self.now.checked_add_signed(life).ok_or_else(garbage)?;
        let (access, refresh) = (answer.access_token.into(), answer.refresh_token.into());
        Ok(Pair { access, refresh, expires_at })
    }
}

/// The host where the account of a refresh token stands now; only the host that the access token
/// names as `api_domain` knows.
pub(crate) async fn whereabouts(
    http: &reqwest::Client,
    api: &Url,
    refresh: &SecretString,
) -> Result<String, OAuthError> {
    let url = at(api, "/oauth2/account/current/subdomain");
    let request = http.get(url).header("X-Refresh-Token", refresh.expose_secret());
    let (status, answer) = call(request).await?;
    if !status.is_success() {
        return Err(refusal(status, &answer));
    }
    let read: Whereabouts =
        serde_json::from_slice(&answer).map_err(|_| OAuthError::Call(CallError::Garbage))?;
    Ok(read.domain)
}

/// An address on a host.
pub(crate) fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(path);
    url.set_query(None);
    url
}

async fn call(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), OAuthError> {
    let Outcome { status, headers, body, broken } = Outcome::of(request, BODY_LIMIT).await;
    let Some(status) = status.filter(|_| broken.is_none()) else {
        return Err(OAuthError::Call(broken.unwrap_or(CallError::Garbage)));
    };
    // Limits and failures are the same everywhere; what refuses a token is sorted by its hint.
    match status.as_u16() {
        200..300 | 400 | 401 | 404 => Ok((status, body)),
        _ => Err(OAuthError::Call(of_answer(status, &headers, &body))),
    }
}

fn refusal(status: StatusCode, body: &[u8]) -> OAuthError {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let fault = of_refusal(status, problem["hint"].as_str());
    OAuthError::Refused { status: status.as_u16(), fault }
}
