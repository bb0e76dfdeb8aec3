//! Pictures of the portal's goods: some at a time, each once, and only what is a picture.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use sandbox::bitrix24::Bitrix24;
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::json;
use tests::App;

use super::{FULL, old_portal, part, setup, sync};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const JPEG: &[u8] = include_bytes!("../../fixtures/photo.jpg");
const DOWNLOAD: &str = "catalog.product.download";

/// Hangs pictures on the goods G-1, G-2, … in a field of theirs.
fn hang(portal: &Bitrix24, field: &str, pictures: &[&[u8]]) {
    let text = portal.to_json().unwrap();
    let mut kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (n, content) in (1..).zip(pictures) {
        let (product, file) = (5_000 + n, 700 + n);
        kept["files"][file.to_string()] =
            json!({"id": file, "name": "1.png", "content": STANDARD.encode(content)});
        kept["goods"]["product"][product.to_string()][field] = file.into();
    }
    portal.from_json(&kept.to_string()).unwrap();
}

fn downloads(app: &App) -> usize {
    app.bitrix24.calls().iter().filter(|call| call.method == DOWNLOAD).count()
}

async fn photo(app: &App, sku: &str) -> Option<String> {
    part(app, sku).await.unwrap().part.photo
}

#[tokio::test]
async fn a_picture_comes_onto_the_page_of_its_part_once() {
    let app = App::start_with(setup(None)).await;
    let phone = app.linked_customer().await;
    app.bitrix24.stock(6);
    let large = [PNG, &vec![7; 6 * 1024 * 1024]].concat();
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>";
    hang(&app.bitrix24, "detailPicture", &[PNG, JPEG, drawing, b"<html>", &large]);
    sync(&app, FULL).await.unwrap();
    assert_eq!(photo(&app, "G-1").await, None, "a run does not wait for pictures");

    assert_eq!(app.inbox.crms.fetch_pictures().await, 2);
    let shown = part(&app, "G-2").await.unwrap();
    let page = phone.page(&format!("/app/parts/{}", shown.part.id)).await;
    let address = format!("/app/photos/{}", shown.part.photo.unwrap());
    assert!(page.contains(&address), "{page}");
    let got = phone.request(reqwest::Method::GET, &address).send().await.unwrap();
    assert_eq!(got.headers()["content-type"], "image/jpeg", "its content says what it is");
    assert_eq!(got.bytes().await.unwrap(), JPEG);
    assert!(photo(&app, "G-1").await.unwrap().ends_with(".png"));
    for (sku, why) in [("G-3", "a drawing"), ("G-4", "a page"), ("G-5", "too large")] {
        assert_eq!(photo(&app, sku).await, None, "{why}");
    }

    let asked = downloads(&app);
    assert_eq!(asked, 5);
    sync(&app, FULL).await.unwrap();
    assert_eq!(app.inbox.crms.fetch_pictures().await, 0);
    assert_eq!(downloads(&app), asked, "nothing is new there");
    super::change(&app.bitrix24, |goods| {
        goods["product"]["5001"]["detailPicture"] = 702.into();
        goods["product"]["5002"]["detailPicture"] = serde_json::Value::Null;
    });
    sync(&app, FULL).await.unwrap();
    assert_eq!(app.inbox.crms.fetch_pictures().await, 1);
    assert_eq!(downloads(&app), asked + 1, "only the new one");
    assert!(photo(&app, "G-1").await.unwrap().ends_with(".jpg"));
    assert_eq!(photo(&app, "G-2").await, None, "it was taken away there");
    app.finish().await;
}

#[tokio::test]
async fn many_come_some_at_a_time_and_what_fails_is_left_for_later() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(50);
    hang(&app.bitrix24, "previewPicture", &[PNG; 50]);
    sync(&app, FULL).await.unwrap();
    app.bitrix24.faults().set(vec![FaultPlan::next(FaultMode::ErrorBefore, 1).only(DOWNLOAD)]);
    assert_eq!(app.inbox.crms.fetch_pictures().await, 39, "one of the first forty failed");
    assert_eq!(app.inbox.crms.fetch_pictures().await, 10, "and is not asked for again at once");
    assert_eq!(app.inbox.crms.fetch_pictures().await, 0);
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(app.inbox.crms.fetch_pictures().await, 1);
    assert_eq!(downloads(&app), 51);

    hang(&app.bitrix24, "detailPicture", &[JPEG; 10]);
    sync(&app, FULL).await.unwrap();
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway).only(DOWNLOAD)]);
    assert_eq!(app.inbox.crms.fetch_pictures().await, 0);
    assert_eq!(downloads(&app), 54, "three failures in a row are the portal's");
    app.bitrix24.faults().set(vec![FaultPlan::refused("QUERY_LIMIT_EXCEEDED", 1).only(DOWNLOAD)]);
    assert_eq!(app.inbox.crms.fetch_pictures().await, 0);
    let asked = downloads(&app);
    assert_eq!(app.inbox.crms.fetch_pictures().await, 0);
    assert_eq!(downloads(&app), asked, "the portal asked for patience");
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(app.inbox.crms.fetch_pictures().await, 10);
    app.finish().await;
}

#[tokio::test]
async fn two_processes_do_not_fetch_the_same() {
    let app = App::start_with(setup(None)).await;
    app.bitrix24.stock(10);
    hang(&app.bitrix24, "detailPicture", &[PNG; 10]);
    sync(&app, FULL).await.unwrap();
    let crms = &app.inbox.crms;
    let (one, other) = tokio::join!(crms.fetch_pictures(), crms.fetch_pictures());
    assert_eq!((one + other, downloads(&app)), (10, 10));
    app.finish().await;
}

#[tokio::test]
async fn an_old_portal_gives_its_pictures_by_links_of_its_own() {
    let portal = old_portal().await;
    portal.stock(3);
    hang(&portal, "detailPicture", &[PNG, JPEG]);
    let app = App::start_with(setup(Some(portal.webhook_url()))).await;
    sync(&app, FULL).await.unwrap();
    assert_eq!(app.inbox.crms.fetch_pictures().await, 2);
    assert!(photo(&app, "G-2").await.unwrap().ends_with(".jpg"));
    app.finish().await;
}
