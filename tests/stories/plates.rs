//! Plates: what a camera opens for the machine's people, for strangers and for the engineer.

use chrono::TimeDelta;
use domain::approvals;
use domain::plates;
use domain::text::Phone;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::multipart::{Form, Part};
use serde_json::json;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, NEIGHBOUR, Setup, label};

const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");

/// The dealer as strangers are told, behind a proxy of their own.
fn setup() -> Setup {
    Setup {
        variables: vec![
            ("DEALER_NAME", "Станкодилер".to_owned()),
            ("DEALER_PHONE", "+7 495 123-45-67".to_owned()),
        ],
        file: format!("{}\n[leads]\nproxies = [\"127.0.0.1\"]\n", Setup::default().file),
        ..Setup::default()
    }
}

/// The id of the customer's first machine.
async fn machine(phone: &MiniApp) -> String {
    phone.get("/app/park").await.ok()["machines"][0]["id"].as_str().unwrap().to_owned()
}

/// A plate as a browser without an account sees it.
async fn face(app: &App, code: &str) -> String {
    let asked = app.http.get(format!("{}/p/{code}", app.base)).header(ACCEPT, "text/html");
    asked.send().await.unwrap().text().await.unwrap()
}

/// What stands in a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let (_, after) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    after.split('"').next().unwrap().to_owned()
}

/// The form of a page, filled by somebody at the machine.
fn filled(page: &str, phone: &str, key: &str) -> Form {
    Form::new()
        .text("opened", hidden(page, "opened"))
        .text("client_key", key.to_owned())
        .text("phone", phone.to_owned())
        .text("name", "Пётр")
        .text("text", "Искрит шкаф")
        .text("consent", "true")
}

async fn send(app: &App, code: &str, form: Form, from: &str) -> reqwest::Response {
    let path = format!("{}/p/{code}", app.base);
    let asked = app.http.post(path).header(ACCEPT, "application/json");
    asked.header("X-Forwarded-For", from.to_owned()).multipart(form).send().await.unwrap()
}

#[tokio::test]
async fn a_stranger_sees_the_model_and_calls_for_help_without_an_account() {
    let app = App::start_with(setup()).await;
    let owner = app.linked_customer().await;
    let id = machine(&owner).await;
    let passport = owner.get(&format!("/app/machines/{id}")).await.ok();
    let serial = passport["serial"].as_str().unwrap();
    let page = face(&app, &id).await;
    assert!(page.contains(passport["model"]["name"].as_str().unwrap()), "{page}");
    assert!(page.contains("Станкодилер") && page.contains("tel:+74951234567"), "{page}");
    for private in [format!("№ {serial}"), format!("№\u{a0}{serial}"), "ООО «".to_owned()] {
        assert!(!page.contains(&private), "{private}");
    }
    let photo = || Part::bytes(PHOTO).file_name("шкаф.jpg").mime_str("image/jpeg").unwrap();
    let form = || filled(&page, "+7 900 777-66-55", "one").part("files", photo());
    // A person takes longer than that.
    let hasty = send(&app, &id, form(), "203.0.113.7").await;
    assert_eq!(hasty.status(), 422);
    app.pass(TimeDelta::seconds(20));
    let made = send(&app, &id, form(), "203.0.113.7").await;
    assert_eq!(made.status(), 201);
    let made: serde_json::Value = made.json().await.unwrap();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    let twice = send(&app, &id, form(), "203.0.113.7").await;
    assert_eq!(twice.status(), 200, "a second tap is the same request");
    // Like any other: a card for the managers, a deal in the CRM with the photo, the clock runs.
    app.says(MANAGER, |m| m.text.contains(&number) && m.text.contains("Искрит шкаф")).await;
    app.settled().await;
    let deal = app.amo.leads().into_iter().find(|lead| lead.name.contains(&number));
    assert!(deal.is_some(), "the deal of {number}");
    let now = owner.get("/app/park").await.ok();
    let down = now["machines"].as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap();
    assert_eq!(down["state"], "down");
    let manager = app.mini_app(MANAGER);
    let request = manager.get(&format!("/app/requests/{number}")).await.ok();
    let text = request["request"]["text"].as_str().unwrap();
    let shown = Phone::parse("+79007776655").unwrap().shown();
    assert!(text.contains(&shown) && text.contains("не проверен"), "{text}");
    app.finish().await;
}

#[tokio::test]
async fn spam_and_hostile_files_stop_at_the_plate() {
    let app = App::start_with(setup()).await;
    let owner = app.linked_customer().await;
    let id = machine(&owner).await;
    let page = face(&app, &id).await;
    app.pass(TimeDelta::seconds(20));
    let refused = async |form: Form, from: &str| {
        let answer = send(&app, &id, form, from).await;
        let status = answer.status().as_u16();
        let body: serde_json::Value = answer.json().await.unwrap();
        (status, body["code"].as_str().unwrap().to_owned())
    };
    let trap = filled(&page, "+79007776655", "a").text("form_trap", "http://spam.example");
    assert_eq!(refused(trap, "203.0.113.1").await, (422, "invalid".to_owned()));
    let forged = Form::new().text("opened", "1.x").text("phone", "+79007776655");
    assert_eq!(refused(forged, "203.0.113.2").await, (422, "invalid".to_owned()));
    let program = Part::bytes(b"MZ\x90\0\x03 a program".as_slice()).file_name("photo.jpg");
    let hostile = filled(&page, "+79007776655", "b").part("files", program);
    let kind = refused(hostile, "203.0.113.3").await;
    assert_eq!(kind, (415, "unsupported_file".to_owned()));
    let paper = Part::bytes(b"%PDF-1.7 no photo".as_slice()).file_name("photo.pdf");
    let paper = filled(&page, "+79007776655", "c").part("files", paper);
    assert_eq!(refused(paper, "203.0.113.4").await, (422, "invalid".to_owned()));
    // The plate has had its share, whoever asks.
    let fifth = refused(filled(&page, "+79007776600", "d"), "203.0.113.5").await;
    assert_eq!(fifth, (429, "too_many_requests".to_owned()));
    // One address has a share as well, over all plates.
    let machines = owner.get("/app/park").await.ok()["machines"].clone();
    let mut statuses = Vec::new();
    for nth in 0..7 {
        let other = machines[1 + nth / 4]["id"].as_str().unwrap();
        let open = face(&app, other).await;
        let form = filled(&open, "12", &format!("n{nth}"));
        statuses.push(send(&app, other, form, "203.0.113.9").await.status().as_u16());
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 422, 429]);
    assert!(app.amo.leads().is_empty(), "nothing of it became a deal");
    app.finish().await;
}

#[tokio::test]
async fn a_page_without_scripts_says_what_is_wrong_at_the_field() {
    let app = App::start_with(setup()).await;
    let owner = app.linked_customer().await;
    let id = machine(&owner).await;
    let page = face(&app, &id).await;
    app.pass(TimeDelta::seconds(20));
    let path = format!("{}/p/{id}", app.base);
    let form = filled(&page, "12", "k");
    let answer =
        app.http.post(&path).header(ACCEPT, "text/html").multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let body = answer.text().await.unwrap();
    assert!(body.contains(label("error-phone")) && body.contains("Искрит шкаф"), "{body}");
    assert_eq!(hidden(&body, "client_key"), "k", "the next try is the same call");
    let unknown = app.http.get(format!("{}/p/ABCD2345", app.base)).header(ACCEPT, "text/html");
    let unknown = unknown.send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert!(unknown.headers()[CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    app.finish().await;
}

#[tokio::test]
async fn an_engineer_binds_a_blank_plate_and_its_owner_opens_the_passport() {
    let app = App::start_with(setup()).await;
    let owner = app.linked_customer().await;
    let id = machine(&owner).await;
    let mut tx = app.db.begin().await.unwrap();
    let (_, codes) = plates::make(&mut tx, 2, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let code = &codes[0];
    assert!(face(&app, code).await.contains(label("app-plate-blank-text")));
    let asked = json!({
        "machine_id": id, "kind": "commissioning", "text": "Запустить", "client_key": "s",
    });
    let request = owner.post("/app/service", &asked).await.ok()["request"]["number"].clone();
    let manager = app.mini_app(MANAGER);
    let path = format!("/app/requests/{}/assign", request.as_str().unwrap());
    manager.post(&path, &json!({ "engineer_telegram_id": ENGINEER })).await.ok();
    let engineer = app.mini_app(ENGINEER);
    let job = engineer.get("/app/jobs").await.ok()["jobs"][0]["id"].as_str().unwrap().to_owned();
    let found = engineer.page(&format!("/app/plates/{code}")).await;
    assert!(found.contains(&job), "the engineer is led to the job: {found}");
    let bind = format!("/app/jobs/{job}/plate");
    assert_eq!(owner.post(&bind, &json!({ "code": code })).await.status, 403);
    assert_eq!(engineer.post(&bind, &json!({ "code": "ABCD2345" })).await.status, 422);
    let scanned = format!("{}/p/{code}", app.base);
    let bound = engineer.post(&bind, &json!({ "code": scanned })).await.ok();
    assert_eq!(bound["plate"]["machine_id"], id.as_str());
    // Its people go to the passport, in the Mini App and in the chat.
    let plate = owner.get(&format!("/app/plates/{code}")).await.ok();
    assert_eq!(
        (&plate["plate"]["yours"], &plate["plate"]["machine_id"]),
        (&json!(true), &json!(id))
    );
    let passport = owner.page(&format!("/app/plates/{code}")).await;
    let shown = format!("{}-{}", &code[..4], &code[4..]);
    assert!(passport.contains(&shown), "the passport, and the plate in its history: {passport}");
    let start = format!("p_{code}");
    app.telegram.press_start(CUSTOMER, Some(&start)).unwrap();
    app.says(CUSTOMER, |m| m.text.contains(&shown)).await;
    app.finish().await;
}

#[tokio::test]
async fn access_from_a_plate_is_asked_for_and_granted_once() {
    let app = App::start_with(setup()).await;
    let owner = app.linked_customer().await;
    let id = machine(&owner).await;
    app.link(NEIGHBOUR).await;
    let neighbour = app.mini_app(NEIGHBOUR);
    let plate = format!("/app/plates/{id}");
    let seen = neighbour.get(&plate).await.ok();
    assert_eq!(seen["plate"]["yours"], false);
    assert!(seen["plate"]["machine_id"].is_null());
    let page = neighbour.page(&plate).await;
    assert!(page.contains(label("app-plate-ask")), "{page}");
    let ask = format!("{plate}/access");
    let words = json!({ "words": "Наладчик, вторая смена" });
    neighbour.post(&ask, &words).await.ok();
    neighbour.post(&ask, &words).await.ok();
    assert_eq!(neighbour.get(&format!("/app/machines/{id}")).await.status, 404, "not yet");
    let approve = label("approval-act-approve");
    let card =
        app.says(MANAGER, |m| m.text.contains("вторая смена") && m.button(approve).is_some()).await;
    app.settled().await;
    let cards = app.telegram.chat(MANAGER);
    let about = cards.iter().filter(|m| m.text.contains("вторая смена")).count();
    assert_eq!(about, 1, "asked once: {card:?}");
    app.telegram.press_button(MANAGER, card.id, approve).await.unwrap();
    app.says(NEIGHBOUR, |m| m.text.contains("Доступ открыт")).await;
    assert_eq!(neighbour.get(&format!("/app/machines/{id}")).await.status, 200);
    assert_eq!(owner.post(&ask, &words).await.status, 409, "it is theirs already");
    let open = {
        let mut db = app.db.read().await.unwrap();
        approvals::list(&mut db, Some(approvals::State::Open), None, 10).await.unwrap()
    };
    assert!(open.is_empty(), "{open:?}");
    app.finish().await;
}
