//! The door of webhooks: what is let in, kept, answered and refused.

use domain::inbox;
use tests::{App, Setup};

use super::{has_foreign, post, won_silently};

#[tokio::test]
async fn broken_webhooks_are_kept_answered_and_visible() {
    let app = App::start().await;
    let fixture = include_str!("../../fixtures/amocrm/webhooks/malformed_tolerance.form");
    let deep = format!("leads{}=1", "[a]".repeat(5000));
    let bodies: [Vec<u8>; 6] = [
        Vec::new(),
        b"%%%&&&===".to_vec(),
        vec![0xff, 0xfe, 0x00, b'=', 0x80],
        b"{\"json\": true}".to_vec(),
        deep.into_bytes(),
        fixture.as_bytes().to_vec(),
    ];
    for body in bodies {
        assert_eq!(post(&app, "story-secret", body.clone()).await, 200, "{body:?}");
    }
    app.settled().await;
    let mut reader = app.db.read().await.unwrap();
    let failed = inbox::failed(&mut reader, 20).await.unwrap();
    drop(reader);
    assert!(failed.len() >= 4, "what could not be understood is visible: {failed:#?}");
    assert!(failed.iter().all(|event| event.error.is_some()));
    let alive = app.http.get(format!("{}/readyz", app.base)).send().await.unwrap();
    assert_eq!(alive.status(), 200);
    app.finish().await;
}

#[tokio::test]
async fn a_webhook_without_the_secret_is_nothing() {
    let app = App::start().await;
    let body = "leads[status][0][id]=1&leads[status][0][status_id]=142";
    for secret in ["", "wrong", "story-secre", "story-secret1"] {
        assert_eq!(post(&app, secret, body).await, 401, "{secret}");
    }
    let address = format!("{}/webhook/telegram", app.base);
    let forged = app.http.post(&address).body("{\"update_id\":1}").send().await.unwrap();
    assert_eq!(forged.status(), 401);
    let forged = app
        .http
        .post(&address)
        .header("X-Telegram-Bot-Api-Secret-Token", "guess")
        .body("{\"update_id\":1}")
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 401);
    app.settled().await;
    let mut reader = app.db.read().await.unwrap();
    assert!(inbox::failed(&mut reader, 10).await.unwrap().is_empty(), "nothing was kept");
    drop(reader);
    app.finish().await;
}

#[tokio::test]
async fn a_webhook_of_another_account_tells_nothing() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let lead = won_silently(&app);
    let moved = format!("leads[status][0][id]={lead}&leads[status][0][status_id]=142");
    for account in
        ["&account[subdomain]=stranger&account[id]=7", "&account[subdomain]=stranger", ""]
    {
        assert_eq!(post(&app, "story-secret", format!("{moved}{account}")).await, 200);
    }
    app.settled().await;
    let mut reader = app.db.read().await.unwrap();
    let failed = inbox::failed(&mut reader, 20).await.unwrap();
    drop(reader);
    assert_eq!(failed.len(), 3, "{failed:#?}");
    let words = failed.iter().filter_map(|event| event.error.as_deref());
    assert!(words.clone().any(|why| why.contains("from stranger")), "{failed:#?}");
    assert!(!has_foreign(&phone).await);

    // The account may be renamed: then its id says that it is ours.
    app.inbox.crms.reconcile(chrono::TimeDelta::zero()).await;
    let renamed = format!("{moved}&account[subdomain]=newname&account[id]=31000001");
    assert_eq!(post(&app, "story-secret", renamed).await, 200);
    app.settled().await;
    assert!(has_foreign(&phone).await);
    app.finish().await;
}

#[tokio::test]
async fn a_database_that_cannot_take_it_makes_amocrm_repeat() {
    let app = App::start_with(tests::Setup { workers: false, ..tests::Setup::default() }).await;
    let body = "leads[status][0][id]=1&account[subdomain]=exampleshop";
    assert_eq!(post(&app, "story-secret", body).await, 200);
    app.db.close().await;
    assert_eq!(post(&app, "story-secret", body).await, 503, "amoCRM repeats what is answered 5xx");
    app.stop().await;
}

#[tokio::test]
async fn webhooks_come_only_from_where_the_dealer_says() {
    let from = "kind = \"amocrm\"\nwebhook_from = [\"203.0.113.0/24\"]\n";
    let file = tests::STAGES.replace("kind = \"amocrm\"\n", from);
    let app = App::start_with(tests::Setup { file, ..tests::Setup::default() }).await;
    let ask = async |forwarded: Option<&str>| {
        let address = format!("{}/webhook/amocrm?secret=story-secret", app.base);
        let mut request = app.http.post(address).body("account[subdomain]=exampleshop");
        if let Some(forwarded) = forwarded {
            request = request.header("X-Forwarded-For", forwarded);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask(None).await, 403);
    assert_eq!(ask(Some("198.51.100.7")).await, 403);
    assert_eq!(ask(Some("203.0.113.7, 198.51.100.7")).await, 403, "the first one is only claimed");
    assert_eq!(ask(Some("198.51.100.7, 203.0.113.7")).await, 200);
    app.finish().await;
}

/// amoCRM waits two seconds for an answer. How long one takes is measured by the bench; that it waits for
/// nobody is seen here.
#[tokio::test]
async fn under_load_every_webhook_is_kept_and_answered_before_any_is_understood() {
    let app = App::start_with(Setup { workers: false, ..Setup::default() }).await;
    let calls = app.amo.calls().len();
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..64 {
        let address = format!("{}/webhook/amocrm?secret=story-secret", app.base);
        let http = app.http.clone();
        senders.spawn(async move {
            for hook in 0..5 {
                let contact = format!("contacts[update][0][id]={sender}{hook}");
                let body = format!("{contact}&account[subdomain]=exampleshop");
                let answer = http.post(&address).body(body).send().await.unwrap();
                assert_eq!(answer.status(), 200);
            }
        });
    }
    senders.join_all().await;
    assert_eq!(app.amo.calls().len(), calls, "an answer waits for no account");
    let mut reader = app.db.read().await.unwrap();
    let raw = domain::fetch_one!(
        &mut reader,
        (i64,),
        "select count(*) from inbound_events where state = 'received' and lane = 'account'"
    );
    drop(reader);
    assert_eq!(raw.unwrap().0, 320, "each of them was kept");
    app.stop().await;
}
