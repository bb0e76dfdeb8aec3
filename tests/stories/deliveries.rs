//! Once in effect: whatever a CRM does to a call, an order ends as one deal.

use chrono::TimeDelta;
use domain::outbox::State;
use sandbox::faults::{FaultMode, FaultPlan};
use sandbox::telegram::PersonSpec;
use tests::{App, MANAGER, MiniApp, Setup};

use crate::{fill_cart, order};

/// Quick time-outs, so that a hanging CRM does not hang the story.
pub(crate) fn impatient() -> Setup {
    let variables = vec![("CRM_TIMEOUT", "2s".to_owned()), ("CRM_SEARCH_LAG", "4s".to_owned())];
    Setup { variables, ..Setup::default() }
}

/// The calls by which a request with a file becomes a deal, in their order: each one fails in turn.
const STEPS: [(&str, &str); 8] = [
    ("the account", "GET /api/v4/account"),
    ("the search for the contact", "GET /api/v4/contacts"),
    ("the contact", "POST /api/v4/contacts"),
    ("the deal", "POST /api/v4/leads"),
    ("the note", "POST /notes"),
    ("the upload", "POST /v1.0/sessions"),
    ("a part of the upload", "POST /v1.0/sessions/upload"),
    ("hanging the file on the deal", "PUT /files"),
];

/// A small JPEG, as phones send them.
const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");

/// Each step of a deal fails so once, each time for another customer; each time there must be one
/// deal, one contact, one note and one file in the end.
async fn one_of_each_in_spite_of(mode: FaultMode) {
    let app = App::start_with(impatient()).await;
    for (person, (step, route)) in (6101..).zip(STEPS) {
        let told = format!("{mode:?} at {step}");
        let phone = format!("+7900666{person}");
        let caller = newcomer(&app, person, &phone).await;
        let before = app.amo.faults().fired();
        app.amo.faults().set(vec![FaultPlan::next(mode, 1).only(route)]);
        let number = ask_for_service(&caller).await;
        time_passes_until_all_is_delivered(&app).await;
        // The account is asked for once in the life of a process.
        assert_eq!(app.amo.faults().fired(), before + 1, "{told}: it did not strike");

        let leads = app.amo.leads();
        let deals: Vec<_> = leads.iter().filter(|lead| lead.name.contains(&number)).collect();
        let [deal] = deals.as_slice() else { panic!("{told}: {} deals", deals.len()) };
        let notes = app.amo.notes_of(deal.id);
        let notes = notes.iter().filter(|note| note.text().contains(&number)).count();
        assert_eq!(notes, 1, "{told}: one note");
        assert_eq!(app.amo.files_of(deal.id).len(), 1, "{told}: one file on the deal");
        let contacts = app.amo.contacts();
        let contacts: Vec<_> = contacts.iter().filter(|c| c.phones().contains(&phone)).collect();
        let [contact] = contacts.as_slice() else { panic!("{told}: {} contacts", contacts.len()) };
        assert_eq!(deal.main_contact(), Some(contact.id), "{told}: the deal hangs on the contact");
    }
    app.finish().await;
}

/// A person whom nobody knew meets the bot and shares the phone.
pub(crate) async fn newcomer(app: &App, person: i64, phone: &str) -> MiniApp {
    app.telegram.person(PersonSpec {
        id: person,
        first_name: format!("Клиент {person}"),
        language_code: Some("ru".to_owned()),
        phone: phone.trim_start_matches('+').to_owned(),
        ..PersonSpec::default()
    });
    app.link(person).await;
    app.mini_app(person)
}

/// Asks for help with a photo; the number of the request.
pub(crate) async fn ask_for_service(caller: &MiniApp) -> String {
    let photo = reqwest::multipart::Part::bytes(PHOTO).file_name("станок.jpg");
    let form = reqwest::multipart::Form::new()
        .text("kind", "consultation")
        .text("text", "Не держит размер")
        .text("client_key", "k")
        .part("files", photo.mime_str("image/jpeg").unwrap());
    let made = caller.post_form("/app/service", form).await.ok();
    made["request"]["number"].as_str().unwrap().to_owned()
}

/// Moves the clock on whenever nothing is under way, until nothing is left.
pub(crate) async fn time_passes_until_all_is_delivered(app: &App) {
    let mut quiet = 0;
    for _ in 0..4_000 {
        let open = app.open().await;
        if open.is_empty() {
            return;
        }
        let running = open.iter().any(|delivery| delivery.state == State::Running);
        quiet = if running { 0 } else { quiet + 1 };
        if quiet == 4 {
            quiet = 0;
            app.pass(TimeDelta::minutes(6));
        }
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    }
    panic!("it is never delivered: {:#?}", app.open().await);
}

macro_rules! one_of_each {
    ($($story:ident: $mode:ident,)*) => {$(
        #[tokio::test]
        async fn $story() {
            one_of_each_in_spite_of(FaultMode::$mode).await;
        }
    )*};
}

one_of_each! {
    too_many_requests_at_any_step_make_one_of_each: RateLimited,
    a_revoked_token_at_any_step_makes_one_of_each: Unauthorized,
    an_unpaid_account_at_any_step_makes_one_of_each: PaymentRequired,
    a_block_at_any_step_makes_one_of_each: Blocked,
    a_500_before_the_work_at_any_step_makes_one_of_each: ErrorBefore,
    a_500_after_the_work_at_any_step_makes_one_of_each: ErrorAfter,
    a_502_at_any_step_makes_one_of_each: BadGateway,
    silence_without_the_work_at_any_step_makes_one_of_each: HangBefore,
    silence_after_the_work_at_any_step_makes_one_of_each: HangAfter,
    a_connection_that_breaks_before_the_work_makes_one_of_each: DropBefore,
    a_connection_that_breaks_after_the_work_makes_one_of_each: DropAfter,
    half_an_answer_at_any_step_makes_one_of_each: HalfAnswer,
    garbage_at_any_step_makes_one_of_each: Garbage,
}

#[tokio::test]
async fn a_deal_that_shows_late_is_looked_for_twice_and_not_made_again() {
    let variables = vec![("CRM_TIMEOUT", "2s".to_owned()), ("CRM_SEARCH_LAG", "2m".to_owned())];
    // Longer than anybody was told: it shows between the first look and the second one.
    let search_lag = std::time::Duration::from_secs(6 * 60);
    let app = App::start_with(Setup { variables, search_lag, ..Setup::default() }).await;
    let phone = app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::DropAfter, 1).only("POST /api/v4/leads");
    app.amo.faults().set(vec![fault]);
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    let looked = async |times: i64| {
        app.eventually("a look", async || {
            let open = app.open().await;
            let deal = open.into_iter().find(|delivery| delivery.kind == "crm_order")?;
            (deal.state == State::Unknown && deal.looks == times).then_some(deal.run_at)
        })
        .await
    };
    app.at(looked(0).await);
    let again = looked(1).await;
    assert_eq!(again - app.clock.now(), TimeDelta::minutes(2), "the time that a search needs");
    app.at(again);
    app.settled().await;
    let deals = app.amo.leads();
    assert_eq!(deals.iter().filter(|lead| lead.name.contains(&number)).count(), 1);
    app.finish().await;
}

#[tokio::test]
async fn the_next_order_does_not_make_the_contact_again_while_the_first_one_is_in_doubt() {
    let app = App::start_with(impatient()).await;
    let phone = app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::ErrorAfter, 1).only("POST /api/v4/contacts");
    app.amo.faults().set(vec![fault]);
    for key in ["first", "next"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
        app.eventually("a failed attempt", async || {
            let open = app.open().await;
            let newest = open.iter().find(|delivery| delivery.kind == "crm_order")?;
            (newest.attempts == 1 && newest.state != State::Running).then_some(())
        })
        .await;
    }
    assert!(app.amo.leads().is_empty());
    for _ in 0..10 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    app.settled().await;
    assert_eq!(app.amo.contacts().len(), 1, "one customer is one contact");
    assert_eq!(app.amo.leads().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_refusal_is_dead_at_once_with_the_words_of_the_crm() {
    let app = App::start_with(Setup {
        variables: vec![("AMOCRM_FIELD_SERIAL_ID", "999".to_owned())],
        ..Setup::default()
    })
    .await;
    let phone = app.linked_customer().await;
    let park = phone.get("/app/park").await.ok();
    let parts = phone.get("/app/parts?q=16К20.02.114").await.ok();
    let body = serde_json::json!({
        "part_id": parts["parts"][0]["id"], "quantity": 1,
        "machine_id": park["machines"][0]["id"],
    });
    phone.post("/app/cart/items", &body).await.ok();
    order(&phone, "k").await;
    let dead = app
        .eventually("a dead delivery", async || {
            app.open().await.into_iter().find(|d| d.state == State::Dead)
        })
        .await;
    assert_eq!(dead.attempts, 1);
    let words = dead.last_error.unwrap();
    assert!(words.contains("400"), "{words}");
    let mut reader = app.db.read().await.unwrap();
    let (_, attempts, exchanges) = domain::outbox::show(&mut reader, &dead.id).await.unwrap();
    drop(reader);
    assert_eq!(attempts.len(), 1);
    let refused = exchanges.iter().find(|exchange| exchange.status == Some(400)).unwrap();
    assert!(refused.request.contains("ORD-2026-000001"), "the raw request is kept");
    assert!(refused.response.as_deref().unwrap().contains("validation-errors"));
    for exchange in &exchanges {
        let all = format!("{exchange:?}");
        assert!(!all.contains("sandbox-long-lived-token"), "no token is kept: {all}");
    }
    let desk = app.mini_app(MANAGER).page("/app/desk").await;
    assert!(desk.contains("ORD-2026-000001"), "the manager sees what did not reach the CRM");
    app.stop().await;
}

#[tokio::test]
async fn a_crm_that_is_down_delays_neither_mail_nor_telegram() {
    let app = App::start_with(impatient()).await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::HangBefore)]);
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.says(MANAGER, |message| message.text.contains(&number)).await;
    app.eventually("the copy", async || (app.mailbox.mails().len() == 1).then_some(())).await;
    assert!(app.amo.leads().is_empty());
    app.stop().await;
}
