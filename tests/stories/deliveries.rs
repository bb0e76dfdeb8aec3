//! Once in effect: whatever a CRM does to a call, an order ends as one deal.

use chrono::TimeDelta;
use domain::outbox::State;
use sandbox::faults::{FaultMode, FaultPlan};
use tests::{App, MANAGER, Setup};

use crate::{fill_cart, order};

/// Quick time-outs, so that a hanging CRM does not hang the story.
fn impatient() -> Setup {
    let variables = vec![("CRM_TIMEOUT", "2s".to_owned()), ("CRM_SEARCH_LAG", "4s".to_owned())];
    Setup { variables, ..Setup::default() }
}

/// The first call that makes something fails so; what was promised must end as one deal.
async fn one_deal_in_spite_of(mode: FaultMode, route: &str) {
    let app = App::start_with(impatient()).await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::next(mode, 1).only(route)]);
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    app.eventually("a failed attempt", async || {
        let open = app.open().await;
        open.iter()
            .any(|d| matches!(d.state, State::Waiting | State::Unknown) && d.attempts == 1)
            .then_some(())
    })
    .await;
    for _ in 0..4 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    app.settled().await;
    let deals = app.amo.leads().iter().filter(|lead| lead.name.contains(&number)).count();
    assert_eq!(deals, 1, "{mode:?} at {route}");
    let lead = app.amo.leads()[0].id;
    let notes = app.amo.notes_of(lead);
    assert_eq!(notes.len(), 1, "{mode:?} at {route}: one note of positions");
    assert_eq!(app.amo.contacts().len(), 1, "{mode:?} at {route}: one contact");
    app.finish().await;
}

#[tokio::test]
async fn a_deal_made_before_the_connection_broke_is_adopted() {
    one_deal_in_spite_of(FaultMode::DropAfter, "POST /api/v4/leads").await;
}

#[tokio::test]
async fn a_deal_made_before_a_500_is_adopted() {
    one_deal_in_spite_of(FaultMode::ErrorAfter, "POST /api/v4/leads").await;
}

#[tokio::test]
async fn a_deal_made_before_silence_is_adopted() {
    one_deal_in_spite_of(FaultMode::HangAfter, "POST /api/v4/leads").await;
}

#[tokio::test]
async fn a_deal_behind_half_an_answer_is_adopted() {
    one_deal_in_spite_of(FaultMode::HalfAnswer, "POST /api/v4/leads").await;
}

#[tokio::test]
async fn a_deal_behind_garbage_is_adopted() {
    one_deal_in_spite_of(FaultMode::Garbage, "POST /api/v4/leads").await;
}

#[tokio::test]
async fn a_deal_that_was_not_made_is_made() {
    one_deal_in_spite_of(FaultMode::HangBefore, "POST /api/v4/leads").await;
}

#[tokio::test]
async fn a_contact_made_before_the_connection_broke_is_found() {
    one_deal_in_spite_of(FaultMode::DropAfter, "POST /api/v4/contacts").await;
}

#[tokio::test]
async fn the_next_order_does_not_make_the_contact_again_while_the_first_one_is_in_doubt() {
    let app = App::start_with(impatient()).await;
    let phone = app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::ErrorAfter, 1).only("POST /api/v4/contacts");
    app.amo.faults().set(vec![fault]);
    for key in ["first", "next"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
        app.eventually("a failed attempt", async || {
            let open = app.open().await;
            let newest = open.iter().find(|delivery| delivery.kind == "crm_order")?;
            (newest.attempts == 1 && newest.state != State::Running).then_some(())
        })
        .await;
    }
    assert!(app.amo.leads().is_empty());
    for _ in 0..4 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    app.settled().await;
    assert_eq!(app.amo.contacts().len(), 1, "one customer is one contact");
    assert_eq!(app.amo.leads().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_note_made_before_a_500_is_not_written_twice() {
    one_deal_in_spite_of(FaultMode::ErrorAfter, "/notes").await;
}

#[tokio::test]
async fn too_many_requests_waits_what_it_must() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::next(FaultMode::RateLimited, 1)]);
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    let waiting = app
        .eventually("a 429", async || {
            app.open().await.into_iter().find(|d| d.state == State::Waiting)
        })
        .await;
    assert_eq!((waiting.run_at - app.clock.now()).num_seconds(), 60);
    app.pass(TimeDelta::seconds(59));
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(app.amo.leads().is_empty(), "a second too early");
    app.pass(TimeDelta::seconds(1));
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_refusal_is_dead_at_once_with_the_words_of_the_crm() {
    let app = App::start_with(Setup {
        variables: vec![("AMOCRM_FIELD_SERIAL_ID", "999".to_owned())],
        ..Setup::default()
    })
    .await;
    let phone = app.linked_customer().await;
    let park = phone.get("/app/park").await.ok();
    let parts = phone.get("/app/parts?q=16К20.02.114").await.ok();
    let body = serde_json::json!({
        "part_id": parts["parts"][0]["id"], "quantity": 1,
        "machine_id": park["machines"][0]["id"],
    });
    phone.post("/app/cart/items", &body).await.ok();
    order(&phone, "k").await;
    let dead = app
        .eventually("a dead delivery", async || {
            app.open().await.into_iter().find(|d| d.state == State::Dead)
        })
        .await;
    assert_eq!(dead.attempts, 1);
    let words = dead.last_error.unwrap();
    assert!(words.contains("400"), "{words}");
    let mut reader = app.db.read().await.unwrap();
    let (_, attempts, exchanges) = domain::outbox::show(&mut reader, &dead.id).await.unwrap();
    drop(reader);
    assert_eq!(attempts.len(), 1);
    let refused = exchanges.iter().find(|exchange| exchange.status == Some(400)).unwrap();
    assert!(refused.request.contains("ORD-2026-000001"), "the raw request is kept");
    assert!(refused.response.as_deref().unwrap().contains("validation-errors"));
    for exchange in &exchanges {
        let all = format!("{exchange:?}");
        assert!(!all.contains("sandbox-long-lived-token"), "no token is kept: {all}");
    }
    let desk = app.mini_app(MANAGER).page("/app/desk").await;
    assert!(desk.contains("ORD-2026-000001"), "the manager sees what did not reach the CRM");
    app.stop().await;
}

#[tokio::test]
async fn a_revoked_token_stops_its_connection_is_told_once_and_loses_nothing() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    for key in ["one", "two", "three"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    app.says(MANAGER, |message| message.text.contains("401")).await;
    app.pass(TimeDelta::minutes(6));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let told = app.telegram.chat(MANAGER);
    let told = told.iter().filter(|message| message.text.contains("401")).count();
    assert_eq!(told, 1, "said once");
    assert_eq!(app.mailbox.mails().len(), 3, "mail does not wait for the CRM");
    app.amo.faults().clear();
    for _ in 0..6 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 3, "the queue waited and nothing is lost");
    app.finish().await;
}

#[tokio::test]
async fn a_crm_that_is_down_delays_neither_mail_nor_telegram() {
    let app = App::start_with(impatient()).await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::HangBefore)]);
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.says(MANAGER, |message| message.text.contains(&number)).await;
    app.eventually("the copy", async || (app.mailbox.mails().len() == 1).then_some(())).await;
    assert!(app.amo.leads().is_empty());
    app.stop().await;
}
