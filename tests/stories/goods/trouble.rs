//! Goods that are not taken: told once, shown on the desk, over by itself; and calls that fail while
//! a catalogue is read.

use chrono::TimeDelta;
use domain::catalogue::run_of;
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::Value;
use tests::{App, MANAGER};

use super::{CHANGES, FULL, change, counts, part, setup, sync, text};
use server::crm::catalogue::SyncOptions;

fn told(app: &App, words: &str) -> usize {
    app.telegram.chat(MANAGER).iter().filter(|message| message.text.contains(words)).count()
}

async fn desk(app: &App) -> String {
    app.mini_app(MANAGER).page("/app/desk/catalogue").await
}

/// One look of the scheduler, `later`.
async fn look(app: &App, later: TimeDelta) {
    app.pass(later);
    app.inbox.crms.sync_due().await;
    app.settled().await;
}

#[tokio::test]
async fn half_a_catalogue_gone_is_told_once_and_prices_go_on() {
    let app = App::start_with(setup(None)).await;
    assert!(!desk(&app).await.contains("Каталог"), "nothing was ever asked for");
    app.bitrix24.stock(10);
    look(&app, TimeDelta::zero()).await;
    assert!(desk(&app).await.contains("обновлены"));
    change(&app.bitrix24, |goods| {
        let products = goods["product"].as_object_mut().unwrap();
        (5001..=5005).for_each(|id| drop(products.remove(&id.to_string())));
    });
    look(&app, TimeDelta::hours(20)).await;
    assert_eq!(told(&app, "скрыла бы 5 из 10 товаров"), 1);
    assert!(told(&app, "mypark catalogue sync --connection b24 --full --force") == 1);
    assert!(desk(&app).await.contains("скрыла бы 5 из 10 товаров"));
    let now = text(app.clock.now() + TimeDelta::minutes(30));
    change(&app.bitrix24, |goods| {
        goods["price"]["90010"]["price"] = 555.into();
        goods["price"]["90010"]["timestampX"] = now.clone().into();
    });
    look(&app, TimeDelta::hours(1)).await;
    let priced = part(&app, "G-10").await.unwrap().part.price.unwrap();
    assert_eq!(priced.as_kopecks(), 55_500, "what changes there is taken all the same");
    assert!(part(&app, "G-1").await.is_some(), "and what is gone there stays");
    look(&app, TimeDelta::hours(24)).await;
    assert_eq!(told(&app, "скрыла бы"), 1, "the next night says it no more");

    sync(&app, SyncOptions { force: true, ..FULL }).await.unwrap();
    app.settled().await;
    assert!(part(&app, "G-1").await.is_none());
    assert_eq!(told(&app, "снова обновляется"), 1);
    assert!(!desk(&app).await.contains("скрыла бы"));
    app.finish().await;
}

#[tokio::test]
async fn a_portal_that_fails_again_and_again_is_told_once() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(5);
    let down = || vec![FaultPlan::all(FaultMode::BadGateway).only("/rest/")];
    app.bitrix24.faults().set(down());
    for (minutes, known) in [(0, 0), (5, 0), (10, 1), (20, 1)] {
        look(&app, TimeDelta::minutes(minutes)).await;
        assert_eq!(told(&app, "не обновляется"), known, "one failure passes, after {minutes} min");
    }
    let shown = app.mini_app(MANAGER).get("/app/desk/catalogue").await.ok();
    let [source] = shown["sources"].as_array().unwrap().as_slice() else { panic!("{shown}") };
    assert_eq!((&source["source"], &source["failures"]), (&"b24".into(), &4.into()));
    app.bitrix24.faults().clear();
    look(&app, TimeDelta::hours(1)).await;
    assert!(part(&app, "G-5").await.is_some(), "it goes on by itself");
    assert_eq!((told(&app, "не обновляется"), told(&app, "снова обновляется")), (1, 1));
    app.finish().await;
}

#[tokio::test]
async fn a_portal_that_lets_nobody_in_is_not_asked_until_it_does() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(5);
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    look(&app, TimeDelta::zero()).await;
    assert_eq!(told(&app, "Связь b24 остановлена"), 1);
    let calls = app.bitrix24.calls().len();
    for _ in 0..3 {
        look(&app, TimeDelta::hours(1)).await;
    }
    assert_eq!(app.bitrix24.calls().len(), calls, "it is stopped");
    assert_eq!(told(&app, "не обновляется"), 0, "of a connection its own notice tells");
    app.bitrix24.faults().clear();
    sync(&app, CHANGES).await.unwrap();
    app.settled().await;
    assert_eq!(told(&app, "Связь b24 снова работает"), 1);
    look(&app, TimeDelta::hours(1)).await;
    assert!(app.bitrix24.calls().len() > calls + 1);
    app.finish().await;
}

#[tokio::test]
async fn a_full_bucket_makes_the_run_wait_and_not_fail_for_an_hour() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(5);
    let once = FaultPlan::refused("QUERY_LIMIT_EXCEEDED", 1).only("catalog.product.list");
    app.bitrix24.faults().set(vec![once]);
    look(&app, TimeDelta::zero()).await;
    assert!(part(&app, "G-5").await.is_none());
    let calls = app.bitrix24.calls().len();
    look(&app, TimeDelta::seconds(10)).await;
    assert_eq!(app.bitrix24.calls().len(), calls, "it rests");
    look(&app, TimeDelta::minutes(5)).await;
    assert!(part(&app, "G-5").await.is_some());
    assert_eq!(told(&app, "обновляется"), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_method_whose_time_is_used_up_is_left_alone_until_it_lessens() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(5);
    app.bitrix24.set_operating("catalog.price.list", 480.0);
    look(&app, TimeDelta::zero()).await;
    let run = run_of(&mut app.db.read().await.unwrap(), "b24").await.unwrap().unwrap();
    assert!(run.error.unwrap().contains("may be called again"), "its words are kept");
    let calls = app.bitrix24.calls().len();
    look(&app, TimeDelta::minutes(8)).await;
    assert_eq!(app.bitrix24.calls().len(), calls, "the ten minutes are not over");
    app.bitrix24.set_operating("catalog.price.list", 0.0);
    look(&app, TimeDelta::minutes(3)).await;
    assert!(part(&app, "G-5").await.is_some());
    app.finish().await;
}

/// How many commands each batch had that asked for this method.
fn batches(app: &App, method: &str) -> Vec<usize> {
    let calls = app.bitrix24.calls();
    let batches = calls.iter().filter(|call| call.method == "batch");
    let commands = batches.filter_map(|call| call.params["cmd"].as_object().cloned());
    let named = |line: &Value| line.as_str().is_some_and(|line| line.starts_with(method));
    commands.filter(|all| all.values().any(named)).map(|all| all.len()).collect()
}

#[tokio::test]
async fn of_a_batch_only_the_command_that_failed_is_asked_again() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(400);
    let one = FaultPlan::command("INTERNAL_SERVER_ERROR", 1).only("catalog.price.list");
    app.bitrix24.faults().set(vec![one]);
    let first = sync(&app, FULL).await.unwrap();
    assert_eq!(counts(&first), [400, 0, 0, 0, 0], "{first:?}");
    assert_eq!(app.bitrix24.faults().fired(), 1);
    assert_eq!(batches(&app, "catalog.price.list"), [20, 1], "alone");

    // A page in the middle of a walk: those that lean on it are asked for again with it.
    let walked = batches(&app, "catalog.product.list").len();
    let page = FaultPlan::command("ERROR_UNEXPECTED_ANSWER", 2).only("catalog.product.list");
    app.bitrix24.faults().set(vec![page]);
    let again = sync(&app, FULL).await.unwrap();
    assert_eq!(counts(&again), [0, 0, 400, 0, 0], "none is missed, none comes twice");
    assert!(batches(&app, "catalog.product.list").len() > walked);

    let never = FaultPlan::command("INVALID_ARG_VALUE", 1).only("catalog.price.list");
    app.bitrix24.faults().set(vec![never]);
    let refused = sync(&app, FULL).await.unwrap_err().to_string();
    assert!(refused.contains("INVALID_ARG_VALUE"), "{refused}");
    app.finish().await;
}

#[tokio::test]
async fn a_page_instead_of_an_answer_is_asked_again_and_an_empty_shelf_is_none() {
    let app = App::start_with(setup(None)).await;
    let report = sync(&app, FULL).await.unwrap();
    assert_eq!(counts(&report), [0; 5], "its empty maps are lists");
    app.bitrix24.stock(60);
    for mode in [FaultMode::BadGateway, FaultMode::Garbage, FaultMode::DropAfter] {
        app.bitrix24.faults().set(vec![FaultPlan::next(mode, 1).only("catalog.price.list")]);
        let report = sync(&app, FULL).await.unwrap();
        assert_eq!(report.created + report.unchanged, 60, "{mode:?}");
    }
    assert_eq!(app.bitrix24.faults().fired(), 3);
    app.finish().await;
}
