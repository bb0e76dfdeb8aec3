//! A won deal of the portal makes passports.

use sandbox::bitrix24::{
    CATEGORY_SERVICE, HandMadeDeal, Kind, UF_CONFIGURATION, UF_MODEL, UF_NEXT_MAINTENANCE,
    UF_SERIAL,
};
use serde_json::json;
use tests::{CUSTOMER, MANAGER, MiniApp, label};

use super::*;
use crate::won::disputes::case_card;
use crate::won::fields::{plans, visit};
use crate::won::machine_of;

fn sold(serial: &str, model: &str, to: i64) -> HandMadeDeal {
    HandMadeDeal {
        serial: serial.to_owned(),
        model: model.to_owned(),
        telegram_id: to.to_string(),
        contact: "Пётр Покупатель".to_owned(),
        phone: "+7 900 555-77-00".to_owned(),
        ..HandMadeDeal::default()
    }
}

fn gap_notes(app: &App, deal: i64) -> Vec<String> {
    let said = comments(app, Kind::Deal, deal);
    said.into_iter().filter(|text| text.contains("аспорт станка не создан")).collect()
}

fn write(app: &App, deal: i64, field: &str, text: &str) {
    app.pass(TimeDelta::minutes(1));
    assert!(app.bitrix24.type_into(Kind::Deal, deal, field, text));
}

async fn park(phone: &MiniApp) -> usize {
    phone.get("/app/park").await.ok()["machines"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_won_deal_of_any_pipeline_is_a_passport_and_a_message() {
    let app = told().await;
    let phone = app.linked_customer().await;
    for (serial, category, won) in [("WON-1", 0, "WON"), ("WON-2", CATEGORY_SERVICE, "C1:WON")] {
        let deal = HandMadeDeal {
            category,
            configuration: "УЦИ; люнет".to_owned(),
            next_maintenance: "2027-02-02".to_owned(),
            telegram_id: String::new(),
            contact: "Анна".to_owned(),
            phone: "8 900 111-22-33".to_owned(),
            ..sold(serial, "vmc850", 0)
        };
        let deal = app.bitrix24.create_deal_by_hand(&deal).unwrap();
        app.settled().await;
        assert!(machine_of(&phone, serial).await.is_none(), "it is not won yet");
        app.pass(TimeDelta::minutes(1));
        assert!(app.bitrix24.drag(Kind::Deal, deal, won));
        app.says(CUSTOMER, |m| m.text.contains(serial) && m.text.contains("зарегистрировано"))
            .await;
        let seen = machine_of(&phone, serial).await.unwrap();
        assert_eq!(seen["model"]["code"], "vmc850");
        assert_eq!(seen["configuration"], "УЦИ; люнет");
        assert_eq!(seen["next_maintenance_on"], "2027-02-02");
    }
    assert_eq!(park(&phone).await, 9);
    app.finish().await;
}

#[tokio::test]
async fn what_is_missing_is_asked_once_and_when_it_is_filled_the_passport_appears() {
    let app = told().await;
    let phone = app.linked_customer().await;
    let deal = app.bitrix24.create_deal_by_hand(&sold("", "vmc850", CUSTOMER)).unwrap();
    assert!(app.bitrix24.drag(Kind::Deal, deal, "WON"));
    let card = app.says(MANAGER, |m| m.text.contains("нет серийного номера")).await;
    app.settled().await;
    let notes = gap_notes(&app, deal);
    assert_eq!(notes.len(), 1, "{notes:#?}");
    assert!(notes[0].contains("vmc850"), "{notes:#?}");
    // The same cause again is no news; another one is.
    for stage in ["EXECUTING", "WON"] {
        app.pass(TimeDelta::minutes(1));
        assert!(app.bitrix24.drag(Kind::Deal, deal, stage));
    }
    poll(&app).await;
    assert_eq!(gap_notes(&app, deal).len(), 1);
    write(&app, deal, UF_MODEL, "Чудо-станок");
    app.settled().await;
    assert_eq!(gap_notes(&app, deal).len(), 2);
    write(&app, deal, UF_SERIAL, "FILLED-IN");
    app.settled().await;
    assert_eq!(park(&phone).await, 7, "nothing is half done");
    // The model comes into the catalogue: nobody touches the deal for that.
    let mut tx = app.db.begin().await.unwrap();
    let models = "code,name\nchudo,Чудо-станок\n";
    domain::import::models(&mut tx, &app.dealer, models.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    app.says(CUSTOMER, |m| m.text.contains("FILLED-IN")).await;
    let done = app.says(MANAGER, |m| m.text.contains("данные заполнены")).await;
    assert_eq!(done.id, card.id, "the card itself shows it");
    app.finish().await;
}

#[tokio::test]
async fn lines_and_product_rows_name_several_machines() {
    let app = told().await;
    let phone = app.linked_customer().await;
    let lines = "16К20; LINE-A; УЦИ, люнет\nvmc850; LINE-B; BT40";
    let deal = HandMadeDeal { configuration: lines.to_owned(), ..sold("", "", CUSTOMER) };
    let deal = app.bitrix24.create_deal_by_hand(&deal).unwrap();
    assert!(app.bitrix24.drag(Kind::Deal, deal, "WON"));
    app.settled().await;
    assert_eq!(machine_of(&phone, "LINE-A").await.unwrap()["model"]["code"], "16k20");
    assert_eq!(machine_of(&phone, "LINE-B").await.unwrap()["configuration"], "BT40");

    // The rows say the models where the field does not. They are written after the deal.
    let deal = app.bitrix24.create_deal_by_hand(&sold("ROW-1; ROW-2", "", CUSTOMER)).unwrap();
    let rows = json!({ "ownerType": "D", "ownerId": deal, "productRows": [
        { "productName": "Доставка", "price": 100, "quantity": 1 },
        { "productName": "vmc850 Обрабатывающий центр", "price": 5_000_000, "quantity": 2 },
    ]});
    let url = format!("{}crm.item.productrow.set", app.bitrix24.webhook_url());
    assert!(app.http.post(url).json(&rows).send().await.unwrap().status().is_success());
    assert!(app.bitrix24.drag(Kind::Deal, deal, "WON"));
    app.settled().await;
    for serial in ["ROW-1", "ROW-2"] {
        assert_eq!(machine_of(&phone, serial).await.unwrap()["model"]["code"], "vmc850");
    }
    app.finish().await;
}

#[tokio::test]
async fn dates_and_serials_move_both_ways() {
    let app = told().await;
    let phone = app.linked_customer().await;
    let deal = HandMadeDeal {
        next_maintenance: "2027-01-15".to_owned(),
        ..sold("BOTH-WAYS", "vmc850", CUSTOMER)
    };
    let deal = app.bitrix24.create_deal_by_hand(&deal).unwrap();
    assert!(app.bitrix24.drag(Kind::Deal, deal, "WON"));
    app.says(CUSTOMER, |m| m.text.contains("BOTH-WAYS")).await;
    app.settled().await;
    let date = |app: &App| {
        let deal = app.bitrix24.record(Kind::Deal, deal).unwrap();
        deal[UF_NEXT_MAINTENANCE].as_str().unwrap()[..10].to_owned()
    };

    // Moved there: the plan follows, and says so.
    write(&app, deal, UF_NEXT_MAINTENANCE, "2027-03-01");
    app.settled().await;
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-03-01");
    assert_eq!(plans(&seen).len(), 1, "{seen:#}");
    // Agreed here: the deal says so, and neither its echo nor the poll changes anything.
    app.pass(TimeDelta::minutes(10));
    visit(&app, &phone, &seen, "2027-06-01").await;
    app.settled().await;
    assert_eq!(date(&app), "2027-06-01");
    poll(&app).await;
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-06-01");
    assert_eq!(plans(&seen).len(), 1, "our own word is no news: {seen:#}");
    // Corrected there, whatever the pipeline says by now.
    write(&app, deal, UF_SERIAL, "RIGHT-7");
    write(&app, deal, UF_CONFIGURATION, "УЦИ на 3 оси");
    app.settled().await;
    let seen = machine_of(&phone, "RIGHT-7").await.unwrap();
    assert_eq!(seen["configuration"], "УЦИ на 3 оси");
    assert_eq!(park(&phone).await, 8, "it is the same machine");
    app.finish().await;
}

#[tokio::test]
async fn a_serial_of_another_and_a_slip_are_asked_about() {
    let app = told().await;
    let phone = app.linked_customer().await;
    let deal = app.bitrix24.create_deal_by_hand(&sold("1234", "16К20", 0)).unwrap();
    assert!(app.bitrix24.drag(Kind::Deal, deal, "WON"));
    let card = case_card(&app, "1234").await;
    app.settled().await;
    assert!(machine_of(&phone, "1234").await.is_some(), "it is still hers");
    app.telegram.press_button(MANAGER, card.id, label("approval-reject")).await.unwrap();
    app.settled().await;
    assert!(machine_of(&phone, "1234").await.is_some());
    assert_eq!(gap_notes(&app, deal).len(), 1, "the deal says that its serial was refused");

    // VMC850-26-0117 is known; what is decided here is written there.
    let slip = sold("VMC850-26-0171", "vmc850", CUSTOMER);
    let deal = app.bitrix24.create_deal_by_hand(&slip).unwrap();
    assert!(app.bitrix24.drag(Kind::Deal, deal, "WON"));
    let card = case_card(&app, "VMC850-26-0171").await;
    app.telegram.press_button(MANAGER, card.id, label("approval-same")).await.unwrap();
    app.settled().await;
    let deal = app.bitrix24.record(Kind::Deal, deal).unwrap();
    assert_eq!(deal[UF_SERIAL], "VMC850-26-0117", "the slip is mended");
    app.finish().await;
}
