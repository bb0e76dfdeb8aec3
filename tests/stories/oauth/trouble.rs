//! Access that ends, and what must never be seen of it.

use super::*;

#[tokio::test]
async fn a_revoked_access_is_told_once_and_goes_on_after_a_new_consent() {
    let app = App::start_with(by_consent()).await;
    let phone = app.linked_customer().await;
    consent(&app).await;
    app.amo.revoke_access(true);
    for key in ["one", "two", "three"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    app.says(MANAGER, |message| message.text.contains("Доступ отозван")).await;
    go_on(&app).await;
    let asked = token_calls(&app);
    go_on(&app).await;
    assert_eq!(token_calls(&app), asked, "a dead pair is not tried again");
    let told = app.telegram.chat(MANAGER);
    let told = told.iter().filter(|message| message.text.contains("Доступ отозван")).count();
    assert_eq!(told, 1, "said once");
    assert!(app.amo.leads().is_empty());
    assert_eq!(app.mailbox.mails().len(), 3, "mail does not wait for it");
    consent(&app).await;
    go_on(&app).await;
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 3, "the queue waited and nothing is lost");
    app.finish().await;
}

#[tokio::test]
async fn an_integration_that_was_disabled_stops_its_connection() {
    let app = App::start_with(by_consent()).await;
    let _ = app.linked_customer().await;
    consent(&app).await;
    let hook = async |query: &str| {
        let url = format!("{}/webhook/amocrm/disabled?{query}", app.base);
        app.http.get(url).send().await.unwrap().status().as_u16()
    };
    let signed = app.amo.disabled_hook();
    assert_eq!(hook(&signed).await, 401, "the access still works: an old hook, sent again");
    app.amo.revoke_access(true);
    assert_eq!(hook(&signed.replace("signature=", "signature=0")).await, 401);
    assert_eq!(hook(&signed.replace("account_id=", "account_id=1")).await, 401);
    let stopped = async || {
        let mut reader = app.db.read().await.unwrap();
        domain::outbox::paused(&mut reader, "amo").await.unwrap()
    };
    assert!(stopped().await.is_none());
    for _ in 0..2 {
        assert_eq!(hook(&signed).await, 200);
    }
    let (_, reason) = stopped().await.expect("it is stopped");
    assert!(reason.unwrap().contains("Интеграцию отключили"));
    app.says(MANAGER, |message| message.text.contains("Интеграцию отключили")).await;
    let asked = token_calls(&app);
    app.outbox.deliverer.crms.test_lead(None).await.unwrap_err();
    assert_eq!(token_calls(&app), asked, "nobody is called any more");
    consent(&app).await;
    assert!(stopped().await.is_none());
    let told = app.telegram.chat(MANAGER);
    let told = told.iter().filter(|it| it.text.contains("Интеграцию отключили")).count();
    assert_eq!(told, 1, "said once");
    app.finish().await;
}

#[tokio::test]
async fn a_long_lived_token_is_asked_for_30_and_7_days_before_its_end() {
    use base64::Engine as _;
    let end = chrono::DateTime::parse_from_rfc3339("2027-01-20T12:00:00Z").unwrap();
    let claims = format!("{{\"exp\":{}}}", end.timestamp());
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
    let token = format!("e30.{claims}.c2ln");
    let app = App::start_with(with(Setup::default(), "AMOCRM_ACCESS_TOKEN", &token)).await;
    let crms = app.outbox.deliverer.crms.clone();
    let told = async || {
        crms.keep_access().await.unwrap();
        crms.keep_access().await.unwrap();
        app.settled().await;
        let chat = app.telegram.chat(MANAGER);
        chat.iter().filter(|message| is_about_the_token(&message.text)).count()
    };
    let mut days = Vec::new();
    for day in 0..60 {
        if told().await > days.len() {
            days.push((end.to_utc() - app.clock.now()).num_days());
        }
        assert!(days.len() <= 2, "day {day}: {days:?}");
        app.pass(TimeDelta::days(1));
    }
    assert_eq!(days, [30, 7]);
    assert_eq!(token_calls(&app), 0, "nothing is refreshed");
    app.stop().await;
}

fn is_about_the_token(text: &str) -> bool {
    text.contains("Токен связи amo") && text.contains("января")
}

/// Everything that is logged in the thread of a story.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn secrets_stand_in_no_log_no_attempt_and_no_row() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // With one subscriber alone, a line that another story's thread reaches first is taken for one
    // that nobody hears (tracing-core, `Dispatchers::rebuilder`).
    let _another = tracing::Dispatch::new(tracing_subscriber::registry());
    let _here = tracing::subscriber::set_default(subscriber);
    let app = App::start_with(by_consent()).await;
    let phone = app.linked_customer().await;
    consent(&app).await;
    app.amo.expire_access_tokens();
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.settled().await;
    let mut secrets = app.amo.issued_tokens();
    assert_eq!(secrets.len(), 4, "two pairs");
    secrets.push("sandbox-client-secret".to_owned());
    let mut reader = app.db.read().await.unwrap();
    let rows = domain::fetch_all!(
        &mut reader,
        (String, String, Option<String>),
        "select url, request, response from exchanges"
    );
    let kept = domain::fetch_all!(
        &mut reader,
        (Vec<u8>, Vec<u8>),
        "select access_token, refresh_token from crm_tokens"
    );
    drop(reader);
    let (rows, kept) = (rows.unwrap(), kept.unwrap());
    assert!(!rows.is_empty() && kept.len() == 1);
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("the token was refreshed"), "the log was heard");
    let rows = format!("{rows:?}");
    let kept = format!("{:?}{:?}", text(&kept[0].0), text(&kept[0].1));
    for secret in &secrets {
        for (what, held) in [("log", &logged), ("attempts", &rows), ("tokens", &kept)] {
            assert!(!held.contains(secret.as_str()), "{what} holds a secret");
        }
    }
    app.finish().await;
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn a_lost_key_stops_only_what_it_locked_and_says_so() {
    let app = App::start_with(by_consent()).await;
    consent(&app).await;
    let mut config = app.config.clone();
    let other_key = server::config::Config::from_env_and_file(
        &[("SECRET_KEY".to_owned(), "YW5vdGhlci1zZWNyZXQta2V5LW9mLTMyLWJ5dGVzLSE=".to_owned())]
            .into(),
        None,
    );
    config.secret_key = other_key.unwrap().secret_key;
    let db = Db::connect(&app.database.url).await.unwrap();
    let other = Server::over(config, app.clock.clone(), db).await.unwrap();
    let crms = &other.outbox.deliverer.crms;
    let words = crms.test_lead(None).await.unwrap_err().to_string();
    assert!(words.contains("SECRET_KEY"), "{words}");
    crms.keep_access().await.unwrap();
    let told = app.says(MANAGER, |message| message.text.contains("SECRET_KEY")).await;
    assert!(told.text.contains("Верните прежний"), "{}", told.text);
    // The right key still opens them.
    app.outbox.deliverer.crms.test_lead(None).await.unwrap();
    other.db.close().await;
    app.stop().await;
}
