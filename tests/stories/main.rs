//! Stories through the real router, the real database and the real bot, against the sandbox.
//!
//! They run on SQLite, and on PostgreSQL when `TEST_DATABASE_URL` names a server.

#![expect(clippy::unwrap_used, reason = "a story stops at the first surprise")]

mod access;
mod approvals;
mod approvals_portal;
mod bitrix24;
mod bot;
mod both;
mod cards;
mod catalogue;
mod checkout;
mod circuit;
mod colleagues;
mod console;
mod deals;
mod deliveries;
mod desk;
mod echo;
mod goods;
mod leads;
mod main_job;
mod maintenance;
mod mapping;
mod oauth;
mod open_thread;
mod park;
mod parties;
mod parts;
mod passports;
mod paused;
mod plans;
mod plates;
mod portal;
mod quiet;
mod quotes;
mod reconcile;
mod rehearsals;
mod retries;
mod sales;
mod sign_in;
mod steps;
mod strangers;
mod talk;
mod uploads;
mod webhooks;
mod won;

use serde_json::{Value, json};
use tests::MiniApp;

/// Puts one priced part into the cart; answers its line.
async fn fill_cart(app: &MiniApp, quantity: i64) -> Value {
    let parts = app.get("/app/parts?q=16К20.02.114").await.ok();
    let part = &parts["parts"][0];
    let body = json!({ "part_id": part["id"], "quantity": quantity });
    let cart = app.post("/app/cart/items", &body).await.ok();
    cart["lines"][0].clone()
}

/// Orders what is in the cart.
async fn order(app: &MiniApp, client_key: &str) -> Value {
    let body = json!({ "client_key": client_key, "delivery": "pickup" });
    app.post("/app/checkout", &body).await.ok()["order"].clone()
}
