//! Parts as a customer buys them: old articles, kits, what moved in the cart, what is remembered.

use serde_json::{Value, json};
use tests::{App, MiniApp, NEIGHBOUR, label};

use crate::{fill_cart, order};

async fn import(app: &App, table: &str) {
    let mut tx = app.db.begin().await.unwrap();
    let report = domain::import::parts(&mut tx, &app.dealer, table.as_bytes()).await.unwrap();
    assert!(report.refused.is_empty(), "{report:?}");
    tx.commit().await.unwrap();
    domain::parts::catch_up(&app.db).await.unwrap();
}

async fn found(phone: &MiniApp, q: &str) -> Vec<Value> {
    phone.get(&format!("/app/parts?q={q}")).await.ok()["parts"].as_array().unwrap().clone()
}

async fn put(phone: &MiniApp, q: &str, quantity: i64) -> Value {
    let part = found(phone, q).await[0].clone();
    let body = json!({ "part_id": part["id"], "quantity": quantity });
    phone.post("/app/cart/items", &body).await.ok();
    part["id"].clone()
}

#[tokio::test]
async fn an_old_article_leads_to_the_part_that_is_made_now_and_says_so() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let table = "sku;name;price;replaced_by\nСТ-1;Диск старый;100;СТ-2\nСТ-2;Диск второй;200;СТ-3\n\
                 СТ-3;Диск новый;300;\n";
    import(&app, table).await;
    let mut tx = app.db.begin().await.unwrap();
    domain::db::execute!(&mut tx, "update parts set active = false where sku = 'СТ-1'").unwrap();
    tx.commit().await.unwrap();
    // In Latin, in small letters, without the dash: the search survives it here as well.
    let parts = found(&phone, "ct1").await;
    let skus: Vec<_> = parts.iter().map(|part| part["sku"].as_str().unwrap()).collect();
    assert!(skus.contains(&"СТ-2") && skus.contains(&"СТ-3"), "the whole chain: {skus:?}");
    assert!(!skus.contains(&"СТ-1"), "what is sold no more is not offered: {skus:?}");
    assert_eq!(parts[0]["instead_of"], "СТ-1");
    let page = phone.page("/app/parts?q=СТ-1").await;
    assert!(page.contains("вместо СТ-1"), "{page}");
    let newest = parts.iter().find(|part| part["sku"] == "СТ-3").unwrap();
    let page = phone.page(&format!("/app/parts/{}", newest["id"].as_str().unwrap())).await;
    assert!(page.contains(label("app-part-replaces")) && page.contains("СТ-2"), "{page}");
    assert!(found(&phone, "СТ-3").await[0]["instead_of"].is_null(), "nobody asked for an old one");
    app.finish().await;
}

#[tokio::test]
async fn what_may_be_meant_is_offered_while_somebody_types() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let table = "sku;name;price;replaced_by\nСТ-1;Диск старый;100;СТ-2\nСТ-2;Диск новый;200;\n";
    import(&app, table).await;
    let offered = async |q: &str| {
        let parts = phone.get(&format!("/app/parts/suggest?q={q}")).await.ok()["parts"].clone();
        parts.as_array().unwrap().clone()
    };
    // The beginning of an article, in whichever letters, and some letters of a name.
    for typed in ["16К20.02.1", "16k20 02 1", "16к20021", "шестер"] {
        let skus: Vec<_> = offered(typed).await.iter().map(|part| part["sku"].clone()).collect();
        assert!(skus.contains(&json!("16К20.02.114")), "{typed}: {skus:?}");
    }
    // An old article leads to the part that is made now, and either says so.
    let parts = offered("ct1").await;
    assert_eq!((&parts[0]["sku"], &parts[0]["instead_of"]), (&json!("СТ-2"), &json!("СТ-1")));
    let list = phone.page("/app/parts/suggest?q=СТ-1").await;
    let new = format!("/app/parts/{}", parts[0]["id"].as_str().unwrap());
    for said in ["role=\"option\"", &new, "вместо СТ-1", "заменена на СТ-2"] {
        assert!(list.contains(said), "{said} in {list}");
    }
    assert!(offered("п").await.len() <= 8 && offered("").await.is_empty());
    assert!(
        phone.page("/app/parts/suggest?q=").await.contains("hidden"),
        "an empty list is closed"
    );

    // Narrowed to a machine of one's own, and to nobody else's.
    app.link(NEIGHBOUR).await;
    let park = phone.get("/app/park").await.ok();
    let machine = park["machines"][0]["id"].as_str().unwrap();
    let narrowed = format!("/app/parts/suggest?q=ремень&machine={machine}");
    let list = phone.page(&narrowed).await;
    assert!(!list.contains("href=") || list.contains(&format!("?machine={machine}")), "{list}");
    assert_eq!(app.mini_app(NEIGHBOUR).get(&narrowed).await.status, 404);

    // Without a script the form asks for the whole page, as ever.
    let page = phone.page("/app/parts").await;
    assert!(page.contains("action=\"/app/parts\"") && page.contains("role=\"combobox\""), "{page}");
    // Whoever asks faster than anybody types is held back.
    let mut held = false;
    for _ in 0..60 {
        held |= phone.get("/app/parts/suggest?q=ремень").await.status == 429;
    }
    assert!(held, "a flood is held back");
    app.finish().await;
}

#[tokio::test]
async fn analogues_are_mutual_and_a_kit_without_a_price_is_its_parts() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let table = "sku;name;price;analogues;kit\nАН-1;Ремень А;100;АН-2;\nАН-2;Ремень Б;90;;\n\
                 КТ-1;Ремонтный набор;;;АН-1*2|НЕТ-ЕЩЁ|АН-2\n";
    import(&app, table).await;
    let one = found(&phone, "АН-2").await[0]["id"].clone();
    let card = phone.get(&format!("/app/parts/{}", one.as_str().unwrap())).await.ok();
    assert_eq!(card["part"]["analogues"][0]["sku"], "АН-1", "told at one, known at both");
    let kit = found(&phone, "КТ-1").await[0]["id"].clone();
    let card = phone.get(&format!("/app/parts/{}", kit.as_str().unwrap())).await.ok();
    assert_eq!(card["part"]["kit"].as_array().unwrap().len(), 3, "{card}");
    let page = phone.page(&format!("/app/parts/{}", kit.as_str().unwrap())).await;
    assert!(page.contains("290\u{a0}₽"), "the sum of what is sold of it: {page}");
    for _ in 0..2 {
        phone.post("/app/cart/kit", &json!({ "part_id": kit })).await.ok();
    }
    let cart = phone.get("/app/cart").await.ok();
    assert_eq!((cart["lines"].as_array().unwrap().len(), &cart["total"]), (2, &json!(29_000)));
    let none = phone.post("/app/cart/kit", &json!({ "part_id": one })).await;
    assert_eq!(none.code(), "not_found");
    app.finish().await;
}

#[tokio::test]
async fn what_moved_since_is_read_and_confirmed_by_one_act_before_the_checkout() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let gear = fill_cart(&phone, 2).await["part_id"].clone();
    let page = phone.page("/app/checkout").await;
    let mark = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    import(&app, "sku;name;price;stock\n16К20.02.114;Шестерня;12900;1\n").await;

    let form = json!({ "client_key": "k", "delivery": "pickup", "seen": mark });
    let late = phone.post("/app/checkout", &form).await;
    assert_eq!(late.code(), "conflict", "{}", late.body);
    let page = phone.page("/app/cart").await;
    for said in [label("app-cart-changed"), "12\u{a0}400\u{a0}₽", "осталось 1"] {
        assert!(page.contains(said), "{said} in {page}");
    }
    // Stepping the number is no reading of what changed.
    let more = json!({ "part_id": gear, "quantity": 3, "view": "cart" });
    phone.post("/app/cart/items", &more).await.ok();
    assert!(phone.page("/app/cart").await.contains("12\u{a0}400\u{a0}₽"));
    let stale = phone.post("/app/cart/confirm", &json!({ "seen": mark })).await;
    assert_eq!(stale.code(), "conflict", "it changed again since that page");
    let page = phone.page("/app/cart").await;
    let mark = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    phone.post("/app/cart/confirm", &json!({ "seen": mark })).await.ok();
    assert!(!phone.page("/app/cart").await.contains(label("app-cart-changed")));
    let made = order(&phone, "k").await;
    assert_eq!(made["total"], 3_870_000);
    app.finish().await;
}

#[tokio::test]
async fn a_line_bears_a_note_and_a_machine_and_the_checkout_remembers() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let part = put(&phone, "16К20.02.114", 1).await;
    let park = phone.get("/app/park").await.ok();
    let machine =
        park["machines"].as_array().unwrap().iter().find(|one| one["serial"] == "1234").unwrap();
    let form = phone.page(&format!("/app/cart/line?part={}", part.as_str().unwrap())).await;
    assert!(form.contains("1234"), "{form}");
    let said = json!({
        "part_id": part, "for_machine": machine["id"], "note": "До пятницы",
    });
    phone.post("/app/cart/line", &said).await.ok();
    let line = phone.get("/app/cart").await.ok()["lines"][0].clone();
    assert_eq!((&line["machine_id"], &line["note"]), (&machine["id"], &json!("До пятницы")));
    let foreign = json!({ "part_id": part, "machine_id": machine["id"], "for_machine": "0" });
    assert_eq!(phone.post("/app/cart/line", &foreign).await.code(), "not_found");

    let form = json!({
        "client_key": "k", "delivery": "carrier", "address": "Тула, Советская, 1",
        "inn": "7707083893", "contact": "Пётр, склад",
    });
    let made = phone.post("/app/checkout", &form).await.ok()["order"].clone();
    assert_eq!(made["lines"][0]["note"], "До пятницы");
    app.settled().await;
    let deal = app.amo.leads()[0].clone();
    let notes = app.amo.notes_of(deal.id);
    let note = notes.iter().find(|note| note.text().contains("До пятницы"));
    assert!(note.is_some_and(|note| note.text().contains("Пётр, склад")), "{notes:#?}");
    let id = machine["id"].as_str().unwrap();
    let bought = phone.get(&format!("/app/machines/{id}/parts")).await.ok();
    assert_eq!(bought["parts"][0]["sku"], "16К20.02.114", "bought for this machine before");
    put(&phone, "16К20.02.114", 1).await;
    let page = phone.page("/app/checkout").await;
    for kept in ["Тула, Советская, 1", "7707083893", "Пётр, склад", "value=\"carrier\" checked"]
    {
        assert!(page.contains(kept), "{kept} in {page}");
    }
    app.finish().await;
}
