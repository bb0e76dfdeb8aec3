//! Coming in and going out: a code of the bot, or Telegram's own login. Nothing here signs in by an
//! address alone: each way ends with a form that a person sends.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use askama::Template;
use axum::Extension;
use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use domain::sign_in::{self, Way};
use domain::staff::{self, Staff};
use domain::texts::Lang;
use domain::{Error, people};

use crate::auth::commit;
use crate::console::clerk::Clerk;
use crate::console::cookie;
use crate::console::frame::Frame;
use crate::console::guard::Said;
use crate::console::list::Asked;
use crate::console::telegram::LoginError;
use crate::fault::{Fault, Manner};
use crate::input::Form;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;

const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// Where nobody is signed in.
#[derive(Template)]
#[template(path = "staff/sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) frame: Frame,
    /// The bot's chat, where `/console` asks for a code.
    pub(crate) bot: String,
    /// A code that came with the address.
    pub(crate) code: String,
    /// Where to go afterwards.
    pub(crate) next: String,
    /// Telegram's login; empty where the product has no public address.
    pub(crate) telegram: String,
    /// The portal's consent; empty where no application of Bitrix24 is configured.
    pub(crate) portal: String,
    /// What went wrong, or empty.
    pub(crate) problem: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/staff/sign-in", get(form).post(by_code))
        .route("/staff/sign-in/telegram", post(by_telegram))
        .route("/staff/sign-out", post(sign_out))
        .route("/staff/sign-out/everywhere", post(sign_out_everywhere))
        .route("/staff/language", post(language))
}

/// Sends whoever is not signed in to where they can.
pub(super) fn first(wanted: &str, headers: &HeaderMap) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(next) = own_path(wanted).filter(|path| *path != "/staff") {
        query.append_pair("next", next);
    }
    let query = query.finish();
    let path = format!("/staff/sign-in?{query}");
    let path = path.trim_end_matches('?');
    let html = headers
        .get("accept")
        .is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    let Ok(location) = HeaderValue::from_str(path) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match (headers.contains_key("hx-request"), html) {
        // A script that fetches a part of a page leaves the page.
        (true, _) => (StatusCode::UNAUTHORIZED, [(HX_REDIRECT, location)]).into_response(),
        (false, true) => see_other(path),
        (false, false) => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// A path of the console and of nothing else.
fn own_path(path: &str) -> Option<&str> {
    let own = path == "/staff" || path.starts_with("/staff/") || path.starts_with("/staff?");
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (own && plain && !path.starts_with("/staff/sign-")).then_some(path)
}

/// Access: anyone. A code in the address is put into the form, and used by nobody but its sender.
async fn form(
    State(state): State<AppState>,
    Extension(manner): Extension<Manner>,
    headers: HeaderMap,
    asked: Asked,
) -> Answer {
    let next = asked.get("next").and_then(own_path).unwrap_or("/staff");
    if let Some(token) = cookie::token(&headers, state.tls()) {
        let mut db = state.db().read().await.map_err(Error::from)?;
        if sign_in::session(&mut db, token, state.now()).await?.is_some() {
            return Ok(see_other(next));
        }
    }
    page(&drawn(&state, manner.lang(), (asked.get("code").unwrap_or_default(), next), ""))
}

fn drawn(state: &AppState, lang: Lang, (code, next): (&str, &str), problem: &str) -> SignInPage {
    let ui = state.ui(lang);
    SignInPage {
        frame: Frame::bare(state.assets().clone(), ui),
        bot: state.bot_link().to_owned(),
        code: code.chars().filter(char::is_ascii_digit).take(9).collect(),
        next: next.to_owned(),
        telegram: state.telegram_login(next),
        portal: state.portal_sign_in().to_owned(),
        problem: if problem.is_empty() { String::new() } else { ui.s(problem).to_owned() },
    }
}

/// Access: whoever has a code that the bot gave to one of the staff within the last minutes.
async fn by_code(
    State(state): State<AppState>,
    Extension(manner): Extension<Manner>,
    Address(address): Address,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    state.try_sign_in(address).map_err(Fault::TooMany)?;
    let next = form.text("next").and_then(own_path).unwrap_or("/staff").to_owned();
    let code = form.text("code").unwrap_or_default().to_owned();
    let mut tx = state.db().begin().await.map_err(Error::from)?;
    let staff = match sign_in::use_code(&mut tx, &code, state.now()).await {
        Ok(staff) => staff,
        Err(Error::Invalid(fault)) if !manner.problem && !manner.json => {
            let again = drawn(&state, manner.lang(), ("", &next), fault.problem);
            return refused(StatusCode::UNPROCESSABLE_ENTITY, &again);
        }
        Err(error) => return Err(error.into()),
    };
    let token = rotate(&mut tx, &state, &headers, (&staff, Way::Code)).await?;
    commit(tx).await?;
    Ok(come_in(&state, &token, &next))
}

/// Access: whoever Telegram vouches for and is staff.
async fn by_telegram(
    State(state): State<AppState>,
    Extension(manner): Extension<Manner>,
    Address(address): Address,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    state.try_sign_in(address).map_err(Fault::TooMany)?;
    let next = form.text("next").and_then(own_path).unwrap_or("/staff").to_owned();
    let problem = match admitted(&state, &headers, form.required("result")?).await? {
        Ok(token) => return Ok(come_in(&state, &token, &next)),
        Err(problem) => problem,
    };
    refused(StatusCode::UNAUTHORIZED, &drawn(&state, manner.lang(), ("", &next), problem))
}

/// The page again, with what went wrong.
fn refused(status: StatusCode, again: &SignInPage) -> Answer {
    Ok((status, Extension(Said), Html(again.render()?)).into_response())
}

/// The session that a login of Telegram opens, or the key of why it opens none.
async fn admitted(
    state: &AppState,
    headers: &HeaderMap,
    result: &str,
) -> Result<Result<String, &'static str>, Fault> {
    let now = state.now();
    let login = match state.logins().verify(result, now) {
        Ok(login) => login,
        Err(LoginError::Expired) => return Ok(Err("console-sign-in-expired")),
        Err(LoginError::Forged) => return Ok(Err("console-sign-in-forged")),
    };
    state.limiter().take(login.telegram_id, Instant::now()).map_err(Fault::TooMany)?;
    let mut tx = state.db().begin().await.map_err(Error::from)?;
    let Some(staff) = staff::by_telegram(&mut tx, login.telegram_id).await? else {
        return Ok(Err("console-sign-in-stranger"));
    };
    let once = format!("telegram:{}", login.proof);
    match sign_in::use_proof(&mut tx, &once, &staff, login.expires_at, now).await {
        Ok(()) => {}
        Err(Error::Conflict(_)) => return Ok(Err("console-sign-in-expired")),
        Err(error) => return Err(error.into()),
    }
    let token = rotate(&mut tx, state, headers, (&staff, Way::Telegram)).await?;
    commit(tx).await?;
    Ok(Ok(token))
}

/// A new session; the one that the browser bore ends, so that nothing from before lives on.
async fn rotate(
    tx: &mut domain::db::Tx,
    state: &AppState,
    headers: &HeaderMap,
    (staff, way): (&Staff, Way),
) -> Result<String, Error> {
    let now = state.now();
    if let Some(old) = cookie::token(headers, state.tls())
        && let Some(old) = sign_in::session(tx, old, now).await?
    {
        sign_in::end(tx, &old.staff_id, Some(&old.id), &staff.id, now).await?;
    }
    let browser = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    sign_in::open(tx, staff, way, browser.unwrap_or_default(), now).await
}

fn come_in(state: &AppState, token: &str, next: &str) -> Response {
    let mut response = see_other(next);
    response.headers_mut().append(SET_COOKIE, cookie::set(Some(token), state.tls()));
    response
}

/// Access: staff. Ends this session.
async fn sign_out(clerk: Clerk) -> Answer {
    let mut tx = clerk.begin().await?;
    let (id, now) = (clerk.session.id.clone(), clerk.state.now());
    sign_in::end(&mut tx, &clerk.staff.id, Some(&id), &clerk.staff.id, now).await?;
    commit(tx).await?;
    Ok(gone(&clerk.state))
}

/// Access: staff. Ends every session of theirs.
async fn sign_out_everywhere(clerk: Clerk) -> Answer {
    let mut tx = clerk.begin().await?;
    sign_in::end(&mut tx, &clerk.staff.id, None, &clerk.staff.id, clerk.state.now()).await?;
    commit(tx).await?;
    Ok(gone(&clerk.state))
}

fn gone(state: &AppState) -> Response {
    let mut response = see_other("/staff/sign-in");
    response.headers_mut().append(SET_COOKIE, cookie::set(None, state.tls()));
    response
}

/// Access: staff. `language` is `ru` or `en`.
async fn language(clerk: Clerk, form: Form) -> Answer {
    let lang = match form.required("language")? {
        "ru" => Lang::Ru,
        "en" => Lang::En,
        _ => return Err(Error::invalid("language", "error-choice").into()),
    };
    let mut tx = clerk.begin().await?;
    people::set_language(&mut tx, clerk.staff.telegram_id, lang).await?;
    commit(tx).await?;
    Ok(see_other(form.text("next").and_then(own_path).unwrap_or("/staff/settings")))
}

/// Who is at the other end, seen through the dealer's proxies.
struct Address(IpAddr);

impl FromRequestParts<AppState> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| address.ip());
        Ok(Address(state.address(peer, &parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_sign_in_one_stays_at_the_console() {
        for path in ["/staff", "/staff/deliveries?state=dead", "/staff?x=1"] {
            assert_eq!(own_path(path), Some(path));
        }
        for path in ["//evil.example", "https://evil.example", "/app", "/staffx", "/staff/\\evil"] {
            assert_eq!(own_path(path), None, "{path}");
        }
        assert_eq!(own_path("/staff/sign-out"), None);
    }
}
