//! The outside as the product reaches it: one more listener, on a free port of this machine.
//!
//! It listens before the product is built, which may ask its Telegram for its name; and amoCRM's
//! addresses have no path before `/api/v4`, so the account cannot stand below the demo's own.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::amocrm::Amocrm;
use crate::telegram::Telegram;

/// Telegram and amoCRM, listening until dropped.
pub(crate) struct World {
    serving: JoinHandle<()>,
}

impl World {
    /// Serves both on `listener`: Telegram below `/telegram`, amoCRM everywhere else. `page` is
    /// where a person sees the board.
    pub(crate) fn start(
        listener: TcpListener,
        telegram: &Telegram,
        amo: &Amocrm,
        page: &str,
    ) -> World {
        let board = format!("{page}#amocrm");
        let router = Router::new()
            .route("/leads/detail/{id}", get(async move || Redirect::temporary(&board)))
            .nest("/telegram", telegram.router())
            .fallback_service(amo.router());
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "Telegram and amoCRM of the demo");
            }
        });
        World { serving }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
