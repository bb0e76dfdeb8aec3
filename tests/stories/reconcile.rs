//! What the CRM says reaches us once, however it comes: lost, late, twice, shuffled, or as the echo
//! of our own words.

use chrono::TimeDelta;
use domain::{inbox, outbox, people, requests, watch};
use sandbox::amocrm::{HandMadeLead, HookMode, JournalMode};
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, MiniApp, STAGES, Setup};

use crate::{fill_cart, order};

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

/// A day of the managers: orders move, a case is taken up, two machines are sold, a customer
/// changes her name. Answers what the customer sees in the evening.
async fn a_day(app: &App, evening: impl AsyncFnOnce(&App)) -> Value {
    let phone = app.linked_customer().await;
    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    let case = ask_for_service(&phone, "case").await;
    app.settled().await;
    poll(app).await;
    app.amo.set_hook_mode(HookMode::Held);
    evening_of_a_day(app, &case, evening).await;
    app.settled().await;
    seen(app, &phone).await
}

async fn evening_of_a_day(app: &App, case: &str, evening: impl AsyncFnOnce(&App)) {
    let (first, second) = (deal_of(app, "ORD-2026-000001"), deal_of(app, "ORD-2026-000002"));
    let case = deal_of(app, case);
    let sold = |serial: &str| {
        app.amo.create_lead_by_hand(&HandMadeLead {
            serial: serial.to_owned(),
            model: "vmc850".to_owned(),
            telegram_id: CUSTOMER.to_string(),
            ..HandMadeLead::default()
        })
    };
    let machines = [sold("DAY-1"), sold("DAY-2")];
    let moves = [
        (first, IN_WORK),
        (machines[0], 142),
        (case, IN_WORK),
        (first, SHIPPING),
        (second, 143),
        (machines[0], IN_WORK),
        (machines[1], 142),
        (machines[0], 142),
        (first, 142),
        (case, 142),
    ];
    let contact = app.amo.contacts()[0].id;
    for (at, (lead, stage)) in moves.into_iter().enumerate() {
        app.pass(TimeDelta::minutes(40));
        assert!(app.amo.drag(lead, stage));
        if at == 4 {
            assert!(app.amo.edit_contact(contact, Some("Анна Новая"), None, Some("a@example.com")));
        }
    }
    app.pass(TimeDelta::hours(1));
    evening(app).await;
}

async fn seen(app: &App, phone: &MiniApp) -> Value {
    let mut reader = app.db.read().await.unwrap();
    let customer = people::by_telegram(&mut reader, CUSTOMER).await.unwrap().unwrap();
    drop(reader);
    let states = |list: &Value| {
        let of = |one: &Value| json!([one["number"], one["state"]]);
        list.as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let orders = phone.get("/app/orders").await.ok();
    let requests = phone.get("/app/requests").await.ok();
    let park = phone.get("/app/park").await.ok();
    let mut serials: Vec<String> = park["machines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|machine| machine["serial"].as_str().unwrap().to_owned())
        .collect();
    serials.sort();
    let chat = app.telegram.chat(CUSTOMER);
    let told = chat.iter().filter(|m| m.text.contains("оборудование зарегистрировано")).count();
    json!({
        "orders": states(&orders["orders"]),
        "requests": states(&requests["requests"]),
        "serials": serials,
        "name": customer.name,
        "email": customer.email,
        "told of machines": told,
    })
}

/// What the evening must look like, whichever way the day was told.
fn check(evening: &Value) {
    assert_eq!(evening["orders"].as_array().unwrap().len(), 2, "{evening:#}");
    for state in [json!(["ORD-2026-000001", "completed"]), json!(["ORD-2026-000002", "cancelled"])]
    {
        assert!(evening["orders"].as_array().unwrap().contains(&state), "{evening:#}");
    }
    assert_eq!(evening["requests"], json!([["SRV-2026-000001", "done"]]), "{evening:#}");
    for serial in ["DAY-1", "DAY-2"] {
        assert!(evening["serials"].as_array().unwrap().contains(&json!(serial)), "{evening:#}");
    }
    assert_eq!(evening["told of machines"], 2, "{evening:#}");
    assert_eq!(
        (&evening["name"], &evening["email"]),
        (&json!("Анна Новая"), &json!("a@example.com"))
    );
}

#[tokio::test]
async fn a_day_of_webhooks_lost_is_repaired_by_the_poll() {
    let app = App::start().await;
    let evening = a_day(&app, async |app: &App| {
        // What was held is never sent.
        app.amo.set_hook_mode(HookMode::Lost);
        poll(app).await;
    })
    .await;
    check(&evening);
    // Asked again, and again an hour later, nothing happens twice.
    poll(&app).await;
    app.pass(TimeDelta::hours(1));
    poll(&app).await;
    app.settled().await;
    assert_eq!(seen(&app, &app.mini_app(CUSTOMER)).await, evening);
    app.finish().await;
}

#[tokio::test]
async fn a_day_of_webhooks_twice_and_shuffled_ends_as_if_told_once() {
    let mut evenings = Vec::new();
    for seed in [1, 2] {
        let app = App::start().await;
        let evening = a_day(&app, async |app: &App| {
            assert!(app.amo.release_hooks(seed).await >= 22, "each webhook went out twice");
            app.amo.set_hook_mode(HookMode::Usual);
        })
        .await;
        check(&evening);
        // The poll says it all a third time.
        poll(&app).await;
        app.settled().await;
        assert_eq!(seen(&app, &app.mini_app(CUSTOMER)).await, evening);
        evenings.push(evening);
        app.finish().await;
    }
    assert_eq!(evenings[0], evenings[1]);
}

#[tokio::test]
async fn where_the_journal_is_not_to_be_had_changed_deals_are_asked_for() {
    for mode in [JournalMode::Refused, JournalMode::Unfiltered] {
        let app = App::start().await;
        let phone = app.linked_customer().await;
        app.amo.set_journal_mode(mode);
        app.amo.create_lead_by_hand(&HandMadeLead::default());
        poll(&app).await;
        app.amo.set_hook_mode(HookMode::Lost);
        app.pass(TimeDelta::hours(3));
        let lead = app.amo.create_lead_by_hand(&HandMadeLead {
            serial: "LOST-2".to_owned(),
            model: "16К20".to_owned(),
            telegram_id: CUSTOMER.to_string(),
            ..HandMadeLead::default()
        });
        assert!(app.amo.drag(lead, 142));
        poll(&app).await;
        app.settled().await;
        let park = phone.get("/app/park").await.ok();
        let known = park["machines"].as_array().unwrap().iter().any(|m| m["serial"] == "LOST-2");
        assert!(known, "{mode:?}: {park:#}");
        app.finish().await;
    }
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

#[tokio::test]
async fn silence_is_told_once_and_so_is_its_end() {
    let app = App::start().await;
    app.settled().await;
    poll(&app).await;
    let lead = app.amo.create_lead_by_hand(&HandMadeLead::default());
    app.amo.set_hook_mode(HookMode::Lost);
    let told = |words: &str| {
        let chat = app.telegram.chat(MANAGER);
        chat.iter().filter(|message| message.text.contains(words)).count()
    };
    // Ten in the morning: the deal moves, nobody tells us.
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.drag(lead, SHIPPING));
    poll(&app).await;
    app.inbox.crms.listen().await.unwrap();
    app.pass(TimeDelta::minutes(110));
    app.inbox.crms.listen().await.unwrap();
    app.settled().await;
    assert_eq!(told("не приходят"), 0, "two working hours have not passed");
    for _ in 0..3 {
        app.pass(TimeDelta::minutes(15));
        app.inbox.crms.listen().await.unwrap();
    }
    app.settled().await;
    assert_eq!(told("не приходят"), 1);
    let mut reader = app.db.read().await.unwrap();
    let shown = watch::all(&mut reader).await.unwrap();
    drop(reader);
    assert!(shown[0].silent_since.is_some(), "the desk shows it: {shown:?}");

    app.amo.set_hook_mode(HookMode::Usual);
    assert!(app.amo.drag(lead, IN_WORK));
    app.settled().await;
    for _ in 0..2 {
        app.inbox.crms.listen().await.unwrap();
    }
    app.settled().await;
    assert_eq!(told("снова приходят"), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_webhook_that_was_switched_off_is_switched_on_again_and_named() {
    let app = App::start().await;
    app.amo.set_webhook_url(None);
    let url = app.base.parse().unwrap();
    let connection = app.inbox.crms.amo().next().unwrap();
    assert!(connection.subscribe(&url).await.unwrap());
    let made = app.amo.subscriptions();
    assert!(made[0].settings.iter().any(|event| event == "status_lead"), "{made:?}");
    let told = |words: &str| {
        let chat = app.telegram.chat(MANAGER);
        chat.iter().filter(|message| message.text.contains(words)).count()
    };
    app.inbox.crms.watch_subscriptions(&url).await.unwrap();
    app.amo.switch_hooks_off();
    app.inbox.crms.watch_subscriptions(&url).await.unwrap();
    assert!(app.amo.subscriptions()[0].disabled, "once a day is enough");
    app.pass(TimeDelta::days(1));
    for _ in 0..2 {
        app.inbox.crms.watch_subscriptions(&url).await.unwrap();
    }
    app.settled().await;
    assert!(!app.amo.subscriptions()[0].disabled, "it is on again");
    assert_eq!(app.amo.subscriptions().len(), 1);
    assert_eq!(told("был отключён"), 1);

    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.settled().await;
    assert!(app.amo.drag(app.amo.leads()[0].id, IN_WORK));
    app.says(CUSTOMER, |m| m.text.contains("Подтверждён")).await;
    app.finish().await;
}
