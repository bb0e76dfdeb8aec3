//! The application's access: consent, the code, its exchange, the rotation of the pair
//! (`reference/bitrix24.md` §1.2).

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::bitrix24::answer::reply;
use crate::bitrix24::catalogue::USER_ADMIN;
use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::params::Params;
use crate::bitrix24::php;
use crate::bitrix24::portal::{Grant, Portal};

/// Who allows it, where it is not the administrator.
const PERSON: &str = "sandbox_person";
/// How long an access token lives, seconds.
pub(crate) const LIFE: i64 = 3_600;
/// How long a code may wait, seconds.
const CODE_LIFE: i64 = 30;
/// How long a refresh token lives, days.
const REFRESH_LIFE: i64 = 180;

/// A pair of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) access: String,
    pub(crate) refresh: String,
    /// Unix seconds.
    pub(crate) until: i64,
}

/// `GET /oauth/authorize/`: the page with «Разрешить». Nobody is signed in at this portal, so it asks
/// who allows it.
pub(crate) async fn page(
    State(portal): State<Bitrix24>,
    RawQuery(query): RawQuery,
) -> Html<String> {
    let query = query.unwrap_or_default().replace(['"', '<', '>'], "");
    let state = portal.portal();
    let others = state.users.iter().filter(|user| user.active && user.id != USER_ADMIN);
    let others: String = others
        .map(|user| {
            let (id, name, last_name) = (user.id, &user.name, &user.last_name);
            format!(
                "<p><a href=\"/oauth/answer?{query}&{PERSON}={id}\">Разрешить: {name} \
                 {last_name}</a></p>"
            )
        })
        .collect();
    Html(format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Битрикс24</title>\
         <link rel=\"icon\" href=\"data:,\"><h1>Доступ к порталу</h1>\
         <p><a href=\"/oauth/answer?{query}\">Разрешить</a></p>{others}"
    ))
}

/// `GET /oauth/answer`: back to the application, or a page with the error.
pub(crate) async fn answer(State(portal): State<Bitrix24>, RawQuery(query): RawQuery) -> Response {
    match portal.consent(&format!("http://portal/?{}", query.unwrap_or_default())) {
        Some(back) => Redirect::to(&back).into_response(),
        // The application is not told: no redirect.
        None => (StatusCode::BAD_REQUEST, Html("Application not found")).into_response(),
    }
}

/// `/oauth/token/`, GET or POST.
pub(crate) fn token(portal: &Bitrix24, params: &Params) -> Response {
    let client = &portal.options().client;
    if params.text("client_id") != client.id {
        // An error inside a 200, as the reference found it.
        return refuse(StatusCode::OK, "wrong_client");
    }
    if params.text("client_secret") != client.secret {
        return refuse(StatusCode::BAD_REQUEST, "invalid_client");
    }
    let now = portal.now();
    let mut state = portal.portal();
    if params.text("grant_type") == "refresh_token" && params.text("refresh_token").is_empty() {
        let body = json!({"error": "invalid_request",
            "error_description": "No \"refresh_token\" parameter found"});
        return reply(StatusCode::BAD_REQUEST, &body);
    }
    let first = match params.text("grant_type").as_str() {
        "authorization_code" => true,
        "refresh_token" => false,
        _ => return refuse(StatusCode::BAD_REQUEST, "invalid_request"),
    };
    let secret = params.text(if first { "code" } else { "refresh_token" });
    let grants = if first { &mut state.codes } else { &mut state.refresh };
    let grant = grants.iter_mut().find(|one| one.secret == secret && !one.used && one.until > now);
    let Some(grant) = grant else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    grant.used = true;
    let user = grant.user;
    if !state.installed {
        let body =
            json!({"error": "NOT_INSTALLED", "error_description": "Application not installed"});
        return reply(StatusCode::UNAUTHORIZED, &body);
    }
    let given = tokens(portal, &mut state, user);
    let body = pair(portal, &state, &given, user, !first);
    drop(state);
    portal.touch();
    reply(StatusCode::OK, &body)
}

fn pair(portal: &Bitrix24, state: &Portal, given: &Given, user: i64, refreshed: bool) -> Value {
    let options = portal.options();
    let server = options.base_url.split_once("://").map_or("", |(_, host)| host);
    let mut body = json!({
        "access_token": given.access,
        "client_endpoint": format!("{}/rest/", portal.base(state)),
        "domain": server,
        "expires_in": LIFE,
        "member_id": options.member_id,
        "refresh_token": given.refresh,
        "scope": options.scopes.join(","),
        "server_endpoint": format!("{}/rest/", options.base_url),
        "status": "L"
    });
    if refreshed {
        body["expires"] = given.until.into();
        body["user_id"] = user.into();
    }
    body
}

fn refuse(status: StatusCode, error: &str) -> Response {
    reply(status, &json!({ "error": error }))
}

/// A new pair for a person.
pub(crate) fn tokens(portal: &Bitrix24, state: &mut Portal, user: i64) -> Given {
    let now = portal.now();
    let until = now + TimeDelta::seconds(LIFE);
    let access = secret(state, until);
    let refresh = secret(state, now + TimeDelta::days(REFRESH_LIFE));
    let grant = |secret: &str, until: DateTime<Utc>| Grant {
        secret: secret.to_owned(),
        user,
        until,
        used: false,
    };
    state.access.push(grant(&access, until));
    state.refresh.push(grant(&refresh, now + TimeDelta::days(REFRESH_LIFE)));
    Given { access, refresh, until: until.timestamp() }
}

/// 70 characters whose first eight are the end of its life, as in every capture.
fn secret(state: &mut Portal, until: DateTime<Utc>) -> String {
    let number = state.next("secret");
    let seconds = u32::try_from(until.timestamp()).unwrap_or_default();
    let noise = hex::encode(Sha256::digest(format!("sandbox secret {number}")));
    format!("{}{}", hex::encode(seconds.to_le_bytes()), &noise[..62])
}

impl Bitrix24 {
    /// A person opens an address of consent and allows it: where the browser goes next. `None` where
    /// the application is not known. The code is good for thirty seconds, once.
    pub fn consent(&self, address: &str) -> Option<String> {
        let (_, query) = address.split_once('?')?;
        let params = Params::new(php::parse(query));
        let client = &self.options().client;
        if params.text("client_id") != client.id {
            return None;
        }
        let now = self.now();
        let mut state = self.portal();
        state.installed = true;
        let code = secret(&mut state, now);
        let until = now + TimeDelta::seconds(CODE_LIFE);
        let person = params.int(PERSON);
        let person = state.users.iter().find(|user| user.active && Some(user.id) == person);
        let user = person.map_or(USER_ADMIN, |user| user.id);
        state.codes.push(Grant { secret: code.clone(), user, until, used: false });
        let base = self.base(&state);
        drop(state);
        self.touch();
        let server = self.options().base_url.clone();
        let host = |url: &str| url.split_once("://").map_or("", |(_, host)| host).to_owned();
        let back = php::form(&[
            ("code", code),
            ("state", params.text("state")),
            ("domain", host(&base)),
            ("member_id", self.options().member_id.clone()),
            ("scope", self.options().scopes.join(",")),
            ("server_domain", host(&server)),
        ]);
        Some(format!("{}?{back}", client.redirect_uri))
    }

    /// A pair without asking anybody, as an installed application has it: access and refresh token.
    pub fn issue_tokens(&self) -> (String, String) {
        let mut state = self.portal();
        state.installed = true;
        let given = tokens(self, &mut state, USER_ADMIN);
        (given.access, given.refresh)
    }

    /// Lets every access token expire now; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        let now = self.now();
        self.portal().access.iter_mut().for_each(|grant| grant.until = now);
        self.touch();
    }

    /// Takes every token away, as an administrator who removes the application's access.
    pub fn revoke_access(&self) {
        let mut state = self.portal();
        state.access.iter_mut().for_each(|grant| grant.used = true);
        state.refresh.iter_mut().for_each(|grant| grant.used = true);
        drop(state);
        self.touch();
    }

    /// Every access and refresh token that was given, so that a test can look for them where they
    /// must not be.
    pub fn issued_tokens(&self) -> Vec<String> {
        let state = self.portal();
        state.access.iter().chain(&state.refresh).map(|grant| grant.secret.clone()).collect()
    }
}
