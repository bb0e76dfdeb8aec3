//! One portal of Bitrix24: does it let us in, and does it have what the configuration names. Nothing
//! is changed there; `GET /api/bitrix24/test-connection` also sends a file.

use std::sync::Arc;

use domain::Clock;
use domain::credentials::Seal;
use domain::texts::Lang;

use crate::commands;
use crate::commands::doctor::access;
use crate::commands::doctor::approvers;
use crate::commands::doctor::portal_events::{self, Application};
use crate::commands::doctor::report::Line;
use crate::config::{Bitrix24Settings, Config, ConnectionConfig};
use crate::crm::NoRecord;
use crate::crm::bitrix24::access::PortalAccess;
use crate::crm::bitrix24::access::door::Door;
use crate::crm::bitrix24::check::{Check, Finding, State};
use crate::crm::bitrix24::connection::application;
use crate::crm::bitrix24::{BitrixClient, CallError};
use crate::crm::limiter::Limiter;

/// Asks the portal.
pub(super) async fn check(
    config: &Config,
    connection: &ConnectionConfig,
    settings: &Bitrix24Settings,
    http: &reqwest::Client,
    fix: bool,
) -> Vec<Line> {
    let name = connection.name.as_str();
    let (mut lines, door) = door(config, connection, settings, http).await;
    let Some(door) = door else { return lines };
    let app = match &door {
        Door::Application(app) => Some(app.clone()),
        Door::Webhook(_) => beside(config, connection, settings, http).await,
    };
    let limiter = || Limiter::new(settings.calls_per_second).at_once(settings.calls_at_once);
    let client = BitrixClient::new(http.clone(), door, limiter());
    let check = Check::new(connection, settings, client.calls(&NoRecord), Lang::En);
    let rules = approvers::rules(config).await;
    let check = check.with_rules(&rules);
    lines.extend(check.run(false).await.into_iter().map(|finding| line(name, finding)));
    let known = match &app {
        Some(app) => app.known().await.filter(|stored| stored.broken.is_none()),
        None => None,
    };
    let knows_token = known.as_ref().is_some_and(|stored| stored.event_token.is_some());
    let asking = app.filter(|_| known.is_some());
    let asking =
        asking.map(|app| BitrixClient::new(http.clone(), Door::Application(app), limiter()));
    let app =
        asking.as_ref().map(|client| Application { calls: client.calls(&NoRecord), knows_token });
    lines.push(portal_events::check(name, config, settings, app, fix).await);
    lines.extend(approvers::check(name, config).await);
    lines
}

/// The application beside a webhook by which calls go: it hears of events.
async fn beside(
    config: &Config,
    connection: &ConnectionConfig,
    settings: &Bitrix24Settings,
    http: &reqwest::Client,
) -> Option<Arc<PortalAccess>> {
    settings.app.as_ref()?;
    let db = commands::open(config).await.ok()?;
    let seal = config.secret_key.as_ref().map(|key| Seal::new(key.bytes()));
    application((connection, settings), (http, &db, &Clock::system()), seal)
}

/// The way in; where an application has none, what to do about it.
async fn door(
    config: &Config,
    connection: &ConnectionConfig,
    settings: &Bitrix24Settings,
    http: &reqwest::Client,
) -> (Vec<Line>, Option<Door>) {
    let name = connection.name.as_str();
    if let Some(url) = &settings.webhook_url {
        return (Vec::new(), Some(Door::webhook(url.clone(), None)));
    }
    // Consent and tokens are rows; without them there is nothing to ask with.
    let db = match commands::open(config).await {
        Ok(db) => db,
        Err(error) => return (vec![Line::bad(name, format!("{error:#}"))], None),
    };
    let seal = config.secret_key.as_ref().map(|key| Seal::new(key.bytes()));
    let clock = Clock::system();
    let Some(app) = application((connection, settings), (http, &db, &clock), seal) else {
        // The configuration refuses this at its start.
        return (vec![Line::bad(name, "SECRET_KEY is not set")], None);
    };
    let what = format!("{name} access");
    match app.token().await {
        Ok(_) => (vec![access::valid(&what, &app).await], Some(Door::Application(app))),
        Err(CallError::NoAccess { fault }) => {
            let mut lines = vec![Line::bad(&what, fault.words(Lang::En))];
            if fault.wants_consent() {
                lines.push(consent(name, &app).await);
            }
            (lines, None)
        }
        Err(error) => (vec![Line::bad(&what, error.words())], None),
    }
}

async fn consent(name: &str, app: &Arc<PortalAccess>) -> Line {
    match app.consent_address().await {
        Ok(Some(address)) => access::open_this(name, address.as_str()),
        Ok(None) => {
            let words = "set BITRIX24_PORTAL_URL and run doctor again, or install the application \
                         with the installation path PUBLIC_URL/webhook/bitrix24";
            Line::warning(&format!("{name} consent"), words)
        }
        Err(error) => Line::bad(&format!("{name} consent"), error.to_string()),
    }
}

fn line(name: &str, finding: Finding) -> Line {
    let what = format!("{name} {}", finding.check);
    let words = match finding.cure {
        Some(cure) => format!("{}. {cure}", finding.words.trim_end_matches('.')),
        None => finding.words,
    };
    match finding.state {
        State::Good => Line::good(&what, words),
        State::Off => Line::off(&what, words),
        State::Warning => Line::warning(&what, words),
        State::Bad => Line::bad(&what, words),
    }
}
