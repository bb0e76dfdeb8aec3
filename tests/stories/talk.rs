//! What customer and dealer say to each other about a request: one thread in the chat, the Mini App
//! and the console; the times of a visit; how it was.

use reqwest::multipart::{Form, Part};
use sandbox::telegram::ChatMessage;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, NEIGHBOUR, label};

const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");
pub(crate) const NUMBER: &str = "SRV-2026-000001";

/// A customer with a request that everybody has heard of.
pub(crate) async fn asked(app: &App) -> MiniApp {
    let phone = app.linked_customer().await;
    let body = json!({ "client_key": "k", "kind": "breakdown", "text": "Не включается шпиндель" });
    let made = phone.post("/app/service", &body).await.ok();
    assert_eq!(made["request"]["number"], NUMBER);
    app.settled().await;
    phone
}

pub(crate) fn path(what: &str) -> String {
    format!("/app/requests/{NUMBER}/{what}")
}

pub(crate) async fn thread(who: &MiniApp) -> Vec<Value> {
    who.get(&path("thread")).await.ok()["messages"].as_array().unwrap().clone()
}

async fn card(app: &App, person: i64, key: &str) -> ChatMessage {
    app.says(person, |m| m.text.contains(NUMBER) && m.button(label(key)).is_some()).await
}

pub(crate) fn message(key: &str, text: &str, photo: bool) -> Form {
    let form = Form::new().text("client_key", key.to_owned()).text("text", text.to_owned());
    let part = || Part::bytes(PHOTO).file_name("экран.jpg");
    if photo { form.part("files", part()) } else { form }
}

fn notes(app: &App) -> Vec<String> {
    let deal = app.amo.leads()[0].id;
    app.amo.notes_of(deal).iter().map(|note| note.text().to_owned()).collect()
}

#[tokio::test]
async fn one_thread_in_the_chat_the_app_and_the_console() {
    let app = App::start().await;
    let phone = asked(&app).await;
    let desk = app.mini_app(MANAGER);

    // The manager answers the card in her chat; the customer has it in hers and answers it there.
    let theirs = card(&app, MANAGER, "bot-take").await;
    app.telegram.reply(MANAGER, theirs.id, "Какой код ошибки?", None).unwrap();
    let asked = app.says(CUSTOMER, |m| m.text.contains("Какой код ошибки?")).await;
    assert!(asked.text.contains("Мария") && asked.text.contains(NUMBER), "{}", asked.text);
    let list = phone.get("/app/requests").await.ok();
    assert_eq!(list["requests"][0]["unread"], true, "{list}");
    assert!(phone.page("/app/requests").await.contains(label("app-request-unread")));
    let photo = PHOTO.into();
    app.telegram.reply(CUSTOMER, asked.id, "E-41, вот экран", Some(photo)).unwrap();
    let told = app.says(MANAGER, |m| m.text.contains("E-41, вот экран")).await;
    let picture = told.labels().into_iter().find(|label| label.contains(".jpg")).unwrap();
    app.telegram.press_button(MANAGER, told.id, picture).await.unwrap();
    app.says(MANAGER, |m| m.document.is_some()).await;

    // In the app she adds a picture, twice by a resend; it is one message, and the button answers it.
    for _ in 0..2 {
        phone.post_form(&path("messages"), message("m1", "И табличка", true)).await.ok();
    }
    let added = app.says(MANAGER, |m| m.text.contains("И табличка")).await;
    app.telegram.press_button(MANAGER, added.id, label("bot-write")).await.unwrap();
    app.says(MANAGER, |m| m.button(label("bot-quit")).is_some()).await;
    app.telegram.send_text(MANAGER, "Выезжаем завтра").unwrap();
    app.says(CUSTOMER, |m| m.text.contains("Выезжаем завтра")).await;
    app.settled().await;

    let words = thread(&phone).await;
    let said: Vec<&str> = words.iter().map(|word| word["text"].as_str().unwrap()).collect();
    assert_eq!(said, ["Какой код ошибки?", "E-41, вот экран", "И табличка", "Выезжаем завтра"]);
    let files: Vec<usize> =
        words.iter().map(|word| word["files"].as_array().unwrap().len()).collect();
    assert_eq!(files, [0, 1, 1, 0]);
    assert_eq!(words[0]["staff_name"], "Мария");
    assert_eq!(thread(&desk).await.len(), 4, "the manager reads the same");
    let list = phone.get("/app/requests").await.ok();
    assert_eq!(list["requests"][0]["unread"], false, "who has opened the thread has read it");

    // The console shows it and writes into it.
    let mut console = app.console(MANAGER).await;
    let page = console.get(&format!("/staff/requests/{NUMBER}")).await.ok();
    assert!(page.contains("И табличка") && page.contains("Выезжаем завтра"));
    let form = [("client_key", "c1"), ("text", "Пропуск нужен?")];
    console.post(&format!("/staff/requests/{NUMBER}/messages"), &form).await.gone_to();
    app.says(CUSTOMER, |m| m.text.contains("Пропуск нужен?")).await;
    app.settled().await;
    let notes = notes(&app);
    for words in ["Какой код ошибки?", "E-41, вот экран", "И табличка", "Пропуск нужен?"]
    {
        assert_eq!(
            notes.iter().filter(|note| note.contains(words)).count(),
            1,
            "{words}: {notes:#?}"
        );
    }
    let deal = app.amo.leads()[0].id;
    assert_eq!(app.amo.files_of(deal).len(), 2, "the pictures hang on the deal");
    app.finish().await;
}

#[tokio::test]
async fn whoever_is_neither_the_customer_nor_the_dealer_gets_nothing() {
    let app = App::start().await;
    let phone = asked(&app).await;
    phone.post_form(&path("messages"), message("m1", "Секрет", true)).await.ok();
    let words = thread(&phone).await;
    let link = words[0]["files"][0]["url"].as_str().unwrap();
    let picture = crate::uploads::file_id(link);
    app.link(NEIGHBOUR).await;
    let neighbour = app.mini_app(NEIGHBOUR);
    let engineer = app.mini_app(ENGINEER);
    for other in [&neighbour, &engineer] {
        assert_eq!(other.get(&path("thread")).await.status, 404);
        let refused = other.post_form(&path("messages"), message("x", "Привет", false)).await;
        assert_eq!(refused.status, 404);
        let refused = other.get(&format!("/app/files/{picture}")).await;
        assert_eq!(refused.status, 404);
    }
    let foreign = json!({ "stars": 1 });
    assert_eq!(neighbour.post(&path("rate"), &foreign).await.status, 404);
    let foreign = json!({ "window": "1.0" });
    assert_eq!(neighbour.post(&path("window"), &foreign).await.status, 404);
    // A button that was pressed in a stranger's chat is a stranger's wish.
    let own = card(&app, CUSTOMER, "bot-write").await;
    let data = own.button(label("bot-write")).unwrap().data.clone().unwrap();
    let theirs = app.says(NEIGHBOUR, |m| m.from_bot).await;
    app.telegram.press_data(NEIGHBOUR, theirs.id, &data).await.unwrap();
    app.telegram.send_text(NEIGHBOUR, "Впишите меня").unwrap();
    app.settled().await;
    assert_eq!(thread(&phone).await.len(), 1);

    // Nothing is half done: an empty message, a program that is called a picture, too many words.
    let empty = phone.post_form(&path("messages"), message("e", "  ", false)).await;
    assert_eq!(empty.code(), "invalid");
    let program = Part::bytes(b"\x7fELF\x02\x01\x01".to_vec()).file_name("экран.jpg");
    let form = message("p", "вот", false).part("files", program);
    assert_eq!(phone.post_form(&path("messages"), form).await.code(), "unsupported_file");
    let long = message("l", &"ы".repeat(4001), false);
    assert_eq!(phone.post_form(&path("messages"), long).await.code(), "invalid");
    assert_eq!(thread(&phone).await.len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_visit_is_agreed_by_one_press() {
    let app = App::start().await;
    let phone = asked(&app).await;
    let desk = app.mini_app(MANAGER);
    let past = json!({ "day1": "2026-11-20", "from1": "09:00", "until1": "12:00" });
    assert_eq!(desk.post(&path("windows"), &past).await.code(), "invalid");
    let turned = json!({ "day1": "2026-11-24", "from1": "12:00", "until1": "09:00" });
    assert_eq!(desk.post(&path("windows"), &turned).await.code(), "invalid");
    assert_eq!(phone.post(&path("windows"), &turned).await.status, 403);
    let first = json!({ "day1": "2026-11-24", "from1": "09:00", "until1": "12:00" });
    desk.post(&path("windows"), &first).await.ok();
    let early = card(&app, CUSTOMER, "bot-write").await;
    let early =
        app.says(CUSTOMER, |m| m.id > early.id && m.text.contains(label("bot-windows-ask")));
    let early = early.await;
    let offered = json!({
        "day1": "2026-11-25", "from1": "09:00", "until1": "12:00",
        "day3": "2026-11-26", "from3": "13:00", "until3": "16:00",
    });
    desk.post(&path("windows"), &offered).await.ok();
    let asked = app.says(CUSTOMER, |m| {
        m.id > early.id && m.labels().iter().any(|label| label.contains("13:00–16:00"))
    });
    let asked = asked.await;

    // The old buttons choose nothing.
    let old = early.labels().into_iter().find(|label| label.contains("24")).unwrap();
    app.telegram.press_button(CUSTOMER, early.id, old).await.unwrap();
    assert!(
        phone.get(&format!("/app/requests/{NUMBER}")).await.ok()["request"]["offer"]["chosen"]
            .is_null()
    );
    let wanted = asked.labels().into_iter().find(|label| label.contains("13:00")).unwrap();
    app.telegram.press_button(CUSTOMER, asked.id, wanted).await.unwrap();
    let heard = app.says(MANAGER, |m| m.text.contains("13:00–16:00")).await;
    assert!(heard.text.contains("26"), "{}", heard.text);
    let again = phone.post(&path("window"), &json!({ "window": "2.0" })).await;
    assert_eq!(again.code(), "conflict", "the first press counts");
    app.settled().await;
    let request = phone.get(&format!("/app/requests/{NUMBER}")).await.ok();
    assert_eq!(request["request"]["offer"]["chosen"], 1);
    assert!(phone.page(&format!("/app/requests/{NUMBER}")).await.contains("13:00–16:00"));
    let chosen = notes(&app).into_iter().filter(|note| note.contains("выбрал время")).count();
    assert_eq!(chosen, 1);

    // The job that is made only now begins with that time.
    let assign = json!({ "engineer_telegram_id": ENGINEER });
    desk.post(&path("assign"), &assign).await.ok();
    let engineer = app.mini_app(ENGINEER);
    let jobs = engineer.get("/app/jobs").await.ok();
    let job = jobs["jobs"][0]["id"].as_str().unwrap().to_owned();
    let page = engineer.page(&format!("/app/jobs/{job}")).await;
    assert!(page.contains("26") && page.contains("13:00–16:00"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn it_is_rated_once_and_low_stars_wait_on_the_desk() {
    let app = App::start().await;
    let phone = asked(&app).await;
    let desk = app.mini_app(MANAGER);
    assert_eq!(phone.post(&path("rate"), &json!({ "stars": 2 })).await.code(), "conflict");
    let deal = app.amo.leads()[0].id;
    assert!(app.amo.drag(deal, 142), "the dealer's people say that it is done");
    app.eventually("the request is done", || async {
        let state = phone.get(&format!("/app/requests/{NUMBER}")).await.ok()["request"].clone();
        matches!(state["state"].as_str(), Some("done" | "closed")).then_some(())
    })
    .await;
    app.settled().await;
    phone.post(&path("confirm"), &json!({})).await;
    app.settled().await;
    let ask = app.says(CUSTOMER, |m| m.button("2 ★").is_some()).await;
    let tap = || app.telegram.press_button(CUSTOMER, ask.id, "2 ★");
    let (one, _) = tokio::join!(tap(), tap());
    one.unwrap();
    app.says(CUSTOMER, |m| m.text.contains(label("bot-rate-why"))).await;
    app.telegram.send_text(CUSTOMER, "Ждали два дня").unwrap();
    app.says(MANAGER, |m| m.text.contains("★★☆☆☆") && m.text.contains("Ждали два дня")).await;
    app.settled().await;
    assert_eq!(phone.post(&path("rate"), &json!({ "stars": 5 })).await.code(), "conflict");
    let waits = desk.get("/app/desk").await.ok();
    assert_eq!(waits["requests"][0]["stars"], 2, "{waits}");
    assert!(desk.page("/app/desk").await.contains("★★☆☆☆"));
    desk.get(&path("thread")).await.ok();
    let waits = desk.get("/app/desk").await.ok();
    assert_eq!(waits["requests"].as_array().unwrap().len(), 0, "somebody has seen it");
    let rated = notes(&app);
    assert!(rated.iter().any(|note| note.contains("2 из 5")), "{rated:#?}");
    assert!(rated.iter().any(|note| note.contains("Ждали два дня")), "{rated:#?}");
    app.finish().await;
}
