//! The routes, one file per noun.

pub(crate) mod shell;

use axum::Router;

use crate::state::AppState;

/// All of them.
pub(crate) fn router() -> Router<AppState> {
    Router::new().merge(shell::router())
}
