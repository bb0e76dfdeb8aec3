//! OAuth 2.0 of Bitrix24 on the wire: the exchange of a code and the refresh of a pair. Nothing here
//! is kept with an attempt: all of it is secret.

use chrono::{DateTime, TimeDelta, Utc};
use domain::credentials::Pair;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;

use crate::config::Bitrix24App;
use crate::crm::bitrix24::access::application::PortalAccess;
use crate::crm::error::CallError;
use crate::crm::exchange::Outcome;
use crate::crm::fault::AccessFault;
use crate::crm::oauth::OAuthError;

/// No answer about tokens comes near it.
const BODY_LIMIT: usize = 256 * 1024;

/// Gets a pair: for a code, or for a refresh token.
pub(crate) struct TokenCall<'a> {
    http: &'a reqwest::Client,
    /// The authorization server; it must be trusted, our secret goes there.
    server: &'a Url,
    app: &'a Bitrix24App,
    /// Lifetimes are counted from before the call, by our own clock.
    now: DateTime<Utc>,
}

/// What a consent or a refresh gives.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) pair: Pair,
    /// The portal's own id; it survives a change of address.
    pub(crate) member_id: String,
    /// Where methods are called.
    pub(crate) client_endpoint: Option<Url>,
}

impl<'a> TokenCall<'a> {
    /// To this server.
    pub(crate) fn of(access: &'a PortalAccess, server: &'a Url) -> Self {
        let now = access.clock.now();
        TokenCall { http: &access.http, server, app: &access.settings, now }
    }

    /// Exchanges the code of a redirect; it lives for 30 seconds and works once.
    pub(crate) async fn exchange(&self, code: &str) -> Result<Granted, OAuthError> {
        self.send([("grant_type", "authorization_code"), ("code", code)]).await
    }

    /// Refreshes a pair. When its answer is lost, nobody knows which pair is good.
    pub(crate) async fn refresh(&self, token: &SecretString) -> Result<Granted, OAuthError> {
        let token = token.expose_secret();
        self.send([("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// The documentation puts these into the query, where they would stand in logs; the official
    /// JavaScript SDK sends them as a form, and so do we.
    async fn send(&self, what: [(&str, &str); 2]) -> Result<Granted, OAuthError> {
        let mut url = self.server.clone();
        url.set_path("/oauth/token/");
        let secret = self.app.client_secret.expose_secret();
        let own = [("client_id", self.app.client_id.as_str()), ("client_secret", secret)];
        let form = [what, own].concat();
        let outcome = Outcome::of(self.http.post(url).form(&form), BODY_LIMIT).await;
        sort(&outcome, self.now)
    }
}

fn sort(outcome: &Outcome, now: DateTime<Utc>) -> Result<Granted, OAuthError> {
    let Some(status) = outcome.status.filter(|_| outcome.broken.is_none()) else {
        return Err(OAuthError::Call(outcome.broken.clone().unwrap_or(CallError::Garbage)));
    };
    let body: Option<Value> = serde_json::from_slice(&outcome.body).ok();
    // An unknown application is refused inside a 200.
    let error = body.as_ref().and_then(|body| body["error"].as_str());
    match (error, status.as_u16()) {
        (Some(error), status) => match fault(error) {
            Some(fault) => Err(OAuthError::Refused { status, fault }),
            None if status >= 500 => Err(OAuthError::Call(CallError::ServerError { status })),
            None => Err(OAuthError::Refused { status, fault: AccessFault::B24Unknown }),
        },
        (None, 200..300) => {
            let granted = body.as_ref().and_then(|body| read(body, now));
            granted.ok_or(OAuthError::Call(CallError::Garbage))
        }
        (None, 429) => Err(OAuthError::Call(CallError::TooMany { retry_after: None })),
        (None, status @ 500..) => Err(OAuthError::Call(CallError::ServerError { status })),
        (None, status) => Err(OAuthError::Refused { status, fault: AccessFault::B24Unknown }),
    }
}

/// What a refusal means (settings/oauth/error-codes); `None` where it may pass later.
fn fault(error: &str) -> Option<AccessFault> {
    Some(match error.to_ascii_lowercase().as_str() {
        "invalid_grant" | "expired_token" | "invalid_token" => AccessFault::B24Revoked,
        "invalid_client" | "wrong_client" => AccessFault::B24Client,
        "not_installed" | "application_not_found" => AccessFault::B24NotInstalled,
        "invalid_scope" | "insufficient_scope" => AccessFault::B24Scope,
        "payment_required" => AccessFault::B24Unpaid,
        "authorization_error" => AccessFault::B24User,
        "user_access_error" => AccessFault::B24AppClosed,
        "portal_deleted" => AccessFault::B24Deleted,
        "access_denied" => AccessFault::B24Denied,
        "invalid_request" => AccessFault::B24Unknown,
        _ => return None,
    })
}

fn read(body: &Value, now: DateTime<Utc>) -> Option<Granted> {
    let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
    // A number here, a text in the bodies of events.
    let seconds = &body["expires_in"];
    let seconds = seconds.as_i64().or_else(|| seconds.as_str()?.parse().ok())?;
    let expires_at = now.checked_add_signed(TimeDelta::try_seconds(seconds)?)?;
    let (access, refresh) = (text("access_token")?.into(), text("refresh_token")?.into());
    Some(Granted {
        pair: Pair { access, refresh, expires_at },
        member_id: text("member_id")?.to_owned(),
        client_endpoint: text("client_endpoint").and_then(|url| Url::parse(url).ok()),
    })
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;

    fn of(status: u16, body: &str) -> Result<Granted, OAuthError> {
        let outcome = Outcome {
            status: StatusCode::from_u16(status).ok(),
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            broken: None,
        };
        sort(&outcome, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_pair_is_read_with_its_portal() {
        let body =
            include_str!("../../../../../tests/fixtures/bitrix24/oauth_refresh.response.json");
        let granted = of(200, body).unwrap();
        assert_eq!(granted.member_id, "7f3c1a90be5d4e21a6c8d0f1e2b3a4c5");
        assert_eq!(granted.pair.expires_at.timestamp(), 3600);
        assert_eq!(
            granted.client_endpoint.unwrap().as_str(),
            "https://rosa-test.bitrix24.ru/rest/"
        );
        let text = body.replace("3600", "\"3600\"");
        assert_eq!(of(200, &text).unwrap().pair.expires_at.timestamp(), 3600);
    }

    #[test]
    fn refusals_are_told_by_their_word() {
        let refused = |status, error: &str| match of(status, &format!("{{\"error\":\"{error}\"}}"))
        {
            Err(OAuthError::Refused { fault, .. }) => Some(fault),
            _ => None,
        };
        assert_eq!(refused(400, "invalid_grant"), Some(AccessFault::B24Revoked));
        assert_eq!(refused(400, "invalid_client"), Some(AccessFault::B24Client));
        assert_eq!(refused(200, "wrong_client"), Some(AccessFault::B24Client));
        assert_eq!(refused(401, "NOT_INSTALLED"), Some(AccessFault::B24NotInstalled));
        assert_eq!(refused(401, "PAYMENT_REQUIRED"), Some(AccessFault::B24Unpaid));
        assert_eq!(refused(400, "something new"), Some(AccessFault::B24Unknown));
        // A server in trouble ends no pair.
        assert_eq!(refused(500, "INTERNAL_SERVER_ERROR"), None);
        let trouble = |status, body| matches!(of(status, body), Err(OAuthError::Call(_)));
        assert!(trouble(502, "<html>") && trouble(200, "<html>") && trouble(200, "{}"));
    }
}
