//! The gallery: every part and every page of the Mini App on invented data, light beside dark.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Json, Response};
use axum::routing::get;
use domain::Dealer;
use domain::texts::Lang;
use serde::Deserialize;
use webapp::assets::Assets;
use webapp::gallery::{CASE_SAMPLES, CONSOLE_SAMPLES, PUBLIC_SAMPLES, SAMPLES, gallery, sample};
use webapp::ui::Ui;

use crate::pages::script;

const PAGE: &str = include_str!("../../pages/gallery.html");
const SCRIPT: &str = include_str!("../../pages/gallery.js");
/// The name under which all parts stand on one page.
const PARTS: &str = "parts";

#[derive(Clone)]
struct Hall {
    dealer: Arc<Dealer>,
    assets: Arc<Assets>,
}

#[derive(Deserialize)]
struct Look {
    lang: Option<String>,
}

/// `/sandbox/gallery` and the documents that it frames.
pub(crate) fn router(dealer: &Arc<Dealer>) -> Router {
    let hall = Hall { dealer: dealer.clone(), assets: Arc::new(Assets::load()) };
    Router::new()
        .route("/sandbox/gallery", get(async || Html(PAGE)))
        .route("/sandbox/gallery.js", get(async || script(SCRIPT)))
        .route(
            "/sandbox/gallery/names",
            get(async || Json([SAMPLES, CONSOLE_SAMPLES, CASE_SAMPLES, PUBLIC_SAMPLES].concat())),
        )
        .route("/sandbox/gallery/show/{name}", get(show))
        .with_state(hall)
}

async fn show(
    State(hall): State<Hall>,
    Path(name): Path<String>,
    Query(look): Query<Look>,
) -> Response {
    let ui =
        Ui::new(Lang::from_code(look.lang.as_deref()), hall.dealer.zone, hall.dealer.clock.now());
    let drawn = if name == PARTS {
        gallery(ui, &hall.assets).map(Some)
    } else {
        sample(&name, ui, &hall.assets)
    };
    match drawn {
        Ok(Some(document)) => Html(document).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, name, "gallery");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
