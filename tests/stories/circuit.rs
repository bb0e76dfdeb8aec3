//! A connection that is of no use stops, says so once, is probed by one call, and goes on.

use chrono::TimeDelta;
use domain::Clock;
use domain::db::Db;
use domain::outbox::{self, CircuitState, Filter, State};
use sandbox::faults::{FaultMode, FaultPlan};
use sandbox::telegram::Fault;
use serde_json::json;
use server::worker::outbox::OutboxWorker;
use tests::{App, ENGINEER, MANAGER, MiniApp};
use tokio_util::sync::CancellationToken;

use crate::deliveries::{impatient, time_passes_until_all_is_delivered};
use crate::{fill_cart, order};

/// Gives what must not happen the time to happen.
async fn a_moment() {
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
}

/// How often the manager was told something with these words.
fn told(app: &App, words: &str) -> usize {
    app.telegram.chat(MANAGER).iter().filter(|message| message.text.contains(words)).count()
}

async fn state(app: &App) -> CircuitState {
    let mut reader = app.db.read().await.unwrap();
    let circuits = outbox::circuits(&mut reader).await.unwrap();
    let of_amo = circuits.iter().find(|circuit| circuit.name == "amo");
    of_amo.map_or(CircuitState::Closed, |circuit| circuit.state(app.clock.now()))
}

/// What the probe met says that the connection goes on pausing.
async fn stopped_again(app: &App) {
    app.eventually("the end of the probe", async || {
        (state(app).await == CircuitState::Open).then_some(())
    })
    .await;
}

async fn orders(phone: &MiniApp, keys: &[&str]) {
    for key in keys {
        fill_cart(phone, 1).await;
        order(phone, key).await;
    }
}

/// Two more processes that deliver, over the same database.
fn replicas(app: &App, stop: &CancellationToken) -> Vec<tokio::task::JoinHandle<()>> {
    let replica = |_| {
        let (url, stop) = (app.database.url.clone(), stop.clone());
        let (dealer, deliverer) = (app.dealer.clone(), app.outbox.deliverer.clone());
        let (policy, lease) = (app.outbox.policy.clone(), app.outbox.lease);
        tokio::spawn(async move {
            let db = Db::connect(&url).await.unwrap();
            let worker = OutboxWorker { db: db.clone(), dealer, deliverer, policy, lease };
            worker.run(&stop).await;
            db.close().await;
        })
    };
    (0..2).map(replica).collect()
}

#[tokio::test]
async fn three_processes_meet_a_revoked_token_tell_it_once_and_probe_with_one_call() {
    let app = App::start().await;
    let stop = CancellationToken::new();
    let replicas = replicas(&app, &stop);
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    orders(&phone, &["one", "two", "three", "four", "five"]).await;
    app.says(MANAGER, |message| message.text.contains("401")).await;
    a_moment().await;
    assert_eq!(state(&app).await, CircuitState::Open);

    // Each probe is one call, and says nothing.
    for _ in 0..3 {
        let before = app.amo.faults().fired();
        app.pass(TimeDelta::minutes(5));
        app.eventually("a probe", async || (app.amo.faults().fired() > before).then_some(())).await;
        // The others look once a second by themselves.
        tokio::time::sleep(std::time::Duration::from_millis(1_300)).await;
        assert_eq!(app.amo.faults().fired(), before + 1, "one call probes");
        stopped_again(&app).await;
    }
    assert_eq!(told(&app, "401"), 1, "said once");
    assert_eq!(told(&app, "снова работает"), 0);
    assert_eq!(app.mailbox.mails().len(), 5, "mail does not wait for the CRM");
    let desk = app.mini_app(MANAGER).page("/app/desk/troubles").await;
    assert!(desk.contains("401"), "and it stands on the desk");

    app.amo.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    assert_eq!(app.amo.leads().len(), 5, "the queue waited and nothing is lost");
    assert_eq!(state(&app).await, CircuitState::Closed);
    assert_eq!(told(&app, "снова работает"), 1, "said once");
    assert_eq!(told(&app, "401"), 1);
    stop.cancel();
    for replica in replicas {
        replica.await.unwrap();
    }
    app.finish().await;
}

#[tokio::test]
async fn a_probe_that_dies_frees_itself() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Blocked)]);
    orders(&phone, &["one", "two"]).await;
    app.says(MANAGER, |message| message.text.contains("403")).await;
    a_moment().await;
    // Another process takes the probe and is never heard of again. It is a minute ahead, so that
    // ours does not come first.
    let ahead = app.clock.now() + TimeDelta::minutes(6);
    let mut tx = app.db.begin().await.unwrap();
    let lease = TimeDelta::minutes(3);
    let probe = outbox::claim(&mut tx, &Clock::fixed(ahead), "amo", lease).await.unwrap();
    assert!(probe.is_some_and(|delivery| delivery.probe));
    tx.commit().await.unwrap();
    app.amo.faults().clear();
    app.at(ahead);
    a_moment().await;
    assert_eq!(app.amo.leads().len(), 0, "nobody goes while it may still be under way");
    app.pass(TimeDelta::minutes(3));
    app.outbox.reap().await.unwrap();
    app.eventually("another probe", async || (!app.amo.leads().is_empty()).then_some(())).await;
    time_passes_until_all_is_delivered(&app).await;
    assert_eq!(app.amo.leads().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_probe_that_meets_another_trouble_waits_and_says_nothing() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    orders(&phone, &["one"]).await;
    app.says(MANAGER, |message| message.text.contains("401")).await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::ErrorBefore)]);
    app.pass(TimeDelta::minutes(5));
    app.eventually("a probe", async || (app.amo.faults().fired() > 1).then_some(())).await;
    stopped_again(&app).await;
    assert_eq!(told(&app, "снова работает"), 0);
    app.amo.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    assert_eq!((told(&app, "401"), told(&app, "снова работает")), (1, 1));
    app.finish().await;
}

#[tokio::test]
async fn telegrams_own_trouble_is_told_by_mail() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    // What the bot still says to her must not meet the fault.
    app.settled().await;
    let refused = Fault::Refuse { code: 401, description: "Unauthorized".to_owned() };
    app.telegram.set_fault(refused, 1_000);
    orders(&phone, &["one"]).await;
    let told = || app.mailbox.mails().into_iter().filter(|mail| mail.subject.contains("telegram"));
    let mail = app.eventually("a mail", async || told().next()).await;
    assert!(mail.subject.contains("остановлена"), "{}", mail.subject);
    app.pass(TimeDelta::minutes(6));
    let deal = async || (app.amo.leads().len() == 1).then_some(());
    app.eventually("a deal: the CRM does not wait for Telegram", deal).await;
    a_moment().await;
    assert_eq!(told().count(), 1, "said once");
    app.telegram.clear_faults();
    time_passes_until_all_is_delivered(&app).await;
    app.finish().await;
}

#[tokio::test]
async fn a_newer_state_takes_the_place_of_an_older_one_that_has_not_gone() {
    let app = App::start_with(impatient()).await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    let form = reqwest::multipart::Form::new()
        .text("kind", "breakdown")
        .text("text", "Стоит")
        .text("client_key", "k");
    let made = phone.post_form("/app/service", form).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    app.says(MANAGER, |message| message.text.contains("401")).await;
    let manager = app.mini_app(MANAGER);
    manager.post(&format!("/app/requests/{number}/take"), &json!({})).await.ok();
    let assign = json!({ "engineer_telegram_id": ENGINEER });
    manager.post(&format!("/app/requests/{number}/assign"), &assign).await.ok();
    let engineer = app.mini_app(ENGINEER);
    let job = engineer.get("/app/jobs").await.ok()["jobs"][0]["id"].as_str().unwrap().to_owned();
    for step in ["accept", "start"] {
        engineer.post(&format!("/app/jobs/{job}/{step}"), &json!({})).await.ok();
    }

    let filter = Filter { connection: Some("amo".into()), limit: 100, ..Filter::default() };
    let mut reader = app.db.read().await.unwrap();
    let states = outbox::list(&mut reader, &filter).await.unwrap();
    drop(reader);
    let states: Vec<_> = states.iter().filter(|one| one.kind == "crm_request_state").collect();
    let (newest, older) = states.split_first().unwrap();
    assert!(newest.state == State::Queued && newest.payload.contains("in_progress"), "{newest:?}");
    assert!(!older.is_empty());
    for old in older {
        let words = old.last_error.as_deref().unwrap_or_default();
        assert_eq!(old.state, State::Delivered, "{old:?}");
        assert!(words.starts_with("superseded by ") && old.attempts == 0, "{old:?}");
    }

    app.amo.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    assert_eq!(app.amo.leads()[0].status_id, 80_953_558, "the deal stands where the request does");
    let moves = app.amo.calls().into_iter().filter(|call| call.method == "PATCH").count();
    assert_eq!(moves, 1, "and went there in one step");
    app.finish().await;
}

#[tokio::test]
async fn cards_that_wait_for_telegram_are_sent_once_as_they_look_then() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    orders(&phone, &["one"]).await;
    app.settled().await;
    app.telegram.set_fault(Fault::TooMany { retry_after: 60 }, 1);
    orders(&phone, &["two"]).await;
    app.eventually("a 429", async || {
        app.open().await.into_iter().find(|delivery| delivery.state == State::Waiting)
    })
    .await;
    let cancel = "/app/orders/ORD-2026-000002/cancel";
    phone.post(cancel, &json!({})).await;
    let cards = app.open().await;
    let cards: Vec<_> =
        cards.iter().filter(|one| one.payload.contains("staff_order_card")).collect();
    assert!(cards.len() <= 1, "one card of the order is enough: {cards:#?}");
    time_passes_until_all_is_delivered(&app).await;
    app.says(MANAGER, |message| {
        message.text.contains("ORD-2026-000002") && message.text.contains("Отмен")
    })
    .await;
    app.finish().await;
}
