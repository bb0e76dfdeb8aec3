//! Files that arrive in parts, before the form that they belong to.

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use domain::Error;
use domain::files::{self, PART, Resumed};
use serde::Deserialize;
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::input::Form;
use crate::reply::Answer;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/uploads/{id}", get(show).put(part).delete(forget))
        .layer(DefaultBodyLimit::max(PART))
        .route("/app/uploads", post(begin))
}

#[derive(Deserialize)]
struct Place {
    /// Where in the file the part begins.
    at: i64,
}

/// Access: anybody we know. `name`, `size`: a file of so many bytes is to come.
async fn begin(caller: Caller, form: Form) -> Answer {
    let name = form.owned("name").unwrap_or_default();
    let size = form.number("size")?.ok_or(Error::invalid("size", "error-required"))?;
    let mut tx = caller.begin().await?;
    let who = caller.viewer.telegram_id;
    let begun = files::begin(&mut tx, who, &name, size, caller.state.now()).await?;
    commit(tx).await?;
    Ok((StatusCode::CREATED, answer(&begun)).into_response())
}

/// Access: who sends the file. How far it has come. Two queries.
async fn show(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    Ok(answer(&files::find_resumed(db, caller.viewer.telegram_id, &id).await?))
}

/// Access: who sends the file. The bytes from `at` on.
async fn part(
    caller: Caller,
    Path(id): Path<String>,
    Query(place): Query<Place>,
    bytes: Result<Bytes, BytesRejection>,
) -> Answer {
    let bytes = bytes.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::BodyTooLarge,
        _ => Fault::Malformed,
    })?;
    let (db, dealer) = (caller.state.db(), caller.state.dealer());
    let whose = (caller.viewer.telegram_id, id.as_str());
    Ok(answer(&files::take_part(db, dealer, whose, place.at, &bytes).await?))
}

/// Access: who sends the file. It is not to be sent after all.
async fn forget(caller: Caller, Path(id): Path<String>) -> Answer {
    let (db, dealer) = (caller.state.db(), caller.state.dealer());
    files::forget(db, dealer, caller.viewer.telegram_id, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn answer(upload: &Resumed) -> Response {
    Json(json!({ "upload": upload, "part": PART })).into_response()
}
