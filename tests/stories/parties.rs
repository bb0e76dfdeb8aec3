//! Whose a deal is: people with several phones or none, firms that change their names.

use chrono::TimeDelta;
use domain::people;
use sandbox::amocrm::HandMadeLead;
use serde_json::Value;
use tests::{App, CUSTOMER, MiniApp, NEIGHBOUR, Setup};

use crate::{fill_cart, order};

const WON: i64 = 142;

fn sold(serial: &str, phone: &str) -> HandMadeLead {
    HandMadeLead {
        serial: serial.to_owned(),
        model: "vmc850".to_owned(),
        contact: "Пётр Покупатель".to_owned(),
        phone: phone.to_owned(),
        ..HandMadeLead::default()
    }
}

async fn with_inn() -> App {
    let inn = vec![("AMOCRM_FIELD_INN_ID", "700205".to_owned())];
    let app = App::start_with(Setup { variables: inn, ..Setup::default() }).await;
    // As the subscription that we make: it tells of companies too.
    app.amo.set_webhook_url(None);
    let url = app.base.parse().unwrap();
    assert!(app.inbox.crms.amo().next().unwrap().subscribe(&url).await.unwrap());
    app
}

async fn has(phone: &MiniApp, serial: &str) -> bool {
    let park = phone.get("/app/park").await;
    let machines = park.body["machines"].as_array().cloned().unwrap_or_default();
    machines.iter().any(|machine| machine["serial"] == serial)
}

async fn company_name(phone: &MiniApp) -> Value {
    phone.get("/app/park").await.ok()["machines"][0]["company"].clone()
}

#[tokio::test]
async fn a_person_with_two_phones_is_found_by_either() {
    let app = App::start().await;
    let deal = app.amo.create_lead_by_hand(&sold("TWO-1", "+7 900 555-77-00"));
    let contact = app.amo.contacts()[0].id;
    assert!(app.amo.set_contact_phones(contact, &["+7 900 555-77-00", "8 (900) 999-88-77"]));
    assert!(app.amo.drag(deal, WON));
    app.settled().await;
    // The phone that Telegram knows is the second one there.
    app.link(NEIGHBOUR).await;
    assert!(has(&app.mini_app(NEIGHBOUR), "TWO-1").await);
    app.finish().await;
}

#[tokio::test]
async fn a_further_phone_stays_in_the_contact_and_finds_the_customer() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "one").await;
    app.settled().await;
    let contact = app.amo.contacts()[0].id;
    app.pass(TimeDelta::minutes(1));
    let both = ["+7 495 000-11-22", "+79001112233"];
    assert!(app.amo.set_contact_phones(contact, &both));
    app.settled().await;
    fill_cart(&phone, 1).await;
    order(&phone, "two").await;
    app.settled().await;
    assert_eq!(
        app.amo.contact(contact).unwrap().phones(),
        both,
        "nothing of theirs is written over"
    );
    let mut reader = app.db.read().await.unwrap();
    let customer = people::by_telegram(&mut reader, CUSTOMER).await.unwrap().unwrap();
    drop(reader);
    assert_eq!(customer.phone.unwrap().as_str(), "+79001112233", "she goes by the one she shared");

    // A deal that knows her by the office's number is hers.
    let deal = app.amo.create_lead_by_hand(&sold("OFFICE-1", "8 495 000 11 22"));
    assert!(app.amo.drag(deal, WON));
    app.says(CUSTOMER, |message| message.text.contains("OFFICE-1")).await;
    assert!(has(&phone, "OFFICE-1").await);
    app.finish().await;
}

#[tokio::test]
async fn whoever_proves_a_phone_has_it_whatever_the_contact_of_another_says() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "one").await;
    app.settled().await;
    let contact = app.amo.contacts()[0].id;
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.set_contact_phones(contact, &["+79001112233", "+7 900 999-88-77"]));
    app.settled().await;
    // The neighbour is another person, with nobody's machines.
    app.link(NEIGHBOUR).await;
    let theirs = app.mini_app(NEIGHBOUR).get("/app/park").await.ok();
    assert!(theirs["machines"].as_array().unwrap().is_empty(), "{theirs:#}");
    let deal = app.amo.create_lead_by_hand(&sold("NEXT-DOOR", "8 (900) 999-88-77"));
    assert!(app.amo.drag(deal, WON));
    app.says(NEIGHBOUR, |message| message.text.contains("NEXT-DOOR")).await;
    assert!(!has(&phone, "NEXT-DOOR").await);
    app.finish().await;
}

#[tokio::test]
async fn a_customer_without_phone_or_mail_is_one_sensible_contact() {
    let app = App::start().await;
    app.link(NEIGHBOUR).await;
    let phone = app.mini_app(NEIGHBOUR);
    // Known by Telegram alone, as people are whom another installation took over.
    let mut tx = app.db.begin().await.unwrap();
    let forget = "update customers set phone = null where telegram_id = $1";
    domain::db::execute!(&mut tx, forget, NEIGHBOUR).unwrap();
    tx.commit().await.unwrap();
    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
        app.settled().await;
    }
    let contacts = app.amo.contacts();
    let [contact] = contacts.as_slice() else { panic!("one contact, not {contacts:#?}") };
    assert!(!contact.name.trim().is_empty(), "it has a name: {contact:?}");
    assert!(
        contact.phones().is_empty() && contact.emails().is_empty(),
        "no empty lines: {contact:?}"
    );
    for deal in app.amo.leads() {
        assert_eq!(deal.main_contact(), Some(contact.id));
        assert_eq!(deal.text(712_633).as_deref(), Some("5004"), "whom to write to in Telegram");
    }

    // With a phone and without mail, the phone stands there and no empty mail.
    let anna = app.linked_customer().await;
    fill_cart(&anna, 1).await;
    order(&anna, "anna").await;
    app.settled().await;
    let contacts = app.amo.contacts();
    assert_eq!(contacts.len(), 2);
    assert_eq!(contacts[1].phones(), ["+79001112233"]);
    assert!(contacts[1].emails().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_firm_that_is_renamed_there_is_renamed_here_and_never_the_other_way() {
    let app = with_inn().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "one").await;
    app.settled().await;
    let company = app.amo.companies()[0].id;
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.rename_company(company, "АО «Тула-Станок»"));
    app.settled().await;
    assert_eq!(company_name(&phone).await, "АО «Тула-Станок»");

    // A new name here is ours alone: theirs stays, and so does the company.
    let mut tx = app.db.begin().await.unwrap();
    let customer = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let firms = people::companies_of(&mut tx, &customer.id).await.unwrap();
    people::rename_company(&mut tx, &firms[0].0, "ТСЦ (по-нашему)").await.unwrap();
    tx.commit().await.unwrap();
    fill_cart(&phone, 1).await;
    order(&phone, "two").await;
    app.settled().await;
    let companies = app.amo.companies();
    let [kept] = companies.as_slice() else { panic!("one company, not {companies:#?}") };
    assert_eq!(kept.name, "АО «Тула-Станок»");
    assert!(app.amo.leads().iter().all(|deal| deal.company_id == Some(company)));
    assert_eq!(company_name(&phone).await, "ТСЦ (по-нашему)", "and nobody told us otherwise");

    // Made anew there under yet another name, it is known by its INN.
    app.amo.delete_company(company);
    let anew = app.amo.create_company_by_hand("Тула-Станок Групп", "7199000123");
    app.pass(TimeDelta::minutes(1));
    fill_cart(&phone, 1).await;
    order(&phone, "three").await;
    app.settled().await;
    let companies = app.amo.companies();
    assert_eq!(companies.len(), 1, "{companies:#?}");
    assert_eq!(app.amo.leads().last().unwrap().company_id, Some(anew));
    app.finish().await;
}
