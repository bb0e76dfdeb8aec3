//! The doors, wired: what each may know of the configuration.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use bot::BotDeps;
use chrono::{DateTime, Utc};
use domain::Dealer;
use domain::db::Db;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use url::Url;
use webapp::AppState;

use crate::config::{Config, ConnectionConfig, CrmSettings, Takes, caller_of};
use crate::consent;
use crate::crm::Crms;
use crate::crm::amo::access::jwt;
use crate::guard::{self, Guard};
use crate::mapping::Mappings;
use crate::metrics::Metrics;
use crate::plan::Planner;
use crate::routes::{self, Doors};

/// Every door of the product, as far as it is configured.
pub(super) fn router(
    config: &Config,
    db: &Db,
    dealer: &Arc<Dealer>,
    crms: Arc<Crms>,
    bot: Option<&BotDeps>,
    stop: &CancellationToken,
) -> anyhow::Result<Router> {
    let metrics = Metrics::install()?;
    let planner = Planner::stored(crms.clone(), db.clone()).speaking(bot.cloned());
    let mapper = Arc::new(Mappings::new(crms.clone(), db.clone()));
    let doors = Doors {
        db: db.clone(),
        clock: dealer.clock.clone(),
        tls: reached_by_tls(config),
        telegram_secret: config.telegram.as_ref().and_then(|t| t.webhook_secret.clone()),
        crms,
        metrics: metrics.clone(),
    };
    let mut router = routes::router(doors).merge(lead_door(config, db, dealer));
    let planner = Arc::new(planner);
    // Without a bot nobody can prove who they are, and without a key nothing can be signed: the
    // Mini App is off then, and `doctor` says so.
    if let (Some(telegram), Some(key), Some(bot)) = (&config.telegram, &config.secret_key, bot) {
        router = router.merge(webapp::router(AppState::new(webapp::Settings {
            db: db.clone(),
            dealer: dealer.clone(),
            bot_token: telegram.token.expose_secret().to_owned(),
            bot_username: bot.me.clone(),
            secret_key: *key.bytes(),
            init_data_max_age: config.init_data_max_age,
            dry_run: Some(planner),
            mapper: Some(mapper),
            public_url: config
                .public_url
                .as_ref()
                .map(|url| url.as_str().trim_end_matches('/').to_owned()),
            seller: webapp::Seller {
                name: config.dealer_name.clone(),
                phone: config.dealer_phone.clone(),
            },
            portal_sign_in: portal_sign_in(config),
            connections: config.connections.iter().map(connected).collect(),
            caller: caller(config),
            stop: stop.clone(),
        })));
    }
    let guard = Guard::new(reached_by_tls(config), caller(config));
    Ok(router
        .layer(middleware::from_fn_with_state(guard, guard::stand))
        .layer(middleware::from_fn_with_state(metrics, measure))
        .layer(CatchPanicLayer::new()))
}

/// Where the console sends people of a portal, where it has an application there.
fn portal_sign_in(config: &Config) -> String {
    let by_app = |one: &ConnectionConfig| match &one.settings {
        CrmSettings::Bitrix24(settings) => settings.app.is_some(),
        CrmSettings::Amocrm(_) | CrmSettings::Hubspot(_) => false,
    };
    if config.connections.iter().any(by_app) { consent::SIGN_IN.to_owned() } else { String::new() }
}

/// A connection as the console names it.
fn connected(connection: &ConnectionConfig) -> webapp::Connected {
    let kind = match connection.settings {
        CrmSettings::Amocrm(_) => "amoCRM",
        CrmSettings::Bitrix24(_) => "Bitrix24",
        CrmSettings::Hubspot(_) => "HubSpot",
    };
    let all = [
        (Takes::Leads, "leads"),
        (Takes::Orders, "orders"),
        (Takes::Requests, "requests"),
        (Takes::Reminders, "reminders"),
    ];
    let takes = all.into_iter().filter(|(what, _)| connection.takes(*what));
    let takes = takes.map(|(_, name)| name).collect();
    let (way, token_until, rate) = access(&connection.settings);
    webapp::Connected {
        name: connection.name.clone(),
        kind,
        takes,
        site: site(connection),
        way,
        token_until,
        rate,
    }
}

/// The host of a connection's account; of a webhook's address no more than that, for the rest of it
/// is a secret.
fn site(connection: &ConnectionConfig) -> String {
    let address = match &connection.settings {
        CrmSettings::Amocrm(settings) => Some(settings.base_url.clone()),
        CrmSettings::Bitrix24(settings) => {
            let webhook = settings.webhook_url.as_ref();
            let webhook = webhook.and_then(|url| Url::parse(url.expose_secret()).ok());
            webhook.or_else(|| settings.app.as_ref().and_then(|app| app.portal_url.clone()))
        }
        CrmSettings::Hubspot(_) => None,
    };
    let origin = address.map(|address| address.origin()).filter(url::Origin::is_tuple);
    origin.map(|origin| origin.ascii_serialization()).unwrap_or_default()
}

/// How we get in, until when what the configuration holds is good, and how often we may call.
fn access(settings: &CrmSettings) -> (&'static str, Option<DateTime<Utc>>, u32) {
    match settings {
        CrmSettings::Amocrm(amo) => match &amo.access_token {
            Some(token) => ("token", jwt::expiry(token.expose_secret()), amo.calls_per_second),
            None => ("consent", None, amo.calls_per_second),
        },
        CrmSettings::Bitrix24(portal) => {
            let way = if portal.webhook_url.is_some() { "webhook" } else { "consent" };
            (way, None, portal.calls_per_second)
        }
        CrmSettings::Hubspot(_) => ("token", None, 0),
    }
}

/// The door for the dealer's site; open also where the bot is off.
fn lead_door(config: &Config, db: &Db, dealer: &Arc<Dealer>) -> Router {
    let secret = config.leads.secret.as_ref();
    webapp::lead_router(webapp::LeadSettings {
        db: db.clone(),
        dealer: dealer.clone(),
        origins: config.site_origins.clone(),
        secret: secret.map(|secret| secret.expose_secret().to_owned()),
        caller: caller(config),
    })
}

fn reached_by_tls(config: &Config) -> bool {
    config.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
}

/// Who is at the other end, through the proxies in front of the product.
fn caller(config: &Config) -> webapp::FindCaller {
    let proxies = config.leads.proxies.clone();
    Arc::new(move |peer, headers| caller_of(peer, headers, &proxies))
}

/// One figure and one line for each request: route, status, time; never a query, which may hold a
/// secret.
async fn measure(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    metrics.answered(method.as_str(), route, status, took);
    tracing::debug!(%method, route, status, micros = took.as_micros(), "answered");
    response
}
