//! The managers' page of what must be decided: the same cases and rules as the cards in the chat.

use chrono::TimeDelta;
use domain::{documents, machines};
use sandbox::amocrm::HandMadeLead;
use serde_json::json;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, NEIGHBOUR};

use crate::desk::administrator;

const WON: i64 = 142;

/// A deal is won whose machine is another's, or a slip away from one.
async fn won(app: &App, serial: &str, model: &str, to: i64) -> i64 {
    let deal = app.amo.create_lead_by_hand(&HandMadeLead {
        name: format!("Станок для {serial}"),
        serial: serial.to_owned(),
        model: model.to_owned(),
        telegram_id: to.to_string(),
        contact: "Пётр Покупатель".to_owned(),
        phone: "+7 900 555-77-00".to_owned(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(deal, WON));
    app.says(MANAGER, |m| m.text.contains(serial)).await;
    app.settled().await;
    deal
}

async fn only_managers_decide_and_only_what_fits(app: &App, address: &str) {
    let transfer = json!({ "decision": "transfer" });
    for person in [CUSTOMER, NEIGHBOUR, ENGINEER] {
        let stranger = app.mini_app(person);
        let list = stranger.get("/app/approvals").await;
        match person {
            ENGINEER => assert_eq!(list.status, 403),
            _ => assert_eq!(list.ok()["approvals"], json!([]), "a list of their own, without this"),
        }
        assert_eq!(stranger.get("/app/approvals/waiting").await.status, 403);
        assert_eq!(stranger.post(address, &transfer).await.status, 403);
    }
    let manager = app.mini_app(MANAGER);
    for wrong in [json!({ "decision": "same" }), json!({ "decision": "burn" }), json!({})] {
        assert_eq!(manager.post(address, &wrong).await.status, 422, "{wrong}");
    }
    let nobody = manager.post("/app/approvals/nothing", &transfer).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn both_histories_stand_side_by_side_and_a_decision_counts_once_for_page_and_chat() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let manager = app.mini_app(MANAGER);
    assert!(manager.page("/app/approvals").await.contains("Решать нечего"));
    assert!(!manager.page("/app/approvals/waiting").await.contains("Согласования"));
    let mut tx = app.db.begin().await.unwrap();
    let machine = documents::machine_by_serial(&mut tx, "1234").await.unwrap();
    for (days, title) in [(5, "ТО-1"), (4, "ТО-2"), (3, "Заменён ремень"), (2, "ТО-3"), (1, "ТО-4")]
    {
        let at = app.clock.now() - TimeDelta::days(days);
        machines::add_timeline(&mut tx, &machine, at, "visit", title, None).await.unwrap();
    }
    tx.commit().await.unwrap();
    won(&app, "1234", "16к20", NEIGHBOUR).await;
    won(&app, "VMC850-26-0171", "vmc850", CUSTOMER).await;

    let page = manager.page("/app/approvals").await;
    for known in [
        "Станок для 1234",
        "Пётр Покупатель",
        "Тульский станочный цех",
        "Заменён ремень",
        "VMC850-26-0171",
        "VMC850-26-0117",
        "Передать новому владельцу",
        "Это тот же станок",
    ] {
        assert!(page.contains(known), "{known}: {page}");
    }
    assert_eq!(manager.get("/app/approvals/waiting").await.ok()["count"], 2);
    let listed = manager.get("/app/approvals").await.ok();
    let cases = listed["approvals"].as_array().unwrap();
    assert_eq!(cases[0]["deal"]["serial"], "1234");
    let titles: Vec<&str> = cases[0]["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["ТО-4", "ТО-3", "Заменён ремень", "ТО-2"], "the newest first");
    assert_eq!(cases[1]["decisions"], json!(["separate", "same", "reject"]));

    let address = format!("/app/approvals/{}", cases[0]["id"].as_str().unwrap());
    let transfer = json!({ "decision": "transfer" });
    only_managers_decide_and_only_what_fits(&app, &address).await;
    assert_eq!(manager.get("/app/approvals/waiting").await.ok()["count"], 2);

    manager.post(&address, &transfer).await.ok();
    let late = manager.post(&address, &json!({ "decision": "reject" })).await;
    assert_eq!(late.status, 409);
    assert_eq!(late.code(), "conflict");
    app.says(NEIGHBOUR, |m| m.text.contains("1234") && m.text.contains("парке")).await;
    app.settled().await;
    // The card in the chat shows what the page decided.
    let card = app.says(MANAGER, |m| m.text.contains("Передан новому владельцу")).await;
    assert!(card.labels().is_empty());
    assert_eq!(manager.get("/app/approvals/waiting").await.ok()["count"], 1);
    let park = phone.get("/app/park").await.ok();
    assert!(!park.to_string().contains("\"1234\""), "{park}");
    app.finish().await;
}

#[tokio::test]
async fn an_administrator_decides_as_well() {
    let app = App::start().await;
    app.linked_customer().await;
    let administrator = administrator(&app).await;
    let deal = won(&app, "VMC850-26-0171", "vmc850", CUSTOMER).await;
    let listed = administrator.get("/app/approvals").await.ok();
    let id = listed["approvals"][0]["id"].as_str().unwrap();
    let same = json!({ "decision": "same" });
    administrator.post(&format!("/app/approvals/{id}"), &same).await.ok();
    app.eventually("the serial of the deal is mended", async || {
        let serial = app.amo.lead(deal)?.text(sandbox::amocrm::FIELD_SERIAL)?;
        (serial == "VMC850-26-0117").then_some(())
    })
    .await;
    app.stop().await;
}
