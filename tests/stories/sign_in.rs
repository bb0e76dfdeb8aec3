//! Who may come in: initData of this bot, fresh, of a person; a session that outlives it.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MiniApp};

fn with(phone: &MiniApp, authorization: &str) -> MiniApp {
    let mut other = phone.clone();
    other.sign_with(authorization);
    other
}

#[tokio::test]
async fn a_session_outlives_the_init_data() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let session = phone.post("/app/session", &json!({})).await.ok();
    let bearer = with(&phone, &format!("Bearer {}", session["token"].as_str().unwrap()));
    app.pass(TimeDelta::hours(25));
    let stale = phone.get("/app/park").await;
    assert_eq!((stale.status.as_u16(), stale.code()), (401, "init_data_expired"));
    // The page for it is friendly, not bare.
    let request = phone.request(Method::GET, "/app/park").header("Accept", "text/html");
    let page = request.send().await.unwrap();
    assert_eq!(page.status(), 401);
    let outlived = bearer.get("/app/park").await;
    assert!(outlived.status.is_success() || outlived.code() == "unauthenticated", "{outlived:?}");
    app.finish().await;
}

#[tokio::test]
async fn forged_and_broken_init_data_opens_nothing() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let good = app.telegram.init_data(CUSTOMER, None);
    assert_eq!(with(&phone, &format!("tma {good}")).get("/app/park").await.status, 200);
    let other = good.replace("5001", "5003");
    let cases = [
        String::new(),
        "hash=".to_owned(),
        other,
        format!("{good}&user=%7B%22id%22%3A5003%7D"),
        good.replace("hash=", "hash=A"),
        good.split("&hash=").next().unwrap_or_default().to_owned(),
    ];
    for raw in cases {
        let refused = with(&phone, &format!("tma {raw}")).get("/app/park").await;
        assert_eq!((refused.status.as_u16(), refused.code()), (401, "unauthenticated"), "{raw}");
    }
    for header in ["", "Bearer x", "Bearer a.b", "Basic dGVzdA==", "tma"] {
        let refused = with(&phone, header).get("/app/park").await;
        assert_eq!((refused.status.as_u16(), refused.code()), (401, "unauthenticated"), "{header}");
    }
    app.finish().await;
}

#[tokio::test]
async fn bad_bodies_get_a_clear_refusal() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (kind, body) in [
        ("application/json", "{".to_owned()),
        ("application/json", deep),
        ("application/json", "\"text\"".to_owned()),
        ("application/x-www-form-urlencoded", "a=%ff%fe&quantity=x".to_owned()),
        ("multipart/form-data; boundary=x", "--x\r\nbroken".to_owned()),
        ("text/plain", "hello".to_owned()),
    ] {
        let request =
            phone.request(Method::POST, "/app/checkout").header("Content-Type", kind).body(body);
        let answer = phone.send(request).await;
        assert!(answer.status.is_client_error(), "{kind}: {answer:?}");
        assert!(answer.body["code"].is_string(), "{kind}: {answer:?}");
        assert!(answer.body["detail"].as_str().is_some_and(|text| !text.contains("line 1")));
    }
    let huge = "x".repeat(3 << 20);
    let request = phone
        .request(Method::POST, "/app/checkout")
        .header("Content-Type", "application/json")
        .body(format!("{{\"comment\":\"{huge}\"}}"));
    let answer = phone.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (413, "too_large"));
    let orders: Value = phone.get("/app/orders").await.ok();
    assert!(orders["orders"].as_array().unwrap().is_empty());
    app.finish().await;
}
