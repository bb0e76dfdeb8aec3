//! The routes that are not pages: webhooks, health, metrics, the administrator's checks.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use domain::db::Db;
use domain::texts::Lang;
use domain::{Clock, outbox, tokens};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use crate::consent;
use crate::crm::bitrix24::check::State as Found;
use crate::crm::{Crms, TestLead, Untested};
use crate::hooks;
use crate::metrics::{Figures, Metrics};
use crate::telegram;

/// The most that a webhook may hold, in bytes.
const MAX_WEBHOOK: usize = 2 * 1024 * 1024;

/// What the routes need.
#[derive(Clone)]
pub(crate) struct Doors {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    /// Whether the product is reached by TLS.
    pub(crate) tls: bool,
    pub(crate) telegram_secret: Option<SecretString>,
    pub(crate) crms: Arc<Crms>,
    pub(crate) metrics: Metrics,
}

impl Doors {
    /// Whether a request bears an administrator's token.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn is_administrator(&self, headers: &HeaderMap) -> domain::Result<bool> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let mut reader = self.db.read().await?;
        tokens::is_valid(&mut reader, token, self.clock.now()).await
    }
}

/// All of them.
pub(crate) fn router(doors: Doors) -> Router {
    Router::new()
        .route("/webhook/telegram", post(telegram_webhook))
        .route("/webhook/amocrm", post(hooks::amocrm).get(consent::back))
        .route("/webhook/amocrm/button", get(consent::button))
        .route("/webhook/amocrm/secrets", post(consent::secrets))
        .route("/webhook/amocrm/disabled", get(consent::disabled))
        .route("/webhook/bitrix24", post(hooks::bitrix24))
        // As the requirements name it.
        .route("/api/webhooks/deal-created", post(hooks::bitrix24))
        .route("/api/auth/bitrix24", get(consent::portal).post(consent::portal_code))
        .route("/api/auth/bitrix24/callback", get(consent::portal_back))
        .route("/api/bitrix24/test-connection", get(test_portal))
        .route("/ingest/test-crm", get(test_crm))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .layer(DefaultBodyLimit::max(MAX_WEBHOOK))
        .with_state(doors)
}

/// Access: whoever knows the secret of `setWebhook`.
async fn telegram_webhook(
    State(doors): State<Doors>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let given = headers.get("x-telegram-bot-api-secret-token").map_or(&b""[..], |v| v.as_bytes());
    if !matches(doors.telegram_secret.as_ref(), given) {
        return StatusCode::UNAUTHORIZED;
    }
    match telegram::store_update(&doors.db, &doors.clock, &body).await {
        Ok(_) => StatusCode::OK,
        Err(error) => unavailable(&error),
    }
}

/// Access: an administrator's bearer token. Makes a test lead in the named CRM and takes it away.
async fn test_crm(
    State(doors): State<Doors>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Response {
    match doors.is_administrator(&headers).await {
        Ok(true) => {}
        Ok(false) => return problem(StatusCode::UNAUTHORIZED, "unauthenticated", ""),
        Err(error) => return unavailable(&error.into()).into_response(),
    }
    match doors.crms.test_lead(which.connection.as_deref()).await {
        Ok(TestLead { connection, is, id }) => {
            let body = json!({ "status": "success", "connection": connection, is: id });
            Json(body).into_response()
        }
        Err(Untested::Nobody(why)) => problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", &why),
        Err(Untested::Failed(why)) => problem(StatusCode::BAD_GATEWAY, "unavailable", &why),
    }
}

/// Which connection is to be checked, where there are several.
#[derive(Deserialize)]
struct Which {
    connection: Option<String>,
}

/// Access: an administrator's bearer token. Checks a portal of Bitrix24 live.
async fn test_portal(
    State(doors): State<Doors>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Response {
    match doors.is_administrator(&headers).await {
        Ok(true) => {}
        Ok(false) => return problem(StatusCode::UNAUTHORIZED, "unauthenticated", ""),
        Err(error) => return unavailable(&error.into()).into_response(),
    }
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = if wanted.is_some_and(|it| it.starts_with("en")) { Lang::En } else { Lang::Ru };
    let Some((name, found)) = doors.crms.check_portal(which.connection.as_deref(), lang).await
    else {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "no Bitrix24 is configured");
    };
    let bad = found.iter().find(|finding| finding.state == Found::Bad);
    let checks: Vec<Value> = found
        .iter()
        .map(|one| {
            let state = one.state.word();
            json!({ "check": one.check, "state": state, "words": one.words, "cure": one.cure })
        })
        .collect();
    let mut body = json!({ "status": "success", "connection": name, "checks": checks });
    let Some(bad) = bad else { return Json(body).into_response() };
    body["status"] = "error".into();
    body["code"] = "unavailable".into();
    body["detail"] = bad.words.as_str().into();
    (StatusCode::BAD_GATEWAY, Json(body)).into_response()
}

/// Access: anyone. Ready when the database answers and its schema is this program's.
async fn ready(State(doors): State<Doors>) -> (StatusCode, &'static str) {
    match doors.db.is_migrated().await {
        Ok(true) => (StatusCode::OK, "ready"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the database wants `mypark migrate`"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "no database"),
    }
}

/// Access: anyone who reaches the port; figures only, nobody's data.
async fn metrics(State(doors): State<Doors>) -> Response {
    let read = async {
        let mut reader = doors.db.read().await?;
        let configured = doors.crms.names().map(str::to_owned);
        let always = [outbox::TELEGRAM, outbox::MAIL].map(str::to_owned);
        Figures::read(&mut reader, configured.chain(always), doors.clock.now()).await
    };
    match read.await {
        Ok(figures) => doors.metrics.render(&figures).into_response(),
        Err(error) => unavailable(&anyhow::Error::from(error)).into_response(),
    }
}

/// Whether `given` is the secret, in a time that does not tell how much of it was right.
pub(crate) fn matches(secret: Option<&SecretString>, given: &[u8]) -> bool {
    secret.is_some_and(|secret| secret.expose_secret().as_bytes().ct_eq(given).into())
}

pub(crate) fn unavailable(error: &anyhow::Error) -> StatusCode {
    tracing::error!(error = format!("{error:#}"), "a webhook could not be kept");
    StatusCode::SERVICE_UNAVAILABLE
}

fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "code": code,
        "detail": detail,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}
