//! What the CRM says reaches us once, however it comes: lost, late, twice, shuffled, or as the echo
//! of our own words.

use chrono::TimeDelta;
use domain::{inbox, outbox, people, requests, watch};
use sandbox::amocrm::{HandMadeLead, HookMode, JournalMode};
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, MiniApp, STAGES, Setup};

use crate::{fill_cart, order};

mod days;
mod silence;

const IN_WORK: i64 = 80_953_558;
const SHIPPING: i64 = 80_953_562;

async fn poll(app: &App) {
    app.inbox.crms.reconcile(TimeDelta::zero()).await;
}

/// Waits until everything that came in was worked on, whatever still waits to go out.
async fn followed(app: &App) {
    app.eventually("an empty inbox", async || {
        let mut reader = app.db.read().await.ok()?;
        (inbox::waiting(&mut reader).await.ok()? == 0).then_some(())
    })
    .await;
}

async fn ask_for_service(phone: &MiniApp, key: &str) -> String {
    let park = phone.get("/app/park").await.ok();
    let form = reqwest::multipart::Form::new()
        .text("machine_id", park["machines"][0]["id"].as_str().unwrap().to_owned())
        .text("kind", "breakdown")
        .text("text", "Шумит шпиндель")
        .text("client_key", key.to_owned());
    let made = phone.post_form("/app/service", form).await.ok();
    made["request"]["number"].as_str().unwrap().to_owned()
}

fn deal_of(app: &App, number: &str) -> i64 {
    app.amo.leads().into_iter().find(|lead| lead.name.contains(number)).unwrap().id
}

#[tokio::test]
async fn one_polls_at_a_time_and_goes_on_from_where_the_last_one_came() {
    let app = App::start().await;
    poll(&app).await;
    let asked = |app: &App| {
        app.amo.calls().iter().filter(|call| call.path.contains("/api/v4/events")).count()
    };
    assert_eq!(asked(&app), 0, "nothing of before we were connected is asked for");
    app.pass(TimeDelta::minutes(11));
    let every = TimeDelta::minutes(10);
    let crms = &app.inbox.crms;
    tokio::join!(crms.reconcile(every), crms.reconcile(every), crms.reconcile(every));
    assert_eq!(asked(&app), 1, "three at once are one poll");
    app.pass(TimeDelta::minutes(5));
    crms.reconcile(every).await;
    assert_eq!(asked(&app), 1, "it is not due yet");

    // A poll that fails comes nowhere: the next one asks from the same place.
    let mut reader = app.db.read().await.unwrap();
    let before = watch::of(&mut reader, "amo").await.unwrap().unwrap();
    drop(reader);
    let lead = app.amo.create_lead_by_hand(&HandMadeLead::default());
    app.pass(TimeDelta::minutes(6));
    assert!(app.amo.drag(lead, IN_WORK) && app.amo.drag(lead, 142));
    app.amo
        .faults()
        .set(vec![FaultPlan::next(FaultMode::ErrorBefore, 1).only("GET /api/v4/events")]);
    crms.reconcile(every).await;
    let mut reader = app.db.read().await.unwrap();
    let failed = watch::of(&mut reader, "amo").await.unwrap().unwrap();
    assert_eq!(failed.polled_to, before.polled_to);
    assert!(failed.polled_at > before.polled_at);
    drop(reader);
    app.pass(TimeDelta::minutes(11));
    crms.reconcile(every).await;
    let mut reader = app.db.read().await.unwrap();
    let after = watch::of(&mut reader, "amo").await.unwrap().unwrap();
    drop(reader);
    assert!(after.polled_to > before.polled_to, "{after:?}");
    app.finish().await;
}

/// Our side moves the case: the deal is told.
async fn advance(app: &App, case: &str, to: requests::State) {
    let mut tx = app.db.begin().await.unwrap();
    assert!(requests::advance(&mut tx, &app.dealer, &case.into(), to, None).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn our_own_echo_changes_nothing_and_a_managers_change_back_does() {
    let waiting = "waiting_parts = \"80953562\"\ndone = \"142\"\ncancelled = \"143\"\n";
    let (orders, _) = STAGES.split_once("[connection.stages.request]").unwrap();
    let requests = "new = \"80953554\"\nin_progress = \"80953558\"\n";
    let file = format!("{orders}[connection.stages.request]\n{requests}{waiting}");
    let app = App::start_with(Setup { file, ..Setup::default() }).await;
    let phone = app.linked_customer().await;
    let number = ask_for_service(&phone, "echo").await;
    app.settled().await;
    let lead = deal_of(&app, &number);
    let state = async || {
        let request = phone.get(&format!("/app/requests/{number}")).await.ok();
        request["request"]["state"].as_str().unwrap().to_owned()
    };
    let entity = {
        let mut reader = app.db.read().await.unwrap();
        let id = lead.to_string();
        domain::links::entities(&mut reader, "amo", "lead", &id).await.unwrap()[0].clone()
    };
    let case = entity.trim_start_matches("request:");

    // We say «in work»; before its echo comes we are further, and the deal is not.
    app.pass(TimeDelta::minutes(1));
    app.amo.set_hook_mode(HookMode::Held);
    advance(&app, case, requests::State::InProgress).await;
    app.settled().await;
    assert_eq!(app.amo.lead(lead).unwrap().status_id, IN_WORK);
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::ErrorBefore).only("PATCH /api/v4/leads")]);
    advance(&app, case, requests::State::WaitingParts).await;
    app.pass(TimeDelta::minutes(1));
    assert!(app.amo.release_hooks(7).await > 0);
    followed(&app).await;
    assert_eq!(state().await, "waiting_parts", "the echo of «in work» is our own word");

    // A refusal that comes after the clock has moved would wait by the later hour.
    app.eventually("a refused move", async || {
        let open = app.open().await;
        open.iter().any(|delivery| delivery.state == outbox::State::Waiting).then_some(())
    })
    .await;
    app.amo.set_hook_mode(HookMode::Usual);
    app.amo.faults().clear();
    app.pass(TimeDelta::hours(2));
    app.settled().await;
    assert_eq!(app.amo.lead(lead).unwrap().status_id, SHIPPING);
    assert_eq!(state().await, "waiting_parts");

    // A manager moves the deal back to where we once had it, and forth again.
    for (stage, expected) in [(IN_WORK, "in_progress"), (SHIPPING, "waiting_parts")] {
        app.pass(TimeDelta::minutes(1));
        assert!(app.amo.drag(lead, stage));
        app.settled().await;
        assert_eq!(state().await, expected, "a manager's change is no echo");
    }
    app.finish().await;
}
