//! What happens in the portal moves what we have: by its events, which are hints, and nothing else.

use domain::{inbox, people};
use sandbox::bitrix24::{HookMode, Kind};
use serde_json::{Value, json};
use tests::{CUSTOMER, ENGINEER, MANAGER, MiniApp};

use super::*;
use crate::{fill_cart, order};

/// The body of the newest event of this name that the portal sent.
fn sent(app: &App, event: &str) -> String {
    let all = app.bitrix24.event_deliveries();
    all.iter().rev().find(|one| one.event == event).expect("it was sent").body.clone()
}

async fn hear(app: &App, body: &str) -> u16 {
    let post = app.http.post(hook_address(app));
    post.body(body.to_owned()).send().await.unwrap().status().as_u16()
}

/// What could not be understood or believed, in words.
async fn set_aside(app: &App) -> Vec<String> {
    let mut reader = app.db.read().await.unwrap();
    let failed = inbox::failed(&mut reader, 50).await.unwrap();
    failed.into_iter().filter_map(|event| event.error).collect()
}

async fn customer(app: &App) -> people::Customer {
    let mut reader = app.db.read().await.unwrap();
    people::by_telegram(&mut reader, CUSTOMER).await.unwrap().unwrap()
}

async fn request_state(phone: &MiniApp, number: &str) -> Value {
    phone.get(&format!("/app/requests/{number}")).await.ok()["request"]["state"].clone()
}

/// An order whose deal stands in the portal.
async fn ordered(app: &App, phone: &MiniApp) -> String {
    fill_cart(phone, 1).await;
    let number = order(phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    number
}

#[tokio::test]
async fn a_deal_that_is_dragged_moves_the_order_and_the_customer_hears_of_it() {
    let app = told().await;
    let phone = app.linked_customer().await;
    let number = ordered(&app, &phone).await;
    let deal = id(&deal_of(&app, &number));
    for (stage, words) in
        [("PREPARATION", "Подтверждён"), ("EXECUTING", "Отправлен"), ("WON", "Выполнен")]
    {
        assert!(app.bitrix24.drag(Kind::Deal, deal, stage));
        app.says(CUSTOMER, |m| m.text.contains(&number) && m.text.contains(words)).await;
    }
    // A stage that nobody mapped is shown there and changes nothing here.
    assert!(app.bitrix24.drag(Kind::Deal, deal, "FINAL_INVOICE"));
    app.settled().await;
    let kept = phone.get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(kept["order"]["state"], "completed");
    assert!(set_aside(&app).await.is_empty());
    app.finish().await;
}

#[tokio::test]
async fn what_is_forged_changes_nothing_and_what_is_strange_is_named() {
    let app = told().await;
    let phone = app.linked_customer().await;
    let number = ordered(&app, &phone).await;
    let deal = id(&deal_of(&app, &number));
    let before = sent(&app, "ONCRMDEALADD");

    // Somebody who does not know the token is not even kept.
    app.bitrix24.set_hook_mode(HookMode::Lost);
    assert!(app.bitrix24.drag(Kind::Deal, deal, "PREPARATION"));
    let forged = before.replace("outgoing", "guessing");
    assert_eq!(hear(&app, &forged).await, 401);
    app.settled().await;
    assert!(set_aside(&app).await.is_empty());

    // Another portal with the same token, an event that means nothing to us, and one about nothing.
    let member = app.bitrix24.options().member_id.clone();
    let elsewhere = before.replace(&member, "00000000000000000000000000000000");
    let unknown = before.replace("ONCRMDEALADD", "ONTASKADD");
    let nothing = before.replace("%5BID%5D", "%5BIX%5D");
    for body in [&elsewhere, &unknown, &nothing] {
        assert_eq!(hear(&app, body).await, 200);
    }
    app.settled().await;
    let said = set_aside(&app).await;
    assert_eq!(said.len(), 3, "{said:#?}");
    assert!(said.iter().any(|why| why.contains("another portal")), "{said:#?}");
    assert!(said.iter().any(|why| why.contains("ONTASKADD")), "{said:#?}");
    let kept = phone.get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(kept["order"]["state"], "placed", "nothing has changed");

    // A deal that is gone by the time we look is no error.
    assert!(app.bitrix24.delete_by_hand(Kind::Deal, deal));
    assert_eq!(hear(&app, &before).await, 200);
    app.settled().await;
    assert_eq!(set_aside(&app).await.len(), 3);
    app.finish().await;
}

#[tokio::test]
async fn the_echo_of_our_own_words_changes_nothing() {
    let waiting = "waiting_parts = \"C1:UC_8QZK2A\"\ndone = \"C1:WON\"";
    let app = told_by(&FILE.replace("done = \"C1:WON\"", waiting)).await;
    let phone = app.linked_customer().await;
    let form = reqwest::multipart::Form::new()
        .text("kind", "breakdown")
        .text("text", "Шумит")
        .text("client_key", "k");
    let made = phone.post_form("/app/service", form).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let deal = id(&deal_of(&app, &number));

    // We say «in work»; when its echo comes, the case stands where no stage is mapped.
    app.bitrix24.set_hook_mode(HookMode::Held);
    app.pass(TimeDelta::minutes(1));
    let manager = app.mini_app(MANAGER);
    manager.post(&format!("/app/requests/{number}/take"), &json!({})).await.ok();
    let assign = json!({ "engineer_telegram_id": ENGINEER });
    manager.post(&format!("/app/requests/{number}/assign"), &assign).await.ok();
    let engineer = app.mini_app(ENGINEER);
    let job = engineer.get("/app/jobs").await.ok()["jobs"][0]["id"].as_str().unwrap().to_owned();
    for step in ["accept", "start"] {
        engineer.post(&format!("/app/jobs/{job}/{step}"), &json!({})).await.ok();
    }
    app.settled().await;
    assert_eq!(deal_of(&app, &number)["STAGE_ID"], "C1:EXECUTING");
    let entity = {
        let mut reader = app.db.read().await.unwrap();
        let all = domain::links::entities(&mut reader, "b24", "deal", &deal.to_string()).await;
        all.unwrap()[0].clone()
    };
    let case: domain::ids::RequestId = entity.trim_start_matches("request:").into();
    let mut tx = app.db.begin().await.unwrap();
    let waits = domain::requests::State::WaitingCustomer;
    assert!(domain::requests::advance(&mut tx, &app.dealer, &case, waits, None).await.unwrap());
    tx.commit().await.unwrap();
    app.pass(TimeDelta::minutes(1));
    assert!(app.bitrix24.release_hooks(5).await > 0);
    app.bitrix24.set_hook_mode(HookMode::Usual);
    app.settled().await;
    assert_eq!(request_state(&phone, &number).await, "waiting_customer", "it was our own word");
    // Nor does the poll take it for news.
    poll(&app).await;
    app.pass(TimeDelta::minutes(1));
    poll(&app).await;
    assert_eq!(request_state(&phone, &number).await, "waiting_customer");

    // A manager's own move is news, also back to where we once had it.
    for (stage, state) in [("C1:UC_8QZK2A", "waiting_parts"), ("C1:EXECUTING", "in_progress")] {
        app.pass(TimeDelta::minutes(1));
        assert!(app.bitrix24.drag(Kind::Deal, deal, stage));
        app.settled().await;
        assert_eq!(request_state(&phone, &number).await, state);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_contact_and_a_company_that_change_there_change_here() {
    let app = told().await;
    let phone = app.linked_customer().await;
    ordered(&app, &phone).await;
    let contact = id(&app.bitrix24.contacts()[0]);
    let company = id(&app.bitrix24.companies()[0]);
    let was = customer(&app).await;
    app.settled().await;
    assert_eq!(customer(&app).await, was, "what we wrote ourselves is no news");

    app.pass(TimeDelta::minutes(1));
    let names = json!({ "NAME": "Анна", "LAST_NAME": "Новая" });
    assert!(app.bitrix24.edit_by_hand(Kind::Contact, contact, names));
    assert!(app.bitrix24.change_phone(Kind::Contact, contact, "8 (900) 555-77-88"));
    let title = json!({ "TITLE": "АО «Тула»" });
    assert!(app.bitrix24.edit_by_hand(Kind::Company, company, title));
    app.settled().await;
    let now = customer(&app).await;
    assert_eq!(now.name, "Анна Новая");
    assert_eq!(now.phone.unwrap().as_str(), "+79005557788");
    let mut reader = app.db.read().await.unwrap();
    let firms = domain::fetch_all!(&mut reader, (String,), "select name from companies");
    drop(reader);
    assert!(firms.unwrap().iter().any(|(name,)| name == "АО «Тула»"));
    app.finish().await;
}
