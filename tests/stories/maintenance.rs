//! Each machine due: a ladder of reminders, one message per machine, person and step.

use chrono::{NaiveDate, TimeDelta};
use domain::maintenance;
use domain::texts::{Lang, Texts};
use sandbox::amocrm::HandMadeLead;
use sandbox::telegram::ChatMessage;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, MiniApp, NEIGHBOUR};

/// A small JPEG, as phones send them.
const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");

fn reminders(app: &App, serial: &str) -> Vec<String> {
    let chat = app.telegram.chat(CUSTOMER);
    let about = |m: &&ChatMessage| m.from_bot && m.text.contains(serial);
    let dated = |m: &&ChatMessage| m.text.contains("ТО");
    chat.iter().filter(about).filter(dated).map(|m| m.text.clone()).collect()
}

#[tokio::test]
async fn the_ladder_is_climbed_once_and_missed_days_are_caught_up() {
    let app = App::start().await;
    app.linked_customer().await;
    let said_before = reminders(&app, "VMC850-26-0117").len();
    // The machine is due on 21 December; today is 23 November: 28 days, the first step is due.
    let mut sent = Vec::new();
    for day in 0..40 {
        // A fortnight's holiday of the server: nothing runs from the 5th to the 12th day.
        if !(5..12).contains(&day) {
            for _ in 0..3 {
                maintenance::tick(&app.db, &app.dealer).await.unwrap();
            }
        }
        app.settled().await;
        let now = reminders(&app, "VMC850-26-0117").len() - said_before;
        if now != sent.len() {
            assert_eq!(now, sent.len() + 1, "one message at a time");
            sent.push(28 - day);
        }
        app.pass(TimeDelta::days(1));
    }
    assert_eq!(sent.len(), 5, "30, 14, 3 and 0 days before, then a week after: {sent:?}");
    assert_eq!(sent[0], 28, "the missed step of 30 days is caught up at once");
    assert!((12..=14).contains(&sent[1]), "{sent:?}");
    assert!((1..=3).contains(&sent[2]), "{sent:?}");
    assert_eq!(sent[3], 0, "{sent:?}");
    assert!((-9..=-7).contains(&sent[4]), "{sent:?}");
    let tasks = app.amo.tasks();
    let about: Vec<_> = tasks.iter().filter(|t| t.text.contains("VMC850-26-0117")).collect();
    assert_eq!(about.len(), 1, "one task for the manager per date: {tasks:#?}");
    assert!(about[0].text.contains("Допродажа"));
    app.finish().await;
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

fn label(key: &str) -> &str {
    Texts::of(Lang::Ru).get(key)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
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

async fn passport(app: &App, phone: &MiniApp, serial: &str) -> Value {
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let machine = machines.iter().find(|machine| machine["serial"] == serial).unwrap();
    let id = machine["id"].as_str().unwrap();
    app.settled().await;
    phone.get(&format!("/app/machines/{id}")).await.ok()
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
async fn a_maintenance_that_they_did_themselves_moves_the_date_and_ends_the_reminders() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let message = reminder(&app).await;
    press(&app, &message, label("bot-done-ourselves")).await;
    app.says(CUSTOMER, |m| m.button(label("bot-own-no-hours")).is_some()).await;
    for (typed, answer) in [("много", "error-number"), ("420000", "error-hours-many")] {
        app.telegram.send_text(CUSTOMER, typed).unwrap();
        app.says(CUSTOMER, |m| m.text.contains(label(answer))).await;
    }
    let check = tell_all_but_send(&app, &message, "4 200").await;
    assert!(check.text.contains("4200") && check.text.contains("масло"), "{}", check.text);
    let tap = || app.telegram.press_button(CUSTOMER, check.id, label("bot-send"));
    let (one, _) = tokio::join!(tap(), tap());
    one.unwrap();
    app.settled().await;
    assert!(now(&app, &check).text.contains("23\u{a0}мая"), "{}", now(&app, &check).text);
    let card = now(&app, &message);
    assert!(card.text.contains("ТО сделано"), "{}", card.text);
    assert!(card.labels().iter().all(|label| label.contains("паспорт")), "{:?}", card.labels());

    let passport = passport(&app, &phone, "1234").await;
    assert_eq!(passport["next_maintenance_on"], "2027-05-23", "six months from today");
    assert_eq!(passport["hours"], 4200);
    let history = passport["timeline"].as_array().unwrap();
    let told: Vec<&Value> = history.iter().filter(|e| e["kind"] == "own_maintenance").collect();
    assert_eq!(told.len(), 1, "a double tap is one event: {history:#?}");
    assert!(told[0]["title"].as_str().unwrap().contains("Заменили масло"), "{told:?}");

    let news = app.says(MANAGER, |m| m.text.contains("Клиент сделал ТО сам")).await;
    assert!(news.text.contains("1234") && news.text.contains("Заменили масло"), "{}", news.text);
    let photo = news.labels().into_iter().find(|label| label.contains(".jpg")).unwrap();
    app.telegram.press_button(MANAGER, news.id, photo).await.unwrap();
    app.says(MANAGER, |m| m.document.is_some()).await;

    let tasks = app.amo.tasks();
    let task = tasks.iter().find(|task| task.text.contains("№ 1234")).unwrap();
    assert!(task.is_completed, "{task:?}");
    assert!(task.result.as_ref().unwrap().contains("Заменили масло"), "{task:?}");

    let before = reminders(&app, "1234").len();
    for _ in 0..60 {
        app.pass(TimeDelta::days(1));
        remind(&app).await;
    }
    app.settled().await;
    assert_eq!(reminders(&app, "1234").len(), before, "nobody is reminded of what is done");
    app.finish().await;
}

#[tokio::test]
async fn the_deal_of_a_sold_machine_hears_of_the_new_date() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let deal = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "VMC850-26-9999".to_owned(),
        model: "vmc850".to_owned(),
        next_maintenance: "2026-12-10".to_owned(),
        phone: "+7 900 111-22-33".to_owned(),
        contact: "Анна".to_owned(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(deal, 142));
    app.says(CUSTOMER, |m| m.text.contains("VMC850-26-9999")).await;
    remind(&app).await;
    let due = |m: &ChatMessage| m.text.contains("-9999") && m.button(label("bot-book")).is_some();
    let message = app.says(CUSTOMER, due).await;
    press(&app, &message, label("bot-done-ourselves")).await;
    let hours = app.says(CUSTOMER, |m| m.button(label("bot-own-no-hours")).is_some()).await;
    press(&app, &hours, label("bot-own-no-hours")).await;
    press(&app, &hours, label("bot-files-done")).await;
    press(&app, &hours, label("bot-send")).await;
    app.settled().await;
    let lead = app.amo.lead(deal).unwrap();
    let midnight_in_moscow = 1_803_330_000;
    assert_eq!(lead.fields[&712_640][0].value, midnight_in_moscow, "23 February 2027");
    let notes = app.amo.notes_of(deal);
    let told = notes.iter().filter(|note| note.text().contains("силами клиента")).count();
    assert_eq!(told, 1, "{notes:#?}");
    let passport = passport(&app, &phone, "VMC850-26-9999").await;
    assert_eq!(passport["next_maintenance_on"], "2027-02-23", "our own change comes back as none");
    app.finish().await;
}

#[tokio::test]
async fn later_comes_back_once_on_the_promised_day() {
    let app = App::start().await;
    app.linked_customer().await;
    let message = reminder(&app).await;
    let told = reminders(&app, "1234").len();
    press(&app, &message, label("bot-later")).await;
    press(&app, &now(&app, &message), label("bot-back")).await;
    assert!(now(&app, &message).button(label("bot-book")).is_some(), "one may think again");
    press(&app, &message, label("bot-later")).await;
    let choices = now(&app, &message);
    assert!(choices.button(label("bot-later-month")).is_some(), "{:?}", choices.labels());
    press(&app, &choices, label("bot-later-three-days")).await;
    let card = now(&app, &message);
    assert!(card.text.contains("Напомню 26\u{a0}ноября"), "{}", card.text);
    assert!(card.button(label("bot-book")).is_none(), "{:?}", card.labels());

    let mut heard = Vec::new();
    let mut count = told;
    while app.dealer.today() < day("2026-12-04") {
        app.pass(TimeDelta::days(1));
        remind(&app).await;
        remind(&app).await;
        app.settled().await;
        let now = reminders(&app, "1234").len();
        if now != count {
            assert_eq!(now, count + 1, "one message at a time");
            heard.push(app.dealer.today());
            count = now;
        }
    }
    let expected = ["2026-11-26", "2026-11-30", "2026-12-03"].map(day);
    assert_eq!(heard, expected, "once as asked, then the steps of the ladder as ever");
    app.finish().await;
}

#[tokio::test]
async fn a_booked_visit_ends_the_reminders_until_it_is_called_off() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let message = reminder(&app).await;
    press(&app, &message, label("bot-book")).await;
    let requests = phone.get("/app/requests").await.ok();
    let number = requests["requests"][0]["number"].as_str().unwrap().to_owned();
    while app.dealer.today() < day("2026-12-01") {
        app.pass(TimeDelta::days(1));
        remind(&app).await;
    }
    app.settled().await;
    assert!(unanswered(&app).is_empty(), "three days before, but somebody comes");

    phone.post(&format!("/app/requests/{number}/cancel"), &json!({})).await.ok();
    app.pass(TimeDelta::days(1));
    remind(&app).await;
    remind(&app).await;
    app.settled().await;
    let again = unanswered(&app);
    assert_eq!(again.len(), 1, "nobody comes: the step is caught up");
    press(&app, &again[0], label("bot-book")).await;
    let card = now(&app, &again[0]);
    assert!(card.text.contains("SRV-2026-000002"), "a new visit: {}", card.text);
    app.finish().await;
}

#[tokio::test]
async fn a_visit_that_is_forgotten_does_not_silence_the_reminders_for_ever() {
    let app = App::start().await;
    app.linked_customer().await;
    let message = reminder(&app).await;
    press(&app, &message, label("bot-book")).await;
    let mut heard = Vec::new();
    while app.dealer.today() < day("2026-12-20") {
        app.pass(TimeDelta::days(1));
        remind(&app).await;
        app.settled().await;
        if unanswered(&app).len() > heard.len() {
            heard.push(app.dealer.today());
        }
    }
    // Due on 3 December, a fortnight after the booking on 7 December: then a week late as ever.
    assert_eq!(heard, ["2026-12-07", "2026-12-10", "2026-12-17"].map(day), "{heard:?}");
    app.finish().await;
}

#[tokio::test]
async fn an_overdue_machine_rests_for_a_week_at_most() {
    let app = App::start().await;
    app.linked_customer().await;
    remind(&app).await;
    let late = |m: &ChatMessage| m.text.contains("0457") && m.button(label("bot-later")).is_some();
    let message = app.says(CUSTOMER, late).await;
    let month = data(&message, label("bot-later")).replace(":l:", ":m:");
    press(&app, &message, label("bot-later")).await;
    assert!(now(&app, &message).button(label("bot-later-month")).is_none());
    app.telegram.press_data(CUSTOMER, message.id, &month).await.unwrap();
    let card = now(&app, &message);
    assert!(card.text.contains("Напомню 30\u{a0}ноября"), "{}", card.text);
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
