//! An order in Bitrix24.

use chrono::TimeDelta;
use domain::{maintenance, people};
use sandbox::bitrix24::{HandMadeDeal, Kind, UF_INN, UF_SERIAL, UF_TELEGRAM, USER_MANAGER};
use serde_json::json;
use tests::{App, CUSTOMER};

use crate::bitrix24::{FILE, alone, comments, deal_of, id, values, with};
use crate::{fill_cart, order};

#[tokio::test]
async fn an_order_is_one_deal_with_everything_on_it() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 2).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;

    let deal = deal_of(&app, &number);
    assert!(deal["TITLE"].as_str().unwrap().contains(&number), "{deal:#?}");
    assert_eq!(deal["STAGE_ID"], "NEW");
    assert_eq!(deal["ASSIGNED_BY_ID"], USER_MANAGER);
    assert_eq!(deal[UF_TELEGRAM], CUSTOMER.to_string());
    let contacts = app.bitrix24.contacts();
    let [contact] = contacts.as_slice() else { panic!("one contact: {contacts:#?}") };
    assert_eq!(values(contact, "PHONE"), ["+79001112233"]);
    assert_eq!(deal["CONTACT_ID"], id(contact));
    let companies = app.bitrix24.companies();
    let [company] = companies.as_slice() else { panic!("one company: {companies:#?}") };
    assert_eq!(company["TITLE"], "ООО «Тульский станочный цех»");
    assert_eq!(company[UF_INN], "7199000123");
    assert_eq!(deal["COMPANY_ID"], id(company));
    assert_eq!(contact["COMPANY_ID"], id(company), "the person works there");

    let rows = app.bitrix24.rows_of(Kind::Deal, id(&deal));
    let [row] = rows.as_slice() else { panic!("one row: {rows:#?}") };
    assert!(row["productName"].as_str().unwrap().starts_with("16К20.02.114 "));
    assert_eq!(row["quantity"], 2.0);
    let total = row["price"].as_f64().unwrap() * 2.0;
    assert_eq!(deal["OPPORTUNITY"].as_f64(), Some(total), "the rows and the sum agree");
    let said = comments(&app, Kind::Deal, id(&deal));
    let [said] = said.as_slice() else { panic!("one comment: {said:#?}") };
    assert!(said.contains(&number) && said.contains("16К20.02.114"), "{said}");
    let letters = app.mailbox.mails();
    assert!(letters.iter().any(|letter| letter.subject.contains(&number)), "the copy by mail");
    app.finish().await;
}

#[tokio::test]
async fn a_contact_that_is_there_keeps_its_name_and_gains_the_phone() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    let theirs = app.bitrix24.create_deal_by_hand(&HandMadeDeal {
        contact: "Анна Сергеевна".to_owned(),
        phone: "+7 812 000-00-01".to_owned(),
        email: "Anna@example.com".to_owned(),
        ..HandMadeDeal::default()
    });
    assert!(theirs.is_some());
    let mut tx = app.db.begin().await.unwrap();
    let customer = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let (customer, now) = (&customer.id, app.clock.now());
    let email = Some("anna@example.com");
    people::update_from_crm(&mut tx, customer, None, None, email, now).await.unwrap();
    tx.commit().await.unwrap();

    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
        app.settled().await;
    }
    let contacts = app.bitrix24.contacts();
    let [contact] = contacts.as_slice() else { panic!("one contact: {contacts:#?}") };
    assert_eq!((&contact["NAME"], &contact["LAST_NAME"]), (&json!("Анна"), &json!("Сергеевна")));
    assert_eq!(values(contact, "PHONE"), ["+7 812 000-00-01", "+79001112233"]);
    assert_eq!(values(contact, "EMAIL"), ["Anna@example.com"]);
    app.finish().await;
}

#[tokio::test]
async fn a_phone_is_known_as_people_write_it_and_a_lookalike_is_left_alone() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    for (contact, phone) in [("Анна", "8 (900) 111-22-33"), ("Другой", "+7 900 111-22-34")]
    {
        app.bitrix24.create_deal_by_hand(&HandMadeDeal {
            contact: contact.to_owned(),
            phone: phone.to_owned(),
            ..HandMadeDeal::default()
        });
    }
    let before = app.bitrix24.contacts();
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let after = app.bitrix24.contacts();
    assert_eq!(after.len(), 2, "{after:#?}");
    assert_eq!(deal_of(&app, &number)["CONTACT_ID"], id(&before[0]));
    assert_eq!(values(&after[0], "PHONE"), ["8 (900) 111-22-33"], "it is the same phone");
    assert_eq!(after[1], before[1], "nothing of a stranger has changed");
    app.finish().await;
}

#[tokio::test]
async fn a_contact_that_was_deleted_is_made_again() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    let mut numbers = Vec::new();
    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        numbers.push(order(&phone, key).await["number"].as_str().unwrap().to_owned());
        app.settled().await;
        if key == "one" {
            let made = id(&app.bitrix24.contacts()[0]);
            assert!(app.bitrix24.delete_by_hand(Kind::Contact, made));
            app.pass(TimeDelta::minutes(5));
        }
    }
    let contacts = app.bitrix24.contacts();
    assert_eq!(contacts.len(), 1);
    assert_eq!(deal_of(&app, &numbers[1])["CONTACT_ID"], id(&contacts[0]));
    app.finish().await;
}

#[tokio::test]
async fn a_due_maintenance_is_a_task_on_the_contact() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.settled().await;
    for _ in 0..2 {
        maintenance::tick(&app.db, &app.dealer).await.unwrap();
        app.settled().await;
    }
    let tasks = app.bitrix24.tasks();
    let about = |text: &str| {
        let said = |task: &&_| serde_json::to_string(task).unwrap().contains(text);
        tasks.iter().filter(said).count()
    };
    assert_eq!(about("№ 1234,"), 1, "{tasks:#?}");
    let contact = id(&app.bitrix24.contacts()[0]);
    assert!(about(&format!("C_{contact}")) > 0, "it hangs on the person: {tasks:#?}");
    app.finish().await;
}

#[tokio::test]
async fn a_due_maintenance_is_a_deal_with_its_kit_where_the_dealer_wants_it_so() {
    let file = format!("{FILE}\n[connection.upsell]\nkind = \"deal\"\n");
    let app = App::start_with(with(&file)).await;
    app.linked_customer().await;
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    let deal = deal_of(&app, "ТО-1234-2026-12-03");
    assert_eq!(deal[UF_SERIAL], "1234");
    let rows = app.bitrix24.rows_of(Kind::Deal, id(&deal));
    assert_eq!(rows.len(), 1, "the kit: {rows:#?}");
    assert!(app.bitrix24.tasks().is_empty());
    app.finish().await;
}
