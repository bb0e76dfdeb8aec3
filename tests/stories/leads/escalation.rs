//! A lead that nobody takes goes down the managers' line, in working time.

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use domain::leads;
use domain::staff::{self, Role};
use serde_json::json;
use tests::{App, MANAGER, NEIGHBOUR};

use super::{accepted, anna, post, with_site};

async fn colleague(app: &App) {
    let mut tx = app.db.begin().await.unwrap();
    staff::add(&mut tx, NEIGHBOUR, Role::Manager, "Олег", app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.telegram.press_start(NEIGHBOUR, None).expect("a person");
    app.says(NEIGHBOUR, |message| !message.text.is_empty()).await;
}

/// Whether a manager has the card.
fn has(app: &App, manager: i64, number: &str) -> bool {
    app.telegram.chat_view(manager).messages.iter().any(|message| message.text.contains(number))
}

fn moscow(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, hour - 3, minute, 0).unwrap()
}

#[tokio::test]
async fn a_friday_evenings_lead_is_passed_on_on_monday() {
    let mut setup = with_site(&[]);
    setup.file += "\n[leads]\nline = [5003, 5004]\nnext_after = \"20m\"\n";
    let app = App::start_with(setup).await;
    colleague(&app).await;
    app.at(moscow(27, 17, 50));
    let (number, _) = accepted(post(&app).json(&anna())).await;
    app.settled().await;
    assert!(has(&app, MANAGER, &number), "the first in line hears at once, also in the evening");
    assert!(!has(&app, NEIGHBOUR, &number));
    for (day, hour) in [(27, 23), (28, 12), (29, 20), (30, 9)] {
        app.at(moscow(day, hour, 5));
        assert_eq!(leads::pass_on(&app.db, &app.dealer).await.unwrap(), 0, "{day} {hour}");
    }
    app.at(moscow(30, 9, 11));
    assert_eq!(leads::pass_on(&app.db, &app.dealer).await.unwrap(), 1);
    app.settled().await;
    let card = app.says(NEIGHBOUR, |message| message.text.contains(&number)).await;
    let taking = card.button("Беру").unwrap().clone();
    app.pass(TimeDelta::minutes(1));
    app.telegram.press_button(NEIGHBOUR, card.id, &taking.label).await.unwrap();
    app.settled().await;
    let first = app.says(MANAGER, |message| message.text.contains("занимается Олег")).await;
    assert!(first.button("Беру").is_none(), "both cards show who has it: {first:?}");
    app.pass(TimeDelta::hours(2));
    assert_eq!(leads::pass_on(&app.db, &app.dealer).await.unwrap(), 0);
    let take = format!("/app/desk/leads/{number}/take");
    let late = app.mini_app(MANAGER).post(&take, &json!({})).await;
    assert_eq!(late.code(), "conflict");
    app.finish().await;
}
