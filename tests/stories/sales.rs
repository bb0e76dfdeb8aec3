//! What makes the passports of a won deal, beside the fields that a manager fills in.

use domain::import;
use domain::outbox::{self, Filter};
use sandbox::amocrm::HandMadeLead;
use serde_json::Value;
use tests::{App, CUSTOMER, MANAGER, MiniApp};

const WON: i64 = 142;

fn sold(serial: &str, model: &str) -> HandMadeLead {
    HandMadeLead {
        serial: serial.to_owned(),
        model: model.to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    }
}

async fn machines(phone: &MiniApp) -> Vec<Value> {
    phone.get("/app/park").await.ok()["machines"].as_array().unwrap().clone()
}

async fn imported(app: &App, models: &str) {
    let mut tx = app.db.begin().await.unwrap();
    import::models(&mut tx, &app.dealer, models.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    app.settled().await;
}

async fn looks(app: &App) -> usize {
    let filter = Filter { connection: Some("amo".into()), limit: 1000, ..Filter::default() };
    let mut reader = app.db.read().await.unwrap();
    let all = outbox::list(&mut reader, &filter).await.unwrap();
    all.iter().filter(|delivery| delivery.kind == "crm_sale_look").count()
}

#[tokio::test]
async fn a_deal_that_waits_for_its_model_is_followed_when_the_model_comes() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let before = machines(&phone).await.len();
    let deal = app.amo.create_lead_by_hand(&sold("MIRACLE-1", "Чудо-станок"));
    assert!(app.amo.drag(deal, WON));
    let card = app.says(MANAGER, |message| message.text.contains("Чудо-станок")).await;
    app.settled().await;
    let waiting = app.amo.lead(deal).unwrap().updated_at;

    // Another model is not what it waits for.
    imported(&app, "code,name\nother,Другой станок\n").await;
    assert_eq!((machines(&phone).await.len(), looks(&app).await), (before, 0));
    imported(&app, "code,name\nmiracle,Чудо-станок\n").await;
    app.says(CUSTOMER, |message| message.text.contains("MIRACLE-1")).await;
    app.settled().await;
    assert_eq!(app.amo.lead(deal).unwrap().updated_at, waiting, "nobody touched the deal");
    let park = machines(&phone).await;
    assert!(park.iter().any(|machine| machine["serial"] == "MIRACLE-1"), "{park:#?}");
    let done = app.says(MANAGER, |message| message.text.contains("данные заполнены")).await;
    assert_eq!(done.id, card.id, "the card itself shows it");
    assert_eq!(looks(&app).await, 1);

    // The same file again finds nothing that waits.
    imported(&app, "code,name\nmiracle,Чудо-станок\n").await;
    assert_eq!((machines(&phone).await.len(), looks(&app).await), (before + 1, 1));
    app.finish().await;
}

#[tokio::test]
async fn linked_products_of_a_won_deal_are_its_machines() {
    let app = App::start().await;
    app.amo.set_products(true);
    let centre = app.amo.create_product_by_hand("Обрабатывающий центр", "VMC850");
    let delivery = app.amo.create_product_by_hand("Доставка", "DELIVERY");
    let phone = app.linked_customer().await;
    let before = machines(&phone).await.len();
    let deal = app.amo.create_lead_by_hand(&sold("BOUGHT-1, BOUGHT-2", ""));
    app.amo.put_product(deal, centre, 2);
    app.amo.put_product(deal, delivery, 1);
    assert!(app.amo.drag(deal, WON));
    for serial in ["BOUGHT-1", "BOUGHT-2"] {
        app.says(CUSTOMER, |message| message.text.contains(serial)).await;
    }
    app.settled().await;
    let park = machines(&phone).await;
    assert_eq!(park.len(), before + 2, "a delivery is no machine: {park:#?}");
    for serial in ["BOUGHT-1", "BOUGHT-2"] {
        let machine = park.iter().find(|machine| machine["serial"] == serial).unwrap();
        assert_eq!(machine["model"]["code"], "vmc850", "{machine:#}");
    }
    app.finish().await;
}
