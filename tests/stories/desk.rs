//! The delivery desk: what waits and why, what a person may do about it, what a plan would change,
//! and how long raw bodies live.

use chrono::TimeDelta;
use domain::outbox::{self, State};
use domain::sight::Sight;
use domain::staff::{self, Role};
use domain::{inbox, settings};
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::{Value, json};
use server::worker::night::{Night, Nights};
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, NEIGHBOUR, Setup};

use crate::{fill_cart, order};

mod acts;
mod plans;
mod records;

/// An administrator who also looks into the Mini App.
pub(crate) const ADMINISTRATOR: i64 = NEIGHBOUR;

pub(crate) async fn administrator(app: &App) -> MiniApp {
    let mut tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    staff::add(&mut tx, ADMINISTRATOR, Role::Administrator, "Олег", now).await.unwrap();
    tx.commit().await.unwrap();
    // Telegram lets a bot write only to people who started it.
    app.telegram.press_start(ADMINISTRATOR, None).expect("a person");
    app.says(ADMINISTRATOR, |message| !message.text.is_empty()).await;
    app.mini_app(ADMINISTRATOR)
}

/// A dealer whose deals amoCRM refuses for good: it knows no such field.
fn refusing() -> Setup {
    let variables = vec![("AMOCRM_FIELD_TELEGRAM_ID", "999".to_owned())];
    Setup { variables, ..Setup::default() }
}

/// An order whose deal is refused: the id of the dead delivery, and the order's number.
async fn refused_order(app: &App) -> (String, String) {
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    let dead = app
        .eventually("a dead delivery", async || {
            app.open().await.into_iter().find(|one| one.state == State::Dead)
        })
        .await;
    (dead.id.to_string(), number)
}

/// An order that waits because amoCRM does not say who its contacts are: its delivery and number.
async fn waiting_order(app: &App) -> (String, String) {
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::BadGateway).only("GET /api/v4/contacts")]);
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    let waiting = app
        .eventually("a delivery that waits", async || {
            app.open().await.into_iter().find(|one| one.state == State::Waiting)
        })
        .await;
    app.amo.faults().clear();
    (waiting.id.to_string(), number)
}

pub(crate) fn night(app: &App) -> Night {
    Night {
        db: app.db.clone(),
        dealer: app.dealer.clone(),
        crms: app.inbox.crms.clone(),
        keep_raw: std::time::Duration::from_secs(90 * 86_400),
    }
}
