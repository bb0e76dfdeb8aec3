//! The Mini App and the staff console: pages and JSON over the domain.
//!
//! [`router`] is the whole of it. A request passes [`fault`] (which will say a refusal in the
//! caller's manner), then [`auth`] (who asks), then a route of its noun in [`routes`], which calls
//! one domain function and hands the answer to [`present`] for people or to [`json`] for programs.

pub mod assets;
mod auth;
mod console;
mod fault;
#[cfg(any(test, feature = "gallery"))]
pub mod gallery;
mod headers;
mod ingest;
pub mod init_data;
mod input;
mod json;
mod limiter;
pub mod paper;
mod present;
mod reply;
mod routes;
#[cfg(any(test, feature = "gallery"))]
mod samples;
pub mod session;
mod state;
#[cfg(test)]
mod tests;
pub mod ui;
mod upload;
mod views;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

pub use console::{is_own, session_cookie};
pub use ingest::{FindCaller, LeadSettings, SIGNATURE, TIMESTAMP, lead_router, signature};
pub use limiter::{Limiter, is_near};
pub use state::{AppState, Connected, Seller, Settings};

/// How hard a page is packed, of 11: a tenth less on the wire than at 1, for a tenth of a millisecond.
const PACKED: i32 = 4;

/// All routes of the Mini App, `/app…`, of the console, `/staff…`, and the built files below
/// `/assets`.
pub fn router(state: AppState) -> Router {
    let pages = routes::router()
        .layer(DefaultBodyLimit::max(input::MAX_FORM))
        .layer(from_fn_with_state(state.clone(), fault::answer_faults))
        .layer(from_fn(headers::guard))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(PACKED)));
    let console = console::router(&state).with_state(state.clone());
    let links = routes::approve::router()
        .layer(DefaultBodyLimit::max(input::MAX_FORM))
        .merge(routes::plate_face::router())
        .layer(from_fn(headers::guard));
    pages.merge(links).with_state(state).merge(console).merge(assets::router())
}
