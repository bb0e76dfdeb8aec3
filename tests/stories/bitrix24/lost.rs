//! A day of managers in the portal, told in every way that events can go wrong.

use sandbox::bitrix24::{HandMadeDeal, HookMode, Kind};
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::{Value, json};
use tests::{CUSTOMER, MANAGER, MiniApp};

use super::*;
use crate::{fill_cart, order};

/// A day of the managers: orders move, two machines are sold, a customer changes her name.
async fn a_day(app: &App) -> MiniApp {
    let phone = app.linked_customer().await;
    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    app.settled().await;
    poll(app).await;
    app.bitrix24.set_hook_mode(HookMode::Held);
    let first = id(&deal_of(app, "ORD-2026-000001"));
    let second = id(&deal_of(app, "ORD-2026-000002"));
    let sold = |serial: &str| {
        let deal = HandMadeDeal {
            serial: serial.to_owned(),
            model: "vmc850".to_owned(),
            telegram_id: CUSTOMER.to_string(),
            ..HandMadeDeal::default()
        };
        app.bitrix24.create_deal_by_hand(&deal).unwrap()
    };
    let machines = [sold("DAY-1"), sold("DAY-2")];
    let contact = id(&app.bitrix24.contacts()[0]);
    let moves = [
        (first, "PREPARATION"),
        (machines[0], "WON"),
        (first, "EXECUTING"),
        (second, "LOSE"),
        (machines[0], "EXECUTING"),
        (machines[1], "WON"),
        (machines[0], "WON"),
        (first, "WON"),
    ];
    for (at, (deal, stage)) in moves.into_iter().enumerate() {
        app.pass(TimeDelta::minutes(40));
        assert!(app.bitrix24.drag(Kind::Deal, deal, stage));
        if at == 3 {
            let name = json!({ "NAME": "Анна", "LAST_NAME": "Новая" });
            assert!(app.bitrix24.edit_by_hand(Kind::Contact, contact, name));
        }
    }
    app.pass(TimeDelta::hours(1));
    phone
}

/// What the customer sees in the evening.
async fn evening(app: &App, phone: &MiniApp) -> Value {
    let orders = phone.get("/app/orders").await.ok();
    let states = orders["orders"].as_array().unwrap().iter();
    let mut states: Vec<String> =
        states.map(|one| format!("{} {}", one["number"], one["state"])).collect();
    states.sort();
    let park = phone.get("/app/park").await.ok();
    let serials = park["machines"].as_array().unwrap().iter();
    let mut serials: Vec<&str> = serials.map(|one| one["serial"].as_str().unwrap()).collect();
    serials.retain(|serial| serial.starts_with("DAY-"));
    serials.sort_unstable();
    let mut reader = app.db.read().await.unwrap();
    let customer = domain::people::by_telegram(&mut reader, CUSTOMER).await.unwrap().unwrap();
    drop(reader);
    let chat = app.telegram.chat(CUSTOMER);
    let told = chat.iter().filter(|m| m.text.contains("оборудование зарегистрировано")).count();
    json!({ "orders": states, "serials": serials, "name": customer.name, "told": told })
}

/// What the evening must look like, whichever way the day was told.
fn expected() -> Value {
    json!({
        "orders": ["\"ORD-2026-000001\" \"completed\"", "\"ORD-2026-000002\" \"cancelled\""],
        "serials": ["DAY-1", "DAY-2"],
        "name": "Анна Новая",
        "told": 2,
    })
}

#[tokio::test]
async fn a_day_of_events_lost_is_repaired_by_the_poll_once() {
    let app = told().await;
    let phone = a_day(&app).await;
    // What was held is never sent.
    app.bitrix24.set_hook_mode(HookMode::Lost);
    poll(&app).await;
    assert_eq!(evening(&app, &phone).await, expected());
    let calls = |app: &App| {
        let all = app.bitrix24.calls();
        all.iter().filter(|call| call.method == "crm.item.get").count()
    };
    let asked = calls(&app);
    for _ in 0..2 {
        poll(&app).await;
        app.pass(TimeDelta::hours(1));
    }
    assert_eq!(evening(&app, &phone).await, expected());
    assert_eq!(calls(&app), asked, "what was followed is not read again");
    app.finish().await;
}

#[tokio::test]
async fn a_day_of_events_twice_and_shuffled_ends_as_if_told_once() {
    for seed in [1, 2] {
        let app = told().await;
        let phone = a_day(&app).await;
        assert!(app.bitrix24.release_hooks(seed).await >= 18, "each event went out twice");
        app.bitrix24.set_hook_mode(HookMode::Usual);
        app.settled().await;
        assert_eq!(evening(&app, &phone).await, expected());
        // The poll says it all a third time.
        poll(&app).await;
        assert_eq!(evening(&app, &phone).await, expected());
        app.finish().await;
    }
}

#[tokio::test]
async fn many_events_about_one_deal_that_waits_are_one_look() {
    let mut setup = setup_told(FILE);
    setup.workers = false;
    let app = App::start_with(setup).await;
    app.bitrix24.add_outgoing_webhook(&hook_address(&app), &TICKED);
    app.bitrix24.set_hook_mode(HookMode::Held);
    let deal = HandMadeDeal { title: "Станок".to_owned(), ..HandMadeDeal::default() };
    let deal = app.bitrix24.create_deal_by_hand(&deal).unwrap();
    for stage in ["PREPARATION", "EXECUTING", "FINAL_INVOICE", "PREPARATION", "EXECUTING"] {
        app.pass(TimeDelta::seconds(5));
        assert!(app.bitrix24.drag(Kind::Deal, deal, stage));
    }
    assert_eq!(app.bitrix24.release_hooks(3).await, 12, "each went out twice");
    // One worker takes them in the order in which they came.
    while app.inbox.step().await.unwrap() {}
    let looks = app.bitrix24.calls();
    let looks = looks.iter().filter(|call| call.method == "crm.item.get").count();
    assert_eq!(looks, 1);
    app.stop().await;
}

#[tokio::test]
async fn a_poll_that_is_refused_stops_the_portal_and_one_call_probes_it() {
    let app = told().await;
    let phone = app.linked_customer().await;
    poll(&app).await;
    app.bitrix24.set_hook_mode(HookMode::Lost);
    app.pass(TimeDelta::minutes(11));
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    app.inbox.crms.reconcile(TimeDelta::zero()).await;
    app.says(MANAGER, |m| m.text.contains("b24") && m.text.contains("остановлена")).await;
    for _ in 0..2 {
        let asked = app.bitrix24.calls().len();
        app.inbox.crms.reconcile(TimeDelta::zero()).await;
        assert_eq!(app.bitrix24.calls().len(), asked, "it pauses");
        app.pass(TimeDelta::minutes(6));
        app.inbox.crms.reconcile(TimeDelta::zero()).await;
        app.inbox.crms.reconcile(TimeDelta::zero()).await;
        assert_eq!(app.bitrix24.calls().len(), asked + 1, "one call probes");
    }
    let deal = HandMadeDeal {
        serial: "LOST-3".to_owned(),
        model: "vmc850".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeDeal::default()
    };
    let deal = app.bitrix24.create_deal_by_hand(&deal).unwrap();
    assert!(app.bitrix24.drag(Kind::Deal, deal, "WON"));
    app.bitrix24.faults().clear();
    app.pass(TimeDelta::minutes(6));
    poll(&app).await;
    app.says(CUSTOMER, |m| m.text.contains("LOST-3")).await;
    app.says(MANAGER, |m| m.text.contains("b24") && m.text.contains("снова работает")).await;
    assert!(crate::won::machine_of(&phone, "LOST-3").await.is_some());
    app.finish().await;
}
