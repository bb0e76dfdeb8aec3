//! What people read on the desk, and what they do there.

use super::*;

#[tokio::test]
async fn a_manager_reads_with_phones_hidden_and_an_administrator_acts() {
    let app = App::start().await;
    let (id, number) = waiting_order(&app).await;
    let (manager, administrator) = (app.mini_app(MANAGER), administrator(&app).await);
    for stranger in [CUSTOMER, ENGINEER] {
        let refused = app.mini_app(stranger).get("/app/desk/deliveries").await;
        assert_eq!(refused.code(), "forbidden");
        let path = format!("/app/desk/deliveries/{id}");
        assert_eq!(app.mini_app(stranger).get(&path).await.code(), "forbidden");
    }
    let listed =
        manager.get(&format!("/app/desk/deliveries?entity={number}&state=waiting")).await.ok();
    assert_eq!(listed["deliveries"][0]["id"], id.as_str(), "{listed}");
    assert_eq!(listed["deliveries"][0]["subject"], number.as_str());

    let path = format!("/app/desk/deliveries/{id}");
    let masked = manager.get(&path).await.ok().to_string();
    let whole = administrator.get(&path).await.ok().to_string();
    assert!(whole.contains("9001112233"), "the search by phone as it was sent: {whole}");
    assert!(!masked.contains("9001112233") && masked.contains("•"), "{masked}");
    for page in [&masked, &whole, &manager.page(&path).await, &administrator.page(&path).await] {
        assert!(!page.contains("sandbox-long-lived-token"), "a secret is shown");
    }
    let page = manager.page(&path).await;
    assert!(page.contains(&number) && page.contains("Попытка 1"), "{page}");
    assert!(!page.contains("/retry"), "a manager has no button for it");
    assert_eq!(manager.post(&format!("{path}/retry"), &json!({})).await.code(), "forbidden");
    assert_eq!(manager.post("/app/desk/deliveries/retry", &json!({})).await.code(), "forbidden");
    assert_eq!(manager.post(&format!("{path}/cancel"), &json!({})).await.code(), "forbidden");

    // Twice, as a nervous thumb does.
    for _ in 0..2 {
        administrator.post(&format!("{path}/retry"), &json!({})).await.ok();
    }
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 1, "tried again, once");
    let after = manager.get(&path).await.ok();
    assert_eq!(after["delivery"]["state"], "delivered");
    let acts = after["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 1, "who and when is kept: {acts:?}");
    assert_eq!((&acts[0]["act"], &acts[0]["who"]), (&json!("retry"), &json!("Олег")));
    app.finish().await;
}

#[tokio::test]
async fn a_cancelled_delivery_says_why_and_stays_cancelled() {
    let app = App::start().await;
    let administrator = administrator(&app).await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    let phone = app.linked_customer().await;
    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    let waiting = app
        .eventually("two that wait", async || {
            let open = app.open().await;
            let waits = |state| matches!(state, State::Waiting | State::Unknown);
            let waiting: Vec<_> = open.into_iter().filter(|one| waits(one.state)).collect();
            (waiting.len() == 2).then_some(waiting)
        })
        .await;
    let path = format!("/app/desk/deliveries/{}", waiting[0].id);
    let without = administrator.post(&format!("{path}/cancel"), &json!({ "reason": " " })).await;
    assert_eq!(without.code(), "invalid");
    assert!(without.body["fields"]["reason"].is_string(), "{}", without.body);
    let reason = json!({ "reason": "Клиент передумал" });
    let first = administrator.post(&format!("{path}/cancel"), &reason).await.ok();
    assert_eq!(first["cancelled"], true);
    let second = administrator.post(&format!("{path}/cancel"), &reason).await.ok();
    assert_eq!(second["cancelled"], false, "a double tap changes nothing");
    let page = administrator.page(&path).await;
    assert!(page.contains("Клиент передумал") && page.contains("Олег: отмена"), "{page}");

    // What a person called off is not raised with the dead.
    app.amo.faults().clear();
    let raised = administrator.post("/app/desk/deliveries/retry", &json!({})).await.ok();
    assert_eq!(raised["queued"], 0);
    for _ in 0..4 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    app.eventually("the other deal", async || (app.amo.leads().len() == 1).then_some(())).await;
    app.eventually("nothing but the cancelled", async || {
        let open = app.open().await;
        (open.len() == 1 && open[0].state == State::Dead).then_some(())
    })
    .await;
    let delivered = app.mini_app(ADMINISTRATOR).get("/app/desk/deliveries?state=delivered").await;
    let done = delivered.ok()["deliveries"][0]["id"].as_str().unwrap().to_owned();
    let late = format!("/app/desk/deliveries/{done}/cancel");
    assert_eq!(administrator.post(&late, &reason).await.code(), "conflict");
    assert_eq!(
        administrator.post("/app/desk/deliveries/none/cancel", &reason).await.code(),
        "not_found"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_stopped_connection_says_since_when_and_why() {
    let app = App::start().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.says(MANAGER, |message| message.text.contains("401")).await;
    let manager = app.mini_app(MANAGER);
    let found = manager.get("/app/desk/deliveries").await.ok();
    let amo = found["connections"].as_array().unwrap().iter().find(|one| one["name"] == "amo");
    let amo = amo.expect("the connection").clone();
    assert_eq!(amo["standing"], "open", "{amo}");
    assert_eq!(amo["open"], 1);
    assert!(amo["reason"].as_str().unwrap().contains("401"), "{amo}");
    assert!(amo["since"].is_string() && amo["until"].is_string(), "{amo}");
    let page = manager.page("/app/desk/deliveries").await;
    assert!(page.contains("остановлено") && page.contains("1 ждёт"), "{page}");
    let figures = app.http.get(format!("{}/metrics", app.base)).send().await.unwrap();
    let figures = figures.text().await.unwrap();
    assert!(figures.contains("mypark_circuit{connection=\"amo\"} 2"), "{figures}");
    assert!(figures.contains("mypark_circuit{connection=\"telegram\"} 0"), "{figures}");
    app.amo.faults().clear();
    for _ in 0..4 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    app.settled().await;
    let page = manager.page("/app/desk/deliveries").await;
    assert!(!page.contains("остановлено"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn an_event_that_was_not_understood_is_shown_and_processed_again() {
    let app = App::start().await;
    let administrator = administrator(&app).await;
    let hook = format!("{}/webhook/amocrm?secret=story-secret", app.base);
    let body = "something=else&phone=%2B79001112233&token=abc";
    app.http.post(&hook).body(body).send().await.unwrap();
    app.settled().await;
    let manager = app.mini_app(MANAGER);
    let failed = manager.get("/app/desk/events?state=failed").await.ok();
    let id = failed["events"][0]["id"].as_str().unwrap_or_else(|| panic!("{failed}")).to_owned();
    let path = format!("/app/desk/events/{id}");
    let seen = manager.get(&path).await.ok();
    let raw = seen["event"]["body"].as_str().unwrap();
    assert!(raw.contains("something = else") && raw.contains("token = ***"), "{raw}");
    assert!(!raw.contains("9001112233") && !raw.contains("abc"), "{raw}");
    let whole = administrator.get(&path).await.ok();
    assert!(whole["event"]["body"].as_str().unwrap().contains("+79001112233"), "{whole}");
    let page = manager.page(&format!("{path}/plan")).await;
    assert!(page.contains("событие не разобрать"), "{page}");
    assert_eq!(manager.post(&format!("{path}/retry"), &json!({})).await.code(), "forbidden");
    administrator.post(&format!("{path}/retry"), &json!({})).await.ok();
    app.settled().await;
    let again = administrator.get(&path).await.ok();
    assert_eq!(again["event"]["attempts"], 2, "{again}");
    assert_eq!(again["event"]["acts"][0]["who"], "Олег");
    assert!(manager.page(&path).await.contains("Олег: ещё раз"));
    app.finish().await;
}

#[tokio::test]
async fn what_a_role_may_see_is_decided_once_for_every_way_in() {
    let app = App::start_with(refusing()).await;
    let (id, _) = refused_order(&app).await;
    let mut reader = app.db.read().await.unwrap();
    let id = id.as_str().into();
    let masked = outbox::inspect(&mut reader, &id, Sight::Masked).await.unwrap();
    let whole = outbox::inspect(&mut reader, &id, Sight::Whole).await.unwrap();
    drop(reader);
    let said = |shown: &outbox::Inspected| serde_json::to_string(shown).unwrap();
    assert!(said(&whole).contains("9001112233"));
    assert!(!said(&masked).contains("9001112233"));
    assert_eq!(masked.exchanges.len(), whole.exchanges.len());
    app.stop().await;
}
