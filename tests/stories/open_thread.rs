//! A thread that somebody has open: what the other side writes comes by itself.

use chrono::TimeDelta;
use reqwest::{Method, Response};
use tests::{App, MANAGER, MiniApp, NEIGHBOUR, label};

use crate::talk::{NUMBER, asked, message, path, thread};

/// A part of a page, as the script asks for it.
async fn part(app: &App, who: &MiniApp, path: &str) -> Response {
    let mut request = who.request(Method::GET, path).build().unwrap();
    request.headers_mut().insert("Accept", "text/html".parse().unwrap());
    app.http.execute(request).await.unwrap()
}

#[tokio::test]
async fn a_word_appears_while_the_thread_is_open() {
    let app = App::start().await;
    let phone = asked(&app).await;
    let desk = app.mini_app(MANAGER);
    // What the page fetches, and what stands in it to be asked for from then on.
    let next = |page: &str| {
        let asks = page.split("hx-get=\"").nth(1).unwrap().split('"').next().unwrap();
        asks.to_owned()
    };
    let page = phone.page(&path("thread")).await;
    assert!(
        page.contains("data-poll") && page.contains(label("app-request-no-messages")),
        "{page}"
    );
    let asks = next(&page);
    let silent = part(&app, &phone, &asks).await;
    assert_eq!((silent.status().as_u16(), silent.text().await.unwrap()), (204, String::new()));

    // The first word takes the place of «nothing yet», later ones come behind it; no field comes along,
    // so what the customer is writing stays.
    desk.post_form(&path("messages"), message("d1", "Какой код ошибки?", false)).await.ok();
    let answer = part(&app, &phone, &asks).await;
    assert_eq!(answer.headers()["hx-retarget"], "#thread");
    let first = answer.text().await.unwrap();
    assert!(first.contains("Какой код ошибки?") && !first.contains("textarea"), "{first}");
    assert!(!first.contains(label("app-request-no-messages")), "{first}");
    let asks = next(&first);
    desk.post_form(&path("messages"), message("d2", "И когда встал?", true)).await.ok();
    let answer = part(&app, &phone, &asks).await;
    assert!(answer.headers().get("hx-retarget").is_none());
    let second = answer.text().await.unwrap();
    assert!(second.contains("И когда встал?") && !second.contains("Какой код"), "{second}");
    assert!(!second.contains("textarea") && !second.contains("id=\"thread\""), "{second}");
    let asks = next(&second);
    assert_eq!(part(&app, &phone, &asks).await.status(), 204);
    assert_eq!(thread(&phone).await.len(), 2);
    assert!(!thread(&desk).await[1]["seen_at"].is_null(), "who has it open has read it");
    let foreign = part(&app, &app.mini_app(NEIGHBOUR), &asks).await;
    assert_ne!(foreign.status(), 204, "a mark opens nothing");

    // At the console the words alone are fetched again when the stream says so; the form is beside them.
    let mut console = app.console(MANAGER).await;
    let page = console.get(&format!("/staff/requests/{NUMBER}")).await.ok();
    let words = page.split("id=\"words\"").nth(1).unwrap();
    let (words, rest) = words.split_once("<form").unwrap();
    assert!(
        words.contains("data-live=\"requests\"") && words.contains("И когда встал?"),
        "{words}"
    );
    assert!(rest.contains("/messages\"") || page.contains("/messages\""), "{rest}");
    app.settled().await;
    app.pass(TimeDelta::minutes(5));
    let mut db = app.db.read().await.unwrap();
    let before = domain::changes::pulse(&mut db, app.dealer.clock.now()).await.unwrap();
    drop(db);
    phone.post_form(&path("messages"), message("m1", "E-41", false)).await.ok();
    let mut db = app.db.read().await.unwrap();
    let now = domain::changes::pulse(&mut db, app.dealer.clock.now()).await.unwrap();
    drop(db);
    let changed = domain::changes::changed(&before, &now);
    assert!(changed.contains(&"requests"), "{changed:?}");
    app.finish().await;
}
