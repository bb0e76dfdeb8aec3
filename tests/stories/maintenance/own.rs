//! «Сделали сами»: a maintenance that the customer's own people did.

use super::*;

async fn passport(app: &App, phone: &MiniApp, serial: &str) -> Value {
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let machine = machines.iter().find(|machine| machine["serial"] == serial).unwrap();
    let id = machine["id"].as_str().unwrap();
    app.settled().await;
    phone.get(&format!("/app/machines/{id}")).await.ok()
}

#[tokio::test]
async fn a_maintenance_that_they_did_themselves_moves_the_date_and_ends_the_reminders() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let message = reminder(&app).await;
    press(&app, &message, label("bot-done-ourselves")).await;
    app.says(CUSTOMER, |m| m.button(label("bot-own-no-hours")).is_some()).await;
    for (typed, answer) in [("много", "error-number"), ("420000", "error-hours-many")] {
        app.telegram.send_text(CUSTOMER, typed).unwrap();
        app.says(CUSTOMER, |m| m.text.contains(label(answer))).await;
    }
    let check = tell_all_but_send(&app, &message, "4 200").await;
    assert!(check.text.contains("4200") && check.text.contains("масло"), "{}", check.text);
    let tap = || app.telegram.press_button(CUSTOMER, check.id, label("bot-send"));
    let (one, _) = tokio::join!(tap(), tap());
    one.unwrap();
    app.settled().await;
    assert!(now(&app, &check).text.contains("23\u{a0}мая"), "{}", now(&app, &check).text);
    let card = now(&app, &message);
    assert!(card.text.contains("ТО сделано"), "{}", card.text);
    assert!(card.labels().iter().all(|label| label.contains("паспорт")), "{:?}", card.labels());

    let passport = passport(&app, &phone, "1234").await;
    assert_eq!(passport["next_maintenance_on"], "2027-05-23", "six months from today");
    assert_eq!(passport["hours"], 4200);
    let history = passport["timeline"].as_array().unwrap();
    let told: Vec<&Value> = history.iter().filter(|e| e["kind"] == "own_maintenance").collect();
    assert_eq!(told.len(), 1, "a double tap is one event: {history:#?}");
    assert!(told[0]["title"].as_str().unwrap().contains("Заменили масло"), "{told:?}");

    let news = app.says(MANAGER, |m| m.text.contains("Клиент сделал ТО сам")).await;
    assert!(news.text.contains("1234") && news.text.contains("Заменили масло"), "{}", news.text);
    let photo = news.labels().into_iter().find(|label| label.contains(".jpg")).unwrap();
    app.telegram.press_button(MANAGER, news.id, photo).await.unwrap();
    app.says(MANAGER, |m| m.document.is_some()).await;

    let tasks = app.amo.tasks();
    let task = tasks.iter().find(|task| task.text.contains("№ 1234")).unwrap();
    assert!(task.is_completed, "{task:?}");
    assert!(task.result.as_ref().unwrap().contains("Заменили масло"), "{task:?}");

    let before = reminders(&app, "1234").len();
    for _ in 0..60 {
        app.pass(TimeDelta::days(1));
        remind(&app).await;
    }
    app.settled().await;
    assert_eq!(reminders(&app, "1234").len(), before, "nobody is reminded of what is done");
    app.finish().await;
}

#[tokio::test]
async fn the_deal_of_a_sold_machine_hears_of_the_new_date() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let deal = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "VMC850-26-9999".to_owned(),
        model: "vmc850".to_owned(),
        next_maintenance: "2026-12-10".to_owned(),
        phone: "+7 900 111-22-33".to_owned(),
        contact: "Анна".to_owned(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(deal, 142));
    app.says(CUSTOMER, |m| m.text.contains("VMC850-26-9999")).await;
    remind(&app).await;
    let due = |m: &ChatMessage| m.text.contains("-9999") && m.button(label("bot-book")).is_some();
    let message = app.says(CUSTOMER, due).await;
    press(&app, &message, label("bot-done-ourselves")).await;
    let hours = app.says(CUSTOMER, |m| m.button(label("bot-own-no-hours")).is_some()).await;
    press(&app, &hours, label("bot-own-no-hours")).await;
    press(&app, &hours, label("bot-files-done")).await;
    press(&app, &hours, label("bot-send")).await;
    app.settled().await;
    let lead = app.amo.lead(deal).unwrap();
    let midnight_in_moscow = 1_803_330_000;
    assert_eq!(lead.fields[&712_640][0].value, midnight_in_moscow, "23 February 2027");
    let notes = app.amo.notes_of(deal);
    let told = notes.iter().filter(|note| note.text().contains("силами клиента")).count();
    assert_eq!(told, 1, "{notes:#?}");
    let passport = passport(&app, &phone, "VMC850-26-9999").await;
    assert_eq!(passport["next_maintenance_on"], "2027-02-23", "our own change comes back as none");
    app.finish().await;
}
