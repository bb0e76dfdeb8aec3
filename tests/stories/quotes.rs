//! The manager's quote: sent, asked about, replaced, run out, accepted once.

use chrono::TimeDelta;
use domain::orders::quotes;
use sandbox::bitrix24::Kind;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, MiniApp, NEIGHBOUR, label};

use crate::bitrix24::{FILE, with};
use crate::order;

/// A priced part and one on request, ordered together: the order's number.
pub(crate) async fn ordered(phone: &MiniApp) -> String {
    for sku in ["16К20.02.114", "16К20.04.070"] {
        let parts = phone.get(&format!("/app/parts?q={sku}")).await.ok();
        let body = json!({ "part_id": parts["parts"][0]["id"], "quantity": 2 });
        phone.post("/app/cart/items", &body).await.ok();
    }
    order(phone, "quoted").await["number"].as_str().unwrap().to_owned()
}

fn offer(app: &App, revision: i64, price: &str) -> Value {
    json!({
        "revision": revision,
        "valid_until": (app.dealer.today() + TimeDelta::days(7)).to_string(),
        "comment": "Доставка включена",
        "price_1": "12400", "price_2": price, "comment_2": "Аналог, 2 недели",
    })
}

async fn quote(app: &App, number: &str, revision: i64, price: &str) {
    let path = format!("/app/orders/{number}/quote");
    app.mini_app(MANAGER).post(&path, &offer(app, revision, price)).await.ok();
}

#[tokio::test]
async fn a_quote_is_a_message_to_answer_and_its_prices_become_the_orders() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    app.settled().await;
    let first = app.says(CUSTOMER, |m| m.text.contains(&number)).await;
    quote(&app, &number, 1, "8 600,50").await;
    app.settled().await;

    let card = app.says(CUSTOMER, |m| m.button(label("bot-quote-accept")).is_some()).await;
    assert!(card.id > first.id, "whoever must answer gets a message and not a silent edit");
    for said in ["42\u{a0}001\u{a0}₽", "Доставка включена", "16К20.04.070"] {
        assert!(card.text.contains(said), "{said} in {}", card.text);
    }
    let chat = app.telegram.chat(CUSTOMER);
    let old = chat.iter().find(|m| m.id == first.id).unwrap();
    assert!(old.text.contains(label("bot-card-below")), "one live card: {}", old.text);
    let page = phone.page(&format!("/app/orders/{number}")).await;
    assert!(page.contains("Аналог, 2 недели") && page.contains(label("app-quote-note")), "{page}");
    let seen = phone.get(&format!("/app/orders/{number}")).await.ok()["order"].clone();
    assert_eq!((&seen["state"], &seen["total"]), (&json!("quoted"), &json!(2_480_000)));
    assert_eq!(seen["quote"]["total"], 4_200_100);
    let deal = app.amo.leads()[0].clone();
    assert_eq!(deal.price, 42_001, "the CRM knows what it may come to");

    app.telegram.press_button(CUSTOMER, card.id, label("bot-quote-accept")).await.unwrap();
    app.settled().await;
    let seen = phone.get(&format!("/app/orders/{number}")).await.ok()["order"].clone();
    assert_eq!((&seen["state"], &seen["total"]), (&json!("confirmed"), &json!(4_200_100)));
    assert_eq!(seen["lines"][1]["price"], 860_050);
    let accepted = "✅ Клиент принял предложение";
    app.says(MANAGER, |m| m.text.starts_with(accepted) && m.text.contains(&number)).await;
    let notes = app.amo.notes_of(deal.id);
    let told = |said: &str| notes.iter().filter(|note| note.text().contains(said)).count();
    assert_eq!(told(&format!("Предложение 1 к заказу {number}")), 1);
    assert_eq!(told("Клиент принял предложение 1"), 1);
    let kinds: Vec<_> =
        seen["history"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["placed", "quoted", "confirmed"]);
    app.finish().await;
}

#[tokio::test]
async fn a_new_revision_voids_the_old_and_both_taps_are_one() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    quote(&app, &number, 1, "9000").await;
    quote(&app, &number, 1, "1").await;
    let path = format!("/app/orders/{number}");
    let seen = phone.get(&path).await.ok()["order"]["quote"].clone();
    assert_eq!((&seen["revision"], &seen["total"]), (&json!(1), &json!(4_280_000)), "a double tap");
    quote(&app, &number, 2, "8000").await;
    let accept = format!("{path}/accept");
    let late = phone.post(&accept, &json!({ "revision": 1 })).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "conflict"), "{}", late.body);
    assert!(late.body["detail"].as_str().unwrap().contains("новое предложение"), "{}", late.body);
    assert_eq!(phone.get(&path).await.ok()["order"]["state"], "quoted", "nothing has changed");

    let body = json!({ "revision": 2 });
    let tap = || phone.post(&accept, &body);
    for answer in <[_; 3]>::from(tokio::join!(tap(), tap(), tap())) {
        assert_eq!(answer.ok()["order"]["total"], 4_080_000);
    }
    app.settled().await;
    let again = app.mini_app(MANAGER).post(&format!("{path}/quote"), &offer(&app, 3, "1")).await;
    assert_eq!(again.code(), "conflict", "what was accepted is not quoted again");
    let confirmed = app.telegram.chat(CUSTOMER);
    let cards = confirmed.iter().filter(|m| m.text.contains(label("bot-order-confirmed")));
    assert_eq!(cards.count(), 1);
    app.finish().await;
}

#[tokio::test]
async fn what_has_run_out_is_said_and_cannot_be_accepted() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    quote(&app, &number, 1, "9000").await;
    app.settled().await;
    app.pass(TimeDelta::days(8));
    quotes::tick(&app.db, &app.dealer).await.unwrap();
    let phone = app.mini_app(CUSTOMER);
    let path = format!("/app/orders/{number}");
    let late = phone.post(&format!("{path}/accept"), &json!({ "revision": 1 })).await;
    assert_eq!(late.status, 409);
    assert_eq!(late.body["detail"], label("app-quote-over-note"));
    app.says(CUSTOMER, |m| m.text.contains(label("bot-quote-over"))).await;
    let page = phone.page(&path).await;
    assert!(page.contains(label("app-quote-over-note")), "{page}");

    quote(&app, &number, 2, "9500").await;
    phone.post(&format!("{path}/accept"), &json!({ "revision": 2 })).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn an_order_whose_quote_nobody_asks_about_is_over_in_the_end() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    quote(&app, &number, 1, "9000").await;
    app.pass(TimeDelta::days(30));
    for _ in 0..2 {
        quotes::tick(&app.db, &app.dealer).await.unwrap();
    }
    let seen = app.mini_app(CUSTOMER).get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(seen["order"]["state"], "expired");
    app.finish().await;
}

#[tokio::test]
async fn each_side_writes_about_a_line_and_the_other_hears() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    let thread = format!("/app/orders/{number}/lines/2");
    let ask = json!({ "text": "Есть ли аналог?", "client_key": "one" });
    for _ in 0..2 {
        phone.post(&thread, &ask).await.ok();
    }
    app.says(MANAGER, |m| m.text.contains("Есть ли аналог?") && m.text.contains(&number)).await;
    let mut console = app.console(MANAGER).await;
    let path = format!("/staff/orders/{number}/lines/2");
    assert!(console.get(&path).await.ok().contains("Есть ли аналог?"));
    let answer = [("text", "Есть, через неделю"), ("client_key", "two")];
    assert_eq!(console.post(&path, &answer).await.gone_to(), path);
    let heard = app.says(CUSTOMER, |m| m.text.contains("Есть, через неделю")).await;
    assert!(heard.text.contains("Мария"), "{}", heard.text);
    let said = phone.get(&thread).await.ok();
    let said: Vec<_> =
        said["messages"].as_array().unwrap().iter().map(|word| word["text"].clone()).collect();
    assert_eq!(said, ["Есть ли аналог?", "Есть, через неделю"], "sent twice is said once");
    let page = phone.page(&format!("/app/orders/{number}")).await;
    assert!(page.contains("2 сообщения"), "{page}");
    let silent = phone.post(&thread, &json!({ "text": " ", "client_key": "three" })).await;
    assert_eq!(silent.code(), "invalid");
    app.finish().await;
}

#[tokio::test]
async fn the_console_sends_a_quote_and_refuses_one_with_a_hole() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    let mut console = app.console(MANAGER).await;
    let path = format!("/staff/orders/{number}/quote");
    let form = console.get(&path).await.ok();
    assert!(form.contains("value=\"12400\""), "what is priced is filled in: {form}");
    let until = (app.dealer.today() + TimeDelta::days(3)).to_string();
    let hole = [("revision", "1"), ("valid_until", until.as_str()), ("price_1", "12400")];
    assert_eq!(console.post(&path, &hole).await.status, 422);
    let past = [("price_1", "1"), ("price_2", "2"), ("valid_until", "2020-01-01")];
    assert_eq!(console.post(&path, &past).await.status, 422);
    let seen = phone.get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(seen["order"]["state"], "placed", "nothing half-done");
    let whole = [&hole[..], &[("price_2", "0,50")]].concat();
    assert_eq!(console.post(&path, &whole).await.gone_to(), format!("/staff/orders/{number}"));
    let seen = phone.get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(seen["order"]["quote"]["total"], 2_480_100);
    assert!(console.get(&format!("/staff/orders/{number}")).await.ok().contains("Мария"));
    app.finish().await;
}

#[tokio::test]
async fn bitrix24_hears_the_sum_of_a_quote_whatever_its_rows_say() {
    let app = App::start_with(with(FILE)).await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    quote(&app, &number, 1, "9000").await;
    phone.post(&format!("/app/orders/{number}/accept"), &json!({ "revision": 1 })).await.ok();
    app.settled().await;
    let deal = app.bitrix24.deals().pop().unwrap();
    assert_eq!(deal["OPPORTUNITY"].as_f64(), Some(42_800.0), "{deal:#?}");
    let said = app.bitrix24.comments_of(Kind::Deal, deal["ID"].as_i64().unwrap());
    assert_eq!(said.len(), 3, "positions, quote, accepted: {said:#?}");
    app.finish().await;
}

#[tokio::test]
async fn an_invoice_at_the_order_is_its_customers_to_open() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    app.settled().await;
    let mut console = app.console(MANAGER).await;
    let path = format!("/staff/orders/{number}");
    let pdf = reqwest::multipart::Part::bytes(&b"%PDF-1.4\n%%EOF"[..]).file_name("invoice.pdf");
    let form = reqwest::multipart::Form::new().part("files", pdf);
    let send = console.request(reqwest::Method::POST, &format!("{path}/files"));
    let send = send.header("Origin", &app.base).multipart(form);
    assert_eq!(console.send(send).await.gone_to(), path);
    let page = phone.page(&format!("/app/orders/{number}")).await;
    assert!(page.contains("invoice.pdf"), "{page}");
    let link = page.split('"').find(|part| part.contains("/app/files/")).unwrap();
    let link = link.replace("&amp;", "&").replace("&#38;", "&");
    let link = &link[link.find("/app/files/").unwrap()..];
    let got = app.http.get(format!("{}{link}", app.base)).send().await.unwrap();
    assert_eq!(got.status(), 200, "{link}");
    let id = link.trim_start_matches("/app/files/").split('?').next().unwrap().to_owned();
    app.link(NEIGHBOUR).await;
    let mut read = app.db.read().await.unwrap();
    let stranger = domain::viewer::find(&mut read, NEIGHBOUR).await.unwrap();
    let sees = domain::machines::may_see_file(&mut read, &stranger, &id.as_str().into()).await;
    assert!(!sees.unwrap(), "another's invoice");
    drop(read);
    app.finish().await;
}
