//! The passport of a machine and what its people note in it.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::Error;
use domain::ids::{MachineId, ModelId};
use domain::machines::{self, Claimed, DOUBTS, NewClaim, Passport, Reading};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::input::Form;
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::upload::{MAX_UPLOAD, Upload, arrived};
use crate::views::park::{ClaimPage, HoursPage};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/machines/new", get(new))
        .route("/app/machines/{id}", get(passport))
        .route("/app/machines/{id}/hours", post(hours))
        .merge(
            Router::new()
                .route("/app/machines", post(claim))
                .layer(DefaultBodyLimit::max(MAX_UPLOAD)),
        )
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

/// Access: customer (their machines). `hours`, and `sure` where they were asked whether it is right.
async fn hours(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let id = MachineId::from(id);
    let hours = form.number("hours")?.ok_or(Error::invalid("hours", "error-required"))?;
    let customer = caller.viewer.customer()?;
    let reading = Reading { hours, sure: form.flag("sure") };
    let mut tx = caller.begin().await?;
    let kept =
        machines::set_hours(&mut tx, caller.state.dealer(), &customer.id, &id, reading).await;
    match kept {
        // Asked once more, not refused: counters are changed, and mistakes are mended.
        Err(Error::Invalid(fault)) if DOUBTS.contains(&fault.problem) && !caller.json => {
            let doubt = caller.ui.s(fault.problem).to_owned();
            return page(&HoursPage { ui: caller.ui, id: id.to_string(), hours, doubt });
        }
        kept => kept?,
    }
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "machine": { "id": id, "hours": hours } })).into_response());
    }
    Ok(see_other(&format!("/app/machines/{id}")))
}

/// Access: customer. Two queries.
async fn new(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    caller.viewer.customer()?;
    let models = machines::models(db).await?;
    let choice = |(id, name): (ModelId, String)| present::choice(id.as_str(), name, false);
    page(&ClaimPage {
        ui: caller.ui,
        models: models.into_iter().map(choice).collect(),
        asked: false,
        access: false,
    })
}

/// Access: customer. `serial`, `model` or `other_model`, `files` with its plate, `words`?.
async fn claim(caller: Caller, upload: Upload) -> Answer {
    let customer = caller.viewer.customer()?;
    let dealer = caller.state.dealer();
    let (form, photos) = upload.accept(&dealer.uploads).await?;
    let mut new = NewClaim {
        serial: form.required("serial")?.to_owned(),
        model: form.text("model").map(ModelId::from),
        other_model: form.owned("other_model").unwrap_or_default(),
        words: form.owned("words").unwrap_or_default(),
        photos,
    };
    let mut tx = caller.begin().await?;
    new.photos.extend(arrived(&caller, &mut tx, &form).await?);
    let claimed = machines::claim(&mut tx, dealer, customer, &new).await?;
    commit(tx).await?;
    let access = claimed == Claimed::AccessAsked;
    if caller.json {
        let state = if access { "access_asked" } else { "asked" };
        return Ok(Json(json!({ "claim": { "state": state } })).into_response());
    }
    page(&ClaimPage { ui: caller.ui, models: Vec::new(), asked: true, access })
}
