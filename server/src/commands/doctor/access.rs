//! How a connection to amoCRM gets in: by a token that lives for years, or by consent; and the
//! address to open where a consent is needed.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::credentials::{CONSENT_LIFE, CredentialsError, Seal};
use domain::db::Db;
use domain::texts::Lang;
use domain::{Clock, outbox};
use secrecy::{ExposeSecret as _, SecretString};

use crate::commands;
use crate::commands::doctor::amocrm::cure;
use crate::commands::doctor::report::Line;
use crate::config::{AmocrmSettings, Config, ConnectionConfig};
use crate::crm::access::consent_address;
use crate::crm::amo::access::fault::AccessFault;
use crate::crm::amo::access::jwt;
use crate::crm::amo::access::token::{AmoAccess, TokenSource};
use crate::crm::amo::{AmoClient, CallError};
use crate::crm::limiter::Limiter;
use crate::crm::oauth::{Authority, OAuthAccess};
use crate::crm::token_source;

/// A new token needs a person; so long before its end they are asked for one.
const WARN: TimeDelta = TimeDelta::days(30);

/// What there is to say, and a client where there is a token to ask with.
pub(super) async fn check(
    config: &Config,
    connection: &ConnectionConfig,
    settings: &AmocrmSettings,
    http: &reqwest::Client,
    now: DateTime<Utc>,
) -> (Vec<Line>, Option<AmoClient>) {
    let name = connection.name.as_str();
    let db = commands::open(config).await;
    let client = |source: TokenSource| {
        let (base, rate) = (settings.base_url.clone(), settings.calls_per_second);
        // The account counts the calls of the running program and these together.
        let limiter = match &db {
            Ok(db) => Limiter::shared(rate, db.clone(), Clock::system(), name),
            Err(_) => Limiter::new(rate),
        };
        AmoClient::limited(http.clone(), base, source, limiter)
    };
    let held = match &db {
        Ok(db) => held(name, db, now).await,
        Err(_) => None,
    };
    if let Some((line, true)) = held {
        return (vec![line], None);
    }
    let held = held.map(|(line, _)| line);
    if let Some(secret) = &settings.access_token {
        let lines = [token(name, secret, now)].into_iter().chain(held).collect();
        return (lines, Some(client(TokenSource::LongLived(secret.clone()))));
    }
    // Consent and tokens are rows; without them there is nothing to ask with.
    let db = match &db {
        Ok(db) => db,
        Err(error) => return (vec![Line::bad(name, format!("{error:#}"))], None),
    };
    let clock = Clock::system();
    let seal = config.secret_key.as_ref().map(|key| Seal::new(key.bytes()));
    let source = token_source(connection, settings, (http, db, &clock), seal);
    let Some(TokenSource::OAuth(access)) = source else {
        // The configuration refuses this at its start.
        return (vec![Line::bad(name, "SECRET_KEY is not set")], None);
    };
    let (lines, goes) = by_consent(name, settings, &access).await;
    let failed = failed(name, db).await;
    let lines = failed.into_iter().chain(lines).chain(held).collect();
    (lines, goes.then(|| client(TokenSource::OAuth(access))))
}

/// Why deliveries to the connection wait, and whether nothing may be asked for now. A person who
/// asks is the probe of a connection that is stopped; one that rests is left alone.
async fn held(name: &str, db: &Db, now: DateTime<Utc>) -> Option<(Line, bool)> {
    let circuits = outbox::circuits(&mut db.read().await.ok()?).await.ok()?;
    let circuit = circuits.into_iter().find(|circuit| circuit.name == name)?;
    let what = format!("{name} queue");
    if let Some(until) = circuit.rest_until.filter(|until| *until > now) {
        let until = until.format("%F %H:%M:%S");
        let words = format!("amoCRM asked for patience: nothing is asked until {until} UTC");
        return Some((Line::warning(&what, words), true));
    }
    let (why, since) = (circuit.reason?, circuit.opened_at.unwrap_or(now).format("%F %H:%M"));
    let words = format!("stopped since {since} UTC: {why}; it goes on by itself once mended");
    Some((Line::warning(&what, words), false))
}

/// Why the last consent came to nothing, where nothing lets us in since.
async fn failed(name: &str, db: &Db) -> Option<Line> {
    let circuits = outbox::circuits(&mut db.read().await.ok()?).await.ok()?;
    let circuit = circuits.into_iter().find(|circuit| circuit.name == name)?;
    let (why, at) = (circuit.consent_fault?, circuit.consent_failed_at?);
    let words = format!("of {} UTC came to nothing: {why}", at.format("%F %H:%M"));
    Some(Line::bad(&format!("{name} last consent"), words))
}

async fn by_consent(
    name: &str,
    settings: &AmocrmSettings,
    access: &Arc<AmoAccess>,
) -> (Vec<Line>, bool) {
    let what = format!("{name} access");
    let fault = match TokenSource::OAuth(access.clone()).token().await {
        Ok(_) => return (vec![valid(&what, access).await], true),
        Err(CallError::NoAccess { fault }) => fault,
        Err(error) => return (vec![Line::bad(&what, cure(&error, settings))], false),
    };
    let mut lines = vec![Line::bad(&what, fault.words(Lang::En))];
    if fault.wants_consent() {
        lines.push(consent(name, access).await);
    }
    (lines, false)
}

/// Until when the pair at hand is good.
pub(super) async fn valid<A: Authority>(what: &str, access: &OAuthAccess<A>) -> Line {
    match access.stored().await {
        Ok(Some(stored)) => {
            let (refreshed, until) = (stored.refreshed_at, stored.pair.expires_at);
            let (refreshed, until) = (refreshed.format("%F %H:%M"), until.format("%F %H:%M"));
            let words = format!(
                "by consent at {}; refreshed {refreshed}, valid until {until} UTC, then refreshed \
                 by itself",
                stored.base_url
            );
            Line::good(what, words)
        }
        Ok(None) => Line::bad(what, AccessFault::NoConsent.words(Lang::En)),
        Err(CredentialsError::WrongKey) => Line::bad(what, AccessFault::WrongKey.words(Lang::En)),
        Err(error) => Line::bad(what, error.to_string()),
    }
}

async fn consent(name: &str, access: &AmoAccess) -> Line {
    match consent_address(access).await {
        Ok(address) => open_this(name, address.as_str()),
        Err(error) => Line::bad(&format!("{name} consent"), error.to_string()),
    }
}

/// The address to open where a consent is needed.
pub(super) fn open_this(name: &str, address: &str) -> Line {
    let minutes = CONSENT_LIFE.num_minutes();
    let words =
        format!("as an administrator of the account, within {minutes} minutes, open {address}");
    Line::warning(&format!("{name} consent"), words)
}

fn token(name: &str, token: &SecretString, now: DateTime<Utc>) -> Line {
    let what = format!("{name} token");
    let Some(expiry) = jwt::expiry(token.expose_secret()) else {
        return Line::warning(&what, "does not say until when it is valid; was it copied whole?");
    };
    let day = expiry.format("%F");
    let cure = "make a new one in the integration, «Ключи и доступы», put it into \
                AMOCRM_ACCESS_TOKEN and restart";
    if expiry <= now {
        return Line::bad(&what, format!("expired {day}: {cure}"));
    }
    match expiry - now < WARN {
        true => Line::warning(&what, format!("expires {day}: {cure}")),
        false => Line::good(&what, format!("valid until {day}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_replaced_before_it_ends() {
        use base64::Engine as _;
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let line = |days: i64| {
            let claims = format!("{{\"exp\":{}}}", (now + TimeDelta::days(days)).timestamp());
            let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
            token("amo", &SecretString::from(format!("e30.{claims}.x")), now).to_string()
        };
        assert!(line(31).starts_with('✓') && line(29).starts_with('!'));
        assert!(line(0).starts_with('✗') && line(-1).starts_with('✗'));
    }
}
