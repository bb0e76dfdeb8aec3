//! A day of managers and customers, told in every way that webhooks can go wrong.

use super::*;

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
