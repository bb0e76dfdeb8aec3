//! What people want to hear in their chat, and when: switches by kind, quiet hours, and what comes all
//! the same.

use chrono::{DateTime, Utc};
use domain::maintenance;
use domain::outbox::State;
use sandbox::telegram::ChatMessage;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, MiniApp, NEIGHBOUR, label};

use crate::{fill_cart, order};

const PAGE: &str = "/app/notifications";
const NUMBER: &str = "SRV-2026-000001";

fn wishes(off: &[&str], quiet: Option<(&str, &str)>) -> Value {
    let (from, to) = quiet.unzip();
    let mut body = json!({ "quiet_from": from, "quiet_to": to });
    for kind in ["orders", "service", "maintenance", "machines"] {
        body[kind] = (!off.contains(&kind)).into();
    }
    body
}

/// A moment in Moscow.
fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}:00+03:00")).unwrap().to_utc()
}

fn heard(app: &App, person: i64, words: &str) -> Vec<ChatMessage> {
    let chat = app.telegram.chat(person).into_iter();
    chat.filter(|m| m.from_bot && m.text.contains(words)).collect()
}

/// The reminders of the lathe 1234.
fn reminders(app: &App) -> Vec<ChatMessage> {
    let mut all = heard(app, CUSTOMER, "1234");
    all.retain(|m| m.button(label("bot-book")).is_some());
    all
}

/// Waits until only what is held for somebody has not gone; how much that is.
async fn held(app: &App) -> usize {
    app.eventually("nothing but what is held", async || {
        let open = app.open().await;
        let now = app.clock.now();
        let waits = |one: &domain::outbox::Delivery| one.state == State::Queued && one.run_at > now;
        (app.telegram.pending_updates().is_empty() && open.iter().all(waits)).then_some(open.len())
    })
    .await
}

async fn call_service(phone: &MiniApp, key: &str, down: bool) {
    let body = json!({
        "client_key": key, "kind": "breakdown", "text": "Не включается", "machine_down": down,
    });
    phone.post("/app/service", &body).await.ok();
}

async fn write(app: &App, key: &str, text: &str) {
    let form = reqwest::multipart::Form::new();
    let form = form.text("client_key", key.to_owned()).text("text", text.to_owned());
    let path = format!("/app/requests/{NUMBER}/messages");
    app.mini_app(MANAGER).post_form(&path, form).await.ok();
}

async fn offer(app: &App) {
    let windows = json!({ "day1": "2026-11-25", "from1": "09:00", "until1": "12:00" });
    let path = format!("/app/requests/{NUMBER}/windows");
    app.mini_app(MANAGER).post(&path, &windows).await.ok();
}

#[tokio::test]
async fn what_is_switched_off_says_nothing_and_the_pages_still_have_it() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let page = phone.page(PAGE).await;
    assert!(page.contains(label("app-notify-always")), "{page}");
    phone.post(PAGE, &wishes(&["orders", "service", "maintenance"], None)).await.ok();
    let mine = phone.get(PAGE).await.ok();
    assert_eq!((&mine["orders"], &mine["machines"]), (&json!(false), &json!(true)));
    assert_eq!(app.mini_app(NEIGHBOUR).get(PAGE).await.ok()["orders"], true, "only hers");

    fill_cart(&phone, 1).await;
    let number = order(&phone, "silent").await["number"].as_str().unwrap().to_owned();
    call_service(&phone, "k", false).await;
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    write(&app, "w1", "Какой код ошибки?").await;
    app.settled().await;
    for silent in [&number, NUMBER, "Какой код"] {
        assert!(heard(&app, CUSTOMER, silent).is_empty(), "{silent}");
    }
    assert!(reminders(&app).is_empty());
    assert_eq!(phone.get("/app/orders").await.ok()["orders"][0]["number"], number.as_str());
    let thread = phone.get(&format!("/app/requests/{NUMBER}/thread")).await.ok();
    assert_eq!(thread["messages"][0]["text"], "Какой код ошибки?");

    // What waits for her comes all the same: the time of a visit, and a quote.
    offer(&app).await;
    app.says(CUSTOMER, |m| m.text.contains(label("bot-windows-ask"))).await;
    let lines: Value = json!({
        "revision": 1, "valid_until": "2026-11-30", "price_1": "100", "price_2": "100",
    });
    app.mini_app(MANAGER).post(&format!("/app/orders/{number}/quote"), &lines).await.ok();
    app.says(CUSTOMER, |m| m.button(label("bot-quote-accept")).is_some()).await;
    app.finish().await;
}

#[tokio::test]
async fn quiet_hours_hold_what_may_wait_until_the_morning_in_order() {
    let app = App::start().await;
    app.linked_customer().await;
    call_service(&app.mini_app(CUSTOMER), "k", false).await;
    app.settled().await;
    app.at(at("2026-11-23T23:10"));
    let phone = app.mini_app(CUSTOMER);
    phone.post(PAGE, &wishes(&[], Some(("22:00", "07:30")))).await.ok();

    let card = heard(&app, CUSTOMER, NUMBER)[0].clone();
    write(&app, "w1", "Первое слово").await;
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    write(&app, "w2", "Второе слово").await;
    let number = app.mini_app(MANAGER);
    number.post(&format!("/app/requests/{NUMBER}/take"), &json!({})).await.ok();
    let waiting = held(&app).await;
    assert!(waiting >= 3, "two words and the reminders wait: {waiting}");
    assert!(heard(&app, CUSTOMER, "слово").is_empty() && reminders(&app).is_empty());
    let now = app.telegram.chat(CUSTOMER).into_iter().find(|m| m.id == card.id).unwrap();
    assert_ne!(now.text, card.text, "her card changes without a sound");

    // What she must act upon passes them.
    offer(&app).await;
    let asked = app.says(CUSTOMER, |m| m.text.contains(label("bot-windows-ask"))).await;
    assert_eq!(held(&app).await, waiting);
    app.at(at("2026-11-24T07:29"));
    assert_eq!(held(&app).await, waiting);

    app.at(at("2026-11-24T07:30"));
    app.settled().await;
    let once = |found: Vec<ChatMessage>| {
        assert_eq!(found.len(), 1, "once: {found:?}");
        found[0].id
    };
    let word = |text: &str| once(heard(&app, CUSTOMER, text));
    let ids = [word("Первое слово"), once(reminders(&app)), word("Второе слово")];
    assert!(asked.id < ids[0] && ids.is_sorted(), "in the order of their promising: {ids:?}");
    app.finish().await;
}

#[tokio::test]
async fn whoever_ends_their_quiet_hours_hears_at_once_what_was_held() {
    let app = App::start().await;
    app.linked_customer().await;
    app.at(at("2026-11-23T23:10"));
    let phone = app.mini_app(CUSTOMER);
    phone.post(PAGE, &wishes(&[], Some(("22:00", "07:30")))).await.ok();
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    assert!(held(&app).await > 0);
    phone.post(PAGE, &wishes(&[], None)).await.ok();
    app.settled().await;
    assert_eq!(reminders(&app).len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn what_is_no_time_of_day_changes_nothing_and_is_told() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    phone.post(PAGE, &wishes(&["orders"], Some(("22:00", "07:30")))).await.ok();
    let before = phone.get(PAGE).await.ok();
    for bad in [("25:00", "07:30"), ("22:00", "утром"), ("22:00", "22:00"), ("", "07:30")] {
        let refused = phone.post(PAGE, &wishes(&[], Some(bad))).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{bad:?}");
    }
    let refused = phone.post(PAGE, &wishes(&[], Some(("25:00", "07:30")))).await;
    assert!(refused.body.to_string().contains(label("error-time")), "{}", refused.body);
    assert_eq!(phone.get(PAGE).await.ok(), before);
    app.finish().await;
}

#[tokio::test]
async fn a_manager_sleeps_through_all_but_a_machine_that_stands() {
    let app = App::start().await;
    app.linked_customer().await;
    app.at(at("2026-11-23T23:10"));
    app.mini_app(MANAGER).post(PAGE, &wishes(&[], Some(("22:00", "07:30")))).await.ok();
    let phone = app.mini_app(CUSTOMER);
    fill_cart(&phone, 1).await;
    let number = order(&phone, "night").await["number"].as_str().unwrap().to_owned();
    call_service(&phone, "calm", false).await;
    held(&app).await;
    for silent in [number.as_str(), NUMBER] {
        assert!(heard(&app, MANAGER, silent).is_empty(), "{silent}");
    }
    call_service(&phone, "down", true).await;
    app.says(MANAGER, |m| m.text.contains("SRV-2026-000002")).await;
    app.at(at("2026-11-24T07:30"));
    app.settled().await;
    assert_eq!(heard(&app, MANAGER, &number).len(), 1);
    assert_eq!(heard(&app, MANAGER, NUMBER).len(), 1);
    app.finish().await;
}
