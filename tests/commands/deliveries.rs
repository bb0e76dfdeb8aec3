//! The delivery desk on the command line.

use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::{Value, json};
use tests::{CUSTOMER, Program};

use crate::{import, json, migrated};

#[tokio::test]
async fn what_was_given_up_is_listed_shown_and_tried_again() {
    let mut program = migrated().await;
    program.set("AMOCRM_FIELD_TELEGRAM_ID", "999");
    let mut serving = program.serve().await;
    let number = order(&program).await;
    // amoCRM knows no field 999: it refuses the deal for good.
    let dead = eventually(&program, "dead").await;
    let id = dead["id"].as_str().unwrap();
    assert_eq!(dead["kind"], "crm_order");
    assert!(program.amo.leads().is_empty());

    let shown = json(&program.ok(&["deliveries", "show", id, "--json"]).await);
    assert_eq!(shown["delivery"]["state"], "dead");
    assert_eq!(shown["attempts"].as_array().unwrap().len(), 1);
    let refused = shown["exchanges"].as_array().unwrap().iter().find(|call| call["status"] == 400);
    let refused = refused.expect("the refusal, word by word");
    assert!(refused["request"].as_str().unwrap().contains(&number));
    let told = program.ok(&["deliveries", "show", id]).await;
    assert!(told.contains("try 1") && told.contains("400"), "{told}");
    assert!(!told.contains("sandbox-long-lived-token"), "a secret is shown");
    assert!(program.ok(&["deliveries", "dry-run", id]).await.contains(&number));

    let line = program.refused(&["deliveries", "list", "--state", "lost"]).await;
    assert!(line.contains("--state"), "{line}");
    program.refused(&["deliveries", "retry"]).await;
    program.refused(&["deliveries", "show", "no-such-id"]).await;

    serving.terminate().await;
    program.set("AMOCRM_FIELD_TELEGRAM_ID", "712633");
    let mut serving = program.serve().await;
    assert!(program.ok(&["deliveries", "retry", id]).await.contains('1'));
    let done = eventually(&program, "delivered").await;
    assert_eq!(done["id"], id);
    assert_eq!(program.amo.leads().len(), 1);
    program.refused(&["deliveries", "retry", id]).await;
    assert!(program.ok(&["deliveries", "retry", "--dead"]).await.contains('0'));
    serving.terminate().await;
}

#[tokio::test]
async fn what_is_called_off_stays_off_and_says_why() {
    let program = migrated().await;
    let blocked = FaultPlan::all(FaultMode::BadGateway).only("/api/v4/contacts");
    program.amo.faults().set(vec![blocked]);
    let mut serving = program.serve().await;
    order(&program).await;
    let waiting = eventually(&program, "waiting").await;
    let id = waiting["id"].as_str().unwrap();
    let cancel = |id: &str, reason: &str| {
        let words = ["deliveries", "cancel", id, "--reason", reason].map(str::to_owned);
        let program = &program;
        async move { program.run(&words.each_ref().map(String::as_str)).await }
    };
    // Without a reason nothing is called off.
    assert_ne!(program.run(&["deliveries", "cancel", id]).await.code, Some(0));
    let empty = cancel(id, "  ").await;
    assert!(empty.code != Some(0) && empty.err.contains("--reason"), "{empty:?}");
    let nobody = cancel("no-such-id", "ошибка").await;
    assert!(nobody.err.contains("mypark deliveries list"), "{nobody:?}");

    let off = cancel(id, "заказ отменён по телефону").await;
    assert_eq!((off.code, off.out.trim()), (Some(0), "cancelled"));
    let again = cancel(id, "ещё раз").await;
    assert_eq!((again.code, again.out.trim()), (Some(0), "dead already; nothing changed"));
    let shown = program.ok(&["deliveries", "show", id]).await;
    assert!(shown.contains("заказ отменён по телефону"), "{shown}");
    assert!(!shown.contains("ещё раз"), "{shown}");
    program.amo.faults().clear();
    let mail = ["deliveries", "list", "--state", "delivered", "--json"];
    let sent = json(&program.ok(&mail).await);
    let sent = sent[0]["id"].as_str().expect("something was delivered").to_owned();
    let late = cancel(&sent, "поздно").await;
    assert!(late.code != Some(0) && late.err.contains("delivered"), "{late:?}");
    assert!(program.amo.leads().is_empty(), "what is called off is not made");
    serving.terminate().await;
}

#[tokio::test]
async fn connections_say_what_waits_and_why_one_is_stopped() {
    let mut program = migrated().await;
    program.set("AMOCRM_ACCESS_TOKEN", "another-token");
    let mut serving = program.serve().await;
    order(&program).await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let stopped = loop {
        let all = json(&program.ok(&["deliveries", "connections", "--json"]).await);
        let amo = all.as_array().unwrap().iter().find(|one| one["name"] == "amocrm").cloned();
        match amo.filter(|amo| amo["standing"] == "open") {
            Some(amo) => break amo,
            None => assert!(std::time::Instant::now() < deadline, "never stopped: {all:#}"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    assert!(stopped["open"].as_i64().unwrap() >= 1, "{stopped:#}");
    let said = program.ok(&["deliveries", "connections"]).await;
    let line = said.lines().find(|line| line.starts_with("amocrm")).expect("a line of its own");
    assert!(line.contains("stopped") && line.contains("401"), "{line}");
    assert!(!said.contains("another-token"), "a secret is shown");
    serving.terminate().await;
}

#[tokio::test]
async fn stopping_lets_the_work_under_way_settle_within_ten_seconds() {
    let mut program = migrated().await;
    program.set("CRM_TIMEOUT", "2s");
    let mut serving = program.serve().await;
    program
        .amo
        .faults()
        .set(vec![FaultPlan::next(FaultMode::HangAfter, 1).only("POST /api/v4/leads")]);
    order(&program).await;
    while program.amo.leads().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let (status, took) = serving.terminate().await;
    assert!(status.success(), "{status}: {}", serving.log_end());
    assert!(took.as_secs() < 10, "{took:?}");
    let list = ["deliveries", "list", "--connection", "amocrm", "--json"];
    let listed = json(&program.ok(&list).await);
    assert_eq!(listed[0]["state"], "unknown", "settled, not lost: {listed}");
}

/// A customer meets the bot and orders one part; the order's number.
async fn order(program: &Program) -> String {
    let parts = include_bytes!("../../sandbox/data/parts.csv");
    assert_eq!(import(program, "models", MODELS, false).await.code, Some(0));
    assert_eq!(import(program, "parts", parts, false).await.code, Some(0));
    for contact in [false, true] {
        let telegram = &program.telegram;
        let said = match contact {
            false => telegram.press_start(CUSTOMER, None),
            true => telegram.send_contact(CUSTOMER),
        };
        let patience = std::time::Duration::from_secs(20);
        let answer =
            telegram.wait_after(CUSTOMER, said.expect("a person"), |m| m.from_bot, patience).await;
        answer.unwrap_or_else(|error| panic!("{error}"));
    }
    let phone = program.mini_app(CUSTOMER);
    let parts = phone.get("/app/parts?q=16К20.02.114").await.ok();
    let line = json!({ "part_id": parts["parts"][0]["id"], "quantity": 1 });
    phone.post("/app/cart/items", &line).await.ok();
    let form = json!({ "client_key": "k", "delivery": "pickup" });
    let made = phone.post("/app/checkout", &form).await.ok();
    made["order"]["number"].as_str().expect("a number").to_owned()
}

const MODELS: &[u8] = include_bytes!("../../sandbox/data/models.csv");

/// The newest delivery to amoCRM, once it stands in this state.
async fn eventually(program: &Program, state: &str) -> Value {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let list = ["deliveries", "list", "--state", state, "--connection", "amocrm", "--json"];
    loop {
        let listed = json(&program.ok(&list).await);
        if let Some(first) = listed.get(0) {
            return first.clone();
        }
        let all = program.ok(&["deliveries", "list"]).await;
        assert!(std::time::Instant::now() < deadline, "never {state}:\n{all}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
