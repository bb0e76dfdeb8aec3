//! The public shell, the session that a launch opens, and the reader's language.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::{get, post};
use axum::{Extension, http::StatusCode};
use domain::texts::Lang;
use domain::{Error, people, viewer};
use serde_json::json;

use crate::auth::{Caller, Proof, Visit, commit, home};
use crate::fault::{Fault, Manner};
use crate::input::Form;
use crate::reply::see_other;
use crate::state::{AppState, SESSION_LENGTH};
use crate::views::shell::{InvitePage, ShellPage, WelcomePage};

/// The most characters that Telegram lets a link into a chat carry.
/// Source: core.telegram.org/bots/features#deep-linking
const MAX_PAYLOAD: usize = 64;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app", get(shell))
        .route("/app/", get(shell))
        .route("/app/home", get(home_page))
        .route("/app/invites/{token}", get(invite))
        .route("/app/session", post(open))
        .route("/app/language", post(language))
}

/// Access: anyone. It holds no data.
async fn shell(State(state): State<AppState>, Extension(manner): Extension<Manner>) -> Response {
    document(&state, manner.lang())
}

/// Access: customer, staff. Leads to the person's own first page.
async fn home_page(visit: Visit) -> Response {
    see_other(visit.home())
}

/// Access: anyone. It asks nothing about the invite, it leads into the chat, which accepts it: the
/// bot must have met whoever it is to write to.
async fn invite(
    State(state): State<AppState>,
    Extension(manner): Extension<Manner>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    if manner.navigation && !headers.contains_key(AUTHORIZATION) {
        return Ok(document(&state, manner.lang()));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if token.len() > MAX_PAYLOAD || !token.bytes().all(plain) {
        return Err(Error::NotFound.into());
    }
    let link = format!("{}?start=i_{token}", state.bot_link());
    Ok(draw(&InvitePage { ui: state.ui(manner.lang()), link }))
}

/// Access: whoever Telegram vouches for. Exchanges a launch for a session that outlives it.
async fn open(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Fault> {
    let Proof::Launch(launch) = Proof::read(&state, &headers)? else {
        return Err(Fault::Unauthenticated);
    };
    let now = state.now();
    let mut db = state.db().read().await.map_err(Error::from)?;
    let viewer = viewer::find(&mut db, launch.user.id).await?;
    let code = launch.user.language_code.as_deref();
    let lang = viewer.language().unwrap_or_else(|| Lang::from_code(code));
    let token = state.signer().open(launch.user.id, now, SESSION_LENGTH);
    let body = json!({
        "token": token,
        "expires_at": now + SESSION_LENGTH,
        "start": launch.start_param,
        "lang": lang.code(),
        "home": home(&viewer),
    });
    Ok(Json(body).into_response())
}

/// Access: customer, staff. `language` is `ru` or `en`.
async fn language(caller: Caller, form: Form) -> Result<Response, Fault> {
    let lang = match form.required("language")? {
        "ru" => Lang::Ru,
        "en" => Lang::En,
        _ => return Err(Error::invalid("language", "error-choice").into()),
    };
    let mut tx = caller.begin().await?;
    people::set_language(&mut tx, caller.viewer.telegram_id, lang).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "language": lang.code() })).into_response());
    }
    Ok(see_other(caller.home()))
}

/// The shell as a document.
pub(crate) fn document(state: &AppState, lang: Lang) -> Response {
    let ui = state.ui(lang);
    let page = ShellPage {
        ui,
        lang: ui.lang(),
        assets: state.assets(),
        both: [ui.in_language(Lang::Ru), ui.in_language(Lang::En)],
        bot_link: state.bot_link(),
    };
    draw(&page)
}

/// The page for a person whom no company is linked to yet.
pub(crate) fn welcome(state: &AppState, lang: Lang, name: &str) -> Response {
    draw(&WelcomePage { ui: state.ui(lang), name, bot_link: state.bot_link() })
}

fn draw(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (StatusCode::OK, Html(html)).into_response(),
        Err(error) => Fault::from(error).into_response(),
    }
}
