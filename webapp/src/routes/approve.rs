//! The page behind a one-time link of an e-mail: somebody whom Telegram does not reach sees what is
//! asked and answers. Looking decides nothing, however often a mail scanner looks.

use askama::Template as _;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use domain::Error;
use domain::approvals::{self, Case, Outcome, Refusal, links};

use crate::fault::Manner;
use crate::input::Form;
use crate::present;
use crate::reply::Answer;
use crate::state::AppState;
use crate::views::approvals::ApprovePage;

/// Beside the Mini App, whose refusals are pages of its own: here each stands on the page itself.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/approve/{token}", get(show).post(decide))
}

/// Access: whoever has the link. It opens one case for one person.
async fn show(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Answer {
    let manner = Manner::of(&headers);
    let opened = {
        let mut db = state.db().read().await.map_err(Error::from)?;
        links::open(&mut db, state.dealer(), &token).await
    };
    match opened {
        Ok(case) => draw(&state, &manner, (StatusCode::OK, None), Some((&case, &token))),
        Err(error) => refused(&state, &manner, &error, None),
    }
}

/// Access: whoever has the link. The first answer counts, and the link is spent.
async fn decide(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(token): Path<String>,
    form: Result<Form, Response>,
) -> Answer {
    let manner = Manner::of(&headers);
    let form = form.unwrap_or_default();
    let answered = match form.text("outcome").and_then(Outcome::parse) {
        Some(outcome) => answer(&state, &token, outcome, form.text("reason")).await,
        None => Err(Error::invalid("outcome", "error-choice")),
    };
    let case = {
        let mut db = state.db().read().await.map_err(Error::from)?;
        links::open(&mut db, state.dealer(), &token).await
    };
    match (answered, case) {
        (Ok(()), Ok(case)) => {
            draw(&state, &manner, (StatusCode::OK, Some("app-approve-done")), Some((&case, "")))
        }
        (Ok(()), Err(_)) => draw(&state, &manner, (StatusCode::OK, Some("app-approve-done")), None),
        (Err(error), case) => {
            let case = case.ok();
            refused(&state, &manner, &error, case.as_ref().map(|case| (case, token.as_str())))
        }
    }
}

async fn answer(
    state: &AppState,
    token: &str,
    outcome: Outcome,
    reason: Option<&str>,
) -> Result<(), Error> {
    let mut tx = state.db().begin().await?;
    links::answer(&mut tx, state.dealer(), token, outcome, reason).await?;
    Ok(tx.commit().await?)
}

/// A refusal stands on the page itself: it must be read without the Mini App.
fn refused(
    state: &AppState,
    manner: &Manner,
    error: &Error,
    case: Option<(&Case, &str)>,
) -> Answer {
    let (status, note) = match error {
        Error::Refused(Refusal::ReasonNeeded) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Refusal::ReasonNeeded.key())
        }
        Error::Refused(refusal) => (StatusCode::CONFLICT, refusal.key()),
        Error::Invalid(fault) => (StatusCode::UNPROCESSABLE_ENTITY, fault.problem),
        Error::NotFound => (StatusCode::NOT_FOUND, "app-approve-unknown"),
        _ => {
            tracing::error!(%error, "an answer by link failed");
            (StatusCode::SERVICE_UNAVAILABLE, "app-problem-failed-text")
        }
    };
    draw(state, manner, (status, Some(note)), case)
}

/// The page. A token means that an answer may be given with it.
fn draw(
    state: &AppState,
    manner: &Manner,
    (status, note): (StatusCode, Option<&str>),
    case: Option<(&Case, &str)>,
) -> Answer {
    let ui = state.ui(manner.lang());
    let (case, token) = case.map_or((None, ""), |(case, token)| (Some(case), token));
    let open = case.is_some_and(|case| case.approval.state == approvals::State::Open);
    let ended = case.filter(|_| !open).map(|case| present::outcome(ui, case));
    let note = note.map(|key| ui.s(key).to_owned()).or(ended).unwrap_or_default();
    let page = ApprovePage {
        ui,
        lang: ui.lang(),
        assets: state.assets(),
        title: case.map_or_else(
            || ui.s("app-approve-title").to_owned(),
            |case| case.approval.title.clone(),
        ),
        kind: case.map(|case| present::kind(ui, case)).unwrap_or_default(),
        note,
        words: case.map(|case| case.approval.words.clone()).unwrap_or_default(),
        facts: case.map(|case| present::facts(ui, case)).unwrap_or_default(),
        open: open && !token.is_empty(),
        action: format!("/approve/{token}"),
        answers: Outcome::ALL
            .map(|one| (one.as_str(), ui.s(one.label()).to_owned(), one == Outcome::Reject)),
    };
    Ok((status, Html(page.render()?)).into_response())
}
