//! A call for service with photos over a connection that breaks, begun on one day and sent on
//! another: what has arrived stays, and nobody else can touch it.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, MiniApp, NEIGHBOUR, label};

/// A JPEG of so many bytes, as far as its first bytes tell.
fn picture(size: usize) -> Vec<u8> {
    let mut bytes = include_bytes!("../fixtures/photo.jpg").to_vec();
    bytes.resize(size, 7);
    bytes
}

async fn begin(phone: &MiniApp, name: &str, size: usize) -> Value {
    phone.post("/app/uploads", &json!({ "name": name, "size": size })).await.ok()
}

async fn put(phone: &MiniApp, id: &str, at: usize, bytes: &[u8]) -> tests::Answer {
    let path = format!("/app/uploads/{id}?at={at}");
    phone.send(phone.request(Method::PUT, &path).body(bytes.to_vec())).await
}

/// Sends a file from where it stands to its end.
async fn finish(phone: &MiniApp, id: &str, bytes: &[u8]) -> tests::Answer {
    let state = phone.get(&format!("/app/uploads/{id}")).await.ok();
    let part = usize::try_from(state["part"].as_u64().unwrap()).unwrap();
    let mut at = usize::try_from(state["upload"]["received"].as_u64().unwrap()).unwrap();
    loop {
        let end = (at + part).min(bytes.len());
        let answer = put(phone, id, at, &bytes[at..end]).await;
        if end == bytes.len() {
            return answer;
        }
        answer.ok();
        at = end;
    }
}

/// The id of a file in a link to it.
pub(crate) fn file_id(link: &str) -> String {
    let (_, id) = link.split_once("/app/files/").unwrap();
    id.split('?').next().unwrap().to_owned()
}

fn id_of(upload: &Value) -> String {
    upload["upload"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn three_photos_over_a_connection_that_breaks_twice() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let bytes = picture(1_200_000);
    let begun = begin(&phone, "экран.jpg", bytes.len()).await;
    let (id, part) = (id_of(&begun), usize::try_from(begun["part"].as_u64().unwrap()).unwrap());
    put(&phone, &id, 0, &bytes[..part]).await.ok();
    // The answer to the second part was lost: the phone sends it again, then asks where it stands.
    put(&phone, &id, part, &bytes[part..2 * part]).await.ok();
    let again = put(&phone, &id, part, &bytes[part..2 * part]).await.ok();
    assert_eq!(again["upload"]["received"], 2 * part, "what is here changes nothing");
    assert_eq!(put(&phone, &id, 5, &bytes[5..part]).await.ok()["upload"]["received"], 2 * part);
    let ahead = put(&phone, &id, 2 * part + 9, &bytes[2 * part + 9..]).await;
    assert_eq!(ahead.code(), "conflict", "no hole is left");
    // The app was closed in between.
    let phone = app.mini_app(CUSTOMER);
    let whole = finish(&phone, &id, &bytes).await.ok();
    assert_eq!(whole["upload"]["content_type"], "image/jpeg");
    let mut ids = vec![id];
    for name in ["место.jpg", "общий вид.jpg"] {
        let begun = begin(&phone, name, 70_000).await;
        finish(&phone, &id_of(&begun), &picture(70_000)).await.ok();
        ids.push(id_of(&begun));
    }
    let form = json!({
        "client_key": "k", "kind": "breakdown", "guided": true, "alarm_code": "E-41",
        "symptoms": "spindle,noise", "text": "", "uploads": ids.join(","),
    });
    let made = phone.post("/app/service", &form).await.ok();
    let repeated = phone.post("/app/service", &form).await.ok();
    assert_eq!(made["request"]["number"], repeated["request"]["number"], "a resend is one request");
    let text = made["request"]["text"].as_str().unwrap();
    assert!(text.contains("E-41") && text.contains("шум"), "{text}");
    app.says(MANAGER, |m| m.text.contains("E-41")).await;
    app.settled().await;
    let path = format!("/app/requests/{}", made["request"]["number"].as_str().unwrap());
    let request = phone.get(&path).await.ok();
    let files = request["request"]["files"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    assert_eq!(
        (files[0]["name"].as_str(), files[0]["size"].as_u64()),
        (Some("экран.jpg"), Some(1_200_000))
    );
    let deal = app.amo.leads()[0].id;
    assert_eq!(app.amo.files_of(deal).len(), 3);
    app.finish().await;
}

#[tokio::test]
async fn parts_are_checked_for_size_owner_and_kind() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let neighbour = app.mini_app(NEIGHBOUR);
    let eleven = json!({ "name": "film.mp4", "size": 11 * 1024 * 1024 });
    assert_eq!(phone.post("/app/uploads", &eleven).await.code(), "too_large");
    let none = json!({ "name": "film.mp4", "size": 0 });
    assert_eq!(phone.post("/app/uploads", &none).await.code(), "invalid");

    let id = id_of(&begin(&phone, "экран.jpg", 70_000).await);
    assert_eq!(neighbour.get(&format!("/app/uploads/{id}")).await.status, 404);
    assert_eq!(put(&neighbour, &id, 0, &picture(70_000)).await.status, 404);
    let away = phone.request(Method::DELETE, &format!("/app/uploads/{id}"));
    let theirs = neighbour.request(Method::DELETE, &format!("/app/uploads/{id}"));
    assert_eq!(neighbour.send(theirs).await.status, 404);
    assert_eq!(put(&phone, &id, 0, &picture(70_001)).await.code(), "invalid", "more than was said");
    assert_eq!(put(&phone, &id, 0, &vec![7; 600 * 1024]).await.status, 413, "too large a part");
    let half = json!({ "client_key": "k", "kind": "consultation", "text": "?", "uploads": id });
    assert_eq!(phone.post("/app/service", &half).await.code(), "invalid", "it is not whole");
    finish(&phone, &id, &picture(70_000)).await.ok();
    assert_eq!(neighbour.post("/app/service", &half).await.code(), "invalid", "it is another's");
    assert_eq!(phone.send(away).await.status, 204);
    assert_eq!(phone.get(&format!("/app/uploads/{id}")).await.status, 404);

    // The whole is judged like any file.
    let id = id_of(&begin(&phone, "фото.jpg", 20).await);
    let program = finish(&phone, &id, b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0").await;
    assert_eq!(program.code(), "unsupported_file");
    assert_eq!(phone.get(&format!("/app/uploads/{id}")).await.status, 404);
    let voice = b"OggS\x00\x02 and what was said";
    let id = id_of(&begin(&phone, "голос.ogg", voice.len()).await);
    let heard = finish(&phone, &id, voice).await.ok();
    assert_eq!(heard["upload"]["content_type"], "audio/ogg");

    // After a day nobody waits for it any more.
    app.pass(TimeDelta::hours(25));
    domain::files::sweep_uploads(&app.db, &app.dealer).await.unwrap();
    let phone = app.mini_app(CUSTOMER);
    assert_eq!(phone.get(&format!("/app/uploads/{id}")).await.status, 404);
    app.finish().await;
}

#[tokio::test]
async fn photos_are_asked_for_and_may_be_refused() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let mut form = json!({
        "client_key": "k", "kind": "breakdown", "guided": true, "symptoms": "leak", "text": "Масло",
    });
    let asked = phone.post("/app/service", &form).await;
    assert_eq!(asked.code(), "invalid");
    assert!(asked.body["fields"]["without_photos"].is_string(), "{}", asked.body);
    form["symptoms"] = json!("нечто");
    form["without_photos"] = json!(true);
    assert_eq!(phone.post("/app/service", &form).await.code(), "invalid", "no such symptom");
    form["symptoms"] = json!("leak");
    let made = phone.post("/app/service", &form).await.ok();
    assert_eq!(made["request"]["text"], "Признаки: течёт\nМасло");
    app.finish().await;
}

#[tokio::test]
async fn a_draft_survives_the_app_and_goes_with_the_sending() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let park = phone.get("/app/park").await.ok();
    let machine = park["machines"][0]["id"].as_str().unwrap().to_owned();
    let form = format!("/app/service?machine={machine}");
    assert!(!phone.page(&form).await.contains(label("app-draft-drop")));
    let id = id_of(&begin(&phone, "экран.jpg", 70_000).await);
    finish(&phone, &id, &picture(70_000)).await.ok();
    let mut draft = json!({
        "machine_id": machine, "kind": "warranty", "alarm_code": "A-7", "symptoms": "heat",
        "text": "Греется после часа", "uploads": id,
    });
    assert_eq!(phone.post("/app/service/draft", &draft).await.status, 204);

    let phone = app.mini_app(CUSTOMER);
    for address in [form.as_str(), "/app/service"] {
        let page = phone.page(address).await;
        for kept in ["Греется после часа", "A-7", "экран.jpg", label("app-draft-drop")]
        {
            assert!(page.contains(kept), "{kept} at {address}");
        }
    }
    app.link(NEIGHBOUR).await;
    let neighbour = app.mini_app(NEIGHBOUR);
    assert!(!neighbour.page("/app/service").await.contains("Греется после часа"));
    assert_eq!(neighbour.post("/app/service/draft", &draft).await.status, 404, "another's machine");

    draft["client_key"] = json!("k");
    phone.post("/app/service", &draft).await.ok();
    assert!(!phone.page(&form).await.contains("Греется после часа"), "it was sent");

    draft["uploads"] = json!("");
    draft["text"] = json!("Ещё одно");
    phone.post("/app/service/draft", &draft).await;
    assert!(phone.page(&form).await.contains("Ещё одно"));
    let anew = json!({ "machine_id": machine });
    assert_eq!(phone.post("/app/service/draft/drop", &anew).await.status, 204);
    assert!(!phone.page(&form).await.contains("Ещё одно"), "the person dropped it");
    app.finish().await;
}

#[tokio::test]
async fn a_voice_message_is_kept_and_played_in_pieces() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let form = json!({ "client_key": "k", "kind": "consultation", "text": "Как настроить?" });
    phone.post("/app/service", &form).await.ok();
    let card = app.says(CUSTOMER, |m| m.button(label("bot-write")).is_some()).await;
    app.telegram.press_button(CUSTOMER, card.id, label("bot-write")).await.unwrap();
    app.says(CUSTOMER, |m| m.button(label("bot-quit")).is_some()).await;
    app.telegram.send_voice(CUSTOMER, &b"OggS\x00\x02 and what was said"[..]).unwrap();
    app.says(MANAGER, |m| m.labels().iter().any(|label| label.contains("voice-1.ogg"))).await;
    app.settled().await;
    let path = "/app/requests/SRV-2026-000001/thread";
    let words = phone.get(path).await.ok();
    let file = &words["messages"][0]["files"][0];
    assert_eq!(file["content_type"], "audio/ogg", "{words}");
    assert!(phone.page(path).await.contains("<audio controls"));
    let address = format!("/app/files/{}", file_id(file["url"].as_str().unwrap()));
    let piece = phone.request(Method::GET, &address).header("Range", "bytes=0-3");
    let piece = piece.send().await.unwrap();
    assert_eq!(piece.status(), 206);
    assert_eq!(piece.headers()["content-range"], "bytes 0-3/24");
    assert_eq!(piece.bytes().await.unwrap().as_ref(), b"OggS");
    app.finish().await;
}
