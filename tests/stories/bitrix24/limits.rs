//! The portal's limits: the bucket of calls, the time of one method, the block by hand.

use std::sync::Arc;

use axum::Router;
use chrono::TimeDelta;
use domain::Clock;
use domain::db::Db;
use domain::outbox::{self, State};
use sandbox::bitrix24::{Bitrix24, Bitrix24Options, Bucket, Kind};
use sandbox::faults::FaultPlan;
use server::Server;
use server::config::Role;
use tests::{App, MANAGER, MiniApp};
use tokio_util::sync::CancellationToken;

use crate::bitrix24::{FILE, alone, comments, deal_of, id, leads, ours, with};
use crate::deliveries::time_passes_until_all_is_delivered;
use crate::{fill_cart, order};

async fn orders(phone: &MiniApp, keys: &[&str]) -> Vec<String> {
    let mut numbers = Vec::new();
    for key in keys {
        fill_cart(phone, 1).await;
        numbers.push(order(phone, key).await["number"].as_str().unwrap().to_owned());
    }
    numbers
}

fn told(app: &App, words: &str) -> usize {
    app.telegram.chat(MANAGER).iter().filter(|message| message.text.contains(words)).count()
}

/// Each order is one deal with one comment, in one person's name.
fn one_deal_each(portal: &Bitrix24, numbers: &[String]) {
    assert_eq!(portal.deals().len(), numbers.len());
    for number in numbers {
        let deal = id(&ours(&portal.deals(), number));
        assert_eq!(portal.comments_of(Kind::Deal, deal).len(), 1, "{number}");
    }
    assert_eq!(portal.contacts().len(), 1);
}

#[tokio::test]
async fn a_full_bucket_makes_deliveries_wait_and_loses_none() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    // Others at our address use most of it.
    app.bitrix24.set_bucket(Some(Bucket { leak: 2.0, size: 12.0 }));
    let numbers = orders(&phone, &["one", "two", "three"]).await;
    time_passes_until_all_is_delivered(&app).await;
    let refused = app.bitrix24.calls().iter().filter(|call| call.status == Some(503)).count();
    assert!(refused > 0, "the bucket was full");
    one_deal_each(&app.bitrix24, &numbers);
    assert_eq!(told(&app, "остановлена"), 0, "patience is no trouble");
    app.finish().await;
}

#[tokio::test]
async fn two_processes_share_the_bucket_of_one_portal() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let clock = Clock::system();
    let mut options = Bitrix24Options::new(url, Arc::new(move || clock.now()));
    // As sockets do, it goes by the real time. Two who kept it each by themselves would fill it.
    options.bucket = Some(Bucket { leak: 20.0, size: 14.0 });
    let portal = Bitrix24::new(options);
    let router: Router = portal.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut setup = with(FILE);
    setup.variables.extend([
        ("BITRIX24_WEBHOOK_URL", portal.webhook_url()),
        ("BITRIX24_CALLS_PER_SECOND", "20".to_owned()),
        ("BITRIX24_CALLS_AT_ONCE", "10".to_owned()),
    ]);
    let app = App::start_with(setup).await;
    let stop = CancellationToken::new();
    let other = {
        let db = Db::connect(&app.database.url).await.unwrap();
        let server = Server::over(app.config.clone(), app.clock.clone(), db).await.unwrap();
        let stop = stop.clone();
        tokio::spawn(async move { server.run_on(&[Role::Worker], None, stop).await })
    };
    let phone = app.linked_customer().await;
    let numbers = orders(&phone, &["1", "2", "3", "4", "5", "6"]).await;
    time_passes_until_all_is_delivered(&app).await;
    one_deal_each(&portal, &numbers);
    let calls = portal.calls();
    assert!(calls.len() > 24, "{} calls are more than a bucket", calls.len());
    assert!(calls.iter().all(|call| call.status != Some(503)), "it was never full");
    stop.cancel();
    other.await.unwrap().unwrap();
    app.finish().await;
}

#[tokio::test]
async fn a_method_whose_time_is_used_up_pauses_and_the_others_go_on() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    // Answers until now said when the time of the method lessens.
    let before = orders(&phone, &["before"]).await;
    app.settled().await;
    app.bitrix24.set_operating("crm.item.add", 480.0);
    let paused = orders(&phone, &["paused"]).await;
    app.eventually("a delivery that waits for the method", async || {
        let waits = |delivery: &domain::outbox::Delivery| {
            let why = delivery.last_error.as_deref().unwrap_or_default();
            delivery.state == State::Waiting && why.contains("may be called again")
        };
        app.open().await.iter().any(waits).then_some(())
    })
    .await;
    let lead = leads::ask(&app, "+79160000001", "Нужен станок", &[]).await;
    app.eventually("the lead, made by another method", async || {
        let found = app.bitrix24.leads().into_iter().find(|one| one["ORIGIN_ID"] == lead.as_str());
        found.filter(|found| comments(&app, Kind::Lead, id(found)).len() == 1)
    })
    .await;
    let asked = |app: &App| {
        let calls = app.bitrix24.calls();
        calls.iter().filter(|call| call.method == "crm.item.add").count()
    };
    let calls = asked(&app);
    app.pass(TimeDelta::minutes(8));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(asked(&app), calls, "the ten minutes are not over");
    assert_eq!(told(&app, "остановлена"), 0);
    app.bitrix24.set_operating("crm.item.add", 0.0);
    app.pass(TimeDelta::minutes(3));
    time_passes_until_all_is_delivered(&app).await;
    for number in before.iter().chain(&paused) {
        deal_of(&app, number);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_portal_blocked_by_hand_pauses_and_is_told_once() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    app.bitrix24.faults().set(vec![FaultPlan::refused("OVERLOAD_LIMIT", 1_000)]);
    let numbers = orders(&phone, &["one", "two"]).await;
    app.says(MANAGER, |message| message.text.contains("Связь b24 остановлена")).await;
    for _ in 0..3 {
        let before = app.bitrix24.calls().len();
        app.pass(TimeDelta::minutes(6));
        app.eventually("a probe", async || (app.bitrix24.calls().len() > before).then_some(()))
            .await;
        app.eventually("the end of the probe", async || {
            let mut reader = app.db.read().await.unwrap();
            let paused = outbox::paused(&mut reader, "b24").await.unwrap();
            paused.filter(|(until, _)| *until > app.clock.now())
        })
        .await;
    }
    assert_eq!(told(&app, "остановлена"), 1, "said once");
    assert!(app.bitrix24.deals().is_empty());
    app.bitrix24.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    one_deal_each(&app.bitrix24, &numbers);
    assert_eq!(told(&app, "Связь b24 снова работает"), 1);
    app.finish().await;
}
