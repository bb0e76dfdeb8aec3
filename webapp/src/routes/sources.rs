//! Where the goods come from: how each source of parts stands, a line on the managers' desk.

use axum::Router;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use domain::catalogue;
use serde_json::json;

use crate::auth::Visit;
use crate::present;
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::views::deliveries::Sources;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/desk/catalogue", get(sources))
}

/// Access: managers. Fetched after the desk; nothing where no source is asked. Two queries.
async fn sources(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    caller.viewer.manager()?;
    let runs = catalogue::last_runs(db).await?;
    if caller.json {
        return Ok(Json(json!({ "sources": runs })).into_response());
    }
    let (ui, now) = (caller.ui, caller.state.now());
    page(&Sources {
        ui,
        cells: runs.iter().map(|run| present::source_cell(ui, run, now)).collect(),
    })
}
