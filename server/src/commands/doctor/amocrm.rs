//! One account of amoCRM: does it let us in, does the configuration name things that are there,
//! does its webhook reach us. Nothing is changed there but, when it is asked for, our webhook.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};

use crate::commands::doctor::report::Line;
use crate::commands::doctor::{jwt, mapping, subscription};
use crate::config::{AmocrmSettings, Config, ConnectionConfig};
use crate::crm::NoRecord;
use crate::crm::amo::wire::Account;
use crate::crm::amo::{AmoClient, CallError};

/// A new token needs a person; so long before its end they are asked for one.
const WARN: TimeDelta = TimeDelta::days(30);

/// Asks the account.
pub(super) async fn check(
    config: &Config,
    connection: &ConnectionConfig,
    settings: &AmocrmSettings,
    http: &reqwest::Client,
    now: DateTime<Utc>,
    fix: bool,
) -> Vec<Line> {
    let name = connection.name.as_str();
    let Some(secret) = &settings.access_token else {
        let words = "has no AMOCRM_ACCESS_TOKEN: make a long-lived token in the integration, \
                     «Ключи и доступы»; OAuth is not spoken yet";
        return vec![Line::bad(name, words)];
    };
    let (base, rate) = (settings.base_url.clone(), settings.calls_per_second);
    let client = AmoClient::new(http.clone(), base, secret.clone(), rate);
    let calls = client.calls(&NoRecord);
    let mut lines = vec![token(name, secret, now)];
    match calls.account().await {
        Ok(there) => lines.push(account(name, &there, config)),
        Err(error) => {
            lines.push(Line::bad(name, cure(&error, settings)));
            return lines;
        }
    }
    match calls.pipelines().await {
        Ok(pipelines) => lines.extend(mapping::stages(connection, settings, &pipelines)),
        Err(error) => lines.push(Line::bad(&format!("{name} pipelines"), cure(&error, settings))),
    }
    match calls.lead_fields().await {
        Ok(fields) => lines.extend(mapping::fields(connection, &fields)),
        Err(error) => lines.push(Line::bad(&format!("{name} fields"), cure(&error, settings))),
    }
    lines.push(subscription::check(name, config, settings, calls, fix).await);
    lines
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

fn account(name: &str, account: &Account, config: &Config) -> Line {
    let what = format!("{name} account");
    let is = format!("«{}», {}", account.name, account.subdomain);
    match account.timezone.as_deref() {
        Some(zone) if zone != config.time_zone.name() => Line::warning(
            &what,
            format!(
                "{is}; its zone is {zone}, TIME_ZONE is {}: dates may shift by a day, set the same",
                config.time_zone
            ),
        ),
        _ => Line::good(&what, is),
    }
}

/// What an error means for the person who can mend it.
pub(super) fn cure(error: &CallError, settings: &AmocrmSettings) -> String {
    let cure = match error {
        CallError::Unauthorized => {
            "the token was revoked, expired or cut when copied: make a new long-lived token in the \
             integration, «Ключи и доступы», and put it into AMOCRM_ACCESS_TOKEN"
                .to_owned()
        }
        CallError::Blocked => {
            "too many requests of some integration, or the account's list of allowed IPs: check \
             that list, then write to amoCRM's support"
                .to_owned()
        }
        CallError::PaymentRequired => {
            "pay for the account; what waits is kept and goes out then".to_owned()
        }
        CallError::Rejected { status: 403, .. } => {
            "the integration lacks a right: tick access to the account's data and files in its \
             settings, as an administrator, and make a new token"
                .to_owned()
        }
        CallError::Rejected { .. } => {
            format!("compare AMOCRM_SUBDOMAIN with the account's address ({})", settings.base_url)
        }
        CallError::Network { .. } => {
            format!("check AMOCRM_SUBDOMAIN and the network: {}", settings.base_url)
        }
        CallError::TooMany { .. }
        | CallError::Timeout
        | CallError::ServerError { .. }
        | CallError::Garbage
        | CallError::Local { .. } => "try again in a minute".to_owned(),
    };
    format!("{}: {cure}", error.words())
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
