//! A won deal makes passports, in every case of life: several machines, missing words, serials of
//! others, dates that both sides move.

use chrono::TimeDelta;
use sandbox::amocrm::{HandMadeLead, HookMode};
use sandbox::faults::{FaultMode, FaultPlan};
use sandbox::telegram::ChatMessage;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, NEIGHBOUR, label};

use crate::{fill_cart, order};

pub(crate) mod disputes;
pub(crate) mod fields;

const WON: i64 = 142;
const IN_WORK: i64 = 80_953_558;
const FIELD_SERIAL: i64 = 712_629;
const FIELD_MODEL: i64 = 712_631;
const FIELD_CONFIGURATION: i64 = 712_635;
const FIELD_NEXT: i64 = 712_640;

fn sold(serial: &str, model: &str, to: i64) -> HandMadeLead {
    HandMadeLead {
        serial: serial.to_owned(),
        model: model.to_owned(),
        telegram_id: to.to_string(),
        contact: "Пётр Покупатель".to_owned(),
        phone: "+7 900 555-77-00".to_owned(),
        ..HandMadeLead::default()
    }
}

/// A dealer whose account tells of changed fields too, as the subscription that we make does.
async fn dealer() -> App {
    let app = App::start().await;
    app.amo.set_webhook_url(None);
    let url = app.base.parse().unwrap();
    let connection = app.inbox.crms.amo().next().unwrap();
    assert!(connection.subscribe(&url).await.unwrap());
    app
}

pub(crate) async fn machine_of(phone: &MiniApp, serial: &str) -> Option<Value> {
    let park = phone.get("/app/park").await.ok();
    let id = park["machines"].as_array()?.iter().find(|m| m["serial"] == serial)?["id"].clone();
    Some(phone.get(&format!("/app/machines/{}", id.as_str()?)).await.ok())
}

fn told(app: &App, person: i64, words: &str) -> usize {
    app.telegram.chat(person).iter().filter(|m| m.from_bot && m.text.contains(words)).count()
}

fn gap_notes(app: &App, lead: i64) -> Vec<String> {
    let notes = app.amo.notes_of(lead).into_iter().map(|note| note.text().to_owned());
    notes.filter(|text| text.contains("аспорт станка не создан")).collect()
}

async fn poll(app: &App) {
    app.inbox.crms.reconcile(TimeDelta::zero()).await;
    app.settled().await;
}

#[tokio::test]
async fn what_is_missing_is_asked_once_and_when_it_is_filled_the_passport_appears() {
    let app = dealer().await;
    let phone = app.linked_customer().await;
    poll(&app).await;
    let deal = app.amo.create_lead_by_hand(&sold("", "vmc850", CUSTOMER));
    assert!(app.amo.drag(deal, WON));
    let card = app.says(MANAGER, |m| m.text.contains("нет серийного номера")).await;
    app.settled().await;
    let notes = gap_notes(&app, deal);
    assert_eq!(notes.len(), 1, "{notes:#?}");
    assert!(notes[0].contains("Серийный номер") && notes[0].contains("vmc850"), "{notes:#?}");

    // The same cause again is no news.
    for stage in [IN_WORK, WON] {
        app.pass(TimeDelta::minutes(1));
        assert!(app.amo.drag(deal, stage));
    }
    poll(&app).await;
    assert_eq!(gap_notes(&app, deal).len(), 1);
    // Another cause is.
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.edit_lead_field(deal, FIELD_MODEL, "Чудо-станок"));
    app.settled().await;
    let notes = gap_notes(&app, deal);
    assert_eq!(notes.len(), 2, "{notes:#?}");
    assert!(notes[1].contains("Чудо-станок"), "{notes:#?}");
    assert_eq!(phone.get("/app/park").await.ok()["machines"].as_array().unwrap().len(), 7);

    // Filled in: one word by webhook, the other found by the poll.
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.edit_lead_field(deal, FIELD_SERIAL, "FILLED-IN"));
    app.settled().await;
    assert!(machine_of(&phone, "FILLED-IN").await.is_none(), "nothing is half done");
    app.amo.set_hook_mode(HookMode::Lost);
    app.pass(TimeDelta::minutes(20));
    assert!(app.amo.edit_lead_field(deal, FIELD_MODEL, "vmc850"));
    poll(&app).await;
    app.says(CUSTOMER, |m| m.text.contains("FILLED-IN")).await;
    let done = app.says(MANAGER, |m| m.text.contains("данные заполнены")).await;
    assert_eq!(done.id, card.id, "the card itself shows it");
    assert!(machine_of(&phone, "FILLED-IN").await.is_some());
    app.amo.set_hook_mode(HookMode::Usual);

    // A deal that is about no machine is left alone.
    let parts = app.amo.create_lead_by_hand(&sold("", "", CUSTOMER));
    assert!(app.amo.drag(parts, WON));
    app.settled().await;
    assert!(app.amo.notes_of(parts).is_empty());
    app.finish().await;
}

#[tokio::test]
async fn one_deal_brings_several_machines_each_told_once() {
    let app = dealer().await;
    let phone = app.linked_customer().await;
    let lines = "16К20; LINE-A; УЦИ, люнет\nvmc850; LINE-B; BT40\nvmc850; LINE-C";
    let deal = HandMadeLead {
        configuration: lines.to_owned(),
        next_maintenance: "2027-02-02".to_owned(),
        ..sold("", "", CUSTOMER)
    };
    let deal = app.amo.create_lead_by_hand(&deal);
    for stage in [WON, IN_WORK, WON] {
        assert!(app.amo.drag(deal, stage));
        app.settled().await;
        app.pass(TimeDelta::minutes(1));
    }
    for (serial, code, configuration) in
        [("LINE-A", "16k20", "УЦИ, люнет"), ("LINE-B", "vmc850", "BT40"), ("LINE-C", "vmc850", "")]
    {
        let seen = machine_of(&phone, serial).await.unwrap();
        assert_eq!(seen["model"]["code"], code);
        assert_eq!(seen["configuration"], configuration);
        assert_eq!(seen["next_maintenance_on"], "2027-02-02");
        app.says(CUSTOMER, |m| m.text.contains(serial)).await;
    }
    assert_eq!(told(&app, CUSTOMER, "оборудование зарегистрировано"), 3);
    assert_eq!(phone.get("/app/park").await.ok()["machines"].as_array().unwrap().len(), 10);
    app.finish().await;
}

#[tokio::test]
async fn a_link_that_was_lost_is_made_anew_from_the_card() {
    let app = dealer().await;
    let deal = HandMadeLead {
        telegram_id: String::new(),
        phone: "+7 900 999-88-00".to_owned(),
        ..sold("INVITED", "vmc850", 0)
    };
    let deal = app.amo.create_lead_by_hand(&deal);
    assert!(app.amo.drag(deal, WON));
    let card = app.says(MANAGER, |m| m.text.contains("INVITED")).await;
    let token = |message: &ChatMessage| {
        let at = message.text.find("i_").unwrap();
        message.text[at..].chars().take(50).collect::<String>()
    };
    let old = token(&card);
    app.pass(TimeDelta::days(15));
    app.telegram.press_button(MANAGER, card.id, label("bot-invite-new")).await.unwrap();
    let card = app.says(MANAGER, |m| m.id == card.id && token(m) != old).await;
    app.telegram.press_start(NEIGHBOUR, Some(&old)).unwrap();
    app.says(NEIGHBOUR, |m| m.text.contains("истекла")).await;
    app.telegram.press_start(NEIGHBOUR, Some(&token(&card))).unwrap();
    app.eventually("the passport", async || {
        let phone = app.mini_app(NEIGHBOUR);
        let park = phone.get("/app/park").await;
        park.body.to_string().contains("INVITED").then_some(())
    })
    .await;
    app.settled().await;
    let late = app.telegram.press_button(MANAGER, card.id, label("bot-invite-new")).await.unwrap();
    assert_eq!(late.text(), Some(label("bot-conflict-owner_met")));
    app.finish().await;
}
