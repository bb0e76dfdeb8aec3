//! What a delivery or a stored event would do, without doing it.

use super::*;

/// What every webhook of the account ends with.
const OURS: &str = "account[id]=31000001&account[subdomain]=exampleshop";

#[tokio::test]
async fn a_plan_names_every_field_and_touches_nothing() {
    let app = App::start_with(refusing()).await;
    let (id, number) = refused_order(&app).await;
    let manager = app.mini_app(MANAGER);
    let path = format!("/app/desk/deliveries/{id}/plan");
    let plan = manager.get(&path).await.ok();
    let steps = plan["plan"]["steps"].as_array().unwrap();
    // The company was found before the deal was refused.
    assert_eq!(steps[0]["what"], "company-there", "{plan}");
    let make = steps.iter().find(|step| step["what"] == "make-deal").unwrap();
    let value = |name: &str| -> Value {
        let fields = make["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == name);
        field.unwrap_or_else(|| panic!("{name}: {plan}"))["value"]["words"].clone()
    };
    assert!(value("title").as_str().unwrap().contains(&number));
    assert_eq!(value("stage"), "80953554", "no name is known yet, and no CRM was asked");
    assert_eq!(value("telegram_id"), CUSTOMER.to_string());
    // Once the names of the account were read at night, the page speaks in names.
    night(&app).tick(&mut Nights::default()).await.unwrap();
    let page = manager.page(&path).await;
    assert!(page.contains("Создать сделку") && page.contains("«"), "{page}");
    assert!(page.contains("(80953554)"), "the stage by name and id: {page}");
    assert!(page.contains("Написать примечание"), "{page}");
    assert!(app.amo.leads().is_empty() && app.amo.contacts().len() <= 1, "nothing was made");
    app.stop().await;
}

#[tokio::test]
async fn a_stored_webhook_says_what_it_would_move() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let lead = app.amo.leads()[0].id;
    // Kept, but not processed: a story may look before the worker does.
    let mut tx = app.db.begin().await.unwrap();
    let body = format!("leads[status][0][id]={lead}&leads[status][0][status_id]=80953558&{OURS}");
    let now = app.clock.now() + TimeDelta::days(1);
    inbox::store(&mut tx, "amo", "story", "account", body.as_bytes(), now).await.unwrap();
    tx.commit().await.unwrap();
    let manager = app.mini_app(MANAGER);
    let listed = manager.get("/app/desk/events?state=received&source=amo").await.ok();
    let id = listed["events"][0]["id"].as_str().unwrap_or_else(|| panic!("{listed}"));
    let plan = manager.get(&format!("/app/desk/events/{id}/plan")).await.ok();
    let step = &plan["plan"]["steps"][0];
    assert_eq!((&step["what"], &step["which"]), (&json!("move-order"), &json!(number)), "{plan}");
    let state = step["fields"].as_array().unwrap().iter().find(|one| one["name"] == "state");
    let state = state.unwrap();
    assert_eq!((&state["was"], &state["value"]["words"]), (&json!("placed"), &json!("confirmed")));
    // The same, as the worker or the poll takes it apart.
    let mut tx = app.db.begin().await.unwrap();
    let hint = json!({ "kind": "lead", "id": lead, "status_id": 80953558, "told_by": "poll" });
    let (lane, body) = (format!("lead:{lead}"), hint.to_string());
    inbox::store(&mut tx, "amo", "hint", &lane, body.as_bytes(), now).await.unwrap();
    tx.commit().await.unwrap();
    let listed = manager.get("/app/desk/events?state=received&source=amo").await.ok();
    let hinted = listed["events"].as_array().unwrap().iter().find(|one| one["id"] != id);
    let hinted = hinted.unwrap()["id"].as_str().unwrap();
    let same = manager.get(&format!("/app/desk/events/{hinted}/plan")).await.ok();
    assert_eq!(same, plan, "both say the same");
    let shown = phone.get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(shown["order"]["state"], "placed", "a plan moves nothing");
    app.stop().await;
}
