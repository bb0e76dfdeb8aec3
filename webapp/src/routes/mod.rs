//! The routes, one file per noun. Each handler says whom it serves, calls the domain and shows
//! the answer as a page or as data.

mod approvals;
pub(crate) mod approve;
mod cart;
mod checkout;
mod colleagues;
pub(crate) mod company;
mod decisions;
pub(crate) mod deliveries;
mod desk;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod jobs;
mod late_cancel;
pub(crate) mod leads;
mod machines;
mod maintenance;
mod me;
pub(crate) mod notifications;
pub(crate) mod orders;
mod papers;
mod park;
mod parts;
pub(crate) mod plate_face;
mod plates;
pub(crate) mod quotes;
pub(crate) mod requests;
mod service;
pub(crate) mod shell;
mod sources;
pub(crate) mod talk;
mod uploads;

use axum::Router;
use axum::routing::any;
use domain::Error;

use crate::fault::Fault;
use crate::state::AppState;

/// All of them.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .merge(shell::router())
        .merge(park::router())
        .merge(machines::router())
        .merge(maintenance::router())
        .merge(me::router())
        .merge(notifications::router())
        .merge(plates::router())
        .merge(papers::router())
        .merge(parts::router())
        .merge(cart::router())
        .merge(checkout::router())
        .merge(company::router())
        .merge(colleagues::router())
        .merge(orders::router())
        .merge(late_cancel::router())
        .merge(quotes::router())
        .merge(service::router())
        .merge(requests::router())
        .merge(talk::router())
        .merge(jobs::router())
        .merge(desk::router())
        .merge(leads::router())
        .merge(sources::router())
        .merge(approvals::router())
        .merge(deliveries::router())
        .merge(events::router())
        .merge(files::router())
        .merge(uploads::router())
        .route("/app/{*unknown}", any(nothing))
}

/// Access: anyone.
async fn nothing() -> Fault {
    Error::NotFound.into()
}
