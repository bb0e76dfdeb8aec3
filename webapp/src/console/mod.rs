//! The staff console: the same functions as the Mini App's, for a browser on a desk.
//!
//! A request passes [`guard`] (another site's form stops there), then [`clerk`] (whose session the
//! cookie bears), then a page. A page shows its [`frame::Frame`] and mostly a [`list::List`]; what
//! it changes it changes through the domain, and writes beside it into the audit log by
//! [`clerk::Clerk::done`]. [`live`] tells open pages what to fetch again.

pub(crate) mod approvals;
mod asked;
mod audit;
pub(crate) mod board;
pub(crate) mod clerk;
pub(crate) mod companies;
pub(crate) mod connections;
mod cookie;
pub(crate) mod csv;
pub(crate) mod customers;
pub(crate) mod deliveries;
pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod frame;
mod goods;
mod guard;
pub(crate) mod invites;
pub(crate) mod jobs;
pub(crate) mod leads;
pub(crate) mod list;
mod live;
mod machines;
pub(crate) mod mapping;
pub(crate) mod memberships;
pub(crate) mod models;
pub(crate) mod orders;
pub(crate) mod part;
pub(crate) mod people;
pub(crate) mod planner;
mod plates;
pub(crate) mod quotes;
pub(crate) mod requests;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod substitutes;
mod talk;
mod telegram;
pub(crate) mod today;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use domain::Error;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

pub use cookie::session_cookie;
#[cfg(any(test, feature = "gallery"))]
pub(crate) use guard::Refusal;
pub use guard::is_own;
pub(crate) use telegram::LoginVerifier;

use crate::fault::Fault;
use crate::input::MAX_FORM;
use crate::state::AppState;

/// All of them.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    Router::new()
        .merge(sign_in::router())
        .merge(live::router())
        .merge(today::router())
        .merge(requests::router())
        .merge(talk::router())
        .merge(board::router())
        .merge(jobs::router())
        .merge(planner::router())
        .merge(leads::router())
        .merge(orders::router())
        .merge(quotes::router())
        .merge(customers::router())
        .merge(companies::router())
        .merge(invites::router())
        .merge(memberships::router())
        .merge(machines::router())
        .merge(models::router())
        .merge(documents::router())
        .merge(part::router())
        .merge(goods::router())
        .merge(plates::router())
        .merge(approvals::router())
        .merge(deliveries::router())
        .merge(events::router())
        .merge(connections::router())
        .merge(mapping::router())
        .merge(people::router())
        .merge(settings::router())
        .merge(substitutes::router())
        .merge(audit::router())
        .route("/staff/{*unknown}", any(nothing))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(from_fn_with_state(state.clone(), guard::guard))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
}

/// Access: staff, who hear that there is nothing.
async fn nothing(_: clerk::Clerk) -> Fault {
    Error::NotFound.into()
}
