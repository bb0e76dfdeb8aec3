//! Tokens: the code, its exchange, the rotation of the pair.

use axum::extract::State;
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::amocrm::account::Grant;
use crate::amocrm::answer::{plain, problem};
use crate::amocrm::catalogue::USER_MANAGER;
use crate::amocrm::change::Change;
use crate::amocrm::core::Amocrm;

/// How long a code may wait, seconds.
const CODE_LIFE: i64 = 20 * 60;
/// How long an access token lives, seconds.
const ACCESS_LIFE: i64 = 86_400;
/// How long a refresh token lives that nobody uses, seconds: three months.
const REFRESH_LIFE: i64 = 90 * 86_400;

/// `POST /oauth2/access_token`, JSON or form.
pub(crate) async fn token(State(amo): State<Amocrm>, headers: HeaderMap, body: Bytes) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if amo.account().moved_to.as_deref().is_some_and(|moved| moved != host) {
        return problem(StatusCode::NOT_FOUND, "Account not found");
    }
    let sent: Value = serde_json::from_slice(&body).unwrap_or_else(|_| {
        let pairs = form_urlencoded::parse(&body).into_owned();
        pairs.map(|(key, value)| (key, Value::String(value))).collect()
    });
    let text = |key: &str| sent.get(key).and_then(Value::as_str).unwrap_or_default();
    for key in ["client_id", "client_secret"] {
        if text(key).is_empty() {
            return refuse(StatusCode::BAD_REQUEST, &format!("Check the `{key}` parameter"));
        }
    }
    let Some(redirect_uri) = redirect_of(&amo, text("client_id"), text("client_secret")) else {
        return plain(
            StatusCode::UNAUTHORIZED,
            &json!({
                "title": "Некорректный клиент",
                "type": PROBLEM,
                "status": 401,
                "detail": "Авторизация клиента не прошла"
            }),
        );
    };
    if text("redirect_uri") != redirect_uri {
        let hint = "Redirect URI is not associated with client";
        return refuse(StatusCode::BAD_REQUEST, hint);
    }
    amo.by_api(|change| match text("grant_type") {
        "authorization_code" => by_code(change, &amo, text("code")),
        "refresh_token" => by_refresh(change, &amo, text("refresh_token")),
        _ => refuse(StatusCode::BAD_REQUEST, "Check the `grant_type` parameter"),
    })
}

/// `GET /oauth2/account/current/subdomain`.
pub(crate) async fn subdomain(State(amo): State<Amocrm>, headers: HeaderMap) -> Response {
    let sent = headers.get("X-Refresh-Token").and_then(|token| token.to_str().ok());
    let known = amo
        .account()
        .refresh
        .iter()
        .any(|grant| !grant.used && Some(grant.secret.as_str()) == sent);
    if !known {
        return refuse(StatusCode::UNAUTHORIZED, "Token has been revoked");
    }
    let subdomain = &amo.options().subdomain;
    let moved = amo.account().moved_to.clone();
    plain(
        StatusCode::OK,
        &json!({
            "id": amo.options().account_id,
            "subdomain": subdomain,
            "domain": moved.unwrap_or_else(|| format!("{subdomain}.amocrm.ru")),
            "top_level_domain": "ru"
        }),
    )
}

/// Whether a bearer token opens the API now.
pub(crate) fn opens(amo: &Amocrm, token: &str) -> bool {
    let account = amo.account();
    let now = amo.now().timestamp();
    let rotated = || {
        account.access.iter().any(|grant| {
            !grant.used && grant.secret == token && now < grant.issued_at + ACCESS_LIFE
        })
    };
    !account.revoked && (token == amo.options().access_token || rotated())
}

impl Amocrm {
    /// A code as the redirect after «Разрешить» carries it; good for 20 minutes, once.
    pub fn issue_code(&self) -> String {
        self.by_hand(|change| {
            let code = secret(change);
            let issued_at = change.seconds();
            change.account.codes.push(Grant { secret: code.clone(), issued_at, used: false });
            code
        })
    }

    /// Takes all access away, as an administrator who switches the integration off; and back.
    /// Pairs that were given before stay dead.
    pub fn revoke_access(&self, revoked: bool) {
        let mut account = self.account();
        account.revoked = revoked;
        if revoked {
            account.access.iter_mut().for_each(|grant| grant.used = true);
            account.refresh.iter_mut().for_each(|grant| grant.used = true);
        }
        drop(account);
        self.touch();
    }

    /// Moves the account to another host, as a change of its subdomain does: tokens are given only
    /// there.
    pub fn move_to(&self, host: &str) {
        self.account().moved_to = Some(host.to_owned());
        self.touch();
    }

    /// Every access and refresh token that was given, so that a test can look for them where they
    /// must not be.
    pub fn issued_tokens(&self) -> Vec<String> {
        let account = self.account();
        account.access.iter().chain(&account.refresh).map(|grant| grant.secret.clone()).collect()
    }

    /// A token that an administrator made in the integration, good for years: it says itself until
    /// when, as the real one does.
    pub fn long_lived_token(&self, until: DateTime<Utc>) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let (head, account) = (json!({"typ": "JWT", "alg": "RS256"}), self.options().account_id);
        let claims = json!({"account_id": account, "exp": until.timestamp()});
        let token = format!("{}.{}.c2FuZGJveA", part(&head), part(&claims));
        let issued_at = until.timestamp() - ACCESS_LIFE;
        let grant = Grant { secret: token.clone(), issued_at, used: false };
        self.account().access.push(grant);
        token
    }

    /// Lets every access token of a pair expire now; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.account().access.iter_mut().for_each(|grant| grant.used = true);
        self.touch();
    }
}

const PROBLEM: &str = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson";

/// Where the integration of this id and secret sends people back; `None` where they do not belong
/// together.
fn redirect_of(amo: &Amocrm, id: &str, secret: &str) -> Option<String> {
    let client = &amo.options().client;
    if id == client.id && secret == client.secret {
        return Some(client.redirect_uri.clone());
    }
    let account = amo.account();
    let made = account.integrations.get(id).filter(|made| made.secret == secret)?;
    Some(made.redirect_uri.clone())
}

fn by_code(change: &mut Change<'_>, amo: &Amocrm, code: &str) -> Response {
    let now = change.seconds();
    let Some(grant) = change.account.codes.iter_mut().find(|grant| grant.secret == code) else {
        return refuse(StatusCode::BAD_REQUEST, "Cannot decrypt the authorization code");
    };
    if grant.used {
        return refuse(StatusCode::BAD_REQUEST, "Authorization code has been revoked");
    }
    if now > grant.issued_at + CODE_LIFE {
        return refuse(StatusCode::BAD_REQUEST, "Authorization code has expired");
    }
    grant.used = true;
    pair(change, amo)
}

fn by_refresh(change: &mut Change<'_>, amo: &Amocrm, token: &str) -> Response {
    let (open, now) = (!change.account.revoked, change.seconds());
    let mut grants = change.account.refresh.iter_mut();
    match grants.find(|grant| open && !grant.used && grant.secret == token) {
        Some(grant) if now > grant.issued_at + REFRESH_LIFE => {
            refuse(StatusCode::UNAUTHORIZED, "Token has expired")
        }
        Some(grant) => {
            grant.used = true;
            pair(change, amo)
        }
        None => refuse(StatusCode::UNAUTHORIZED, "Token has been revoked"),
    }
}

fn pair(change: &mut Change<'_>, amo: &Amocrm) -> Response {
    let now = change.seconds();
    let refresh = secret(change);
    let access = jwt(amo, now, &refresh);
    let grant = |secret: &str| Grant { secret: secret.to_owned(), issued_at: now, used: false };
    change.account.access.push(grant(&access));
    change.account.refresh.push(grant(&refresh));
    plain(
        StatusCode::OK,
        &json!({
            "token_type": "Bearer",
            "expires_in": ACCESS_LIFE,
            "server_time": now,
            "access_token": access,
            "refresh_token": refresh
        }),
    )
}

fn refuse(status: StatusCode, hint: &str) -> Response {
    plain(
        status,
        &json!({
            "hint": hint,
            "title": "Некорректный запрос",
            "type": PROBLEM,
            "status": status.as_u16(),
            "detail": "В запросе отсутствует ряд параметров или параметры невалидны"
        }),
    )
}

/// Looks like the real one; it guards nothing but a toy.
pub(crate) fn secret(change: &mut Change<'_>) -> String {
    format!("def50200{:0120x}", change.next_id())
}

/// The claims of the real token over a signature that verifies nowhere.
fn jwt(amo: &Amocrm, now: i64, unique: &str) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256"});
    let claims = json!({
        "aud": amo.options().client.id,
        "jti": unique,
        "iat": now,
        "nbf": now,
        "exp": now + ACCESS_LIFE,
        "sub": USER_MANAGER.to_string(),
        "grant_type": "",
        "account_id": amo.options().account_id,
        "base_domain": "amocrm.ru",
        "version": 2,
        "scopes": ["crm", "files", "files_delete"],
        "user_flags": 0,
        "api_domain": "api-a.amocrm.ru"
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&header), part(&claims), URL_SAFE_NO_PAD.encode("sandbox"))
}
