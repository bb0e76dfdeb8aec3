//! Webhooks that fall silent or are switched off.

use super::*;

#[tokio::test]
async fn silence_is_told_once_and_so_is_its_end() {
    let app = App::start().await;
    app.settled().await;
    poll(&app).await;
    let lead = app.amo.create_lead_by_hand(&HandMadeLead::default());
    app.amo.set_hook_mode(HookMode::Lost);
    let told = |words: &str| {
        let chat = app.telegram.chat(MANAGER);
        chat.iter().filter(|message| message.text.contains(words)).count()
    };
    // Ten in the morning: the deal moves, nobody tells us.
    app.pass(TimeDelta::minutes(10));
    assert!(app.amo.drag(lead, SHIPPING));
    poll(&app).await;
    app.inbox.crms.listen().await.unwrap();
    app.pass(TimeDelta::minutes(110));
    app.inbox.crms.listen().await.unwrap();
    app.settled().await;
    assert_eq!(told("не приходят"), 0, "two working hours have not passed");
    for _ in 0..3 {
        app.pass(TimeDelta::minutes(15));
        app.inbox.crms.listen().await.unwrap();
    }
    app.settled().await;
    assert_eq!(told("не приходят"), 1);
    let mut reader = app.db.read().await.unwrap();
    let shown = watch::all(&mut reader).await.unwrap();
    drop(reader);
    assert!(shown[0].silent_since.is_some(), "the desk shows it: {shown:?}");

    app.amo.set_hook_mode(HookMode::Usual);
    assert!(app.amo.drag(lead, IN_WORK));
    app.settled().await;
    for _ in 0..2 {
        app.inbox.crms.listen().await.unwrap();
    }
    app.settled().await;
    assert_eq!(told("снова приходят"), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_webhook_that_was_switched_off_is_switched_on_again_and_named() {
    let app = App::start().await;
    app.amo.set_webhook_url(None);
    let url = app.base.parse().unwrap();
    let connection = app.inbox.crms.amo().next().unwrap();
    assert!(connection.subscribe(&url).await.unwrap());
    let made = app.amo.subscriptions();
    assert!(made[0].settings.iter().any(|event| event == "status_lead"), "{made:?}");
    let told = |words: &str| {
        let chat = app.telegram.chat(MANAGER);
        chat.iter().filter(|message| message.text.contains(words)).count()
    };
    app.inbox.crms.watch_subscriptions(&url).await.unwrap();
    app.amo.switch_hooks_off();
    app.inbox.crms.watch_subscriptions(&url).await.unwrap();
    assert!(app.amo.subscriptions()[0].disabled, "once a day is enough");
    app.pass(TimeDelta::days(1));
    for _ in 0..2 {
        app.inbox.crms.watch_subscriptions(&url).await.unwrap();
    }
    app.settled().await;
    assert!(!app.amo.subscriptions()[0].disabled, "it is on again");
    assert_eq!(app.amo.subscriptions().len(), 1);
    assert_eq!(told("был отключён"), 1);

    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.settled().await;
    assert!(app.amo.drag(app.amo.leads()[0].id, IN_WORK));
    app.says(CUSTOMER, |m| m.text.contains("Подтверждён")).await;
    app.finish().await;
}
