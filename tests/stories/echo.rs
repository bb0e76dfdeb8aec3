//! What we write into the CRM comes back as a webhook: it is read once and is no news.

use chrono::TimeDelta;
use domain::ids::RequestId;
use domain::{people, requests};
use sandbox::amocrm::{HandMadeLead, HookMode};
use serde_json::Value;
use tests::{App, CUSTOMER, MiniApp};

use crate::won::fields::visit;
use crate::{fill_cart, order};

const WON: i64 = 142;
const FIELD_NEXT: i64 = 712_640;

/// A webhook of the account about one entity, as it stands there now.
async fn hook(app: &App, kind: &str, action: &str, id: i64) {
    let at = match kind {
        "leads" => app.amo.lead(id).unwrap().updated_at,
        "contacts" => app.amo.contact(id).unwrap().updated_at,
        _ => panic!("{kind}"),
    };
    let of = format!("{kind}[{action}][0]");
    let body = format!("{of}[id]={id}&{of}[updated_at]={at}&account[subdomain]=exampleshop");
    let address = format!("{}/webhook/amocrm?secret=story-secret", app.base);
    let answer = app.http.post(address).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

/// Lets the echo come; what was asked of the account because of it.
async fn echo(app: &App, kind: &str, action: &str, id: i64) -> Vec<String> {
    let before = app.amo.calls().len();
    hook(app, kind, action, id).await;
    app.settled().await;
    let calls = app.amo.calls().split_off(before);
    calls.iter().map(|call| format!("{} {}", call.method, call.path)).collect()
}

fn is_one_look(asked: &[String], kind: &str, id: i64) -> bool {
    let look = format!("GET /api/v4/{kind}/{id}?");
    matches!(asked, [only] if only.starts_with(&look))
}

async fn name(app: &App) -> String {
    let mut reader = app.db.read().await.unwrap();
    people::by_telegram(&mut reader, CUSTOMER).await.unwrap().unwrap().name
}

async fn machine_of(phone: &MiniApp, serial: &str) -> Value {
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let id = machines.iter().find(|machine| machine["serial"] == serial).unwrap()["id"].clone();
    phone.get(&format!("/app/machines/{}", id.as_str().unwrap())).await.ok()
}

#[tokio::test]
async fn the_echo_of_a_new_deal_does_not_move_the_request_back() {
    let app = App::start().await;
    app.amo.set_hook_mode(HookMode::Lost);
    let phone = app.linked_customer().await;
    let form = reqwest::multipart::Form::new()
        .text("kind", "breakdown")
        .text("text", "Шумит")
        .text("client_key", "k");
    let made = phone.post_form("/app/service", form).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let deal = app.amo.leads()[0].id;
    // No stage is mapped to it, so the deal stands where we made it.
    let mut tx = app.db.begin().await.unwrap();
    let entities = domain::links::entities(&mut tx, "amo", "lead", &deal.to_string()).await;
    let id: RequestId = entities.unwrap()[0].trim_start_matches("request:").into();
    let taken = requests::State::Taken;
    assert!(requests::advance(&mut tx, &app.dealer, &id, taken, None).await.unwrap());
    tx.commit().await.unwrap();
    app.settled().await;

    let asked = echo(&app, "leads", "add", deal).await;
    assert!(is_one_look(&asked, "leads", deal), "{asked:#?}");
    let asked = echo(&app, "contacts", "add", app.amo.contacts()[0].id).await;
    assert!(is_one_look(&asked, "contacts", app.amo.contacts()[0].id), "{asked:#?}");
    let request = phone.get(&format!("/app/requests/{number}")).await.ok();
    assert_eq!(request["request"]["state"], "taken", "our own word is no news");

    // A manager's stage is news all the same.
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.drag(deal, 80_953_558));
    echo(&app, "leads", "update", deal).await;
    let request = phone.get(&format!("/app/requests/{number}")).await.ok();
    assert_eq!(request["request"]["state"], "in_progress");

    // Here it goes on, to where no stage is mapped; a price typed there is no word about the stage.
    let mut tx = app.db.begin().await.unwrap();
    let waiting = requests::State::WaitingParts;
    assert!(requests::advance(&mut tx, &app.dealer, &id, waiting, None).await.unwrap());
    tx.commit().await.unwrap();
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.edit_lead_field(deal, 712_629, "1234"));
    echo(&app, "leads", "update", deal).await;
    let request = phone.get(&format!("/app/requests/{number}")).await.ok();
    assert_eq!(request["request"]["state"], "waiting_parts");
    app.finish().await;
}

#[tokio::test]
async fn the_echo_of_a_field_is_one_look_and_no_entry_in_the_history() {
    let app = App::start().await;
    app.amo.set_hook_mode(HookMode::Lost);
    let phone = app.linked_customer().await;
    let deal = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "ECHO-1".to_owned(),
        model: "vmc850".to_owned(),
        next_maintenance: "2027-01-15".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        contact: "Пётр Покупатель".to_owned(),
        phone: "+7 900 555-77-00".to_owned(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(deal, WON));
    hook(&app, "leads", "update", deal).await;
    app.says(CUSTOMER, |m| m.text.contains("ECHO-1")).await;
    app.settled().await;

    // The plan moves here; the deal is told.
    app.pass(TimeDelta::minutes(10));
    let seen = machine_of(&phone, "ECHO-1").await;
    visit(&app, &phone, &seen, "2027-06-01").await;
    app.settled().await;
    let date = |app: &App| app.amo.lead(deal).unwrap().fields[&FIELD_NEXT][0].value.clone();
    let written = date(&app);
    assert_eq!(written, 1_811_797_200, "midnight of the first of June in Moscow");

    let before = machine_of(&phone, "ECHO-1").await;
    let asked = echo(&app, "leads", "update", deal).await;
    assert!(is_one_look(&asked, "leads", deal), "{asked:#?}");
    assert_eq!(machine_of(&phone, "ECHO-1").await, before, "nothing has changed");
    assert_eq!(date(&app), written);

    // The same by a manager's hand later is theirs.
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.edit_lead_field(deal, FIELD_NEXT, "2027-07-07"));
    let asked = echo(&app, "leads", "update", deal).await;
    assert!(asked.len() > 1, "now its contact matters: {asked:#?}");
    assert_eq!(machine_of(&phone, "ECHO-1").await["next_maintenance_on"], "2027-07-07");
    app.finish().await;
}

#[tokio::test]
async fn the_echo_of_a_contact_that_we_completed_brings_nothing_along() {
    let app = App::start().await;
    app.amo.set_hook_mode(HookMode::Lost);
    let phone = app.linked_customer().await;
    app.amo.create_lead_by_hand(&HandMadeLead {
        contact: "Анна Сергеевна (снабжение)".to_owned(),
        phone: "8 (900) 111-22-33".to_owned(),
        ..HandMadeLead::default()
    });
    let contact = app.amo.contacts()[0].id;
    app.pass(TimeDelta::minutes(1));
    let mut tx = app.db.begin().await.unwrap();
    let customer = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let (now, email) = (app.clock.now(), Some("anna@example.com"));
    people::update_from_crm(&mut tx, &customer.id, None, None, email, now).await.unwrap();
    tx.commit().await.unwrap();
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.settled().await;
    assert_eq!(app.amo.contact(contact).unwrap().emails(), ["anna@example.com"], "it was added");

    let asked = echo(&app, "contacts", "update", contact).await;
    assert!(is_one_look(&asked, "contacts", contact), "{asked:#?}");
    assert_eq!(name(&app).await, customer.name, "their name of her was there before us");

    // A name that is changed there is news.
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.edit_contact(contact, Some("Анна Новая"), None, None));
    echo(&app, "contacts", "update", contact).await;
    assert_eq!(name(&app).await, "Анна Новая");
    app.finish().await;
}
