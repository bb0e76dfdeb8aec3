//! When people are reminded: the ladder, a later day, a visit that is booked.

use super::*;

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

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
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

    // The days have ended the session: she opens the app again.
    let phone = app.mini_app(CUSTOMER);
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
