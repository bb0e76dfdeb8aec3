//! The passport of a machine and what its people note in it.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::Error;
use domain::ids::MachineId;
use domain::machines::{self, Passport};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::input::Form;
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/machines/{id}", get(passport))
        .route("/app/machines/{id}/hours", post(hours))
}

/// Access: customer (their machines), staff. Four queries.
async fn passport(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let passport = find(&mut visit, &MachineId::from(id)).await?;
    if visit.json {
        return Ok(Json(json::passport(&visit, &passport)).into_response());
    }
    page(&present::passport(&visit, &passport))
}

async fn find(visit: &mut Visit, id: &MachineId) -> Result<Passport, Fault> {
    let (caller, db) = visit.parts();
    if let Some(customer) = &caller.viewer.customer {
        match machines::passport(db, &customer.id, id).await {
            Err(Error::NotFound) if caller.viewer.staff.is_some() => {}
            found => return Ok(found?),
        }
    }
    caller.viewer.staff()?;
    Ok(machines::passport_for_staff(db, id).await?)
}

/// Access: customer (their machines).
async fn hours(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let id = MachineId::from(id);
    let hours = form.number("hours")?.ok_or(Error::invalid("hours", "error-required"))?;
    let customer = caller.viewer.customer()?;
    let mut tx = caller.begin().await?;
    machines::set_hours(&mut tx, caller.state.dealer(), &customer.id, &id, hours).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "machine": { "id": id, "hours": hours } })).into_response());
    }
    Ok(see_other(&format!("/app/machines/{id}")))
}
