//! Fields that move both ways.

use super::*;

async fn next_of(phone: &MiniApp, serial: &str) -> Value {
    machine_of(phone, serial).await.unwrap()["next_maintenance_on"].clone()
}

/// The midnight of a day in Moscow, as amoCRM keeps dates.
fn midnight(day: &str) -> i64 {
    let text = format!("{day}T00:00:00+03:00");
    chrono::DateTime::parse_from_rfc3339(&text).unwrap().timestamp()
}

fn date_in(app: &App, lead: i64) -> Value {
    app.amo.lead(lead).unwrap().fields[&FIELD_NEXT][0].value.clone()
}

/// The engineer comes, and agrees on the next date.
pub(crate) async fn visit(app: &App, phone: &MiniApp, machine: &Value, next: &str) {
    let form = reqwest::multipart::Form::new()
        .text("machine_id", machine["id"].as_str().unwrap().to_owned())
        .text("kind", "maintenance")
        .text("text", "Плановое ТО")
        .text("client_key", format!("visit-{next}"));
    let made = phone.post_form("/app/service", form).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    let manager = app.mini_app(MANAGER);
    manager.post(&format!("/app/requests/{number}/take"), &json!({})).await.ok();
    let assign = json!({ "engineer_telegram_id": ENGINEER });
    manager.post(&format!("/app/requests/{number}/assign"), &assign).await.ok();
    let engineer = app.mini_app(ENGINEER);
    let jobs = engineer.get("/app/jobs").await.ok();
    let jobs = jobs["jobs"].as_array().unwrap().clone();
    let job = jobs.iter().find(|job| job["request_number"] == *number).unwrap();
    let job = job["id"].as_str().unwrap();
    for step in ["accept", "start"] {
        engineer.post(&format!("/app/jobs/{job}/{step}"), &json!({})).await.ok();
    }
    let report = json!({ "report": "Сделано", "next_maintenance_on": next });
    engineer.post(&format!("/app/jobs/{job}/done"), &report).await.ok();
}

/// What the history says of the plan.
pub(crate) fn plans(seen: &Value) -> Vec<String> {
    let events = seen["timeline"].as_array().unwrap().iter();
    let plans = events.filter(|event| event["kind"] == "plan");
    plans.map(|event| event["title"].as_str().unwrap().replace('\u{a0}', " ")).collect()
}

#[tokio::test]
async fn a_date_moves_both_ways_and_the_later_change_counts() {
    let app = dealer().await;
    let phone = app.linked_customer().await;
    let deal = HandMadeLead {
        next_maintenance: "2027-01-15".to_owned(),
        ..sold("BOTH-WAYS", "vmc850", CUSTOMER)
    };
    let deal = app.amo.create_lead_by_hand(&deal);
    assert!(app.amo.drag(deal, WON));
    app.says(CUSTOMER, |m| m.text.contains("BOTH-WAYS")).await;
    app.settled().await;
    assert_eq!(next_of(&phone, "BOTH-WAYS").await, "2027-01-15");

    // Moved there: the plan follows, and says so.
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.edit_lead_field(deal, FIELD_NEXT, "2027-03-01"));
    app.settled().await;
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-03-01");
    assert_eq!(plans(&seen).len(), 1, "{seen:#}");
    assert!(plans(&seen)[0].contains("15 января 2027") && plans(&seen)[0].contains("1 марта 2027"));

    // Agreed here: the deal by which the machine was sold says so, and its echo changes nothing.
    app.pass(TimeDelta::minutes(10));
    visit(&app, &phone, &seen, "2027-06-01").await;
    app.settled().await;
    assert_eq!(date_in(&app, deal), midnight("2027-06-01"));
    poll(&app).await;
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-06-01");
    assert_eq!(plans(&seen).len(), 1, "our own word is no news: {seen:#}");

    // Both move it, and nobody has heard of the other: here was later.
    app.amo.set_hook_mode(HookMode::Held);
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.edit_lead_field(deal, FIELD_NEXT, "2027-07-07"));
    app.pass(TimeDelta::minutes(10));
    visit(&app, &phone, &seen, "2027-08-08").await;
    app.settled().await;
    assert_eq!(date_in(&app, deal), midnight("2027-08-08"));
    app.amo.release_hooks(3).await;
    app.amo.set_hook_mode(HookMode::Usual);
    app.settled().await;
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-08-08");
    assert_eq!(plans(&seen).len(), 2, "{seen:#}");
    assert!(plans(&seen).iter().any(|plan| plan.contains("Здесь — позже")), "{seen:#}");

    // Again, and there was later: our word could not go meanwhile.
    app.pass(TimeDelta::minutes(10));
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::ErrorBefore).only("PATCH /api/v4/leads")]);
    visit(&app, &phone, &seen, "2027-09-09").await;
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.edit_lead_field(deal, FIELD_NEXT, "2027-10-10"));
    app.eventually("the later date", async || {
        (next_of(&phone, "BOTH-WAYS").await == "2027-10-10").then_some(())
    })
    .await;
    app.amo.faults().clear();
    app.pass(TimeDelta::hours(2));
    app.settled().await;
    assert_eq!(date_in(&app, deal), midnight("2027-10-10"));
    let seen = machine_of(&phone, "BOTH-WAYS").await.unwrap();
    assert_eq!(seen["next_maintenance_on"], "2027-10-10");
    assert!(plans(&seen).iter().any(|plan| plan.contains("В CRM — позже")), "{seen:#}");
    assert_eq!(told(&app, CUSTOMER, "оборудование зарегистрировано"), 1);
    app.finish().await;
}

#[tokio::test]
async fn serial_model_and_configuration_are_corrected_from_the_deal() {
    let app = dealer().await;
    let phone = app.linked_customer().await;
    let deal = app.amo.create_lead_by_hand(&sold("WRONG-1", "vmc850", CUSTOMER));
    assert!(app.amo.drag(deal, WON));
    app.says(CUSTOMER, |m| m.text.contains("WRONG-1")).await;
    app.settled().await;
    app.pass(TimeDelta::minutes(5));
    assert!(app.amo.edit_lead_field(deal, FIELD_SERIAL, "RIGHT-7"));
    assert!(app.amo.edit_lead_field(deal, FIELD_MODEL, "16К20"));
    assert!(app.amo.edit_lead_field(deal, FIELD_CONFIGURATION, "УЦИ на 3 оси"));
    app.settled().await;
    assert!(machine_of(&phone, "WRONG-1").await.is_none(), "it is the same machine");
    let seen = machine_of(&phone, "RIGHT-7").await.unwrap();
    assert_eq!(seen["model"]["code"], "16k20");
    assert_eq!(seen["configuration"], "УЦИ на 3 оси");
    let history = seen["timeline"].to_string();
    assert!(history.contains("был WRONG-1, стал RIGHT-7"), "{history}");
    assert_eq!(told(&app, CUSTOMER, "оборудование зарегистрировано"), 1);
    app.finish().await;
}
