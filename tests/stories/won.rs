//! A won deal makes passports, in every case of life: several machines, missing words, serials of
//! others, dates that both sides move.

use chrono::TimeDelta;
use domain::texts::{Lang, Texts};
use sandbox::amocrm::{HandMadeLead, HookMode};
use sandbox::faults::{FaultMode, FaultPlan};
use sandbox::telegram::ChatMessage;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, NEIGHBOUR};

use crate::{fill_cart, order};

const WON: i64 = 142;
const IN_WORK: i64 = 80_953_558;
const FIELD_SERIAL: i64 = 712_629;
const FIELD_MODEL: i64 = 712_631;
const FIELD_CONFIGURATION: i64 = 712_635;
const FIELD_NEXT: i64 = 712_640;

fn label(key: &str) -> &str {
    Texts::of(Lang::Ru).get(key)
}

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

async fn machine_of(phone: &MiniApp, serial: &str) -> Option<Value> {
    let park = phone.get("/app/park").await.ok();
    let id = park["machines"].as_array()?.iter().find(|m| m["serial"] == serial)?["id"].clone();
    Some(phone.get(&format!("/app/machines/{}", id.as_str()?)).await.ok())
}

async fn next_of(phone: &MiniApp, serial: &str) -> Value {
    machine_of(phone, serial).await.unwrap()["next_maintenance_on"].clone()
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

/// The midnight of a day in Moscow, as amoCRM keeps dates.
fn midnight(day: &str) -> i64 {
    let text = format!("{day}T00:00:00+03:00");
    chrono::DateTime::parse_from_rfc3339(&text).unwrap().timestamp()
}

fn date_in(app: &App, lead: i64) -> Value {
    app.amo.lead(lead).unwrap().fields[&FIELD_NEXT][0].value.clone()
}

/// The engineer comes, and agrees on the next date.
async fn visit(app: &App, phone: &MiniApp, machine: &Value, next: &str) {
    let form = reqwest::multipart::Form::new()
        .text("machine_id", machine["id"].as_str().unwrap().to_owned())
        .text("kind", "maintenance")
        .text("text", "Плановое ТО")
        .text("client_key", format!("visit-{next}"));
    let made = phone.post_form("/app/service", form).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    let manager = app.mini_app(MANAGER);
    manager.post(&format!("/app/requests/{number}/take"), &json!({})).await.ok();
    let assign = json!({ "engineer_telegram_id": ENGINEER });
    manager.post(&format!("/app/requests/{number}/assign"), &assign).await.ok();
    let engineer = app.mini_app(ENGINEER);
    let jobs = engineer.get("/app/jobs").await.ok();
    let jobs = jobs["jobs"].as_array().unwrap().clone();
    let job = jobs.iter().find(|job| job["request_number"] == *number).unwrap();
    let job = job["id"].as_str().unwrap();
    for step in ["accept", "start"] {
        engineer.post(&format!("/app/jobs/{job}/{step}"), &json!({})).await.ok();
    }
    let report = json!({ "report": "Сделано", "next_maintenance_on": next });
    engineer.post(&format!("/app/jobs/{job}/done"), &report).await.ok();
}

/// What the history says of the plan.
fn plans(seen: &Value) -> Vec<String> {
    let events = seen["timeline"].as_array().unwrap().iter();
    let plans = events.filter(|event| event["kind"] == "plan");
    plans.map(|event| event["title"].as_str().unwrap().replace('\u{a0}', " ")).collect()
}

#[tokio::test]
async fn a_date_moves_both_ways_and_the_later_change_counts() {
    let app = dealer().await;
    let phone = app.linked_customer().await;
    let deal = HandMadeLead {
        next_maintenance: "2027-01-15".to_owned(),
        ..sold("BOTH-WAYS", "vmc850", CUSTOMER)
    };
    let deal = app.amo.create_lead_by_hand(&deal);
    assert!(app.amo.drag(deal, WON));
    app.says(CUSTOMER, |m| m.text.contains("BOTH-WAYS")).await;
    app.settled().await;
    assert_eq!(next_of(&phone, "BOTH-WAYS").await, "2027-01-15");

    // Moved there: the plan follows, and says so.
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.edit_lead_field(deal, FIELD_NEXT, "2027-03-01"));
    app.settled().await;
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-03-01");
    assert_eq!(plans(&seen).len(), 1, "{seen:#}");
    assert!(plans(&seen)[0].contains("15 января 2027") && plans(&seen)[0].contains("1 марта 2027"));

    // Agreed here: the deal by which the machine was sold says so, and its echo changes nothing.
    app.pass(TimeDelta::minutes(10));
    visit(&app, &phone, &seen, "2027-06-01").await;
    app.settled().await;
    assert_eq!(date_in(&app, deal), midnight("2027-06-01"));
    poll(&app).await;
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-06-01");
    assert_eq!(plans(&seen).len(), 1, "our own word is no news: {seen:#}");

    // Both move it, and nobody has heard of the other: here was later.
    app.amo.set_hook_mode(HookMode::Held);
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.edit_lead_field(deal, FIELD_NEXT, "2027-07-07"));
    app.pass(TimeDelta::minutes(10));
    visit(&app, &phone, &seen, "2027-08-08").await;
    app.settled().await;
    assert_eq!(date_in(&app, deal), midnight("2027-08-08"));
    app.amo.release_hooks(3).await;
    app.amo.set_hook_mode(HookMode::Usual);
    app.settled().await;
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-08-08");
    assert_eq!(plans(&seen).len(), 2, "{seen:#}");
    assert!(plans(&seen).iter().any(|plan| plan.contains("Здесь — позже")), "{seen:#}");

    // Again, and there was later: our word could not go meanwhile.
    app.pass(TimeDelta::minutes(10));
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::ErrorBefore).only("PATCH /api/v4/leads")]);
    visit(&app, &phone, &seen, "2027-09-09").await;
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.edit_lead_field(deal, FIELD_NEXT, "2027-10-10"));
    app.eventually("the later date", async || {
        (next_of(&phone, "BOTH-WAYS").await == "2027-10-10").then_some(())
    })
    .await;
    app.amo.faults().clear();
    app.pass(TimeDelta::hours(2));
    app.settled().await;
    assert_eq!(date_in(&app, deal), midnight("2027-10-10"));
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-10-10");
    assert!(plans(&seen).iter().any(|plan| plan.contains("В CRM — позже")), "{seen:#}");
    assert_eq!(told(&app, CUSTOMER, "оборудование зарегистрировано"), 1);
    app.finish().await;
}

#[tokio::test]
async fn serial_model_and_configuration_are_corrected_from_the_deal() {
    let app = dealer().await;
    let phone = app.linked_customer().await;
    let deal = app.amo.create_lead_by_hand(&sold("WRONG-1", "vmc850", CUSTOMER));
    assert!(app.amo.drag(deal, WON));
    app.says(CUSTOMER, |m| m.text.contains("WRONG-1")).await;
    app.settled().await;
    app.pass(TimeDelta::minutes(5));
    assert!(app.amo.edit_lead_field(deal, FIELD_SERIAL, "RIGHT-7"));
    assert!(app.amo.edit_lead_field(deal, FIELD_MODEL, "16К20"));
    assert!(app.amo.edit_lead_field(deal, FIELD_CONFIGURATION, "УЦИ на 3 оси"));
    app.settled().await;
    assert!(machine_of(&phone, "WRONG-1").await.is_none(), "it is the same machine");
    let seen = machine_of(&phone, "RIGHT-7").await.unwrap();
    assert_eq!(seen["model"]["code"], "16k20");
    assert_eq!(seen["configuration"], "УЦИ на 3 оси");
    let history = seen["timeline"].to_string();
    assert!(history.contains("был WRONG-1, стал RIGHT-7"), "{history}");
    assert_eq!(told(&app, CUSTOMER, "оборудование зарегистрировано"), 1);
    app.finish().await;
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

/// The manager's card of a case.
async fn case_card(app: &App, serial: &str) -> ChatMessage {
    let reject = label("bot-approval-reject");
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
    let transfer = card.button(label("bot-approval-transfer")).unwrap().data.clone().unwrap();
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

    app.telegram.press_button(MANAGER, card.id, label("bot-approval-transfer")).await.unwrap();
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
    app.telegram.press_button(MANAGER, card.id, label("bot-approval-same")).await.unwrap();
    app.settled().await;
    assert!(machine_of(&phone, "VMC850-26-0171").await.is_none());
    let lead = app.amo.lead(deal).unwrap();
    assert_eq!(lead.text(FIELD_SERIAL).as_deref(), Some("VMC850-26-0117"), "the slip is mended");

    let other = app.amo.create_lead_by_hand(&sold("VMC850-26-0118", "vmc850", CUSTOMER));
    assert!(app.amo.drag(other, WON));
    let card = case_card(&app, "VMC850-26-0118").await;
    app.telegram.press_button(MANAGER, card.id, label("bot-approval-separate")).await.unwrap();
    app.says(CUSTOMER, |m| m.text.contains("VMC850-26-0118")).await;
    app.settled().await;
    assert!(machine_of(&phone, "VMC850-26-0118").await.is_some());

    // A refused one gets a note; the deal that is corrected withdraws what was asked.
    let refused = app.amo.create_lead_by_hand(&sold("VMC850-26-01177", "vmc850", CUSTOMER));
    assert!(app.amo.drag(refused, WON));
    let card = case_card(&app, "VMC850-26-01177").await;
    app.telegram.press_button(MANAGER, card.id, label("bot-approval-reject")).await.unwrap();
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
