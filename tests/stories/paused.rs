//! A connection that is stopped is left alone by everybody, but for the one call that probes it.

use chrono::TimeDelta;
use domain::inbox;
use sandbox::amocrm::{HandMadeLead, HookMode};
use sandbox::faults::{FaultMode, FaultPlan};
use tests::{App, CUSTOMER, MANAGER, MiniApp};

use crate::deliveries::time_passes_until_all_is_delivered;
use crate::{fill_cart, order};

const WON: i64 = 142;

async fn poll(app: &App) {
    app.inbox.crms.reconcile(TimeDelta::zero()).await;
}

fn told(app: &App, words: &str) -> usize {
    app.telegram.chat(MANAGER).iter().filter(|message| message.text.contains(words)).count()
}

fn sold(app: &App, serial: &str) -> i64 {
    let deal = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: serial.to_owned(),
        model: "vmc850".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(deal, WON));
    deal
}

async fn has(phone: &MiniApp, serial: &str) -> bool {
    let park = phone.get("/app/park").await.ok();
    park["machines"].as_array().unwrap().iter().any(|machine| machine["serial"] == serial)
}

#[tokio::test]
async fn a_stopped_connection_gets_no_polls_and_no_looks_and_catches_up_when_it_goes_on() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    poll(&app).await;
    app.settled().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.says(MANAGER, |message| message.text.contains("401")).await;

    let asked = app.amo.calls().len();
    for _ in 0..3 {
        poll(&app).await;
    }
    // One deal is told by a webhook, the other's is lost.
    sold(&app, "TOLD-1");
    app.eventually("the webhook", async || {
        let mut reader = app.db.read().await.ok()?;
        (inbox::waiting(&mut reader).await.ok()? > 0).then_some(())
    })
    .await;
    app.amo.set_hook_mode(HookMode::Lost);
    app.pass(TimeDelta::minutes(2));
    sold(&app, "LOST-1");
    poll(&app).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    assert_eq!(app.amo.calls().len(), asked, "nothing was asked meanwhile");

    app.amo.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    app.says(CUSTOMER, |message| message.text.contains("TOLD-1")).await;
    assert!(!has(&phone, "LOST-1").await);
    poll(&app).await;
    app.says(CUSTOMER, |message| message.text.contains("LOST-1")).await;
    assert!(has(&phone, "TOLD-1").await && has(&phone, "LOST-1").await);
    assert_eq!((told(&app, "401"), told(&app, "снова работает")), (1, 1));
    app.finish().await;
}

#[tokio::test]
async fn a_poll_that_meets_a_revoked_token_stops_the_connection_and_probes_it_with_one_call() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    poll(&app).await;
    app.settled().await;
    app.amo.set_hook_mode(HookMode::Lost);
    app.pass(TimeDelta::minutes(11));
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    poll(&app).await;
    app.says(MANAGER, |message| message.text.contains("401")).await;

    // Nothing waits to be delivered, so the poll itself probes: with one call, and silently.
    for _ in 0..2 {
        let asked = app.amo.calls().len();
        poll(&app).await;
        assert_eq!(app.amo.calls().len(), asked, "it pauses");
        app.pass(TimeDelta::minutes(6));
        poll(&app).await;
        poll(&app).await;
        assert_eq!(app.amo.calls().len(), asked + 1, "one call probes");
    }
    assert_eq!(told(&app, "401"), 1);
    sold(&app, "LOST-2");
    app.amo.faults().clear();
    app.pass(TimeDelta::minutes(6));
    poll(&app).await;
    app.says(CUSTOMER, |message| message.text.contains("LOST-2")).await;
    assert!(has(&phone, "LOST-2").await);
    app.says(MANAGER, |message| message.text.contains("снова работает")).await;
    app.settled().await;
    assert_eq!((told(&app, "401"), told(&app, "снова работает")), (1, 1));
    app.finish().await;
}
