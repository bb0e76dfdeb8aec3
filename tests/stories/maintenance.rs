//! Each machine due: a ladder of reminders, one message per machine, person and step.

use chrono::{NaiveDate, TimeDelta};
use domain::maintenance;
use sandbox::amocrm::HandMadeLead;
use sandbox::telegram::ChatMessage;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, MiniApp, NEIGHBOUR, label};

mod app;
mod ladder;
mod own;

/// A small JPEG, as phones send them.
const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");

fn reminders(app: &App, serial: &str) -> Vec<String> {
    let chat = app.telegram.chat(CUSTOMER);
    let about = |m: &&ChatMessage| m.from_bot && m.text.contains(serial);
    let dated = |m: &&ChatMessage| m.text.contains("ТО");
    chat.iter().filter(about).filter(dated).map(|m| m.text.clone()).collect()
}

#[tokio::test]
async fn a_reminder_books_a_visit_with_one_tap() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    let message = app.says(CUSTOMER, |m| m.text.contains("1234") && m.text.contains("ТО")).await;
    let label = message.labels()[0].to_owned();
    app.telegram.press_button(CUSTOMER, message.id, &label).await.unwrap();
    let requests = app
        .eventually("a request", async || {
            let requests = phone.get("/app/requests").await.ok();
            (!requests["requests"].as_array()?.is_empty()).then_some(requests)
        })
        .await;
    assert_eq!(requests["requests"][0]["kind"], "maintenance");
    app.telegram.press_button(CUSTOMER, message.id, &label).await.ok();
    app.settled().await;
    let again = phone.get("/app/requests").await.ok();
    assert_eq!(again["requests"].as_array().unwrap().len(), 1, "a double tap is one visit");
    app.finish().await;
}

async fn remind(app: &App) {
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
}

/// The reminder of the lathe 1234, which is due on 3 December; today is 23 November.
async fn reminder(app: &App) -> ChatMessage {
    remind(app).await;
    app.says(CUSTOMER, |m| m.text.contains("1234") && m.button(label("bot-book")).is_some()).await
}

/// The reminders of the lathe that wait for their answer.
fn unanswered(app: &App) -> Vec<ChatMessage> {
    let waits = |m: &ChatMessage| m.text.contains("1234") && m.button(label("bot-book")).is_some();
    app.telegram.chat(CUSTOMER).into_iter().filter(waits).collect()
}

/// The message as the chat shows it now.
fn now(app: &App, message: &ChatMessage) -> ChatMessage {
    app.telegram.chat(CUSTOMER).into_iter().find(|m| m.id == message.id).unwrap()
}

/// Presses a button of a message; the toast.
async fn press(app: &App, message: &ChatMessage, button: &str) -> String {
    let pressed = app.telegram.press_button(CUSTOMER, message.id, button).await.unwrap();
    pressed.text().unwrap_or_default().to_owned()
}

/// What a button of a message says when it is pressed.
fn data(message: &ChatMessage, label: &str) -> String {
    message.button(label).and_then(|button| button.data.clone()).unwrap()
}

/// «Сделали сами», with hours and a photo, up to the last question; the message that asks it.
async fn tell_all_but_send(app: &App, message: &ChatMessage, hours: &str) -> ChatMessage {
    press(app, message, label("bot-done-ourselves")).await;
    app.says(CUSTOMER, |m| m.button(label("bot-own-no-hours")).is_some()).await;
    app.telegram.send_text(CUSTOMER, hours).unwrap();
    app.says(CUSTOMER, |m| m.text.contains(label("bot-own-files"))).await;
    app.telegram.send_photo(CUSTOMER, PHOTO, Some("Заменили масло и фильтр")).unwrap();
    let more = app.says(CUSTOMER, |m| m.text.contains("1\u{a0}файл")).await;
    press(app, &more, label("bot-files-done")).await;
    app.says(CUSTOMER, |m| m.button(label("bot-send")).is_some()).await
}

#[tokio::test]
async fn the_kit_of_a_maintenance_goes_into_the_cart_once_at_the_dealers_price() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let message = reminder(&app).await;
    let kit = "Заказать комплект — 9\u{a0}600\u{a0}₽";
    let tap = || app.telegram.press_button(CUSTOMER, message.id, kit);
    let (one, _) = tokio::join!(tap(), tap());
    one.unwrap();
    app.settled().await;
    let cart = phone.get("/app/cart").await.ok();
    let lines = cart["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "{cart}");
    assert_eq!(lines[0]["sku"], "НТ-16К20-1", "the kit of the lowest level");
    assert_eq!((&lines[0]["quantity"], &lines[0]["machine_serial"]), (&json!(1), &json!("1234")));
    assert_eq!(cart["total"], 960_000);
    let card = now(&app, &message);
    assert!(card.text.contains("корзине") && card.text.contains("Набор ТО-1"), "{}", card.text);
    assert!(card.button(kit).is_none(), "it is ordered: {:?}", card.labels());
    assert!(card.button(label("bot-open-cart")).is_some());
    // The maintenance itself still waits for its answer.
    press(&app, &card, label("bot-book")).await;
    let card = now(&app, &message);
    assert!(card.text.contains("SRV-2026-000001"), "{}", card.text);
    assert!(card.button(label("bot-done-ourselves")).is_none(), "{:?}", card.labels());
    app.finish().await;
}

#[tokio::test]
async fn old_buttons_and_other_peoples_change_nothing() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let message = reminder(&app).await;
    let book = data(&message, label("bot-book"));
    let answers: Vec<String> = ["s", "b", "k", "o", "l", "3", "7", "m"]
        .map(|act| book.replace(":b:", &format!(":{act}:")))
        .into();
    let own = app.telegram.chat(NEIGHBOUR).into_iter().rfind(|m| m.from_bot).unwrap();
    let before = app.telegram.chat(NEIGHBOUR).len();
    for answer in &answers {
        let toast = app.telegram.press_data(NEIGHBOUR, own.id, answer).await.unwrap();
        assert!(toast.text.unwrap().contains("Такого здесь нет"), "{answer}");
    }
    assert_eq!(app.telegram.chat(NEIGHBOUR).len(), before, "nothing is said about it");
    assert!(now(&app, &message).button(label("bot-book")).is_some(), "it still waits");

    let check = tell_all_but_send(&app, &message, "100").await;
    press(&app, &check, label("bot-send")).await;
    for answer in answers.iter().filter(|answer| !answer.contains(":s:")) {
        let toast = app.telegram.press_data(CUSTOMER, message.id, answer).await.unwrap();
        assert_eq!(toast.text.as_deref(), Some(label("bot-conflict-maintenance_done")), "{answer}");
    }
    app.settled().await;
    let requests = phone.get("/app/requests").await.ok();
    assert_eq!(requests["requests"], json!([]), "no visit is booked");
    assert_eq!(phone.get("/app/cart").await.ok()["lines"], json!([]));
    app.finish().await;
}
