//! One account of amoCRM: does it let us in, does the configuration name things that are there,
//! does its webhook reach us. Nothing is changed there.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::commands::doctor::report::Line;
use crate::commands::doctor::{jwt, mapping};
use crate::config::{AmocrmSettings, Config, ConnectionConfig};
use crate::crm::NoRecord;
use crate::crm::amo::wire::{Account, Subscription};
use crate::crm::amo::{AmoCalls, AmoClient, CallError};

/// A new token needs a person; so long before its end they are asked for one.
const WARN: TimeDelta = TimeDelta::days(30);

/// The events that we act on; everything else is found by asking.
const EVENTS: [&str; 2] = ["status_lead", "update_contact"];

/// Where a person finds the webhooks.
const WEBHOOKS: &str = "open amoМаркет → ⋯ → WebHooks";

/// Asks the account.
pub(super) async fn check(
    config: &Config,
    connection: &ConnectionConfig,
    settings: &AmocrmSettings,
    http: &reqwest::Client,
    now: DateTime<Utc>,
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
    lines.push(webhook(name, config, settings, calls).await);
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
fn cure(error: &CallError, settings: &AmocrmSettings) -> String {
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

async fn webhook(
    name: &str,
    config: &Config,
    settings: &AmocrmSettings,
    calls: AmoCalls<'_>,
) -> Line {
    let what = format!("{name} webhook");
    let polls = format!("amoCRM is asked every {} s instead", config.reconcile_every.as_secs());
    let (Some(public_url), Some(secret)) = (&config.public_url, &settings.webhook_secret) else {
        let words = format!("off: set PUBLIC_URL and AMOCRM_WEBHOOK_SECRET; {polls}");
        return Line::off(&what, words);
    };
    match calls.webhooks().await {
        Ok(hooks) => subscription(&what, public_url, secret, &hooks),
        // Accounts of the smallest tariff have no webhooks.
        Err(error @ (CallError::PaymentRequired | CallError::Rejected { .. })) => {
            let words = format!("{}: the tariff may have none; {polls}", error.words());
            Line::warning(&what, words)
        }
        Err(error) => Line::bad(&what, cure(&error, settings)),
    }
}

fn subscription(
    what: &str,
    public_url: &Url,
    secret: &SecretString,
    hooks: &[Subscription],
) -> Line {
    let Ok(ours) = public_url.join("webhook/amocrm") else {
        return Line::bad(what, "PUBLIC_URL cannot have paths under it");
    };
    let address = format!("{ours}?secret=<AMOCRM_WEBHOOK_SECRET>");
    let here: Vec<(&Subscription, Url)> = hooks
        .iter()
        .filter_map(|hook| Some((hook, Url::parse(&hook.destination).ok()?)))
        .filter(|(_, url)| url.origin() == ours.origin() && url.path() == ours.path())
        .collect();
    let knows = |url: &Url| {
        url.query_pairs().any(|(name, value)| name == "secret" && value == secret.expose_secret())
    };
    // An old hook with an old secret may stand beside the right one.
    let Some((hook, _)) = here.iter().find(|(_, url)| knows(url)) else {
        let words = match here.is_empty() {
            true => format!("{WEBHOOKS}, add {address} with «lead status» and «contact changed»"),
            false => format!("its secret is another one: {WEBHOOKS}, change it to {address}"),
        };
        return Line::bad(what, words);
    };
    let missing: Vec<&str> =
        EVENTS.into_iter().filter(|event| !hook.settings.iter().any(|set| set == event)).collect();
    match (hook.disabled, missing.as_slice()) {
        (true, _) => {
            Line::bad(what, format!("amoCRM switched it off: {WEBHOOKS}, turn it on and save"))
        }
        (false, []) => Line::good(what, ours.as_str()),
        (false, missing) => {
            Line::bad(what, format!("{WEBHOOKS}, tick its events {}", missing.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(destination: &str, disabled: bool, events: &[&str]) -> Subscription {
        let settings = events.iter().map(|event| (*event).to_owned()).collect();
        Subscription { id: 1, destination: destination.to_owned(), disabled, settings }
    }

    #[test]
    fn the_webhook_is_ours_switched_on_and_tells_enough() {
        let public = Url::parse("https://park.example.com").unwrap();
        let secret = SecretString::from("s3cr3t");
        let ours = "https://park.example.com/webhook/amocrm?secret=s3cr3t";
        let stale = "https://park.example.com/webhook/amocrm?secret=old";
        let line = |hooks: &[Subscription]| {
            let line = subscription("amo webhook", &public, &secret, hooks).to_string();
            assert!(!line.contains("s3cr3t"), "{line}");
            line
        };
        assert!(line(&[hook(ours, false, &EVENTS)]).starts_with('✓'));
        assert!(line(&[hook(stale, false, &EVENTS), hook(ours, false, &EVENTS)]).starts_with('✓'));
        assert!(line(&[]).contains("add https://park"));
        assert!(
            line(&[hook("https://other.example.com/x", false, &EVENTS)])
                .contains("add https://park")
        );
        assert!(line(&[hook(stale, false, &EVENTS)]).contains("secret is another"));
        assert!(line(&[hook(ours, true, &EVENTS)]).contains("switched it off"));
        assert!(line(&[hook(ours, false, &["status_lead"])]).contains("update_contact"));
    }

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
