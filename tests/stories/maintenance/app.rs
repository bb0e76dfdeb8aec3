//! The four answers in the Mini App.

use super::*;

async fn machine(phone: &MiniApp, serial: &str) -> String {
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let machine = machines.iter().find(|machine| machine["serial"] == serial).unwrap();
    machine["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_app_has_the_four_answers_too() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    reminder(&app).await;
    let id = machine(&phone, "1234").await;
    let path = |act: &str| format!("/app/machines/{id}/maintenance{act}");
    assert!(phone.page(&format!("/app/machines/{id}")).await.contains(&path("")));
    let page = phone.page(&path("")).await;
    for answer in ["app-maintenance-book", "app-maintenance-own", "app-maintenance-later"] {
        assert!(page.contains(label(answer)), "{answer}");
    }
    assert!(page.contains("Заказать комплект"), "the kit has its price");

    phone.post(&path("/kit"), &json!({})).await.ok();
    phone.post(&path("/kit"), &json!({})).await.ok();
    let cart = phone.get("/app/cart").await.ok();
    let lines = cart["lines"].as_array().unwrap();
    assert!(!lines.is_empty() && lines.iter().all(|line| line["quantity"] == 1), "{cart}");

    assert_eq!(phone.post(&path("/later"), &json!({ "later": "1" })).await.code(), "invalid");
    let rests = phone.post(&path("/later"), &json!({ "later": "3" })).await.ok();
    assert_eq!(rests["until"], "2026-11-26");

    let booked = phone.post(&path("/book"), &json!({})).await.ok();
    let again = phone.post(&path("/book"), &json!({})).await.ok();
    assert_eq!(booked["number"], again["number"], "a second tap books nothing");

    app.link(NEIGHBOUR).await;
    let neighbour = app.mini_app(NEIGHBOUR);
    assert_eq!(neighbour.get(&path("")).await.status, 404);
    assert_eq!(neighbour.post(&path("/done"), &json!({})).await.status, 404);

    let many = json!({ "hours": "420000" });
    assert_eq!(phone.post(&path("/done"), &many).await.code(), "invalid");
    let told = json!({ "hours": "4200", "text": "Заменили масло" });
    let done = phone.post(&path("/done"), &told).await.ok();
    assert_eq!(done["next_maintenance_on"], "2027-05-23");
    app.says(MANAGER, |m| m.text.contains("Заменили масло")).await;
    assert_eq!(phone.post(&path("/done"), &told).await.status, 404, "it is done");
    app.finish().await;
}
