//! The portal is asked to tell us, and asked again where it has forgotten.

use domain::watch;
use url::Url;

use super::*;

fn url(app: &App) -> Url {
    app.base.parse().unwrap()
}

fn hook_of(app: &App) -> String {
    format!("{}/webhook/bitrix24", app.base)
}

/// The events that the portal tells us.
fn bound(app: &App) -> Vec<String> {
    let ours = hook_of(app);
    let handlers = app.bitrix24.handlers().into_iter();
    handlers.filter(|handler| handler.url == ours).map(|handler| handler.event).collect()
}

fn said(app: &App, words: &str) -> usize {
    said_to(app, MANAGER, words)
}

fn said_to(app: &App, person: i64, words: &str) -> usize {
    let chat = app.telegram.chat(person);
    chat.iter().filter(|message| message.text.contains(words)).count()
}

async fn standing(app: &App) -> Option<String> {
    let mut reader = app.db.read().await.unwrap();
    watch::of(&mut reader, "b24").await.unwrap().and_then(|watch| watch.subscription)
}

/// Calls of this method so far.
fn asked(app: &App, method: &str) -> usize {
    app.bitrix24.calls().iter().filter(|call| call.method == method).count()
}

#[tokio::test]
async fn events_are_bound_after_the_installation_and_again_when_they_are_gone() {
    let app = App::start_with(by_application()).await;
    let crms = &app.outbox.deliverer.crms;
    crms.bind_events(&url(&app)).await.unwrap();
    assert!(bound(&app).is_empty(), "there is no access yet");
    assert_eq!(app.bitrix24.install(&hook_of(&app)).await, 200);
    crms.bind_events(&url(&app)).await.unwrap();
    let all = bound(&app);
    for event in ["ONCRMDEALUPDATE", "ONCRMDEALMOVETOCATEGORY", "ONCRMLEADUPDATE"] {
        assert!(all.iter().any(|one| one == event), "{all:?}");
    }
    assert_eq!(all.len(), 8, "each once: {all:?}");
    assert_eq!(standing(&app).await.as_deref(), Some("good"));
    let calls = asked(&app, "event.get");
    crms.bind_events(&url(&app)).await.unwrap();
    assert_eq!(asked(&app, "event.get"), calls, "it is known to be well");

    // An update of the application wipes them: the night finds out, and says so once.
    app.bitrix24.forget_handlers();
    app.pass(TimeDelta::days(1));
    crms.watch_subscriptions(&url(&app)).await.unwrap();
    assert_eq!(bound(&app).len(), 8);
    app.settled().await;
    assert_eq!(said(&app, "был отключён"), 1);
    app.pass(TimeDelta::days(1));
    crms.watch_subscriptions(&url(&app)).await.unwrap();
    app.settled().await;
    assert_eq!(said(&app, "был отключён"), 1);
    app.finish().await;
}

#[tokio::test]
async fn what_the_application_binds_is_heard() {
    let app = App::start_with(by_application()).await;
    assert_eq!(app.bitrix24.install(&hook_of(&app)).await, 200);
    app.outbox.deliverer.crms.bind_events(&url(&app)).await.unwrap();
    let deal = sandbox::bitrix24::HandMadeDeal {
        title: "Станок".to_owned(),
        ..sandbox::bitrix24::HandMadeDeal::default()
    };
    let deal = app.bitrix24.create_deal_by_hand(&deal).unwrap();
    app.pass(TimeDelta::minutes(1));
    assert!(app.bitrix24.move_to_category(deal, 1, "C1:WON"));
    app.settled().await;
    assert!(asked(&app, "crm.item.get") >= 2, "the deal is looked at");
    let mut reader = app.db.read().await.unwrap();
    let failed = domain::inbox::failed(&mut reader, 10).await.unwrap();
    drop(reader);
    assert!(failed.is_empty(), "{failed:#?}");
    app.finish().await;
}

#[tokio::test]
async fn a_consent_alone_brings_no_token_and_no_events_are_asked_for() {
    let app = App::start_with(by_application()).await;
    consent(&app).await;
    let crms = &app.outbox.deliverer.crms;
    crms.bind_events(&url(&app)).await.unwrap();
    assert!(bound(&app).is_empty(), "they would be refused at our door");
    assert_eq!(standing(&app).await.as_deref(), Some("no_token"));
    assert_eq!(app.bitrix24.install(&hook_of(&app)).await, 200);
    crms.bind_events(&url(&app)).await.unwrap();
    assert_eq!(bound(&app).len(), 8, "the installation brought it");
    app.finish().await;
}

#[tokio::test]
async fn events_that_the_portal_keeps_are_fetched_once_where_none_are_sent() {
    let fields = "    model = \"UF_CRM_MODEL\"\n    telegram_id = \"UF_CRM_TELEGRAM\"\n";
    let file = format!("{FILE}{fields}");
    let app = App::start_with(Setup { file, ..by_application() }).await;
    let phone = app.linked_customer().await;
    consent(&app).await;
    let crms = &app.outbox.deliverer.crms;
    crms.bind_events(&url(&app)).await.unwrap();
    let kept = app.bitrix24.handlers().into_iter().filter(|handler| handler.offline);
    assert_eq!(kept.count(), 8, "each is kept once");
    // The first poll gets to know the account.
    crms.reconcile(TimeDelta::zero()).await;
    let deal = sandbox::bitrix24::HandMadeDeal {
        serial: "KEPT-1".to_owned(),
        model: "vmc850".to_owned(),
        telegram_id: tests::CUSTOMER.to_string(),
        ..sandbox::bitrix24::HandMadeDeal::default()
    };
    let deal = app.bitrix24.create_deal_by_hand(&deal).unwrap();
    app.pass(TimeDelta::minutes(1));
    assert!(app.bitrix24.drag(sandbox::bitrix24::Kind::Deal, deal, "WON"));
    // The search by date is of no help today.
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway).only("crm.item.list")]);
    crms.reconcile(TimeDelta::zero()).await;
    app.says(tests::CUSTOMER, |message| message.text.contains("KEPT-1")).await;
    assert!(crate::won::machine_of(&phone, "KEPT-1").await.is_some());
    assert_eq!(asked(&app, "event.offline.clear"), 1);
    app.bitrix24.faults().clear();
    crms.reconcile(TimeDelta::zero()).await;
    app.settled().await;
    assert_eq!(asked(&app, "event.offline.clear"), 1, "nothing is kept any more");
    assert_eq!(said_to(&app, tests::CUSTOMER, "KEPT-1"), 1);
    app.finish().await;
}
