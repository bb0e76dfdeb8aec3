//! Passports: on paper, of machines bought elsewhere, with hours that can hardly be, and found in a park.

use chrono::TimeDelta;
use reqwest::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName,
};
use reqwest::multipart::{Form, Part};
use serde_json::json;
use tests::{App, CUSTOMER, MANAGER, MiniApp, NEIGHBOUR, label};

const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");

async fn machine(phone: &MiniApp) -> String {
    phone.get("/app/park").await.ok()["machines"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_passport_is_one_file_that_telegram_can_fetch_for_an_hour() {
    let app = App::start().await;
    let owner = app.linked_customer().await;
    let id = machine(&owner).await;
    let page = owner.page(&format!("/app/machines/{id}")).await;
    let (_, link) = page.split_once(&format!("href=\"/app/machines/{id}/passport.pdf")).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let path = format!("/app/machines/{id}/passport.pdf{link}");
    let fetch =
        async |path: &str| app.http.get(format!("{}{path}", app.base)).send().await.unwrap();
    let file = fetch(&path).await;
    assert_eq!(file.status(), 200);
    let header = |name: HeaderName| file.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(CONTENT_TYPE), "application/pdf");
    assert!(header(CONTENT_DISPOSITION).starts_with("attachment"), "it is downloaded");
    assert_eq!(header(ACCESS_CONTROL_ALLOW_ORIGIN), "https://web.telegram.org");
    let bytes = file.bytes().await.unwrap();
    assert!(bytes.starts_with(b"%PDF-") && bytes.len() < 200_000, "{} bytes", bytes.len());
    // It is for one person, one machine and an hour.
    let forged = path.replace(&format!("u={CUSTOMER}"), &format!("u={MANAGER}"));
    assert_ne!(forged, path);
    assert_eq!(fetch(&forged).await.status(), 401);
    let bare = format!("/app/machines/{id}/passport.pdf");
    assert_eq!(fetch(&bare).await.status(), 401);
    app.link(NEIGHBOUR).await;
    assert_eq!(app.mini_app(NEIGHBOUR).get(&bare).await.status, 404);
    app.pass(TimeDelta::minutes(61));
    assert_eq!(fetch(&path).await.status(), 401);
    app.finish().await;
}

#[tokio::test]
async fn a_machine_bought_elsewhere_gets_a_passport_when_a_manager_agrees() {
    let app = App::start().await;
    app.link(NEIGHBOUR).await;
    let phone = app.mini_app(NEIGHBOUR);
    let photo = || Part::bytes(PHOTO).file_name("шильдик.jpg").mime_str("image/jpeg").unwrap();
    let form = |serial: &str| {
        Form::new().text("serial", serial.to_owned()).text("other_model", "ИР500ПМФ4")
    };
    let bare = phone.post_form("/app/machines", form("А-77/2")).await;
    assert_eq!((bare.status.as_u16(), bare.code()), (422, "invalid"), "no photo");
    let sent = phone.post_form("/app/machines", form("А-77/2").part("files", photo())).await;
    assert_eq!(sent.ok()["claim"]["state"], "asked");
    let again = phone.post_form("/app/machines", form("а 77 2").part("files", photo())).await;
    assert_eq!(again.ok()["claim"]["state"], "asked", "the same serial is the same wish");
    let approve = label("approval-act-approve");
    let fits = |text: &str| text.contains("ИР500ПМФ4") && text.contains("77");
    let card = app.says(MANAGER, |m| fits(&m.text) && m.button(approve).is_some()).await;
    let attached = card.labels().into_iter().find(|label| label.contains("шильдик"));
    assert!(attached.is_some(), "the photo is opened from the card: {:?}", card.labels());
    let before = phone.get("/app/park").await.ok()["machines"].as_array().unwrap().len();
    app.telegram.press_button(MANAGER, card.id, approve).await.unwrap();
    app.says(NEIGHBOUR, |m| m.text.contains("паспорт готов")).await;
    let park = phone.get("/app/park").await.ok()["machines"].clone();
    let park = park.as_array().unwrap();
    assert_eq!(park.len(), before + 1);
    let made = park.iter().find(|one| one["model"]["name"] == "ИР500ПМФ4").unwrap();
    assert!(made["serial"].as_str().unwrap().contains("77"), "{made}");
    // The serial of a known machine asks for access to it instead, and says nothing more.
    let owner = app.linked_customer().await;
    let known = owner.get("/app/park").await.ok()["machines"][0]["serial"].clone();
    let known = form(known.as_str().unwrap()).part("files", photo());
    let known = phone.post_form("/app/machines", known).await.ok();
    assert_eq!(known["claim"]["state"], "access_asked");
    app.finish().await;
}

#[tokio::test]
async fn hours_that_can_hardly_be_are_asked_about_once_more() {
    let app = App::start().await;
    let owner = app.linked_customer().await;
    let id = machine(&owner).await;
    let path = format!("/app/machines/{id}/hours");
    let known = owner.get(&format!("/app/machines/{id}")).await.ok()["hours"].as_i64().unwrap_or(0);
    owner.post(&path, &json!({ "hours": known + 10, "sure": true })).await.ok();
    app.pass(TimeDelta::hours(6));
    let leap = owner.post(&path, &json!({ "hours": known + 500 })).await;
    assert_eq!((leap.status.as_u16(), leap.code()), (422, "invalid"));
    assert_eq!(leap.body["fields"]["hours"], label("error-hours-fast"));
    let form = [("hours", (known + 500).to_string())];
    let page = owner.request(reqwest::Method::POST, &path).form(&form);
    let mut page = page.header("hx-request", "true").build().unwrap();
    page.headers_mut().insert(ACCEPT, "text/html".parse().unwrap());
    let page = app.http.execute(page).await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains(label("app-hours-sure")) && page.contains("name=\"sure\""), "{page}");
    owner.post(&path, &json!({ "hours": known + 500, "sure": true })).await.ok();
    app.pass(TimeDelta::hours(12));
    owner.post(&path, &json!({ "hours": known + 510 })).await.ok();
    let passport = owner.get(&format!("/app/machines/{id}")).await.ok();
    assert_eq!(passport["hours"], known + 510);
    let history = passport["timeline"].as_array().unwrap();
    assert_eq!(history.iter().filter(|event| event["kind"] == "hours").count(), 3);
    app.finish().await;
}

#[tokio::test]
async fn a_park_is_searched_however_a_serial_is_written() {
    let app = App::start().await;
    let owner = app.linked_customer().await;
    let all = owner.get("/app/park").await.ok()["machines"].as_array().unwrap().clone();
    let one = &all[0];
    let serial = one["serial"].as_str().unwrap();
    let model = one["model"]["name"].as_str().unwrap();
    // Latin twins of Cyrillic letters, a dash, small letters.
    let twin = model.replace('К', "k").replace('М', "m").replace('Р', "p").replace('Т', "t");
    for query in [serial.to_owned(), format!("{twin}-{serial}"), model.to_lowercase()] {
        let found = owner.get(&format!("/app/park?q={}", urlencoded(&query))).await.ok();
        let found = found["machines"].as_array().unwrap();
        assert!(found.iter().any(|known| known["id"] == one["id"]), "{query}: {found:?}");
    }
    let none = owner.get("/app/park?q=nothing-like-that").await.ok();
    assert!(none["machines"].as_array().unwrap().is_empty());
    app.finish().await;
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn who_leaves_a_company_sees_its_machines_no_more() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let me = phone.get("/app/me").await.ok();
    let companies = phone.get("/app/company").await.ok()["companies"].clone();
    assert!(!companies.as_array().unwrap().is_empty(), "{companies}");
    assert_eq!(me["consent"]["due"], false, "agreed in the chat");
    let page = phone.page("/app/me").await;
    assert!(page.contains(label("app-consent-by-bot")), "{page}");
    let before = phone.get("/app/park").await.ok()["machines"].as_array().unwrap().len();
    let path = format!("/app/company/{}/leave", companies[0]["id"].as_str().unwrap());
    phone.post(&path, &json!({})).await.ok();
    assert_eq!(phone.post(&path, &json!({})).await.status, 404, "once");
    let after = phone.get("/app/park").await.ok()["machines"].as_array().unwrap().len();
    assert!(after <= before);
    assert!(phone.get("/app/company").await.ok()["companies"].as_array().unwrap().is_empty());
    phone.post("/app/me/consent", &json!({})).await.ok();
    let page = phone.page("/app/me").await;
    assert!(page.contains(label("app-consent-by-app")), "{page}");
    app.finish().await;
}
