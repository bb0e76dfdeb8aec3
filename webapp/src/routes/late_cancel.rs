//! A customer asks to call off an order that was confirmed already.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json};
use axum::routing::post;
use domain::approvals::own;
use serde_json::json;

use crate::auth::{Caller, commit};
use crate::reply::{Answer, see_other};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/orders/{number}/ask-cancel", post(ask))
}

/// Access: customer (their orders). It goes on until a manager agrees.
async fn ask(caller: Caller, Path(number): Path<String>) -> Answer {
    let customer = caller.viewer.customer()?;
    let mut tx = caller.begin().await?;
    own::ask_to_cancel(&mut tx, caller.state.dealer(), customer, &number).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "asked": true })).into_response());
    }
    Ok(see_other(&format!("/app/orders/{number}")))
}
