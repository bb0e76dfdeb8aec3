//! What becomes of a site's lead in the portal comes back: to the managers' card and to the site.

use domain::links;
use sandbox::bitrix24::Kind;
use serde_json::Value;
use tests::{MANAGER, label};

use super::*;
use crate::bitrix24::leads::{ask_with_token, of_the_site};

/// The lead's stages in both directions.
fn file() -> String {
    let more = "taken = \"IN_PROCESS\"\nconverted = \"CONVERTED\"\nrejected = \"JUNK\"\n";
    of_the_site().replace("taken = \"IN_PROCESS\"\n", more)
}

async fn state(app: &App, token: &str) -> Value {
    let answer = app.http.get(format!("{}/ingest/lead/{token}", app.base)).send().await.unwrap();
    answer.json::<Value>().await.unwrap()["state"].clone()
}

#[tokio::test]
async fn a_lead_that_is_dragged_there_moves_here_and_the_site_sees_it() {
    let app = told_by(&file()).await;
    let (number, token) = ask_with_token(&app, "+7 916 123-45-67").await;
    app.settled().await;
    let lead = id(&ours(&app.bitrix24.leads(), &number));
    assert_eq!(state(&app, &token).await, "new");
    let card = app.says(MANAGER, |m| m.text.contains(&number)).await;

    app.pass(TimeDelta::minutes(1));
    assert!(app.bitrix24.drag(Kind::Lead, lead, "IN_PROCESS"));
    app.settled().await;
    assert_eq!(state(&app, &token).await, "taken");
    assert!(app.bitrix24.drag(Kind::Lead, lead, "JUNK"));
    let shown = app.says(MANAGER, |m| m.id == card.id && m.text != card.text).await;
    app.settled().await;
    assert_eq!(state(&app, &token).await, "rejected", "{}", shown.text);
    // Rejected by mistake: it goes on.
    app.pass(TimeDelta::minutes(1));
    assert!(app.bitrix24.drag(Kind::Lead, lead, "IN_PROCESS"));
    app.settled().await;
    assert_eq!(state(&app, &token).await, "taken");
    app.finish().await;
}

#[tokio::test]
async fn a_converted_lead_keeps_its_link_and_its_deal_joins_it() {
    let app = told_by(&file()).await;
    let (number, token) = ask_with_token(&app, "+7 916 123-45-67").await;
    app.settled().await;
    let lead = id(&ours(&app.bitrix24.leads(), &number));
    app.pass(TimeDelta::minutes(1));
    let (deal, contact) = app.bitrix24.convert(lead).unwrap();
    app.settled().await;
    assert_eq!(state(&app, &token).await, "converted");
    let behind = async |kind: &str, id: i64| {
        let mut reader = app.db.read().await.unwrap();
        links::entities(&mut reader, "b24", kind, &id.to_string()).await.unwrap()
    };
    let entities = behind("deal", deal).await;
    assert_eq!(entities, behind("lead", lead).await, "one lead of ours stands behind both");
    assert_eq!(behind("contact", contact).await, ["phone:+79161234567"]);

    // The deal has stages of its own, and the words of a lead's stages mean nothing there.
    app.pass(TimeDelta::minutes(1));
    for stage in ["PREPARATION", "LOSE"] {
        assert!(app.bitrix24.drag(Kind::Deal, deal, stage));
        app.settled().await;
        assert_eq!(state(&app, &token).await, "converted");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_was_converted_there_is_not_moved_back_by_us() {
    let app = told_by(&file()).await;
    let (number, _) = ask_with_token(&app, "+7 916 123-45-67").await;
    app.settled().await;
    let lead = id(&ours(&app.bitrix24.leads(), &number));
    let card = app.says(MANAGER, |m| m.text.contains(&number)).await;
    app.bitrix24.set_hook_mode(sandbox::bitrix24::HookMode::Lost);
    app.bitrix24.convert(lead).unwrap();
    // Nobody has told us yet when a manager takes it.
    app.telegram.press_button(MANAGER, card.id, label("bot-take")).await.unwrap();
    app.settled().await;
    let there = app.bitrix24.record(Kind::Lead, lead).unwrap();
    assert_eq!(there["STATUS_ID"], "CONVERTED");
    app.finish().await;
}
