//! The whole circle, as the demo shows it: meet, order, deal, card, won, passport, service, job.
//! The same scenes whichever CRM the dealer has.

use sandbox::amocrm::HandMadeLead;
use sandbox::bitrix24::{HandMadeDeal, Kind, UF_FILES, UF_NEXT_MAINTENANCE};
use serde_json::json;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, label};

use crate::{bitrix24, fill_cart, order};

/// A small JPEG, as phones send them.
const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");

/// The dealer's CRM as managers use it.
#[derive(Clone, Copy)]
enum Board {
    Amo,
    Portal,
}

/// A stage, under whatever name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Confirmed,
    Won,
}

impl Board {
    /// The deal that bears our number.
    fn deal(self, app: &App, number: &str) -> i64 {
        match self {
            Board::Amo => {
                let all = app.amo.leads();
                all.iter().find(|lead| lead.name.contains(number)).unwrap().id
            }
            Board::Portal => bitrix24::id(&bitrix24::deal_of(app, number)),
        }
    }

    fn drag(self, app: &App, deal: i64, stage: Stage) -> bool {
        match (self, stage) {
            (Board::Amo, Stage::Confirmed) => app.amo.drag(deal, 80_953_558),
            (Board::Amo, Stage::Won) => app.amo.drag(deal, 142),
            (Board::Portal, Stage::Confirmed) => app.bitrix24.drag(Kind::Deal, deal, "PREPARATION"),
            (Board::Portal, Stage::Won) => app.bitrix24.drag(Kind::Deal, deal, "WON"),
        }
    }

    /// A machine that is sold by hand, to somebody whose phone is known.
    fn sell(self, app: &App, serial: &str) -> i64 {
        let (serial, model) = (serial.to_owned(), "vmc850".to_owned());
        let (phone, contact) = ("+7 900 111-22-33".to_owned(), "Анна".to_owned());
        match self {
            Board::Amo => {
                let lead =
                    HandMadeLead { serial, model, phone, contact, ..HandMadeLead::default() };
                app.amo.create_lead_by_hand(&lead)
            }
            Board::Portal => {
                let deal =
                    HandMadeDeal { serial, model, phone, contact, ..HandMadeDeal::default() };
                app.bitrix24.create_deal_by_hand(&deal).unwrap()
            }
        }
    }

    fn files(self, app: &App, deal: i64) -> usize {
        match self {
            Board::Amo => app.amo.files_of(deal).len(),
            Board::Portal => app.bitrix24.files_in(Kind::Deal, deal, UF_FILES).len(),
        }
    }

    fn notes(self, app: &App, deal: i64) -> Vec<String> {
        match self {
            Board::Amo => {
                let notes = app.amo.notes_of(deal);
                notes.iter().map(|note| note.text().to_owned()).collect()
            }
            Board::Portal => bitrix24::comments(app, Kind::Deal, deal),
        }
    }

    /// Whether the case's deal is won, and its next maintenance is the 23rd of May 2027.
    fn is_done(self, app: &App, deal: i64) -> bool {
        match self {
            Board::Amo => {
                let lead = app.amo.lead(deal).unwrap();
                let midnight_in_moscow = 1_811_019_600;
                lead.status_id == 142 && lead.fields[&712_640][0].value == midnight_in_moscow
            }
            Board::Portal => {
                let deal = app.bitrix24.record(Kind::Deal, deal).unwrap();
                let next = deal[UF_NEXT_MAINTENANCE].as_str().unwrap();
                deal["STAGE_ID"] == "C1:WON" && next.starts_with("2027-05-23")
            }
        }
    }
}

#[tokio::test]
async fn the_whole_circle() {
    the_circle(App::start().await, Board::Amo).await;
}

#[tokio::test]
async fn the_whole_circle_with_bitrix24_alone() {
    the_circle(bitrix24::told().await, Board::Portal).await;
}

async fn the_circle(app: App, board: Board) {
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
    let deal = board.deal(&app, &number);
    assert!(board.drag(&app, deal, Stage::Confirmed));
    app.says(CUSTOMER, |m| m.text.contains(&number) && m.text.contains("Подтверждён")).await;

    // What is done stays open to the manager's eyes.
    assert!(board.drag(&app, deal, Stage::Won));
    app.says(CUSTOMER, |m| m.text.contains(&number) && m.text.contains("Выполнен")).await;
    let kept = app.mini_app(MANAGER).get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(kept["order"]["state"], "completed");

    // A machine that was sold by hand gets its passport when its deal is won.
    let sold = board.sell(&app, "VMC850-26-9999");
    assert!(board.drag(&app, sold, Stage::Won));
    app.says(CUSTOMER, |m| m.text.contains("VMC850-26-9999")).await;
    let park = phone.get("/app/park").await.ok();
    assert_eq!(park["machines"].as_array().unwrap().len(), 8);

    service_and_job(&app, board, &machine).await;
    app.finish().await;
}

/// The customer asks for service with a photo, the engineer does the job, the deal moves.
async fn service_and_job(app: &App, board: Board, machine: &str) {
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
    let deal = board.deal(app, &number);
    assert_eq!(board.files(app, deal), 1, "the photo hangs on the deal");
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

    assert!(board.is_done(app, deal), "the deal moved, and the date stands in its field");
    let notes = board.notes(app, deal);
    assert!(notes.iter().any(|note| note.contains("Заменён подшипник")), "{notes:#?}");
    let passport = phone.get(&format!("/app/machines/{machine}")).await.ok();
    assert_eq!(passport["next_maintenance_on"], "2027-05-23");
    let visits = passport["timeline"].as_array().unwrap();
    assert!(visits.iter().any(|event| event["kind"] == "visit"), "{visits:#?}");
    assert_eq!(passport["state"], "working");
    app.says(CUSTOMER, |m| m.text.contains(&number) && m.text.contains("закончил")).await;
    let again = engineer.post(&format!("/app/jobs/{job}/done"), &report).await;
    assert!(again.status.is_success() || again.code() == "conflict", "{again:?}");
    assert_eq!(board.notes(app, deal).len(), notes.len(), "a second tap writes nothing");
}
