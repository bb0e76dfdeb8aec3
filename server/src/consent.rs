//! The doors of access to a CRM: where a person comes back after the consent, the button of an
//! external integration, and what amoCRM itself says about integrations.

use axum::body::Bytes;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::credentials::Client;
use domain::sign_in::{self, Way};
use domain::texts::{Lang, Texts};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use crate::config::AmocrmClient;
use crate::crm::access::{Disabled, Returned};
use crate::crm::bitrix24::access::ReturnedPortal;
use crate::crm::fault::AccessFault;
use crate::routes::{Doors, unavailable};

mod pages;

use pages::{document, escaped, granted, page, policy, refused, status, stranger};

/// Remembers in a browser which sign-in it asked for.
const ASKED_BY: &str = "mypark-portal";

/// Carries the code of the bot to the portal and back, in the browser of whoever typed it.
const CODE: &str = "mypark-portal-code";

/// The script of amoCRM that draws the button, from its documentation of external integrations.
const BUTTON: &str = "https://www.amocrm.ru/auth/button.min.js";

/// Access: whoever bears the state that `doctor` printed, or a widget's installation of the known
/// integration, which the exchange of its code must confirm.
pub(crate) async fn back(State(doors): State<Doors>, Query(back): Query<Returned>) -> Response {
    let crms = doors.crms.clone();
    // In a task of its own: a person who closes the page must not cut the exchange off half-way,
    // since the code works once.
    let answered = tokio::spawn(async move { crms.welcome(back).await }).await;
    match answered.unwrap_or(Err(AccessFault::NotKept)) {
        Ok(welcome) => page(StatusCode::OK, &granted(&welcome)),
        Err(fault) => page(status(fault), &refused(fault)),
    }
}

/// What the address of a consent to Bitrix24 carries.
#[derive(Deserialize)]
pub(crate) struct Asked {
    state: Option<String>,
    #[serde(rename = "for")]
    purpose: Option<String>,
}

/// Where the console sends a person to be known by their portal.
pub(crate) const SIGN_IN: &str = "/api/auth/bitrix24?for=console";

/// Access: whoever bears the state that `doctor` printed, or an administrator's token; anybody as
/// long as there is no access that works: then they need an account of the portal, which asks them.
pub(crate) async fn portal(
    State(doors): State<Doors>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    if asked.purpose.as_deref() == Some("console") {
        return portal_sign_in(&doors).await;
    }
    let address = async {
        let is_administrator = doors.is_administrator(&headers).await?;
        doors.crms.portal_consent(asked.state.as_deref(), is_administrator).await
    };
    match address.await {
        Ok(Some(address)) => Redirect::to(address.as_str()).into_response(),
        Ok(None) => {
            let fault = AccessFault::StateUnknown;
            page(status(fault), &refused(fault))
        }
        Err(error) => unavailable(&error.into()).into_response(),
    }
}

/// The code that the bot gave a member of staff whom we do not know by their portal.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    code: String,
}

/// Access: a form of our own page. The code goes along in the browser; it counts when the portal has
/// said who its bearer is.
pub(crate) async fn portal_code(
    State(doors): State<Doors>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Response {
    if !webapp::is_own(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = portal_sign_in(&doors).await;
    let code: String = typed.code.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let cookie = kept(CODE, &code, doors.tls, 1800);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Begins a sign-in: the portal asks its person. The state goes into the browser as well: only the
/// browser that asked comes in by it.
async fn portal_sign_in(doors: &Doors) -> Response {
    let address = match doors.crms.portal_sign_in().await {
        Ok(Some(address)) => address,
        Ok(None) => return page(StatusCode::NOT_FOUND, &refused(AccessFault::NoConsent)),
        Err(error) => return unavailable(&error.into()).into_response(),
    };
    let state = address.query_pairs().find(|(name, _)| name == "state");
    let state = state.map(|(_, state)| state.into_owned()).unwrap_or_default();
    let mut response = Redirect::to(address.as_str()).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&kept(ASKED_BY, &state, doors.tls, 1800)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A cookie of the way to the portal and back.
fn kept(name: &str, value: &str, tls: bool, life: u32) -> String {
    let (prefix, secure) = if tls { ("__Host-", "; Secure") } else { ("", "") };
    format!("{prefix}{name}={value}; Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{secure}")
}

/// What a browser kept of it.
fn kept_by(headers: &HeaderMap, name: &str, tls: bool) -> Option<String> {
    let name = format!("{}{name}=", if tls { "__Host-" } else { "" });
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = sent.flat_map(|value| value.split(';'));
    let value = pairs.find_map(|pair| pair.trim().strip_prefix(&name).map(str::to_owned));
    value.filter(|value| !value.is_empty())
}

/// Whether this browser asked for a sign-in with this state.
fn has_asked(headers: &HeaderMap, state: Option<&str>, tls: bool) -> bool {
    let asked = kept_by(headers, ASKED_BY, tls).unwrap_or_default();
    let wanted = state.unwrap_or_default();
    !wanted.is_empty() && bool::from(asked.as_bytes().ct_eq(wanted.as_bytes()))
}

/// Ends a sign-in: whom the portal names, and who is one of our staff, has a session.
async fn come_in(doors: Doors, back: ReturnedPortal, headers: HeaderMap) -> Response {
    let crms = doors.crms.clone();
    let code = kept_by(&headers, CODE, doors.tls);
    let found = async move { crms.portal_person(&back, code.as_deref()).await };
    let found = tokio::spawn(found).await;
    let staff = match found.unwrap_or(Err(AccessFault::NotKept)) {
        Ok(Some(staff)) => staff,
        Ok(None) => return page(StatusCode::FORBIDDEN, &stranger()),
        Err(fault) => return page(status(fault), &refused(fault)),
    };
    let browser = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let opened = async {
        let mut tx = doors.db.begin().await?;
        let (way, now) = (Way::Bitrix24, doors.clock.now());
        let token = sign_in::open(&mut tx, &staff, way, browser.unwrap_or_default(), now).await?;
        tx.commit().await?;
        Ok::<_, domain::Error>(token)
    };
    let token = match opened.await {
        Ok(token) => token,
        Err(error) => return unavailable(&error.into()).into_response(),
    };
    let mut response = Redirect::to("/staff").into_response();
    let spent = [ASKED_BY, CODE].map(|name| HeaderValue::from_str(&kept(name, "", doors.tls, 0)));
    let opened = Ok(webapp::session_cookie(&token, doors.tls));
    for cookie in spent.into_iter().chain([opened]).flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Access: whoever bears the state of a consent that was asked for; for a sign-in, the browser that
/// asked.
pub(crate) async fn portal_back(
    State(doors): State<Doors>,
    Query(back): Query<ReturnedPortal>,
    headers: HeaderMap,
) -> Response {
    if has_asked(&headers, back.state.as_deref(), doors.tls) {
        return come_in(doors, back, headers).await;
    }
    let crms = doors.crms.clone();
    // As with amoCRM: the code works once, and whoever closes the page must not cut it off.
    let answered = tokio::spawn(async move { crms.welcome_portal(back).await }).await;
    match answered.unwrap_or(Err(AccessFault::NotKept)) {
        Ok(welcome) => page(StatusCode::OK, &granted(&welcome)),
        Err(fault) => page(status(fault), &refused(fault)),
    }
}

/// What amoCRM says of the integration that a button made.
#[derive(Deserialize)]
struct Made {
    client_id: String,
    client_secret: String,
    state: Option<String>,
}

/// Access: whoever bears the state of a button that was just opened.
pub(crate) async fn secrets(State(doors): State<Doors>, body: Bytes) -> StatusCode {
    let Ok(made) = serde_json::from_slice::<Made>(&body) else { return StatusCode::BAD_REQUEST };
    let client = Client { id: made.client_id, secret: made.client_secret.into() };
    match doors.crms.introduce(made.state.as_deref().unwrap_or_default(), &client).await {
        Ok(true) => StatusCode::OK,
        Ok(false) => StatusCode::UNAUTHORIZED,
        Err(error) => unavailable(&error.into()),
    }
}

/// The state of a button's page.
#[derive(Deserialize)]
pub(crate) struct Opened {
    #[serde(default)]
    state: String,
}

/// Access: whoever bears the state that `doctor` printed. Shows amoCRM's button.
pub(crate) async fn button(State(doors): State<Doors>, Query(opened): Query<Opened>) -> Response {
    let access = match doors.crms.button(&opened.state).await {
        Ok(access) => access,
        Err(error) => return unavailable(&error.into()).into_response(),
    };
    let Some((access, AmocrmClient::Button { secrets_uri })) =
        access.map(|access| (access, &access.settings.client))
    else {
        return page(status(AccessFault::StateUnknown), &refused(AccessFault::StateUnknown));
    };
    let texts = Texts::of(Lang::Ru);
    let attributes = [
        ("class", "amocrm_oauth"),
        ("charset", "utf-8"),
        ("data-name", texts.get("crm-consent-name")),
        ("data-description", texts.get("crm-consent-description")),
        ("data-redirect_uri", &access.settings.redirect_uri),
        ("data-secrets_uri", secrets_uri.as_str()),
        ("data-scopes", "crm,files,files_delete"),
        ("data-title", texts.get("crm-consent-button")),
        ("data-mode", "popup"),
        ("data-state", &opened.state),
        ("src", BUTTON),
    ];
    let attributes = attributes.map(|(name, value)| format!(" {name}=\"{}\"", escaped(value)));
    let script = format!("<script{}></script>", attributes.concat());
    let body = format!(
        "<h1>{}</h1><p>{}</p>{script}",
        escaped(texts.get("crm-consent-ask")),
        escaped(texts.get("crm-consent-ask-what")),
    );
    let mut response = Html(document(&body)).into_response();
    // The button is amoCRM's: its script, and what that fetches from where it comes from.
    let theirs = "; script-src https://www.amocrm.ru; img-src https: data:; \
                  connect-src https://www.amocrm.ru; frame-src https://www.amocrm.ru";
    if let Ok(policy) = HeaderValue::from_str(&policy(theirs)) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Access: whoever can sign with the integration's secret. amoCRM wants no answer but 200.
pub(crate) async fn disabled(
    State(doors): State<Doors>,
    Query(hook): Query<Disabled>,
) -> StatusCode {
    let crms = doors.crms.clone();
    let done = tokio::spawn(async move { crms.disabled(&hook).await }).await;
    match done {
        Ok(Ok(true)) => StatusCode::OK,
        Ok(Ok(false)) => StatusCode::UNAUTHORIZED,
        Ok(Err(error)) => unavailable(&error),
        Err(error) => unavailable(&error.into()),
    }
}
