//! Access to amoCRM by consent: given once, refreshed once, lost loudly, and never in the clear.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use chrono::TimeDelta;
use domain::db::Db;
use sandbox::faults::{FaultMode, FaultPlan};
use server::Server;
use tests::{App, MANAGER, Setup};
use tokio_util::sync::CancellationToken;

use crate::{fill_cart, order};

mod consent;
mod refresh;
mod trouble;

const CLIENT: &str = "0f3c1a52-7d84-4c1e-9a55-2f6f5f1b7c10";
const REDIRECT: &str = "https://connector.example.com/oauth/amocrm/callback";

/// A dealer who asks for consent instead of naming a long-lived token.
pub(crate) fn by_consent() -> Setup {
    let variables = [
        ("AMOCRM_ACCESS_TOKEN", ""),
        ("AMOCRM_CLIENT_ID", CLIENT),
        ("AMOCRM_CLIENT_SECRET", "sandbox-client-secret"),
        ("AMOCRM_REDIRECT_URI", REDIRECT),
        ("CRM_TIMEOUT", "2s"),
    ];
    let variables = variables.map(|(name, value)| (name, value.to_owned())).to_vec();
    Setup { variables, ..Setup::default() }
}

fn with(setup: Setup, name: &'static str, value: &str) -> Setup {
    let mut setup = setup;
    setup.variables.retain(|(known, _)| *known != name);
    setup.variables.push((name, value.to_owned()));
    setup
}

/// The address that `doctor` prints.
async fn address(app: &App) -> String {
    let crms = &app.outbox.deliverer.crms;
    crms.consent_address("amo").await.unwrap().expect("a consent is asked").into()
}

/// The browser comes back to us with what amoCRM gave it.
async fn back(app: &App, redirect: &str) -> (StatusCode, String) {
    let (_, query) = redirect.split_once('?').expect("a query");
    let answer = app.http.get(format!("{}/webhook/amocrm?{query}", app.base)).send().await.unwrap();
    let status = answer.status();
    (StatusCode::from_u16(status.as_u16()).unwrap(), answer.text().await.unwrap())
}

/// An administrator opens the address and allows it.
pub(crate) async fn consent(app: &App) {
    let redirect = app.amo.consent(&address(app).await, true).expect("a known integration");
    let (status, page) = back(app, &redirect).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Доступ получен"), "{page}");
}

pub(crate) fn token_calls(app: &App) -> usize {
    let calls = app.amo.calls();
    calls.iter().filter(|call| call.path.starts_with("/oauth2/access_token")).count()
}

/// Each delivery that waits comes to its turn.
async fn go_on(app: &App) {
    for _ in 0..6 {
        app.pass(TimeDelta::minutes(6));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
