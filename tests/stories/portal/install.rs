//! Installation and removal, as the portal tells of them and as somebody else may.

use super::*;

fn path(app: &App) -> String {
    format!("{}/webhook/bitrix24", app.base)
}

/// The body of the last event of this name that the portal sent.
fn sent(app: &App, event: &str) -> String {
    let all = app.bitrix24.event_deliveries();
    all.iter().rev().find(|one| one.event == event).expect("it was sent").body.clone()
}

#[tokio::test]
async fn an_installation_opens_the_portal_and_a_removal_stops_it() {
    let app = App::start_with(by_application()).await;
    assert_eq!(app.bitrix24.install(&path(&app)).await, 200);
    assert!(works(&app).await);
    assert_eq!(refreshes(&app), 1, "the installation proved itself by its refresh token");
    // Forged, and not yet true: nothing stops.
    let token = app.bitrix24.options().application_token.clone();
    let forged = |token: &str| format!("event=ONAPPUNINSTALL&auth%5Bapplication_token%5D={token}");
    assert_eq!(hook(&app, &forged("guess")).await, 401);
    assert_eq!(hook(&app, &forged("")).await, 401);
    assert_eq!(hook(&app, &forged(&token)).await, 401, "the access works: an old event sent again");
    assert!(works(&app).await && stopped(&app).await.is_none());
    assert_eq!(app.bitrix24.uninstall(&path(&app)).await, 200);
    assert!(stopped(&app).await.unwrap().contains("удалили"));
    app.says(MANAGER, |message| message.text.contains("Приложение удалили")).await;
    assert!(fault(&app).await.0.contains("удалили"));
    assert_eq!(app.bitrix24.install(&path(&app)).await, 200);
    assert!(works(&app).await && stopped(&app).await.is_none());
    app.finish().await;
}

#[tokio::test]
async fn a_forged_installation_changes_nothing() {
    let app = App::start_with(by_application()).await;
    assert_eq!(app.bitrix24.install(&path(&app)).await, 200);
    let body = sent(&app, "ONAPPINSTALL");
    assert_eq!(hook(&app, &body).await, 401, "its refresh token was used");
    let field = |name: &str| {
        let pairs = url::form_urlencoded::parse(body.as_bytes());
        let key = format!("auth[{name}]");
        pairs.into_owned().find(|(name, _)| *name == key).expect("a field").1
    };
    let (_, refresh) = app.bitrix24.issue_tokens();
    let fresh = body.replace(&field("refresh_token"), &refresh);
    for forged in [
        fresh.replace(&field("member_id"), "00000000000000000000000000000000"),
        fresh.replace("refresh_token", "refresh"),
        fresh.replace("application_token", "token"),
        "event=ONAPPINSTALL".to_owned(),
    ] {
        assert_eq!(hook(&app, &forged).await, 401, "{forged}");
    }
    assert_eq!(hook(&app, "no event").await, 400);
    assert!(works(&app).await);
    // What is true passes.
    assert_eq!(hook(&app, &fresh).await, 200);
    app.stop().await;
}

#[tokio::test]
async fn events_are_kept_by_their_token_and_without_their_keys() {
    let app = App::start_with(Setup { workers: false, ..by_application() }).await;
    assert_eq!(app.bitrix24.install(&path(&app)).await, 200);
    let token = app.bitrix24.options().application_token.clone();
    let (access, _) = app.bitrix24.issue_tokens();
    let event = |token: &str| {
        format!(
            "event=ONCRMDEALUPDATE&data%5BFIELDS%5D%5BID%5D=7405&ts=1795161617\
             &auth%5Baccess_token%5D={access}&auth%5Bapplication_token%5D={token}"
        )
    };
    assert_eq!(hook(&app, &event("guess")).await, 401);
    assert_eq!(hook(&app, &event(&token)).await, 200);
    let mut reader = app.db.read().await.unwrap();
    let rows = domain::fetch_all!(
        &mut reader,
        (String, Vec<u8>),
        "select source, body from inbound_events"
    );
    let kept = domain::fetch_all!(
        &mut reader,
        (Vec<u8>, Vec<u8>, Vec<u8>),
        "select access_token, refresh_token, event_token from crm_tokens"
    );
    drop(reader);
    let rows = rows.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].0, "b24");
    let body = String::from_utf8(rows[0].1.clone()).unwrap();
    assert!(body.contains("7405"), "{body}");
    let mut secrets = app.bitrix24.issued_tokens();
    secrets.push(token);
    let (one, two, three) = kept.unwrap().remove(0);
    let sealed = [one, two, three].map(|sealed| String::from_utf8_lossy(&sealed).into_owned());
    for secret in &secrets {
        assert!(!body.contains(secret) && sealed.iter().all(|sealed| !sealed.contains(secret)));
    }
    app.stop().await;
}

#[tokio::test]
async fn a_webhook_made_by_hand_has_a_token_of_its_own() {
    let token = ("BITRIX24_APPLICATION_TOKEN", "outgoing-token-1".to_owned());
    let setup = Setup { variables: vec![token], workers: false, ..by_webhook() };
    let app = App::start_with(setup).await;
    let event = |token: &str| {
        format!("event=ONCRMDEALADD&data%5BFIELDS%5D%5BID%5D=1&auth%5Bapplication_token%5D={token}")
    };
    assert_eq!(hook(&app, &event("outgoing-token-1")).await, 200);
    assert_eq!(hook(&app, &event("outgoing-token-2")).await, 401);
    let removal = event("outgoing-token-1").replace("ONCRMDEALADD", "ONAPPUNINSTALL");
    assert_eq!(hook(&app, &removal).await, 401, "such a webhook removes no application");
    assert!(works(&app).await && stopped(&app).await.is_none());
    app.stop().await;
}
