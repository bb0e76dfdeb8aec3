//! The live card of a case, where it lies far up in the chat.

use chrono::TimeDelta;
use serde_json::json;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, label};

#[tokio::test]
async fn a_request_that_moves_when_its_card_lies_far_up_is_told_by_a_new_card() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let body = json!({ "client_key": "k", "kind": "breakdown", "text": "Не включается шпиндель" });
    let made = phone.post("/app/service", &body).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let cards = || {
        let chat = app.telegram.chat(CUSTOMER);
        let about = chat.into_iter().filter(|m| m.from_bot && m.text.contains(&number));
        about.map(|m| (m.id, m.text)).collect::<Vec<_>>()
    };
    let first = cards();
    assert_eq!(first.len(), 1, "one card: {first:#?}");

    // Soon afterwards a change is an edit in place.
    let desk = app.mini_app(MANAGER);
    desk.post(&format!("/app/requests/{number}/take"), &json!({})).await.ok();
    app.settled().await;
    let taken = cards();
    assert_eq!(taken.len(), 1, "edited in place: {taken:#?}");
    assert!(taken[0].0 == first[0].0 && taken[0].1 != first[0].1, "{taken:#?}");

    // A day and more later nobody would see that: the card comes anew, and the old one says where it is.
    app.pass(TimeDelta::hours(25));
    app.settled().await;
    let assign = json!({ "engineer_telegram_id": ENGINEER });
    let desk = app.mini_app(MANAGER);
    desk.post(&format!("/app/requests/{number}/assign"), &assign).await.ok();
    app.settled().await;
    let chat = app.telegram.chat(CUSTOMER);
    let old = chat.iter().find(|m| m.id == first[0].0).unwrap();
    assert!(old.text.contains(label("bot-card-below")), "{}", old.text);
    let anew: Vec<_> = cards().into_iter().filter(|(id, _)| *id > first[0].0).collect();
    assert_eq!(anew.len(), 1, "{anew:#?}");

    // The manager's card is looked at all day: it stays where it is.
    let theirs = app.telegram.chat(MANAGER);
    let theirs = theirs.iter().filter(|m| m.from_bot && m.text.contains(&number)).count();
    assert_eq!(theirs, 1);

    // From now on the new card is the one that is edited.
    app.pass(TimeDelta::hours(1));
    let job = app.mini_app(ENGINEER).get("/app/jobs").await.ok()["jobs"][0]["id"].clone();
    let start = format!("/app/jobs/{}/start", job.as_str().unwrap());
    app.mini_app(ENGINEER).post(&start, &json!({})).await.ok();
    app.settled().await;
    let last: Vec<_> = cards().into_iter().filter(|(id, _)| *id > first[0].0).collect();
    assert_eq!(last.len(), 1, "{last:#?}");
    assert!(last[0].0 == anew[0].0 && last[0].1 != anew[0].1, "{last:#?}");
    app.finish().await;
}
