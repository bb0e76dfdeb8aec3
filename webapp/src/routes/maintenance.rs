//! What is due on a machine, and the four answers to it, as in the chat: a visit, the kit, done
//! ourselves, later.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::db::Tx;
use domain::ids::MachineId;
use domain::maintenance::{self, DoneOurselves, Later, Reminder};
use domain::{Error, machines};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::input::Form;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::upload::{MAX_UPLOAD, Upload, arrived};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/machines/{id}/maintenance/done", post(done))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .route("/app/machines/{id}/maintenance", get(show))
        .route("/app/machines/{id}/maintenance/book", post(book))
        .route("/app/machines/{id}/maintenance/kit", post(kit))
        .route("/app/machines/{id}/maintenance/later", post(later))
}

/// Access: customer (their machines). Four queries.
async fn show(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let machine = MachineId::from(id);
    let reminder = match maintenance::reminder_of(db, customer, &machine).await {
        // What was not counted yet is booked like any visit.
        Err(Error::NotFound)
            if !caller.json && machines::visible(db, customer, &machine).await? =>
        {
            let to = format!("/app/service?kind=maintenance&machine={}", safe(machine.as_str()));
            return Ok(see_other(&to));
        }
        found => found?,
    };
    if caller.json {
        let kit = reminder.kit.as_ref().map(|kit| json!({ "total": kit.total }));
        let body = json!({ "due_on": reminder.occurrence.due_on, "kit": kit });
        return Ok(Json(json!({ "maintenance": body })).into_response());
    }
    page(&present::due(&Eye::of(caller), &reminder))
}

/// What is due on the customer's machine; another's, and where nothing is, is not found.
async fn due(caller: &Caller, tx: &mut Tx, id: &str) -> Result<Reminder, Fault> {
    let customer = &caller.viewer.customer()?.id;
    Ok(maintenance::reminder_of(tx, customer, &MachineId::from(id)).await?)
}

/// Access: customer (their machines). Books a visit, once.
async fn book(caller: Caller, Path(id): Path<String>) -> Answer {
    let (customer, dealer) = (&caller.viewer.customer()?.id, caller.state.dealer());
    let mut tx = caller.begin().await?;
    let reminder = due(&caller, &mut tx, &id).await?;
    let date = caller.ui.calendar_date(reminder.occurrence.due_on);
    let text = caller.ui.with("app-maintenance-book-text", "date", date);
    let (request, _) = maintenance::book(&mut tx, dealer, customer, &reminder, text).await?;
    commit(tx).await?;
    told(&caller, "number", &request.number, &format!("/app/requests/{}", request.number))
}

/// Access: customer (their machines). Puts the kit into the cart at today's prices, once.
async fn kit(caller: Caller, Path(id): Path<String>) -> Answer {
    let (customer, dealer) = (&caller.viewer.customer()?.id, caller.state.dealer());
    let mut tx = caller.begin().await?;
    let due = due(&caller, &mut tx, &id).await?.occurrence.id;
    maintenance::order_kit(&mut tx, dealer, customer, &due).await?;
    commit(tx).await?;
    told(&caller, "cart", "", "/app/cart")
}

/// Access: customer (their machines). `hours`?, `text`?, `files`*: their own people did it.
async fn done(caller: Caller, Path(id): Path<String>, upload: Upload) -> Answer {
    let (customer, dealer) = (&caller.viewer.customer()?.id, caller.state.dealer());
    let (form, files) = upload.accept(&dealer.uploads).await?;
    let mut tx = caller.begin().await?;
    let due = due(&caller, &mut tx, &id).await?.occurrence.id;
    let mut own = DoneOurselves {
        hours: form.number("hours")?,
        note: form.owned("text").unwrap_or_default(),
        files,
    };
    own.files.extend(arrived(&caller, &mut tx, &form).await?);
    let next = maintenance::done_ourselves(&mut tx, dealer, customer, &due, &own).await?;
    commit(tx).await?;
    let next = next.map(|date| date.to_string()).unwrap_or_default();
    told(&caller, "next_maintenance_on", &next, &format!("/app/machines/{}", safe(&id)))
}

/// Access: customer (their machines). `later`: `3`, `7` or `month`.
async fn later(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let (customer, dealer) = (&caller.viewer.customer()?.id, caller.state.dealer());
    let wish = match form.text("later") {
        Some("3") => Later::ThreeDays,
        Some("7") => Later::Week,
        Some("month") => Later::Month,
        _ => return Err(Error::invalid("later", "error-choice").into()),
    };
    let mut tx = caller.begin().await?;
    let due = due(&caller, &mut tx, &id).await?.occurrence.id;
    let until = maintenance::later(&mut tx, dealer, customer, &due, wish).await?;
    commit(tx).await?;
    told(&caller, "until", &until.to_string(), &format!("/app/machines/{}", safe(&id)))
}

/// An id that was found, as it may stand in an address.
fn safe(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn told(caller: &Caller, name: &str, value: &str, to: &str) -> Answer {
    if caller.json {
        return Ok(Json(json!({ name: value })).into_response());
    }
    Ok(see_other(to))
}
