//! What the boards in the browser call.

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Bench;
use crate::bitrix24::Kind;

#[tokio::test]
async fn a_board_shows_drags_and_converts() {
    let bench = Bench::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = bench.portal.ui_router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let post = async |path: &str, body: Value| {
        let answer = bench.http.post(format!("{base}{path}")).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let state = async |board: &str| -> Value {
        let url = format!("{base}/boards/{board}/state");
        bench.http.get(url).send().await.unwrap().json().await.unwrap()
    };
    let deal = json!({"serial": "1234", "model": "16К20", "contact": "Анна Белова", "phone": "+7900",
        "company": "ООО «Резец»", "price": 5000, "next_maintenance": "2027-01-15"});
    assert_eq!(post("/boards/1/leads", deal).await.0, 200);
    let id = bench.portal.deals()[0]["ID"].as_i64().unwrap();
    let card = state("1").await["leads"][0].clone();
    assert_eq!((&card["name"], &card["price"]), (&json!("Станок 16К20"), &json!(5000)));
    assert_eq!(card["contacts"][0]["fields"][0]["values"], json!(["+7900"]));
    assert_eq!(state("0").await["leads"], json!([]), "each pipeline has a board of its own");

    assert_eq!(
        post(&format!("/boards/1/leads/{id}/move"), json!({"status_id": "C1:EXECUTING"})).await.0,
        204
    );
    assert_eq!(
        post(&format!("/boards/1/leads/{id}/move"), json!({"status_id": "WON"})).await.0,
        422
    );
    let typed = json!({"field_id": "UF_CRM_SERIAL", "value": "77"});
    assert_eq!(post(&format!("/boards/1/leads/{id}/field"), typed).await.0, 204);
    assert_eq!(post(&format!("/boards/1/leads/{id}/acts/won"), json!({})).await.0, 204);
    let record = bench.portal.record(Kind::Deal, id).unwrap();
    assert_eq!((&record["STAGE_ID"], &record["UF_CRM_SERIAL"]), (&json!("C1:WON"), &json!("77")));

    let lead = json!({"contact": "Олег", "phone": "+7901"});
    assert_eq!(post("/boards/leads/leads", lead).await.0, 200);
    let id = bench.portal.leads()[0]["ID"].as_i64().unwrap();
    let phone = json!({"name": "Олег Нечаев", "phone": "+7902"});
    assert_eq!(post(&format!("/boards/leads/contacts/{id}"), phone).await.0, 204);
    let person = bench.portal.record(Kind::Lead, id).unwrap();
    assert_eq!(
        (&person["LAST_NAME"], &person["PHONE"][0]["VALUE"]),
        (&json!("Нечаев"), &json!("+7902"))
    );
    assert_eq!(post(&format!("/boards/leads/leads/{id}/acts/convert"), json!({})).await.0, 204);
    assert_eq!(bench.portal.deals().len(), 2);
    let console: Value =
        bench.http.get(format!("{base}/console")).send().await.unwrap().json().await.unwrap();
    assert_eq!(console["mode"], "usual");
}
