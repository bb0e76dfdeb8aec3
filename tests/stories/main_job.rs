//! The whole circle, as the demo shows it: meet, order, deal, card, won, passport, service, job.

use sandbox::amocrm::HandMadeLead;
use serde_json::json;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, label};

use crate::{fill_cart, order};

/// A small JPEG, as phones send them.
const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");

#[tokio::test]
async fn the_whole_circle() {
    let app = App::start().await;

    // The customer meets the bot; the machines of her company are found by her phone.
    app.telegram.press_start(CUSTOMER, None).unwrap();
    let hello = app.says(CUSTOMER, |m| m.text.contains("Поделитесь телефоном")).await;
    assert!(hello.text.contains("согла"), "consent is asked: {}", hello.text);
    app.telegram.send_foreign_contact(CUSTOMER, "79990001122", Some(77)).unwrap();
    app.says(CUSTOMER, |m| m.text.contains("чужой контакт")).await;
    app.telegram.send_contact(CUSTOMER).unwrap();
    app.says(CUSTOMER, |m| m.text.contains("Тульский станочный цех")).await;

    // The park and a passport, in the Mini App.
    let phone = app.mini_app(CUSTOMER);
    let park = phone.get("/app/park").await.ok();
    assert_eq!(park["machines"].as_array().unwrap().len(), 7);
    let machine = park["machines"].as_array().unwrap().iter().find(|m| m["serial"] == "1234");
    let machine = machine.unwrap()["id"].as_str().unwrap().to_owned();
    let passport = phone.get(&format!("/app/machines/{machine}")).await.ok();
    assert_eq!(passport["warranty_until"], "2027-06-20");
    assert!(!passport["specification"].as_array().unwrap().is_empty());

    // Parts into the cart, an order, a deal, a card for the manager.
    fill_cart(&phone, 2).await;
    let number = order(&phone, "checkout").await["number"].as_str().unwrap().to_owned();
    let card = app.says(MANAGER, |m| m.text.contains(&number)).await;
    app.telegram.press_button(MANAGER, card.id, label("bot-take")).await.unwrap();
    let taken = app.says(MANAGER, |m| m.text.contains(&number) && m.text.contains("Мария")).await;
    assert_eq!(taken.id, card.id, "the card itself shows who took it");
    app.settled().await;
    let lead = app.amo.leads().into_iter().find(|lead| lead.name.contains(&number)).unwrap();
    assert!(app.amo.drag(lead.id, 80_953_558));
    app.says(CUSTOMER, |m| m.text.contains(&number) && m.text.contains("Подтверждён")).await;

    // What is done stays open to the manager's eyes.
    assert!(app.amo.drag(lead.id, 142));
    app.says(CUSTOMER, |m| m.text.contains(&number) && m.text.contains("Выполнен")).await;
    let kept = app.mini_app(MANAGER).get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(kept["order"]["state"], "completed");

    // A machine that was sold by hand gets its passport when its deal is won.
    let sold = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "VMC850-26-9999".to_owned(),
        model: "vmc850".to_owned(),
        phone: "+7 900 111-22-33".to_owned(),
        contact: "Анна".to_owned(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(sold, 142));
    app.says(CUSTOMER, |m| m.text.contains("VMC850-26-9999")).await;
    let park = phone.get("/app/park").await.ok();
    assert_eq!(park["machines"].as_array().unwrap().len(), 8);

    service_and_job(&app, &machine).await;
    app.finish().await;
}

/// The customer asks for service with a photo, the engineer does the job, the deal moves.
async fn service_and_job(app: &App, machine: &str) {
    let phone = app.mini_app(CUSTOMER);
    let file = reqwest::multipart::Part::bytes(PHOTO).file_name("шпиндель.jpg");
    let form = reqwest::multipart::Form::new()
        .text("machine_id", machine.to_owned())
        .text("kind", "breakdown")
        .text("machine_down", "true")
        .text("text", "Не включается шпиндель")
        .text("client_key", "service")
        .part("files", file.mime_str("image/jpeg").unwrap());
    let made = phone.post_form("/app/service", form).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    assert_eq!(number, "SRV-2026-000001");
    let card = app.says(MANAGER, |m| m.text.contains(&number)).await;
    assert!(card.text.contains("Не включается шпиндель") && card.text.contains("стоит"));
    app.settled().await;
    let lead = app.amo.leads().into_iter().find(|lead| lead.name.contains(&number)).unwrap();
    assert_eq!(app.amo.files_of(lead.id).len(), 1, "the photo hangs on the deal");
    let park = phone.get("/app/park").await.ok();
    let down = park["machines"].as_array().unwrap().iter().find(|m| m["id"] == machine).unwrap();
    assert_eq!(down["state"], "down");

    let manager = app.mini_app(MANAGER);
    manager.post(&format!("/app/requests/{number}/take"), &json!({})).await.ok();
    let assign = json!({ "engineer_telegram_id": ENGINEER });
    manager.post(&format!("/app/requests/{number}/assign"), &assign).await.ok();
    app.says(ENGINEER, |m| m.text.contains(&number)).await;
    let engineer = app.mini_app(ENGINEER);
    let jobs = engineer.get("/app/jobs").await.ok();
    let job = jobs["jobs"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(jobs["jobs"][0]["request_number"], number);
    for step in ["accept", "start", "pause", "start"] {
        engineer.post(&format!("/app/jobs/{job}/{step}"), &json!({})).await.ok();
    }
    let report = json!({
        "report": "Заменён подшипник, проверено под нагрузкой", "hours": 4200,
        "next_maintenance_on": "2027-05-23",
    });
    engineer.post(&format!("/app/jobs/{job}/done"), &report).await.ok();
    app.settled().await;

    let lead = app.amo.lead(lead.id).unwrap();
    assert_eq!(lead.status_id, 142, "the deal moved");
    let next = &lead.fields[&712_640][0].value;
    let midnight_in_moscow = 1_811_019_600;
    assert_eq!(*next, midnight_in_moscow, "23 May 2027 stands in its field");
    let notes = app.amo.notes_of(lead.id);
    assert!(notes.iter().any(|note| note.text().contains("Заменён подшипник")), "{notes:#?}");
    let passport = phone.get(&format!("/app/machines/{machine}")).await.ok();
    assert_eq!(passport["next_maintenance_on"], "2027-05-23");
    let visits = passport["timeline"].as_array().unwrap();
    assert!(visits.iter().any(|event| event["kind"] == "visit"), "{visits:#?}");
    assert_eq!(passport["state"], "working");
    app.says(CUSTOMER, |m| m.text.contains(&number) && m.text.contains("закончил")).await;
    let again = engineer.post(&format!("/app/jobs/{job}/done"), &report).await;
    assert!(again.status.is_success() || again.code() == "conflict", "{again:?}");
    assert_eq!(app.amo.notes_of(lead.id).len(), notes.len(), "a second tap writes nothing");
}
