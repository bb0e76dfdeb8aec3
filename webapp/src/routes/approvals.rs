//! What waits for a decision: managers decide about won deals here, directors about what their people
//! ask. The chat's cards ask the same and obey the same rules.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::Error;
use domain::approvals::disputes::{self, Decision};
use domain::approvals::{self, Via};
use domain::ids::ApprovalId;
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::routes::decisions;
use crate::state::AppState;
use crate::views::approvals::{ApprovalsPage, ApprovalsWaiting};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/approvals", get(list))
        .route("/app/approvals/waiting", get(waiting))
        .route("/app/approvals/{id}", get(decisions::show).post(decide))
        .route("/app/approvals/{id}/answer", post(decisions::answer))
}

/// Access: managers; customers what they may decide as directors. Four queries, a fifth for who is both.
async fn list(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let manages = caller.viewer.manager().is_ok();
    let mine = match (&caller.viewer.customer, manages) {
        (Some(customer), _) => approvals::waiting_for_director(db, &customer.id).await?,
        (None, true) => Vec::new(),
        (None, false) => return Err(Error::Forbidden.into()),
    };
    let cases = if manages { disputes::waiting(db).await? } else { Vec::new() };
    if caller.json {
        let mine = mine.iter().map(json::decision);
        let cases: Vec<_> = mine.chain(cases.iter().map(json::approval)).collect();
        return Ok(Json(json!({ "approvals": cases })).into_response());
    }
    let ui = caller.ui;
    page(&ApprovalsPage {
        ui,
        parent: if manages { "/app/desk" } else { "/app/park" },
        mine: mine.iter().map(|one| present::decision_cell(ui, one)).collect(),
        cases: cases.iter().map(|case| present::approval(ui, case)).collect(),
        empty: ui
            .s(if manages { "app-approvals-empty-text" } else { "app-decisions-empty-text" })
            .to_owned(),
    })
}

/// Access: managers. Fetched after the desk. Two queries.
async fn waiting(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    caller.viewer.manager()?;
    let count = disputes::count(db).await?;
    if caller.json {
        return Ok(Json(json!({ "count": count })).into_response());
    }
    page(&ApprovalsWaiting { ui: caller.ui, count })
}

/// Access: managers. Who comes second hears that it was decided.
async fn decide(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let manager = caller.viewer.manager()?;
    let decision = Decision::parse(form.required("decision")?)
        .ok_or_else(|| Error::invalid("decision", "error-choice"))?;
    let id = ApprovalId::from(id);
    let mut tx = caller.begin().await?;
    disputes::decide(&mut tx, caller.state.dealer(), manager, &id, (decision, Via::Console))
        .await?;
    commit(tx).await?;
    if caller.json {
        let body = json!({ "approval": { "id": id, "decision": decision } });
        return Ok(Json(body).into_response());
    }
    Ok(see_other("/app/approvals"))
}
