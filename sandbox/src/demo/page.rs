//! The page of the demo: three phones, the board, the mailbox, the deliveries, the switches; and the
//! dealer's site with its form.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Json, Redirect, Response};
use axum::routing::{get, post};
use domain::db::Db;
use domain::outbox::{self, Filter, Retry};
use domain::{Dealer, maintenance};
use serde_json::{Value, json};
use server::Server;

use crate::demo::day;
use crate::pages::{script, style};

const GUIDE: &str = include_str!("../../pages/demo-guide.js");
const DELIVERIES: &str = include_str!("../../pages/demo-deliveries.js");

#[derive(Clone)]
struct Desk {
    db: Db,
    dealer: Arc<Dealer>,
}

/// The page and what it asks for.
pub(crate) fn router(server: &Server) -> Router {
    let desk = Desk { db: server.db.clone(), dealer: server.dealer.clone() };
    Router::new()
        .route("/", get(async || Redirect::temporary("/sandbox")))
        .route("/sandbox", get(async || Html(include_str!("../../pages/demo.html"))))
        .route("/sandbox/demo.js", get(async || script(include_str!("../../pages/demo.js"))))
        .route("/sandbox/demo-guide.js", get(async || script(GUIDE)))
        .route("/sandbox/demo-deliveries.js", get(async || script(DELIVERIES)))
        .route("/sandbox/demo.css", get(async || style(include_str!("../../pages/demo.css"))))
        .route("/sandbox/shop", get(async || Html(include_str!("../../pages/shop.html"))))
        .route("/sandbox/shop.js", get(async || script(include_str!("../../pages/shop.js"))))
        .route("/sandbox/shop.css", get(async || style(include_str!("../../pages/shop.css"))))
        .route("/sandbox/deliveries", get(deliveries))
        .route("/sandbox/deliveries/{id}", get(delivery))
        .route("/sandbox/deliveries/{id}/retry", post(retry))
        .route("/sandbox/reminders", post(reminders))
        .with_state(desk)
}

async fn deliveries(State(desk): State<Desk>) -> Response {
    let filter = Filter { limit: 60, ..Filter::default() };
    let listed = async {
        let mut reader = desk.db.read().await?;
        outbox::list(&mut reader, &filter).await
    };
    answer(listed.await.map(|deliveries| json!({ "deliveries": deliveries })))
}

async fn delivery(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let shown = async {
        let mut reader = desk.db.read().await?;
        outbox::show(&mut reader, &id.as_str().into()).await
    };
    answer(shown.await.map(|(delivery, attempts, exchanges)| {
        json!({ "delivery": delivery, "attempts": attempts, "exchanges": exchanges })
    }))
}

async fn retry(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let retried = async {
        let mut tx = desk.db.begin().await?;
        let which = Retry::One(id.as_str().into());
        let count = outbox::retry(&mut tx, &which, None, desk.dealer.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, domain::Error>(count)
    };
    answer(retried.await.map(|count| json!({ "queued": count })))
}

/// The scheduler would come by itself; a visitor need not wait for its hour.
async fn reminders(State(desk): State<Desk>) -> Response {
    let sent = maintenance::tick(&desk.db, &day::working(&desk.dealer)).await;
    answer(sent.map(|sent| json!({ "sent": sent })))
}

fn answer(result: domain::Result<Value>) -> Response {
    match result {
        Ok(body) => Json(body).into_response(),
        Err(domain::Error::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "demo page");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
