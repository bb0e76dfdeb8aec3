//! Nobody sees another's, and nothing tells that it exists.

use serde_json::json;
use tests::{App, CUSTOMER, NEIGHBOUR};

use crate::{fill_cart, order};

#[tokio::test]
async fn what_is_anothers_is_not_there() {
    let app = App::start().await;
    let owner = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let stranger = app.mini_app(NEIGHBOUR);
    let machine = owner.get("/app/park").await.ok()["machines"][0].clone();
    let machine_path = format!("/app/machines/{}", machine["id"].as_str().unwrap());
    let passport = owner.get(&machine_path).await.ok();
    fill_cart(&owner, 1).await;
    let number = order(&owner, "k").await["number"].as_str().unwrap().to_owned();
    let asked = json!({
        "machine_id": machine["id"], "kind": "breakdown", "text": "Не включается шпиндель",
        "client_key": "s", "machine_down": true,
    });
    let request = owner.post("/app/service", &asked).await.ok();
    let request = request["request"]["number"].as_str().unwrap().to_owned();

    let invented = "/app/machines/00000000000000000000000000000000";
    let unknown = stranger.get(invented).await;
    for path in
        [machine_path.clone(), format!("/app/orders/{number}"), format!("/app/requests/{request}")]
    {
        assert_eq!(owner.get(&path).await.status, 200, "{path} is the owner's");
        let refused = stranger.get(&path).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (404, "not_found"), "{path}");
        let told = |answer: &tests::Answer| {
            let mut body = answer.body.clone();
            body.as_object_mut().unwrap().remove("request_id");
            body
        };
        assert_eq!(told(&refused), told(&unknown), "nothing tells that {path} exists");
    }
    let theft = json!({
        "machine_id": machine["id"], "kind": "breakdown", "text": "Чужой", "client_key": "x",
    });
    assert_eq!(stranger.post("/app/service", &theft).await.status, 404);
    let parts = stranger.get("/app/parts?q=16К20.02.114").await.ok();
    let theft = json!({
        "part_id": parts["parts"][0]["id"], "quantity": 1, "machine_id": machine["id"],
    });
    assert_eq!(stranger.post("/app/cart/items", &theft).await.status, 404);
    for staff_only in ["/app/desk", "/app/jobs"] {
        assert_eq!(stranger.get(staff_only).await.status, 403, "{staff_only}");
    }
    let take = stranger.post(&format!("/app/requests/{request}/take"), &json!({})).await;
    assert!(matches!(take.status.as_u16(), 403 | 404), "{}", take.status);
    let documents = passport["documents"].as_array().unwrap();
    for document in documents {
        let url = document["url"].as_str().unwrap();
        let path = url.split('?').next().unwrap();
        assert_eq!(stranger.get(path).await.status, 404, "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_person_whom_nobody_knows_gets_no_data() {
    let app = App::start().await;
    let stranger = app.mini_app(NEIGHBOUR);
    for path in ["/app/park", "/app/orders", "/app/cart", "/app/requests"] {
        let refused = stranger.get(path).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "forbidden"), "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_forged_callback_changes_nothing_and_tells_nothing() {
    let app = App::start().await;
    let owner = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    fill_cart(&owner, 1).await;
    order(&owner, "k").await;
    app.settled().await;
    let card = app.says(CUSTOMER, |m| m.text.contains("ORD-2026-000001")).await;
    let own = app.telegram.chat(NEIGHBOUR).into_iter().rfind(|m| m.from_bot).unwrap();
    let buttons = card.buttons.iter().flatten().filter_map(|button| button.data.clone());
    let forged = ["", "v1", "garbage", "v1:take:1;drop table orders", &"я".repeat(32)];
    let before = app.telegram.chat(NEIGHBOUR);
    for data in buttons.chain(forged.iter().map(|data| (*data).to_owned())) {
        let answer = app.telegram.press_data(NEIGHBOUR, own.id, &data).await.unwrap();
        let text = answer.text.unwrap_or_default();
        assert!(!text.contains("ORD-"), "{data}: {text}");
    }
    app.settled().await;
    for message in app.telegram.chat(NEIGHBOUR).iter().skip(before.len()) {
        assert!(!message.text.contains("ORD-"), "{}", message.text);
    }
    let orders = owner.get("/app/orders").await.ok();
    assert_eq!(orders["orders"][0]["state"], "placed");
    app.finish().await;
}

#[tokio::test]
async fn words_that_look_like_markup_are_shown_as_words() {
    let app = App::start().await;
    let owner = app.linked_customer().await;
    let nasty =
        "<b>шпиндель</b> <script>alert(1)</script> *жирно* \u{202e}задом наперёд 🔥 & \"кавычки\"";
    let machine = owner.get("/app/park").await.ok()["machines"][0]["id"].clone();
    let asked = json!({
        "machine_id": machine, "kind": "breakdown", "text": nasty, "client_key": "s",
    });
    let made = owner.post("/app/service", &asked).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    let page = owner.page(&format!("/app/requests/{number}")).await;
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(page.contains("&lt;script&gt;") || page.contains("&#60;script&#62;"), "shown as text");
    let card = app.says(tests::MANAGER, |m| m.text.contains(&number)).await;
    assert!(card.text.contains("<script>alert(1)</script>"), "{}", card.text);
    assert!(card.entities.iter().all(|entity| entity["type"] != "text_link"));
    app.finish().await;
}
