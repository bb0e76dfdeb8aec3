//! Site leads: one lead as a manager sees it, and what may be done with it. The list is the desk.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use domain::leads::{self, LeadCase, State};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::views::leads::LeadPage;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/desk/leads/{number}", get(show))
        .route("/app/desk/leads/{number}/take", post(take))
        .route("/app/desk/leads/{number}/release", post(release))
        .route("/app/desk/leads/{number}/convert", post(convert))
        .route("/app/desk/leads/{number}/reject", post(reject))
}

/// Access: managers. Four queries.
async fn show(mut visit: Visit, Path(number): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    caller.viewer.manager()?;
    let case = leads::by_number(db, &number).await?;
    if caller.json {
        return Ok(answer(caller, &case));
    }
    page(&lead_page(caller, &case))
}

/// The page of a lead.
pub(crate) fn lead_page(caller: &Caller, case: &LeadCase) -> LeadPage {
    let (ui, lead) = (caller.ui, &case.lead);
    let open = matches!(lead.state, State::New | State::Taken);
    LeadPage {
        ui,
        number: lead.number.clone(),
        opened_at: ui.when(lead.created_at),
        badge: present::lead_badge(ui, lead.state),
        contact: present::lead_contact(ui, case),
        touches: case.touches.iter().rev().map(|touch| present::touch(caller, touch)).collect(),
        can_take: open && lead.taken_by.is_none(),
        can_end: open,
        suspected: lead.state == State::Suspected,
    }
}

/// Access: managers. The first one has it.
async fn take(caller: Caller, Path(number): Path<String>) -> Answer {
    let manager = caller.viewer.manager()?;
    let (mut tx, dealer) = (caller.begin().await?, caller.state.dealer());
    let case = leads::by_number(&mut tx, &number).await?;
    leads::take(&mut tx, dealer, manager, &case.lead.id).await?;
    commit(tx).await?;
    settled(&caller, &number).await
}

/// Access: managers. It is no robot's work.
async fn release(caller: Caller, Path(number): Path<String>) -> Answer {
    let manager = caller.viewer.manager()?;
    let (mut tx, dealer) = (caller.begin().await?, caller.state.dealer());
    let case = leads::by_number(&mut tx, &number).await?;
    leads::release(&mut tx, dealer, manager, &case.lead.id).await?;
    commit(tx).await?;
    settled(&caller, &number).await
}

/// Access: managers. It became a deal.
async fn convert(caller: Caller, Path(number): Path<String>) -> Answer {
    end(caller, number, State::Converted).await
}

/// Access: managers. Nothing comes of it.
async fn reject(caller: Caller, Path(number): Path<String>) -> Answer {
    end(caller, number, State::Rejected).await
}

async fn end(caller: Caller, number: String, to: State) -> Answer {
    let manager = caller.viewer.manager()?;
    let (mut tx, dealer) = (caller.begin().await?, caller.state.dealer());
    let case = leads::by_number(&mut tx, &number).await?;
    leads::close(&mut tx, dealer, manager, &case.lead.id, to).await?;
    commit(tx).await?;
    settled(&caller, &number).await
}

async fn settled(caller: &Caller, number: &str) -> Answer {
    if !caller.json {
        return Ok(see_other(&format!("/app/desk/leads/{number}")));
    }
    let mut reader = caller.state.db().read().await.map_err(domain::Error::from)?;
    let case = leads::by_number(&mut reader, number).await?;
    Ok(answer(caller, &case))
}

fn answer(caller: &Caller, case: &LeadCase) -> Response {
    Json(json!({ "lead": json::lead(caller, case) })).into_response()
}
