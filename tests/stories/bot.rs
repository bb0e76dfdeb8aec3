//! The bot in conversation: short, forgiving, and where it was after a restart.

use domain::texts::{Lang, Texts};
use sandbox::telegram::schema::Schema;
use tests::{App, CUSTOMER, MANAGER, label};

/// Presses a button by its label on the newest message that has it.
async fn press(app: &App, label: &str) {
    let message = app.says(CUSTOMER, |m| m.button(label).is_some()).await;
    app.telegram.press_button(CUSTOMER, message.id, label).await.unwrap();
}

#[tokio::test]
async fn service_is_called_in_the_chat() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.telegram.send_text(CUSTOMER, "/service").unwrap();
    let which = app.says(CUSTOMER, |m| m.text.contains(label("bot-service-which-machine"))).await;
    let machine = which.labels().into_iter().find(|label| label.contains("1234")).unwrap();
    app.telegram.press_button(CUSTOMER, which.id, machine).await.unwrap();
    press(&app, label("kind-breakdown")).await;
    press(&app, label("bot-yes-down")).await;
    app.says(CUSTOMER, |m| m.text.contains(label("bot-service-describe"))).await;
    app.telegram.send_text(CUSTOMER, "Не включается шпиндель").unwrap();
    press(&app, label("bot-files-done")).await;
    let check = app.says(CUSTOMER, |m| m.button(label("bot-send")).is_some()).await;
    let tap = || app.telegram.press_button(CUSTOMER, check.id, label("bot-send"));
    let (one, _) = tokio::join!(tap(), tap());
    one.unwrap();
    app.says(CUSTOMER, |m| m.text.contains("SRV-2026-000001")).await;
    app.says(MANAGER, |m| m.text.contains("SRV-2026-000001")).await;
    app.settled().await;
    let requests = phone.get("/app/requests").await.ok();
    assert_eq!(requests["requests"].as_array().unwrap().len(), 1, "a double tap is one request");
    assert_eq!(requests["requests"][0]["machine_down"], true);
    app.finish().await;
}

#[tokio::test]
async fn every_call_of_the_bot_fits_the_official_schema() {
    let app = App::start().await;
    let _phone = app.linked_customer().await;
    for command in ["/park", "/orders", "/requests", "/parts", "/cart", "/help", "/language"] {
        let sent = app.telegram.send_text(CUSTOMER, command).unwrap();
        let patience = std::time::Duration::from_secs(10);
        let answered = app.telegram.wait_after(CUSTOMER, sent, |m| m.from_bot, patience).await;
        answered.unwrap_or_else(|error| panic!("{command}: {error}"));
    }
    app.telegram.send_text(MANAGER, "/desk").unwrap();
    app.says(MANAGER, |m| m.text.contains(label("bot-desk-empty"))).await;
    let schema = include_str!("../fixtures/telegram/bot-api-10.3.min.json");
    let schema = Schema::parse(schema).unwrap();
    let requests = app.telegram.requests();
    assert!(requests.len() > 10);
    for request in requests {
        let faults = schema.check_request(&request.method, &request.params);
        assert!(faults.is_empty(), "{}: {faults:?}", request.method);
        assert!(request.refused.is_none(), "{request:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_language_is_chosen_and_kept() {
    let app = App::start().await;
    app.linked_customer().await;
    app.telegram.send_text(CUSTOMER, "/language").unwrap();
    press(&app, label("bot-language-en")).await;
    app.telegram.send_text(CUSTOMER, "/help").unwrap();
    let english = Texts::of(Lang::En).get("bot-help").lines().next().unwrap().to_owned();
    app.says(CUSTOMER, |m| m.text.contains(&english)).await;
    app.finish().await;
}

#[tokio::test]
async fn a_person_who_blocked_the_bot_is_no_longer_written_to() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.settled().await;
    app.telegram.block_bot(CUSTOMER).unwrap();
    app.settled().await;
    let before = app.telegram.chat(CUSTOMER).len();
    crate::fill_cart(&phone, 1).await;
    crate::order(&phone, "k").await;
    app.says(MANAGER, |m| m.text.contains("ORD-2026-000001")).await;
    app.settled().await;
    assert_eq!(app.telegram.chat(CUSTOMER).len(), before);
    assert_eq!(app.amo.leads().len(), 1, "the order itself is not touched by it");
    app.finish().await;
}

#[tokio::test]
async fn who_asks_to_be_forgotten_is_forgotten() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.telegram.send_text(CUSTOMER, "/forget").unwrap();
    press(&app, label("bot-yes-forget")).await;
    app.says(CUSTOMER, |m| m.text.contains(label("bot-forgotten"))).await;
    assert_eq!(phone.get("/app/park").await.status, 403);
    let mut reader = app.db.read().await.unwrap();
    let gone = domain::people::by_telegram(&mut reader, CUSTOMER).await.unwrap();
    assert!(gone.is_none());
    drop(reader);
    app.finish().await;
}
