//! The ways through the Mini App, as JSON and as pages.

use axum::http::StatusCode;
use serde_json::json;

use crate::tests::kit::{Ask, ENGINEER, Kit, MANAGER, OTHER, OWNER, STRANGER};

#[tokio::test]
async fn the_contract_of_park_passport_and_parts() {
    let kit = Kit::new().await;
    let park = kit.by(OWNER, Ask::get("/app/park").json()).await.json();
    let machine = &park["machines"][0];
    assert_eq!(machine["serial"], "1234");
    assert_eq!(machine["model"], json!({ "code": "16k20", "name": "16К20" }));
    assert_eq!(machine["state"], "working");
    assert_eq!(machine["next_maintenance_on"], "2026-12-03");
    let path = format!("/app/machines/{}", machine["id"].as_str().unwrap());
    let passport = kit.by(OWNER, Ask::get(&path).json()).await.json();
    assert_eq!(passport["configuration"], "<script>alert(1)</script>");
    for name in ["specification", "documents", "timeline"] {
        assert!(passport[name].is_array(), "{name}");
    }
    let parts = kit.by(OWNER, Ask::get("/app/parts?q=16k20.02").json()).await.json();
    let part = &parts["parts"][0];
    assert_eq!(
        (part["sku"].as_str(), part["price"].as_i64()),
        (Some("16К20.02.114"), Some(1_240_000))
    );
    assert_eq!((part["stock"].as_i64(), part["fits"].as_bool()), (Some(3), Some(false)));
    assert!(parts["next"].is_null());
}

#[tokio::test]
async fn a_double_tap_is_one_order() {
    let kit = Kit::new().await;
    let machine = kit.machine(OWNER).await;
    let part = kit.part("16К20.02.114").await;
    let line = json!({ "part_id": part, "quantity": 2, "machine_id": machine }).to_string();
    let cart = kit.by(OWNER, Ask::post("/app/cart/items", "application/json", line).json()).await;
    assert_eq!(cart.json()["total"], 2_480_000);
    assert_eq!(cart.json()["lines"][0]["machine_id"], machine.as_str());
    let checkout = kit.by(OWNER, Ask::get("/app/checkout").page()).await.text();
    assert!(checkout.contains("24\u{a0}800\u{a0}₽"), "{checkout}");
    let ask = || Ask::form("/app/checkout", "client_key=one&delivery=pickup").json();
    let first = kit.by(OWNER, ask()).await;
    let second = kit.by(OWNER, ask()).await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(first.json(), second.json());
    let order = &first.json()["order"];
    assert_eq!(
        (order["number"].as_str(), order["state"].as_str()),
        (Some("ORD-2026-000001"), Some("placed"))
    );
    assert_eq!(order["lines"][0]["quantity"], 2);
    let page = Ask::form("/app/checkout", "client_key=one&delivery=pickup").page();
    let page = kit.by(OWNER, page).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.header("location"), "/app/orders/ORD-2026-000001");
    let list = kit.by(OWNER, Ask::get("/app/orders").json()).await.json();
    assert_eq!(list["orders"].as_array().unwrap().len(), 1);
    let path = "/app/orders/ORD-2026-000001";
    assert_eq!(kit.by(OTHER, Ask::get(path).json()).await.status, StatusCode::NOT_FOUND);
    assert!(kit.by(OWNER, Ask::get(path).page()).await.text().contains("Отменить заказ"));
    let desk = kit.by(MANAGER, Ask::get("/app/desk").page()).await.text();
    assert!(desk.contains("/app/orders/ORD-2026-000001/take"), "{desk}");
    let taken = kit.by(MANAGER, Ask::form(&format!("{path}/take"), "").page()).await;
    assert_eq!(taken.header("location"), path);
    let seen = kit.by(MANAGER, Ask::get(path).page()).await.text();
    assert!(seen.contains("Ольга") && !seen.contains("Отменить заказ"));
    let cancelled = kit.by(OWNER, Ask::form(&format!("{path}/cancel"), "").json()).await.json();
    assert_eq!(cancelled["order"]["state"], "cancelled");
    let again = kit.by(OWNER, Ask::form(&format!("{path}/repeat"), "").json()).await.json();
    assert_eq!(again["lines"][0]["quantity"], 2);
    let empty = format!("part_id={part}&machine_id={machine}&quantity=0");
    let emptied = kit.by(OWNER, Ask::form("/app/cart/items", &empty).json()).await.json();
    assert_eq!(emptied["lines"], json!([]));
}

#[tokio::test]
async fn a_part_answers_with_its_own_control() {
    let kit = Kit::new().await;
    let part = kit.part("16К20.02.114").await;
    let ask = Ask::form("/app/cart/items", &format!("part_id={part}&quantity=3&view=part"));
    let control = kit.by(OWNER, ask.page()).await.text();
    assert!(
        control.contains("id=\"part-control\"") && control.contains("В корзине: 3"),
        "{control}"
    );
    // The part's own page knows it too, and begins with what lies there.
    let page = kit.by(OWNER, Ask::get(&format!("/app/parts/{part}")).page()).await.text();
    assert!(
        page.contains("В корзине: 3") && page.contains("name=\"quantity\" value=\"3\""),
        "{page}"
    );
    let other = kit.by(OTHER, Ask::get(&format!("/app/parts/{part}")).page()).await.text();
    assert!(!other.contains("В корзине:"), "{other}");
}

#[tokio::test]
async fn a_standstill_is_mended() {
    let kit = Kit::new().await;
    let machine = kit.machine(OWNER).await;
    let call = Ask::multipart(
        "/app/service",
        &[
            ("client_key", None, b"one"),
            ("machine_id", None, machine.as_bytes()),
            ("kind", None, b"breakdown"),
            ("machine_down", None, b"true"),
            ("text", None, "Не включается <b>шпиндель</b>".as_bytes()),
            ("files", Some("фото.jpg"), b"\xFF\xD8\xFF\xE0 a photo"),
        ],
    );
    let made = kit.by(OWNER, call.json()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let request = &made.json()["request"];
    assert_eq!(request["number"], "SRV-2026-000001");
    assert_eq!(request["machine_id"], machine.as_str());
    let path = "/app/requests/SRV-2026-000001";
    assert_eq!(kit.by(OTHER, Ask::get(path).json()).await.status, StatusCode::NOT_FOUND);
    let park = kit.by(OWNER, Ask::get("/app/park").json()).await.json();
    assert_eq!(park["machines"][0]["state"], "down");

    let seen = kit.by(OWNER, Ask::get(path).json()).await.json();
    let file = seen["request"]["files"][0]["url"].as_str().unwrap().to_owned();
    let photo = kit.send(Ask::get(&file)).await;
    assert_eq!((photo.status, photo.header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert!(photo.header("content-disposition").starts_with("attachment"));
    assert_eq!(photo.header("x-content-type-options"), "nosniff");
    let bare = file.split('?').next().unwrap();
    assert_eq!(kit.by(OTHER, Ask::get(bare)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(kit.by(MANAGER, Ask::get(bare)).await.status, StatusCode::OK);
    let forged = file.replace("u=5001", "u=6002");
    assert_eq!(kit.send(Ask::get(&forged)).await.status, StatusCode::UNAUTHORIZED);
    kit.dealer.clock.advance(chrono::TimeDelta::hours(2));
    assert_eq!(kit.send(Ask::get(&file)).await.status, StatusCode::UNAUTHORIZED);

    let page = kit.by(MANAGER, Ask::get(path).page()).await.text();
    assert!(
        page.contains("&#60;b&#62;шпиндель") && page.contains("+7\u{a0}900\u{a0}111-22-33"),
        "{page}"
    );
    let denied = kit.by(ENGINEER, Ask::form(&format!("{path}/take"), "").json()).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    let taken = kit.by(MANAGER, Ask::form(&format!("{path}/take"), "").json()).await.json();
    assert_eq!(taken["request"]["state"], "taken");
    let twice = kit.by(MANAGER, Ask::form(&format!("{path}/take"), "").json()).await;
    assert_eq!(
        (twice.status, twice.json()["code"].clone()),
        (StatusCode::CONFLICT, json!("conflict"))
    );
    let choice = kit.by(MANAGER, Ask::get(&format!("{path}/engineers")).page()).await.text();
    assert!(choice.contains("value=\"6001\""));
    let sent = Ask::form(&format!("{path}/assign"), "engineer_telegram_id=6001");
    assert_eq!(kit.by(MANAGER, sent.json()).await.json()["request"]["state"], "scheduled");
    work(&kit).await;
    let done = kit.by(OWNER, Ask::get(path).page()).await.text();
    assert!(done.contains("Всё работает") && done.contains("after.jpg"), "{done}");
    sees_the_report(&kit, path).await;
    let closed = kit.by(OWNER, Ask::form(&format!("{path}/confirm"), "").json()).await.json();
    assert_eq!(closed["request"]["state"], "closed");
}

/// The photos of the report are the customer's to see, and nobody else's.
async fn sees_the_report(kit: &Kit, path: &str) {
    let seen = kit.by(OWNER, Ask::get(path).json()).await.json();
    assert_eq!(seen["request"]["files"].as_array().unwrap().len(), 1);
    let after = seen["request"]["report_files"][0]["url"].as_str().unwrap();
    assert_eq!(kit.send(Ask::get(after)).await.bytes, b"\xFF\xD8\xFF\xE0 after");
    let bare = after.split('?').next().unwrap();
    assert_eq!(kit.by(OTHER, Ask::get(bare)).await.status, StatusCode::NOT_FOUND);
}

/// The engineer accepts, begins, reports.
async fn work(kit: &Kit) {
    let jobs = kit.by(ENGINEER, Ask::get("/app/jobs").json()).await.json();
    let job = &jobs["jobs"][0];
    assert_eq!(
        (job["state"].as_str(), job["machine"]["serial"].as_str()),
        (Some("assigned"), Some("1234"))
    );
    let path = format!("/app/jobs/{}", job["id"].as_str().unwrap());
    assert_eq!(kit.by(OTHER, Ask::get(&path).json()).await.status, StatusCode::FORBIDDEN);
    let early = kit.by(ENGINEER, Ask::form(&format!("{path}/pause"), "").json()).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    for (act, state) in [("accept", "accepted"), ("start", "in_progress"), ("pause", "paused")] {
        let moved = kit.by(ENGINEER, Ask::form(&format!("{path}/{act}"), "").json()).await.json();
        assert_eq!(moved["job"]["state"], state);
        assert_eq!(kit.by(ENGINEER, Ask::get(&path).page()).await.status, StatusCode::OK);
    }
    let silent = kit.by(ENGINEER, Ask::form(&format!("{path}/done"), "hours=5").json()).await;
    assert!(silent.json()["fields"]["report"].is_string());
    let report = Ask::multipart(
        &format!("{path}/done"),
        &[
            ("report", None, "Заменён ремень".as_bytes()),
            ("hours", None, b"1840"),
            ("next_maintenance_on", None, b"2027-05-20"),
            ("files", Some("after.jpg"), b"\xFF\xD8\xFF\xE0 after"),
        ],
    );
    let done = kit.by(ENGINEER, report.page()).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, path.as_str()));
    let page = kit.by(ENGINEER, Ask::get(&path).page()).await.text();
    assert!(page.contains("Заменён ремень") && page.contains("1840"), "{page}");
}

#[tokio::test]
async fn an_invite_that_was_opened_in_the_app_leads_into_the_chat() {
    let kit = Kit::new().await;
    let page = kit.by(STRANGER, Ask::get("/app/invites/a-b_C9").page()).await;
    assert_eq!(page.status, StatusCode::OK);
    let link = "https://t.me/demo_bot?start=i_a-b_C9";
    assert!(page.text().contains(&format!("href=\"{link}\"")), "{}", page.text());
    let odd = kit.by(STRANGER, Ask::get("/app/invites/a%22b").page()).await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_language_is_chosen() {
    let kit = Kit::new().await;
    let chosen = kit.by(OWNER, Ask::form("/app/language", "language=en").page()).await;
    assert_eq!(chosen.header("location"), "/app/park");
    let park = kit.by(OWNER, Ask::get("/app/park").page()).await.text();
    assert!(park.contains("due in 12 days"), "{park}");
    let refused = kit.by(OWNER, Ask::get("/app/desk").json()).await.json();
    assert_eq!(refused["title"], "Not for you");
}
