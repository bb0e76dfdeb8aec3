//! Serials that managers decide about.

use super::*;

/// The manager's card of a case.
pub(crate) async fn case_card(app: &App, serial: &str) -> ChatMessage {
    let reject = label("approval-reject");
    app.says(MANAGER, |m| m.text.contains(serial) && m.button(reject).is_some()).await
}

#[tokio::test]
async fn a_serial_of_another_is_handed_over_only_by_a_manager_and_once() {
    let app = dealer().await;
    let phone = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let neighbour = app.mini_app(NEIGHBOUR);
    fill_cart(&phone, 1).await;
    order(&phone, "before").await;
    let deal = app.amo.create_lead_by_hand(&sold("1234", "16к20", NEIGHBOUR));
    assert!(app.amo.drag(deal, WON));
    let card = case_card(&app, "1234").await;
    for known in ["Тульский станочный цех", "Пётр Покупатель", "16к20"]
    {
        assert!(card.text.contains(known), "both histories: {}", card.text);
    }
    app.settled().await;
    assert!(machine_of(&phone, "1234").await.is_some(), "nothing has changed so far");

    // A stranger who got hold of the button changes nothing; neither does the same deal again.
    let transfer = card.button(label("approval-transfer")).unwrap().data.clone().unwrap();
    for stranger in [CUSTOMER, NEIGHBOUR, ENGINEER] {
        let message = app.says(stranger, |_| true).await;
        app.telegram.press_data(stranger, message.id, &transfer).await.unwrap();
    }
    for stage in [IN_WORK, WON] {
        app.pass(TimeDelta::minutes(1));
        assert!(app.amo.drag(deal, stage));
        app.settled().await;
    }
    assert!(machine_of(&phone, "1234").await.is_some());
    let card = case_card(&app, "1234").await;

    app.telegram.press_button(MANAGER, card.id, label("approval-transfer")).await.unwrap();
    app.says(NEIGHBOUR, |m| m.text.contains("1234") && m.text.contains("парке")).await;
    app.settled().await;
    assert!(machine_of(&phone, "1234").await.is_none());
    let seen = machine_of(&neighbour, "1234").await.unwrap();
    assert!(seen["timeline"].to_string().contains("передан новому владельцу"), "{seen:#}");
    let decided = app.says(MANAGER, |m| m.text.contains("Передан новому владельцу")).await;
    assert_eq!(decided.id, card.id);
    assert!(decided.labels().is_empty(), "nothing is left to press");
    let late = app.telegram.press_data(MANAGER, card.id, &transfer).await.unwrap();
    assert_eq!(late.text.as_deref(), Some(label("bot-conflict-decided")));
    assert_eq!(told(&app, NEIGHBOUR, "оборудование зарегистрировано"), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_serial_one_slip_away_is_asked_about() {
    let app = dealer().await;
    let phone = app.linked_customer().await;
    // VMC850-26-0117 is known.
    let deal = app.amo.create_lead_by_hand(&sold("VMC850-26-0171", "vmc850", CUSTOMER));
    assert!(app.amo.drag(deal, WON));
    let card = case_card(&app, "VMC850-26-0171").await;
    assert!(card.text.contains("VMC850-26-0117"), "{}", card.text);
    app.telegram.press_button(MANAGER, card.id, label("approval-same")).await.unwrap();
    app.settled().await;
    assert!(machine_of(&phone, "VMC850-26-0171").await.is_none());
    let lead = app.amo.lead(deal).unwrap();
    assert_eq!(lead.text(FIELD_SERIAL).as_deref(), Some("VMC850-26-0117"), "the slip is mended");

    let other = app.amo.create_lead_by_hand(&sold("VMC850-26-0118", "vmc850", CUSTOMER));
    assert!(app.amo.drag(other, WON));
    let card = case_card(&app, "VMC850-26-0118").await;
    app.telegram.press_button(MANAGER, card.id, label("approval-separate")).await.unwrap();
    app.says(CUSTOMER, |m| m.text.contains("VMC850-26-0118")).await;
    app.settled().await;
    assert!(machine_of(&phone, "VMC850-26-0118").await.is_some());

    // A refused one gets a note; the deal that is corrected withdraws what was asked.
    let refused = app.amo.create_lead_by_hand(&sold("VMC850-26-01177", "vmc850", CUSTOMER));
    assert!(app.amo.drag(refused, WON));
    let card = case_card(&app, "VMC850-26-01177").await;
    app.telegram.press_button(MANAGER, card.id, label("approval-reject")).await.unwrap();
    app.settled().await;
    assert_eq!(gap_notes(&app, refused).len(), 1);
    let mended = app.amo.create_lead_by_hand(&sold("VMC850-26-O17", "vmc850", CUSTOMER));
    assert!(app.amo.edit_lead_field(mended, FIELD_SERIAL, "VMC850-26-017"));
    assert!(app.amo.drag(mended, WON));
    let card = case_card(&app, "VMC850-26-017").await;
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.edit_lead_field(mended, FIELD_SERIAL, "VMC850-26-9000"));
    app.says(CUSTOMER, |m| m.text.contains("VMC850-26-9000")).await;
    app.settled().await;
    let chat = app.telegram.chat(MANAGER);
    let card = chat.iter().find(|m| m.id == card.id).unwrap();
    assert!(card.text.contains("сделку изменили") && card.labels().is_empty(), "{}", card.text);
    app.finish().await;
}
