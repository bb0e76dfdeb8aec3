//! Access to a portal of Bitrix24: by webhook, by consent, by installation; what ends it, and what
//! the live check says.

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::db::Db;
use domain::texts::Lang;
use domain::tokens;
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::Value;
use server::Server;
use server::crm::bitrix24::check::{Finding, State};
use tests::{App, MANAGER, Setup};

mod binding;
mod check;
mod consent;
mod install;

const FILE: &str = r#"
    [[connection]]
    name = "b24"
    kind = "bitrix24"
    takes = ["reminders"]
    responsible_user_id = 7
    category_id = 1
    stage_id = "C1:NEW"
    calls_per_second = 1000

    [connection.stages.order]
    placed = "NEW"
    completed = "WON"

    [connection.stages.request]
    new = "C1:NEW"
    done = "C1:WON"

    [connection.fields]
    serial = "UF_CRM_SERIAL"
    next_maintenance_on = "UF_CRM_NEXT_MAINTENANCE"
    inn = "UF_CRM_INN"
    contact_telegram_id = "UF_CRM_TELEGRAM"
"#;

/// A dealer who gets in by an incoming webhook.
fn by_webhook() -> Setup {
    Setup { file: FILE.to_owned(), bitrix24: true, catalogue: false, ..Setup::default() }
}

/// A dealer who gets in by the application.
fn by_application() -> Setup {
    Setup { bitrix24: false, bitrix24_app: true, catalogue: true, ..by_webhook() }
}

async fn checked(app: &App) -> Vec<Finding> {
    let crms = &app.outbox.deliverer.crms;
    crms.check_portal(None, Lang::Ru).await.expect("a portal is configured").1
}

async fn works(app: &App) -> bool {
    checked(app).await.iter().all(|finding| finding.state == State::Good)
}

/// The first thing that does not work: its words and its cure.
async fn fault(app: &App) -> (String, String) {
    let found = checked(app).await;
    let bad = found.into_iter().find(|finding| finding.state == State::Bad).expect("a fault");
    (bad.words, bad.cure.unwrap_or_default())
}

fn refreshes(app: &App) -> usize {
    let calls = app.bitrix24.calls();
    calls.iter().filter(|call| call.path.starts_with("/oauth/token")).count()
}

/// The browser comes back to us with what the portal gave it.
async fn back(app: &App, redirect: &str) -> (StatusCode, String) {
    let (_, query) = redirect.split_once('?').expect("a query");
    let url = format!("{}/api/auth/bitrix24/callback?{query}", app.base);
    let answer = app.http.get(url).send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    (status, answer.text().await.unwrap())
}

/// The address that `doctor` prints.
async fn address(app: &App) -> String {
    let crms = &app.outbox.deliverer.crms;
    crms.consent_address("b24").await.unwrap().expect("a consent is asked").into()
}

/// An employee opens the address and allows it.
async fn consent(app: &App) {
    let redirect = app.bitrix24.consent(&address(app).await).expect("a known application");
    let (status, page) = back(app, &redirect).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Доступ получен"), "{page}");
}

async fn administrators_token(app: &App) -> String {
    let mut tx = app.db.begin().await.unwrap();
    let token = tokens::mint(&mut tx, "проверка", None, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    token
}

async fn hook(app: &App, body: &str) -> u16 {
    let post = app.http.post(format!("{}/webhook/bitrix24", app.base));
    let post = post.header("content-type", "application/x-www-form-urlencoded");
    post.body(body.to_owned()).send().await.unwrap().status().as_u16()
}

async fn stopped(app: &App) -> Option<String> {
    let mut reader = app.db.read().await.unwrap();
    let paused = domain::outbox::paused(&mut reader, "b24").await.unwrap();
    paused.and_then(|(_, reason)| reason)
}
