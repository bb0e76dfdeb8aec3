//! Webhooks are hints: kept, answered, followed; broken ones change nothing and stay visible.

mod door;

use std::time::Duration;

use sandbox::amocrm::HandMadeLead;
use tests::{App, CUSTOMER, MANAGER};

use crate::{fill_cart, order};

async fn post(app: &App, secret: &str, body: impl Into<reqwest::Body>) -> u16 {
    let address = format!("{}/webhook/amocrm?secret={secret}", app.base);
    let form = "application/x-www-form-urlencoded";
    let request = app.http.post(address).header("Content-Type", form).body(body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_won_deal_becomes_a_passport_and_a_message() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let before = phone.get("/app/park").await.ok()["machines"].as_array().unwrap().len();
    let lead = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "RT-2026-01".to_owned(),
        model: "РТ755Ф3".to_owned(),
        configuration: "ЧПУ, РМЦ 1500".to_owned(),
        next_maintenance: "2027-05-20".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(lead, 142));
    let told = app.says(CUSTOMER, |m| m.text.contains("оборудование зарегистрировано")).await;
    assert!(told.text.contains("RT-2026-01"), "{}", told.text);
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    assert_eq!(machines.len(), before + 1);
    let machine = machines.iter().find(|m| m["serial"] == "RT-2026-01").unwrap();
    assert_eq!(machine["model"]["code"], "rt755f3", "the catalogue's model, in either alphabet");
    assert_eq!(machine["next_maintenance_on"], "2027-05-20");
    let id = machine["id"].as_str().unwrap();
    let passport = phone.get(&format!("/app/machines/{id}")).await.ok();
    assert!(passport["configuration"].to_string().contains("РМЦ 1500"));

    // The same again, and out of the stage and back: nothing twice.
    app.settled().await;
    assert!(app.amo.drag(lead, 80_953_558));
    assert!(app.amo.drag(lead, 142));
    app.settled().await;
    let messages = app.telegram.chat(CUSTOMER);
    let told = messages.iter().filter(|m| m.text.contains("оборудование зарегистрировано"));
    assert_eq!(told.count(), 1);
    let again = phone.get("/app/park").await.ok();
    assert_eq!(again["machines"].as_array().unwrap().len(), before + 1);
    app.finish().await;
}

#[tokio::test]
async fn a_passport_waits_for_a_person_whom_the_bot_has_not_met() {
    let app = App::start().await;
    let lead = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "VMC-77".to_owned(),
        model: "vmc850".to_owned(),
        contact: "Новый клиент".to_owned(),
        phone: "8 (900) 999-88-77".to_owned(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(lead, 142));
    let invite = app.says(MANAGER, |m| m.text.contains("start=i_")).await;
    let start = invite.text.find("start=i_").unwrap() + "start=".len();
    let payload: String = invite.text[start..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    app.telegram.press_start(tests::NEIGHBOUR, Some(&payload)).unwrap();
    let phone = app.mini_app(tests::NEIGHBOUR);
    app.eventually("the passport", async || {
        let park = phone.get("/app/park").await;
        (park.body["machines"][0]["serial"] == "VMC-77").then_some(())
    })
    .await;
    app.telegram.press_start(CUSTOMER, Some(&payload)).unwrap();
    app.settled().await;
    let second = app.mini_app(CUSTOMER).get("/app/park").await;
    assert_eq!(second.status, 403, "a link is used once");
    app.finish().await;
}

#[tokio::test]
async fn stages_move_orders_and_our_own_echo_moves_nothing() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let lead = app.amo.leads()[0].id;
    for (stage, state) in [(80_953_558, "confirmed"), (80_953_562, "shipped"), (142, "completed")] {
        assert!(app.amo.drag(lead, stage));
        app.eventually(state, async || {
            let order = phone.get(&format!("/app/orders/{number}")).await.ok();
            (order["order"]["state"] == state).then_some(())
        })
        .await;
        app.settled().await;
    }
    let cards = app.telegram.chat(CUSTOMER);
    let cards: Vec<_> = cards.iter().filter(|m| m.from_bot && m.text.contains(&number)).collect();
    assert_eq!(cards.len(), 1, "one live card, edited in place: {cards:#?}");
    assert!(cards[0].edited);
    assert_eq!(app.amo.lead(lead).unwrap().status_id, 142, "we pushed nothing back");
    let park = phone.get("/app/park").await.ok();
    assert!(
        park["machines"].as_array().unwrap().iter().all(|m| m["serial"] != number),
        "an order of parts is no machine"
    );
    app.finish().await;
}

#[tokio::test]
async fn a_contact_that_changes_changes_the_customer() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.settled().await;
    let contact = app.amo.contacts()[0].id;
    assert!(app.amo.edit_contact(contact, Some("Анна Новая"), None, Some("anna@example.com")));
    app.eventually("the new name", async || {
        let mut reader = app.db.read().await.ok()?;
        let customer = domain::people::by_telegram(&mut reader, CUSTOMER).await.ok()??;
        (customer.name == "Анна Новая" && customer.email.as_deref() == Some("anna@example.com"))
            .then_some(())
    })
    .await;
    app.finish().await;
}

#[tokio::test]
async fn a_poll_finds_what_a_lost_webhook_would_have_said() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.settled().await;
    app.inbox.crms.reconcile(chrono::TimeDelta::zero()).await;
    app.amo.set_webhook_url(None);
    app.pass(chrono::TimeDelta::minutes(5));
    let lead = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "LOST-1".to_owned(),
        model: "16К20".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(lead, 142));
    tokio::time::sleep(Duration::from_millis(100)).await;
    app.inbox.crms.reconcile(chrono::TimeDelta::zero()).await;
    app.settled().await;
    let park = phone.get("/app/park").await.ok();
    assert!(park["machines"].as_array().unwrap().iter().any(|m| m["serial"] == "LOST-1"));
    app.finish().await;
}

/// A won deal whose webhook the sandbox does not send itself.
fn won_silently(app: &App) -> i64 {
    app.amo.set_hook_mode(sandbox::amocrm::HookMode::Lost);
    let lead = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "FOREIGN-1".to_owned(),
        model: "16К20".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(lead, 142));
    lead
}

async fn has_foreign(phone: &tests::MiniApp) -> bool {
    let park = phone.get("/app/park").await.ok();
    park["machines"].as_array().unwrap().iter().any(|m| m["serial"] == "FOREIGN-1")
}

#[tokio::test]
async fn several_entities_in_one_webhook_are_all_followed() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.amo.set_hook_mode(sandbox::amocrm::HookMode::Lost);
    let mut body = String::from("account[subdomain]=exampleshop");
    for at in 0..12 {
        let lead = app.amo.create_lead_by_hand(&HandMadeLead {
            serial: format!("BULK-{at}"),
            model: "16К20".to_owned(),
            telegram_id: CUSTOMER.to_string(),
            ..HandMadeLead::default()
        });
        assert!(app.amo.drag(lead, 142));
        body.push_str(&format!("&leads[update][{at}][id]={lead}"));
    }
    assert_eq!(post(&app, "story-secret", body).await, 200);
    app.settled().await;
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let bulk = machines.iter().filter(|m| m["serial"].as_str().unwrap().starts_with("BULK-"));
    assert_eq!(bulk.count(), 12);
    app.finish().await;
}

#[tokio::test]
async fn a_second_phone_of_the_contact_does_not_replace_the_first() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.settled().await;
    let contact = app.amo.contacts()[0].id;
    assert!(app.amo.edit_contact(contact, Some("Анна П."), Some("+79005557788"), None));
    let customer = async || {
        let mut reader = app.db.read().await.unwrap();
        domain::people::by_telegram(&mut reader, CUSTOMER).await.unwrap().unwrap()
    };
    app.settled().await;
    let changed = customer().await;
    assert_eq!(
        changed.phone.unwrap().as_str(),
        "+79005557788",
        "the only one there is the new one"
    );
    assert_eq!(changed.name, "Анна П.");
    app.finish().await;
}

#[tokio::test]
async fn a_digital_pipeline_is_heard_like_the_accounts_own_webhook() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.amo.set_webhook_url(None);
    let address = format!("{}/webhook/amocrm?secret=story-secret", app.base);
    app.amo.set_pipeline_hook(Some((142, address)));
    let lead = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "PIPED-1".to_owned(),
        model: "16К20".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(lead, 142));
    app.says(CUSTOMER, |message| message.text.contains("PIPED-1")).await;
    let park = phone.get("/app/park").await.ok();
    assert!(park["machines"].as_array().unwrap().iter().any(|m| m["serial"] == "PIPED-1"));
    app.finish().await;
}
