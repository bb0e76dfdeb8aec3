//! Each machine due: a ladder of reminders, one message per machine, person and step.

use chrono::TimeDelta;
use domain::maintenance;
use tests::{App, CUSTOMER};

fn reminders(app: &App, serial: &str) -> Vec<String> {
    let chat = app.telegram.chat(CUSTOMER);
    let about = |m: &&sandbox::telegram::ChatMessage| m.from_bot && m.text.contains(serial);
    let dated = |m: &&sandbox::telegram::ChatMessage| m.text.contains("ТО");
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
