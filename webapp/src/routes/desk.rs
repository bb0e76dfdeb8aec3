//! The managers' desk: what waits for them, and what did not reach the outside.

use axum::Router;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use domain::inbox::EventFilter;
use domain::outbox::{Filter, State};
use domain::sight::Sight;
use domain::{inbox, leads, orders, outbox, requests};
use serde_json::json;

use crate::auth::Visit;
use crate::json;
use crate::present::{self, Eye};
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::views::deliveries::{DeskCell, Troubles};
use crate::views::work::DeskPage;

/// Of the newest so many open deliveries the desk shows those that wait or died.
const OPEN: i64 = 200;
/// Of those that the desk shows, the list behind it has the rest.
const SHOWN: usize = 10;
/// Failed inbound events on the desk.
const EVENTS: i64 = 5;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/desk", get(desk)).route("/app/desk/troubles", get(troubles))
}

/// Access: managers. Four queries.
async fn desk(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let manager = caller.viewer.manager()?;
    let requests = requests::open(db).await?;
    let orders = orders::open(db).await?;
    let leads = leads::open(db).await?;
    if caller.json {
        let requests: Vec<_> = requests.iter().map(json::open_request).collect();
        let body = json!({ "requests": requests, "orders": orders, "leads": leads });
        return Ok(Json(body).into_response());
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
    let mut suspected = Vec::new();
    for lead in &leads {
        let cell = present::open_lead_cell(&eye, lead);
        match &lead.taken_by_name {
            _ if lead.lead.state == leads::State::Suspected => suspected.push(cell),
            None => waiting.push(cell),
            Some(name) if *name == manager.name => mine.push(cell),
            Some(_) => taken.push(cell),
        }
    }
    page(&DeskPage { ui: caller.ui, waiting, mine, taken, suspected })
}

/// Access: managers. Fetched after the desk. Four queries.
async fn troubles(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let sight = Sight::of(caller.viewer.manager()?);
    let filter = Filter { open_only: true, limit: OPEN, ..Filter::default() };
    let mut deliveries = outbox::page(db, &filter, sight).await?.rows;
    // What goes by itself in a moment is no trouble.
    deliveries
        .retain(|row| matches!(row.delivery.state, State::Waiting | State::Unknown | State::Dead));
    let circuits = outbox::circuits(db).await?;
    let failed =
        EventFilter { state: Some(inbox::State::Failed), limit: EVENTS, ..EventFilter::default() };
    let events = inbox::events(db, &failed, sight).await?.rows;
    if caller.json {
        let stopped = circuits.iter().filter_map(|circuit| {
            let reason = circuit.reason.as_ref()?;
            Some(json!({ "connection": circuit.name, "reason": reason }))
        });
        let paused: Vec<_> = stopped.collect();
        let unfit = circuits.iter().filter(|circuit| !circuit.defects.0.is_empty());
        let unfit = unfit.map(|circuit| {
            json!({
                "connection": circuit.name,
                "defects": circuit.defects,
                "since": circuit.defects_since,
            })
        });
        let unfit: Vec<_> = unfit.collect();
        let failed = circuits.iter().filter_map(|circuit| {
            let (why, at) = (circuit.consent_fault.as_ref()?, circuit.consent_failed_at?);
            Some(json!({ "connection": circuit.name, "reason": why, "at": at }))
        });
        let failed: Vec<_> = failed.collect();
        let body = json!({
            "deliveries": deliveries, "paused": paused, "events": events, "mapping": unfit,
            "consents": failed,
        });
        return Ok(Json(body).into_response());
    }
    let ui = caller.ui;
    let stopped = circuits.iter().filter_map(|circuit| present::stopped_cell(ui, circuit));
    let mut cells: Vec<DeskCell> = stopped.collect();
    cells.extend(circuits.iter().filter_map(|circuit| present::consent_cell(ui, circuit)));
    cells.extend(circuits.iter().flat_map(|circuit| present::mapping_cells(ui, circuit)));
    cells.extend(deliveries.iter().take(SHOWN).map(|row| present::delivery_cell(ui, row)));
    cells.extend(events.iter().map(|event| present::event_cell(ui, event)));
    page(&Troubles { ui, cells })
}
