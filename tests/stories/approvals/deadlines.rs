//! A deadline in working hours: a reminder, a decision from above, the end.

use chrono::{DateTime, TimeZone as _, Utc};
use domain::approvals::{self, State};
use domain::staff::{self, Role};
use tests::{App, CUSTOMER, MANAGER};

use super::{card, data, deal, desk, found, opened, press, told};

const APPROVE: &str = "approval-act-approve";

fn moscow(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, hour - 3, minute, 0).unwrap()
}

async fn tick(app: &App) -> usize {
    approvals::tick(&app.db, &app.dealer).await.unwrap()
}

/// Somebody above; the demo's customer serves as one here.
async fn boss(app: &App) {
    let mut tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    staff::add(&mut tx, CUSTOMER, Role::Administrator, "Анна Директор", now).await.unwrap();
    tx.commit().await.unwrap();
    app.telegram.press_start(CUSTOMER, None).expect("a person");
    app.says(CUSTOMER, |message| !message.text.is_empty()).await;
}

#[tokio::test]
async fn what_nobody_decides_is_reminded_of_handed_up_and_expires() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    boss(&app).await;
    // On a Friday afternoon: three working hours that day, the others on Monday.
    app.at(moscow(27, 15, 0));
    let id = opened(&app, &deal()).await;
    let mine = card(&app, MANAGER).await;
    app.at(moscow(29, 20, 0));
    assert_eq!(tick(&app).await, 0, "a weekend does not count");
    app.at(moscow(30, 10, 0));
    assert_eq!(tick(&app).await, 1);
    assert_eq!(tick(&app).await, 0, "once");
    app.says(MANAGER, |m| m.text.contains("Ждёт вашего решения")).await;
    app.at(moscow(30, 14, 0));
    let late = app.telegram.press_data(MANAGER, mine.id, &data(&mine, APPROVE)).await.unwrap();
    assert!(late.text.unwrap().contains("Срок вышел"));
    assert_eq!(tick(&app).await, 1);
    app.says(CUSTOMER, |m| m.text.contains("решать вам")).await;
    card(&app, CUSTOMER).await;
    assert_eq!(found(&app, &id).await.state, State::Open);
    app.at(Utc.with_ymd_and_hms(2026, 12, 1, 10, 0, 0).unwrap());
    assert_eq!(tick(&app).await, 1);
    assert_eq!(tick(&app).await, 0);
    app.says(MANAGER, |m| m.id == mine.id && m.text.contains("Срок вышел")).await;
    assert_eq!(told(&app, &id).await, ["opened", "reminded", "escalated", "expired"]);
    let late = app.telegram.press_data(MANAGER, mine.id, &data(&mine, APPROVE)).await.unwrap();
    assert!(late.text.unwrap().contains("Срок вышел"));
    assert_eq!(found(&app, &id).await.state, State::Expired);
    app.finish().await;
}

#[tokio::test]
async fn whoever_it_was_handed_up_to_decides_alone() {
    let app = desk(r#"["5003", "5004"]"#, "\"all\"").await;
    boss(&app).await;
    let id = opened(&app, &deal()).await;
    card(&app, MANAGER).await;
    app.at(moscow(23, 18, 0));
    assert_eq!(tick(&app).await, 1);
    let above = card(&app, CUSTOMER).await;
    press(&app, CUSTOMER, &above, APPROVE).await;
    app.says(MANAGER, |m| m.text.contains("Согласовано. Решение: Анна Директор")).await;
    assert_eq!(found(&app, &id).await.state, State::Approved);
    app.finish().await;
}
