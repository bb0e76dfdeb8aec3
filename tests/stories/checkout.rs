//! A cart becomes one order, whatever the thumb and the network do.

use serde_json::json;
use tests::{App, CUSTOMER};

use crate::{fill_cart, order};

#[tokio::test]
async fn a_double_tap_is_one_order() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 2).await;
    let body = json!({ "client_key": "key-of-the-form", "delivery": "pickup" });
    let tap = || phone.post("/app/checkout", &body);
    let (a, b, c, d, e) = tokio::join!(tap(), tap(), tap(), tap(), tap());
    let mut statuses = Vec::new();
    let mut numbers = Vec::new();
    for answer in [a, b, c, d, e] {
        statuses.push(answer.status.as_u16());
        numbers.push(answer.ok()["order"]["number"].clone());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 201]);
    assert!(numbers.iter().all(|number| number == "ORD-2026-000001"), "{numbers:?}");
    let orders = phone.get("/app/orders").await.ok();
    assert_eq!(orders["orders"].as_array().unwrap().len(), 1);
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 1, "one order is one deal");
    app.finish().await;
}

#[tokio::test]
async fn the_price_is_the_servers_and_of_its_day() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let line = fill_cart(&phone, 2).await;
    assert_eq!(line["price"], 1_240_000);
    let body = json!({
        "client_key": "k", "delivery": "pickup", "total": 1, "lines": [{ "price": 1 }],
    });
    let made = phone.post("/app/checkout", &body).await.ok()["order"].clone();
    assert_eq!(made["total"], 2_480_000);

    let mut tx = app.db.begin().await.unwrap();
    let dearer = "sku;name;price\n16К20.02.114;Шестерня;99999";
    domain::import::parts(&mut tx, &app.dealer, dearer.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    let number = made["number"].as_str().unwrap();
    let again = phone.get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(again["order"]["lines"][0]["price"], 1_240_000, "the price of the day stays");
    app.finish().await;
}

#[tokio::test]
async fn an_empty_cart_and_a_wrong_inn_are_refused_with_the_field() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let empty = json!({ "client_key": "k", "delivery": "pickup" });
    let refused = phone.post("/app/checkout", &empty).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"));

    fill_cart(&phone, 1).await;
    let wrong = json!({ "client_key": "k", "delivery": "pickup", "inn": "7707083894" });
    let refused = phone.post("/app/checkout", &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body["fields"]["inn"].is_string(), "{}", refused.body);
    let nowhere = json!({ "client_key": "k", "delivery": "courier" });
    let refused = phone.post("/app/checkout", &nowhere).await;
    assert!(refused.body["fields"]["address"].is_string(), "{}", refused.body);
    let still = phone.get("/app/cart").await.ok();
    assert_eq!(still["lines"].as_array().unwrap().len(), 1, "nothing half-done");
    app.finish().await;
}

#[tokio::test]
async fn the_deal_says_who_what_and_for_which_machine() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let machine = machines.iter().find(|machine| machine["serial"] == "1234").unwrap();
    for (query, quantity) in [("16К20.02.114", 2), ("16К20.04.070", 1)] {
        let parts = phone.get(&format!("/app/parts?q={query}")).await.ok();
        let body = json!({
            "part_id": parts["parts"][0]["id"], "quantity": quantity, "machine_id": machine["id"],
        });
        phone.post("/app/cart/items", &body).await.ok();
    }
    let made = order(&phone, "k").await;
    let number = made["number"].as_str().unwrap();
    app.settled().await;

    let leads = app.amo.leads();
    let [lead] = leads.as_slice() else { panic!("one deal, not {leads:#?}") };
    assert!(lead.name.contains(number), "{}", lead.name);
    assert_eq!(lead.tag_names(), [number]);
    assert_eq!((lead.pipeline_id, lead.status_id), (10_226_282, 80_953_554));
    assert_eq!(lead.responsible_user_id, 12_380_450);
    assert_eq!(lead.text(712_629).as_deref(), Some("1234"));
    assert_eq!(lead.text(712_631).as_deref(), Some("Запчасти"));
    assert_eq!(lead.text(712_633).as_deref(), Some("5001"));
    let contact = app.amo.contact(lead.main_contact().unwrap()).unwrap();
    assert_eq!(contact.phones(), ["+79001112233"]);
    let notes = app.amo.notes_of(lead.id);
    let note = notes.iter().find(|note| note.text().contains(number)).expect("a note");
    for expected in ["16К20.02.114", "16К20.04.070", "× 2", "Итого"] {
        assert!(note.text().contains(expected), "{expected} in {}", note.text());
    }
    let mails = app.mailbox.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].subject.contains(number), "{}", mails[0].subject);
    assert!(mails[0].text.contains("16К20.02.114"), "{}", mails[0].text);
    let card = app.says(CUSTOMER, |message| message.text.contains(number)).await;
    assert!(card.text.contains("₽"), "{}", card.text);
    app.finish().await;
}
