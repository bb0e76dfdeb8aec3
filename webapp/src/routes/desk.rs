//! The managers' desk: what waits for them, and what did not reach the outside.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::db::Reader;
use domain::ids::DeliveryId;
use domain::outbox::{Delivery, Filter, Retry, State};
use domain::{Error, inbox, orders, outbox, requests};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::json;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::Tone;
use crate::views::work::{DeliveryCell, DeskPage, Troubles};

/// Of the newest so many open deliveries the desk shows those that wait or died.
const OPEN: i64 = 200;
/// Failed inbound events on the desk.
const EVENTS: i64 = 20;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/desk", get(desk))
        .route("/app/desk/troubles", get(troubles))
        .route("/app/deliveries/{id}/retry", post(retry))
}

/// Access: managers. Three queries.
async fn desk(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let manager = caller.viewer.manager()?;
    let requests = requests::open(db).await?;
    let orders = orders::open(db).await?;
    if caller.json {
        let requests: Vec<_> = requests.iter().map(json::open_request).collect();
        return Ok(Json(json!({ "requests": requests, "orders": orders })).into_response());
    }
    let eye = Eye::of(caller);
    let (mut waiting, mut mine, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for request in &requests {
        let cell = present::open_request_cell(&eye, request);
        let free = matches!(request.summary.state, requests::State::New | requests::State::Taken);
        match &request.taken_by_name {
            None if free => waiting.push(cell),
            Some(name) if *name != manager.name => taken.push(cell),
            _ => mine.push(cell),
        }
    }
    for order in &orders {
        let cell = present::open_order_cell(&eye, order);
        match &order.taken_by_name {
            None => waiting.push(cell),
            Some(name) if *name == manager.name => mine.push(cell),
            Some(_) => taken.push(cell),
        }
    }
    page(&DeskPage { ui: caller.ui, waiting, mine, taken })
}

/// Access: managers. Fetched after the desk. Three queries, and one for each connection that has
/// deliveries waiting.
async fn troubles(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    caller.viewer.manager()?;
    let filter = Filter { open_only: true, limit: OPEN, ..Filter::default() };
    let mut deliveries = outbox::list(db, &filter).await?;
    deliveries
        .retain(|delivery| matches!(delivery.state, State::Waiting | State::Unknown | State::Dead));
    let paused = paused(db, &deliveries).await?;
    let events = inbox::failed(db, EVENTS).await?;
    if caller.json {
        let paused: Vec<_> =
            paused.iter().map(|(name, why)| json!({ "connection": name, "reason": why })).collect();
        let deliveries: Vec<_> = deliveries.iter().map(json::delivery).collect();
        let body = json!({ "deliveries": deliveries, "paused": paused, "events": events });
        return Ok(Json(body).into_response());
    }
    let ui = caller.ui;
    let mut cells: Vec<DeliveryCell> =
        paused.iter().map(|(name, why)| stopped(ui, name, why)).collect();
    cells.extend(deliveries.iter().map(|delivery| present::delivery_cell(ui, delivery)));
    cells.extend(events.iter().map(|event| misunderstood(ui, event)));
    page(&Troubles { ui, deliveries: cells })
}

/// The connections behind waiting deliveries that are stopped, and why.
async fn paused(db: &mut Reader, deliveries: &[Delivery]) -> Result<Vec<(String, String)>, Fault> {
    let mut names: Vec<&str> = deliveries.iter().map(|one| one.connection.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut stopped = Vec::new();
    for name in names {
        if let Some((_, Some(reason))) = outbox::paused(db, name).await? {
            stopped.push((name.to_owned(), reason));
        }
    }
    Ok(stopped)
}

fn stopped(ui: Ui, name: &str, reason: &str) -> DeliveryCell {
    DeliveryCell {
        title: ui.with("app-desk-paused", "connection", name),
        note: reason.to_owned(),
        tone: Tone::Danger,
        retry_path: None,
    }
}

fn misunderstood(ui: Ui, event: &inbox::EventSummary) -> DeliveryCell {
    let since = ui.when(event.received_at);
    DeliveryCell {
        title: ui.with("app-desk-event", "source", &event.source),
        note: [Some(since), event.error.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · "),
        tone: Tone::Warning,
        retry_path: None,
    }
}

/// Access: managers. What may have worked is looked for before it is made again.
async fn retry(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.viewer.manager()?;
    let id = DeliveryId::from(id);
    let mut tx = caller.begin().await?;
    let queued = outbox::retry(&mut tx, &Retry::One(id.clone()), caller.state.now()).await?;
    if queued == 0 {
        return Err(Error::NotFound.into());
    }
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "delivery": { "id": id, "state": "queued" } })).into_response());
    }
    Ok(see_other("/app/desk"))
}
