//! A director and the people of the company: links that bring colleagues, the role that passes over,
//! and somebody of two companies who looks at one.

use chrono::TimeDelta;
use domain::people::{self, MemberRole};
use domain::text::Inn;
use serde_json::{Value, json};
use tests::{ADMINISTRATOR, App, CUSTOMER, MANAGER, MiniApp, NEIGHBOUR, label};

use crate::{fill_cart, order};

/// The first company of the demo, which the customer directs: its page.
async fn company(phone: &MiniApp) -> String {
    let mine = phone.get("/app/company").await.ok();
    assert_eq!(mine["companies"][0]["role"], "director", "{mine}");
    format!("/app/company/{}", mine["companies"][0]["id"].as_str().unwrap())
}

/// The payload of a link that a director makes.
async fn link(phone: &MiniApp, page: &str, body: &Value) -> String {
    let made = phone.post(&format!("{page}/invites"), body).await.ok();
    made["link"].as_str().unwrap().split_once("start=").unwrap().1.to_owned()
}

fn buyer(note: &str) -> Value {
    json!({ "note": note, "role": "buyer", "limit": "300000" })
}

async fn open(app: &App, person: i64, payload: &str) -> i64 {
    app.settled().await;
    let last = app.telegram.chat(person).last().map_or(0, |m| m.id);
    app.telegram.press_start(person, Some(payload)).expect("a person");
    app.says(person, |m| m.id > last).await;
    app.settled().await;
    last
}

async fn people_of(phone: &MiniApp, page: &str) -> Vec<Value> {
    phone.get(page).await.ok()["people"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_colleague_comes_by_one_link_once_and_hears_where_and_by_whom() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let page = company(&phone).await;
    let payload = link(&phone, &page, &buyer("Ольга, снабжение")).await;
    let waiting = phone.get(&page).await.ok();
    assert_eq!(waiting["invites"][0]["note"], "Ольга, снабжение");
    assert_eq!(waiting["invites"][0]["order_limit"], 30_000_000);
    assert!(waiting["link"].is_null(), "shown once");
    let html = phone.page(&page).await;
    assert!(html.contains("Ольга, снабжение") && html.contains(label("app-company-revoke")));

    open(&app, NEIGHBOUR, &payload).await;
    let said = app.says(NEIGHBOUR, |m| m.text.contains(label("member-buyer"))).await;
    assert!(said.text.contains("Анна"), "by whom: {}", said.text);
    let people = people_of(&phone, &page).await;
    let came = people.iter().find(|one| one["name"] == "Сосед").unwrap();
    assert_eq!((&came["role"], &came["state"]), (&json!("buyer"), &json!("active")));
    assert_eq!(came["order_limit"], 30_000_000);
    assert!(phone.get(&page).await.ok()["invites"].as_array().unwrap().is_empty());

    // Once; and a buyer sees the company and invites nobody.
    open(&app, ADMINISTRATOR, &payload).await;
    app.says(ADMINISTRATOR, |m| m.text == label("bot-invite-spent")).await;
    let theirs = app.mini_app(NEIGHBOUR);
    assert_eq!(people_of(&theirs, &page).await.len(), people.len());
    let invites = format!("{page}/invites");
    assert_eq!(theirs.post(&invites, &buyer("Свой")).await.status, 403);
    assert!(!theirs.page(&page).await.contains(label("app-company-invite")));
    app.finish().await;
}

#[tokio::test]
async fn a_link_ends_by_its_day_by_its_director_and_with_them() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let page = company(&phone).await;
    let invites = format!("{page}/invites");
    for bad in [
        json!({ "note": " ", "role": "buyer" }),
        json!({ "note": "Ольга", "role": "owner" }),
        json!({ "note": "Ольга", "role": "buyer", "limit": "много" }),
    ] {
        assert_eq!(phone.post(&invites, &bad).await.code(), "invalid", "{bad}");
    }
    let stranger = app.mini_app(NEIGHBOUR);
    assert_eq!(stranger.get(&page).await.status, 404);
    assert_eq!(stranger.post(&invites, &buyer("Свой")).await.status, 404);

    let revoked = link(&phone, &page, &buyer("Первая")).await;
    let id = phone.get(&page).await.ok()["invites"][0]["id"].as_str().unwrap().to_owned();
    let revoke = format!("{invites}/{id}/revoke");
    assert_eq!(stranger.post(&revoke, &json!({})).await.status, 404);
    phone.post(&revoke, &json!({})).await.ok();
    assert_eq!(phone.post(&revoke, &json!({})).await.code(), "conflict");
    let late = link(&phone, &page, &buyer("Вторая")).await;
    open(&app, NEIGHBOUR, &revoked).await;
    app.pass(TimeDelta::days(8));
    open(&app, NEIGHBOUR, &late).await;
    let phone = app.mini_app(CUSTOMER);
    let left = link(&phone, &page, &buyer("Третья")).await;
    phone.post(&format!("{page}/leave"), &json!({})).await.ok();
    open(&app, NEIGHBOUR, &left).await;
    let chat = app.telegram.chat(NEIGHBOUR);
    let spent = chat.iter().filter(|m| m.text == label("bot-invite-spent")).count();
    assert_eq!(spent, 3, "{chat:#?}");
    assert_eq!(app.mini_app(NEIGHBOUR).get(&page).await.status, 404);
    app.finish().await;
}

#[tokio::test]
async fn a_second_director_is_the_dealers_to_confirm() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let page = company(&phone).await;
    let body = json!({ "note": "Партнёр", "role": "director" });
    let payload = link(&phone, &page, &body).await;
    let before = app.telegram.chat(CUSTOMER).len();
    open(&app, NEIGHBOUR, &payload).await;
    let theirs = app.mini_app(NEIGHBOUR);
    assert_eq!(theirs.get(&page).await.status, 404, "it counts only after the dealer agrees");
    assert_eq!(app.telegram.chat(CUSTOMER).len(), before, "the director is not asked");
    let approve = label("approval-act-approve");
    let card = app.says(MANAGER, |m| m.button(approve).is_some()).await;
    app.telegram.press_button(MANAGER, card.id, approve).await.unwrap();
    app.settled().await;
    let people = people_of(&theirs, &page).await;
    assert_eq!(people.iter().filter(|one| one["role"] == "director").count(), 2, "{people:?}");
    app.finish().await;
}

#[tokio::test]
async fn a_director_passes_the_company_on_only_to_who_takes_it() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let page = company(&phone).await;
    let payload = link(&phone, &page, &buyer("Сосед")).await;
    open(&app, NEIGHBOUR, &payload).await;
    let leave = format!("{page}/leave");
    assert_eq!(phone.post(&leave, &json!({})).await.code(), "conflict", "nobody else directs");
    let people = people_of(&phone, &page).await;
    let id = |name: &str| people.iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    let (heir, own) = (json!({ "member": id("Сосед") }), json!({ "member": id("Анна") }));
    let offer = format!("{page}/direction");
    let (take, decline) = (format!("{offer}/take"), format!("{offer}/decline"));
    let theirs = app.mini_app(NEIGHBOUR);
    assert_eq!(theirs.post(&offer, &heir).await.status, 403);
    assert_eq!(phone.post(&offer, &own).await.code(), "conflict");
    assert_eq!(theirs.post(&take, &json!({})).await.code(), "conflict", "nothing is offered");

    phone.post(&offer, &heir).await.ok();
    let offered = |m: &sandbox::telegram::ChatMessage| {
        m.button(label("bot-open-company")).is_some() && m.text.contains("передают")
    };
    app.says(NEIGHBOUR, offered).await;
    assert!(theirs.page(&page).await.contains(label("app-company-take")));
    assert_eq!(phone.post(&take, &json!({})).await.code(), "conflict", "not hers to take");
    theirs.post(&decline, &json!({})).await.ok();
    app.says(CUSTOMER, |m| m.text.contains("отказались")).await;
    assert_eq!(theirs.post(&take, &json!({})).await.code(), "conflict");

    phone.post(&offer, &heir).await.ok();
    let tap = || theirs.post(&take, &Value::Null);
    let (one, two) = tokio::join!(tap(), tap());
    assert_eq!([one.status.as_u16(), two.status.as_u16()].iter().filter(|s| **s == 200).count(), 1);
    app.says(CUSTOMER, |m| m.text.contains("принята")).await;
    let people = people_of(&phone, &page).await;
    let role = |name: &str| people.iter().find(|one| one["name"] == name).unwrap()["role"].clone();
    assert_eq!((role("Сосед"), role("Анна")), (json!("director"), json!("buyer")));
    assert_eq!(phone.post(&offer, &own).await.status, 403, "she directs no more");
    phone.post(&leave, &json!({})).await.ok();
    app.finish().await;
}

/// Puts the customer and her neighbour into another company of the demo; her own one's id and that
/// one's.
async fn in_two(app: &App, phone: &MiniApp) -> (String, String) {
    app.link(NEIGHBOUR).await;
    let own = phone.get("/app/company").await.ok()["companies"][0]["id"].clone();
    let inn = Inn::parse("6299000340").expect("an INN");
    let mut tx = app.db.begin().await.unwrap();
    let other = people::company_by_inn(&mut tx, &inn).await.unwrap().expect("a company");
    for person in [CUSTOMER, NEIGHBOUR] {
        let person = people::by_telegram(&mut tx, person).await.unwrap().unwrap();
        let now = app.clock.now();
        people::join(&mut tx, &person.id, &other, MemberRole::Buyer, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    (own.as_str().unwrap().to_owned(), other.to_string())
}

async fn serials(phone: &MiniApp) -> Vec<String> {
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap().iter();
    machines.map(|one| one["serial"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn somebody_of_two_companies_looks_at_one_of_them() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let alone = serials(&phone).await;
    assert!(!phone.page("/app/park").await.contains(label("app-company-all")));
    let (own, other) = in_two(&app, &phone).await;
    let both = serials(&phone).await;
    assert!(both.len() > alone.len());
    assert!(phone.page("/app/park").await.contains(label("app-company-all")));

    let choose = "/app/company/choose";
    phone.post(choose, &json!({ "company": other })).await.ok();
    let theirs = serials(&phone).await;
    assert_eq!(theirs, serials(&app.mini_app(NEIGHBOUR)).await, "only that company's");
    assert_eq!(serials(&app.mini_app(CUSTOMER)).await, theirs, "on every device");
    fill_cart(&phone, 1).await;
    order(&phone, "theirs").await;
    assert_eq!(phone.get("/app/orders").await.ok()["orders"].as_array().unwrap().len(), 1);

    phone.post(choose, &json!({ "company": own })).await.ok();
    assert_eq!(serials(&phone).await, alone);
    assert!(phone.get("/app/orders").await.ok()["orders"].as_array().unwrap().is_empty());
    // A list is narrowed, and no right: what a link leads to opens all the same.
    let neighbour = app.mini_app(NEIGHBOUR).get("/app/park").await.ok();
    let machine = neighbour["machines"][0]["id"].as_str().unwrap();
    phone.get(&format!("/app/machines/{machine}")).await.ok();

    phone.post(choose, &json!({})).await.ok();
    assert_eq!(serials(&phone).await, both);
    assert_eq!(phone.post(choose, &json!({ "company": "another" })).await.status, 404);
    // Who leaves the company that they look at sees all that is left.
    phone.post(choose, &json!({ "company": other })).await.ok();
    phone.post(&format!("/app/company/{other}/leave"), &json!({})).await.ok();
    assert_eq!(serials(&phone).await, alone);
    app.finish().await;
}
