//! The goods of a Bitrix24 portal become parts: read twice, read a little, read wrongly, not read.

mod pictures;
mod trouble;

use std::sync::Arc;

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use domain::catalogue::{Report, run_of};
use domain::parts::{self, Park, PartCard};
use sandbox::bitrix24::{Bitrix24, Bitrix24Options, IBLOCK};
use serde_json::{Value, json};
use server::crm::catalogue::SyncOptions;
use tests::{App, STAGES, Setup};

/// So many take several batches; `commands catalogue` reads ten times as many.
const GOODS: usize = 2_000;

const FULL: SyncOptions = SyncOptions { full: true, dry_run: false, force: false };
const CHANGES: SyncOptions = SyncOptions { full: false, dry_run: false, force: false };

fn setup(webhook: Option<String>) -> Setup {
    let file = format!(
        "{STAGES}\n[[connection]]\nname = \"b24\"\nkind = \"bitrix24\"\ntakes = []\n\
         [connection.catalogue]\nsku = \"property258\"\nevery = \"1h\"\n"
    );
    let mut variables = vec![
        ("BITRIX24_CALLS_PER_SECOND", "1000".to_owned()),
        ("BITRIX24_CALLS_AT_ONCE", "1000".to_owned()),
    ];
    variables.extend(webhook.map(|url| ("BITRIX24_WEBHOOK_URL", url)));
    Setup { file, variables, bitrix24: true, ..Setup::default() }
}

/// Changes what the portal holds, as somebody there does by hand.
fn change(portal: &Bitrix24, edit: impl Fn(&mut Value)) {
    let mut kept: Value = serde_json::from_str(&portal.to_json().unwrap()).unwrap();
    edit(&mut kept["goods"]);
    portal.from_json(&kept.to_string()).unwrap();
}

async fn sync(app: &App, options: SyncOptions) -> anyhow::Result<Report> {
    app.inbox.crms.sync_catalogue("b24", options, &mut |_| ()).await
}

fn counts(report: &Report) -> [usize; 5] {
    let Report { created, changed, unchanged, switched_off, refused } = report;
    [*created, *changed, *unchanged, *switched_off, refused.len()]
}

async fn part(app: &App, sku: &str) -> Option<PartCard> {
    let mut reader = app.db.read().await.unwrap();
    let page = parts::search(&mut reader, Park::Any, sku, None, None).await.unwrap();
    let found = page.parts.into_iter().find(|part| part.sku == sku)?;
    Some(parts::card(&mut reader, None, &found.id).await.unwrap())
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339()
}

#[tokio::test]
async fn a_whole_catalogue_is_read_twice_and_the_second_time_changes_nothing() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(GOODS);
    let first = sync(&app, FULL).await.unwrap();
    assert_eq!(counts(&first), [GOODS, 0, 0, 0, 0], "{first:?}");
    let calls = app.bitrix24.calls().len();
    assert!(calls <= 12 + GOODS / 100, "{calls} calls for {GOODS} goods");
    let seen = part(&app, "G-7").await.unwrap();
    assert_eq!(seen.part.name, "Каретка 7");
    assert_eq!(seen.part.price.unwrap().as_kopecks(), 10_700);
    assert_eq!((seen.part.stock, seen.part.category.as_str()), (Some(7), "Направляющие"));
    assert!(part(&app, "16К20.02.114").await.is_some(), "the dealer's own parts stay");
    let second = sync(&app, FULL).await.unwrap();
    assert_eq!(counts(&second), [0, 0, GOODS, 0, 0]);
    let changes = sync(&app, CHANGES).await.unwrap();
    assert_eq!(counts(&changes), [0; 5], "nothing has changed there");
    app.finish().await;
}

#[tokio::test]
async fn what_changes_there_is_found_and_what_is_gone_only_by_asking_for_all() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(20);
    sync(&app, CHANGES).await.unwrap();
    app.clock.advance(TimeDelta::hours(2));
    let now = text(app.clock.now());
    change(&app.bitrix24, |goods| {
        goods["product"]["5001"]["name"] = "Каретка усиленная".into();
        goods["product"]["5001"]["timestampX"] = now.clone().into();
        goods["price"]["90002"]["price"] = 555.5.into();
        goods["price"]["90002"]["timestampX"] = now.clone().into();
        goods["product"]["5003"]["active"] = "N".into();
        goods["product"]["5003"]["timestampX"] = now.clone().into();
        goods["price"]["90004"]["currency"] = "EUR".into();
        goods["price"]["90004"]["timestampX"] = now.clone().into();
        goods["product"].as_object_mut().unwrap().remove("5005");
    });
    let dry = sync(&app, SyncOptions { dry_run: true, ..CHANGES }).await.unwrap();
    assert_eq!(counts(&dry), [0, 3, 0, 1, 0]);
    assert_eq!(part(&app, "G-1").await.unwrap().part.name, "Каретка 1", "only looked at");
    let done = sync(&app, CHANGES).await.unwrap();
    assert_eq!(counts(&done), counts(&dry));
    assert_eq!(part(&app, "G-1").await.unwrap().part.name, "Каретка усиленная");
    let priced = part(&app, "G-2").await.unwrap();
    assert_eq!(priced.part.price.unwrap().as_kopecks(), 55_550);
    assert!(part(&app, "G-3").await.is_none(), "it is not sold any more");
    assert_eq!(part(&app, "G-4").await.unwrap().part.price, None, "euros are «по запросу»");
    assert!(part(&app, "G-5").await.is_some(), "changes do not tell what is gone");
    let full = sync(&app, FULL).await.unwrap();
    assert_eq!(counts(&full), [0, 0, 19, 1, 0]);
    assert!(part(&app, "G-5").await.is_none());
    app.finish().await;
}

#[tokio::test]
async fn half_a_catalogue_gone_is_not_believed_and_the_reason_is_kept() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(10);
    sync(&app, FULL).await.unwrap();
    change(&app.bitrix24, |goods| {
        let products = goods["product"].as_object_mut().unwrap();
        for id in 5001..=5005 {
            products.remove(&id.to_string());
        }
        products["5010"]["name"] = "Другая".into();
    });
    let refused = sync(&app, FULL).await.unwrap_err().to_string();
    assert!(refused.starts_with("5 of 10 goods") && refused.contains("--force"), "{refused}");
    assert!(part(&app, "G-1").await.is_some());
    assert_eq!(part(&app, "G-10").await.unwrap().part.name, "Каретка 10", "nothing at all");
    let run = run_of(&mut app.db.read().await.unwrap(), "b24").await.unwrap().unwrap();
    assert_eq!((run.refused_off, run.refused_of), (Some(5), Some(10)));
    let forced = sync(&app, SyncOptions { force: true, ..FULL }).await.unwrap();
    assert_eq!(counts(&forced), [0, 1, 4, 5, 0]);
    app.finish().await;
}

#[tokio::test]
async fn the_scheduler_asks_once_an_hour_and_for_everything_at_night() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(20);
    let asked = || app.bitrix24.calls().len();
    let crms = &app.inbox.crms;
    crms.sync_due().await;
    assert!(part(&app, "G-20").await.is_some());
    let calls = asked();
    crms.sync_due().await;
    assert_eq!(asked(), calls, "the hour is not over");
    app.clock.advance(TimeDelta::hours(1));
    tokio::join!(crms.sync_due(), crms.sync_due());
    let once = asked() - calls;
    change(&app.bitrix24, |goods| {
        goods["product"].as_object_mut().unwrap().remove("5001");
    });
    app.clock.advance(TimeDelta::hours(1));
    let calls = asked();
    crms.sync_due().await;
    assert_eq!(asked() - calls, once, "of two at a time only one asked");
    assert!(part(&app, "G-1").await.is_some());
    app.clock.advance(TimeDelta::hours(20));
    crms.sync_due().await;
    assert!(part(&app, "G-1").await.is_none(), "everything was asked for");
    app.finish().await;
}

/// A portal whose access may not see its catalogue: its goods are to be had the old way alone.
async fn old_portal() -> Bitrix24 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let clock = Clock::system();
    let mut options = Bitrix24Options::new(url, Arc::new(move || clock.now()));
    options.scopes.retain(|scope| scope != "catalog");
    options.bucket = None;
    let portal = Bitrix24::new(options);
    let router: Router = portal.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    portal
}

#[tokio::test]
async fn a_portal_without_the_right_to_its_catalogue_is_read_the_old_way() {
    let portal = old_portal().await;
    portal.stock(60);
    let app = App::start_with(setup(Some(portal.webhook_url()))).await;
    let first = sync(&app, FULL).await.unwrap();
    assert_eq!(counts(&first), [60, 0, 0, 0, 0], "{first:?}");
    let seen = part(&app, "G-60").await.unwrap();
    assert_eq!(seen.part.price.unwrap().as_kopecks(), 16_000);
    assert_eq!((seen.part.stock, seen.part.category.as_str()), (None, "Направляющие"));
    assert_eq!(counts(&sync(&app, FULL).await.unwrap()), [0, 0, 60, 0, 0]);
    app.finish().await;
}

#[tokio::test]
async fn a_good_that_cannot_be_taken_is_named_and_stays_as_it_was() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(10);
    sync(&app, FULL).await.unwrap();
    change(&app.bitrix24, |goods| {
        goods["product"]["5001"]["property258"] = Value::Null;
        goods["product"]["5002"]["property258"] = "G-3".into();
        goods["product"]["5011"] = json!({"id": 5011, "iblockId": IBLOCK, "name": "Чужая",
            "active": "Y", "type": 1, "property258": "16К20.02.114"});
    });
    let report = sync(&app, FULL).await.unwrap();
    let refused: Vec<_> = report
        .refused
        .iter()
        .map(|(place, fault)| format!("{place} {} {}", fault.field, fault.problem))
        .collect();
    assert_eq!(
        refused,
        ["id 5001 sku error-required", "id 5002 sku error-import-sku-taken"],
        "{report:?}"
    );
    assert!(part(&app, "G-1").await.is_some() && part(&app, "G-2").await.is_some());
    let adopted = part(&app, "16К20.02.114").await.unwrap();
    assert_eq!(adopted.part.name, "Чужая", "the dealer's own article is the portal's now");
    assert!(!adopted.beside.codes.is_empty(), "what the portal does not say stays");
    app.finish().await;
}

#[tokio::test]
async fn the_dealer_chooses_the_stores_that_count_and_the_price_that_is_shown() {
    let mut setup = setup(None);
    setup.file.push_str("stores = [1, 2]\nprice = 2\n");
    let app = App::start_with(setup).await;
    app.bitrix24.stock(3);
    change(&app.bitrix24, |goods| {
        for (id, product, store, amount) in
            [(1, 5_001, 1, 4.0), (2, 5_001, 2, 3.5), (3, 5_001, 9, 50.0), (4, 5_002, 9, 50.0)]
        {
            goods["storeproduct"][id.to_string()] =
                json!({"id": id, "productId": product, "storeId": store, "amount": amount});
        }
        goods["price"]["99001"] = json!({"id": 99_001, "productId": 5_001,
            "catalogGroupId": 2, "price": 77, "currency": "RUB"});
    });
    sync(&app, FULL).await.unwrap();
    let first = part(&app, "G-1").await.unwrap().part;
    assert_eq!((first.stock, first.price.unwrap().as_kopecks()), (Some(7), 7_700));
    let second = part(&app, "G-2").await.unwrap().part;
    assert_eq!((second.stock, second.price), (Some(0), None), "elsewhere, and on request");
    app.finish().await;
}
