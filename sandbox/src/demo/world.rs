//! The outside as the product reaches it: more listeners, on free ports of this machine.
//!
//! They listen before the product is built, which may ask its Telegram for its name; and a CRM's
//! addresses have no path before `/api/v4` or `/rest`, so it cannot stand below the demo's own.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::amocrm::Amocrm;
use crate::bitrix24::Bitrix24;
use crate::telegram::Telegram;

/// A part of the outside, listening until dropped.
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
        World::serve(listener, router)
    }

    /// Serves Bitrix24 on `listener`; a deal opened there leads to its board.
    pub(crate) fn portal(listener: TcpListener, bitrix24: &Bitrix24, page: &str) -> World {
        let board = format!("{page}#bitrix24");
        let card = get(async move || Redirect::temporary(&board));
        let router = Router::new()
            .route("/crm/{kind}/details/{id}/", card)
            .fallback_service(bitrix24.router());
        World::serve(listener, router)
    }

    fn serve(listener: TcpListener, router: Router) -> World {
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the demo's outside");
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
