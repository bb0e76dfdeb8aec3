//! One account of amoCRM: does it let us in, does the configuration name things that are there,
//! does its webhook reach us. Nothing is changed there but, when it is asked for, our webhook.

use chrono::{DateTime, Utc};
use domain::Clock;
use domain::checkups::{self, Defect};
use domain::texts::Lang;

use crate::build;
use crate::commands;
use crate::commands::doctor::report::Line;
use crate::commands::doctor::{access, database, mapping, subscription};
use crate::config::{AmocrmSettings, Config, ConnectionConfig};
use crate::crm::NoRecord;
use crate::crm::amo::CallError;
use crate::crm::amo::access::fault::AccessFault;
use crate::crm::amo::checkup::Checkup;
use crate::crm::amo::wire::Account;

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
    let (mut lines, client) = access::check(config, connection, settings, http, now).await;
    let Some(client) = client else { return lines };
    let calls = client.calls(&NoRecord);
    match Checkup::of(connection, settings, calls).await {
        Ok(checkup) => {
            lines.push(account(name, &checkup.snapshot.account, config));
            lines.extend(mapping::lines(connection, settings, &checkup));
            if !checkup.defects().iter().any(Defect::is_grave) {
                lines.extend(well(config, name, now).await);
            }
        }
        Err(error) => {
            lines.push(Line::bad(name, cure(&error, settings)));
            return lines;
        }
    }
    lines.push(subscription::check(name, config, settings, calls, fix).await);
    lines
}

/// What the night found and is mended ends at once, on the desk as well. New faults are the
/// night's to tell.
async fn well(config: &Config, name: &str, now: DateTime<Utc>) -> Option<Line> {
    // Where there is no database yet there is nothing to end, and another line says so.
    if database::missing(config).is_some() {
        return None;
    }
    let db = commands::open(config).await.ok()?;
    let dealer = build::dealer(config, Clock::fixed(now));
    let ended = async {
        let mut tx = db.begin().await?;
        let ended = checkups::keep(&mut tx, &dealer, name, &[]).await?;
        tx.commit().await?;
        domain::Result::Ok(ended)
    };
    let ended: domain::Result<bool> = ended.await;
    db.close().await;
    match ended {
        Ok(true) => Some(Line::good(&format!("{name} mapping"), "what the night found is mended")),
        Ok(false) => None,
        Err(error) => Some(Line::bad(&format!("{name} mapping"), error.to_string())),
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
            return format!("401: {}", AccessFault::LongLived.words(Lang::En));
        }
        CallError::NoAccess { fault } => return fault.words(Lang::En),
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
        | CallError::Resting { .. }
        | CallError::Timeout
        | CallError::ServerError { .. }
        | CallError::Garbage
        | CallError::Local { .. } => "try again in a minute".to_owned(),
    };
    format!("{}: {cure}", error.words())
}
