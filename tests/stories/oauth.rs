//! Access to amoCRM by consent: given once, refreshed once, lost loudly, and never in the clear.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use chrono::TimeDelta;
use domain::db::Db;
use sandbox::faults::{FaultMode, FaultPlan};
use server::Server;
use tests::{App, MANAGER, Setup};
use tokio_util::sync::CancellationToken;

use crate::{fill_cart, order};

const CLIENT: &str = "0f3c1a52-7d84-4c1e-9a55-2f6f5f1b7c10";
const REDIRECT: &str = "https://connector.example.com/oauth/amocrm/callback";

/// A dealer who asks for consent instead of naming a long-lived token.
fn by_consent() -> Setup {
    let variables = [
        ("AMOCRM_ACCESS_TOKEN", ""),
        ("AMOCRM_CLIENT_ID", CLIENT),
        ("AMOCRM_CLIENT_SECRET", "sandbox-client-secret"),
        ("AMOCRM_REDIRECT_URI", REDIRECT),
        ("CRM_TIMEOUT", "2s"),
    ];
    let variables = variables.map(|(name, value)| (name, value.to_owned())).to_vec();
    Setup { variables, ..Setup::default() }
}

fn with(setup: Setup, name: &'static str, value: &str) -> Setup {
    let mut setup = setup;
    setup.variables.retain(|(known, _)| *known != name);
    setup.variables.push((name, value.to_owned()));
    setup
}

/// The address that `doctor` prints.
async fn address(app: &App) -> String {
    let crms = &app.outbox.deliverer.crms;
    crms.consent_address("amo").await.unwrap().expect("a consent is asked").into()
}

/// The browser comes back to us with what amoCRM gave it.
async fn back(app: &App, redirect: &str) -> (StatusCode, String) {
    let (_, query) = redirect.split_once('?').expect("a query");
    let answer = app.http.get(format!("{}/webhook/amocrm?{query}", app.base)).send().await.unwrap();
    let status = answer.status();
    (StatusCode::from_u16(status.as_u16()).unwrap(), answer.text().await.unwrap())
}

/// An administrator opens the address and allows it.
async fn consent(app: &App) {
    let redirect = app.amo.consent(&address(app).await, true).expect("a known integration");
    let (status, page) = back(app, &redirect).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Доступ получен"), "{page}");
}

fn token_calls(app: &App) -> usize {
    let calls = app.amo.calls();
    calls.iter().filter(|call| call.path.starts_with("/oauth2/access_token")).count()
}

/// Each delivery that waits comes to its turn.
async fn go_on(app: &App) {
    for _ in 0..6 {
        app.pass(TimeDelta::minutes(6));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn an_order_waits_for_the_consent_and_goes_out_after_it() {
    let app = App::start_with(by_consent()).await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.says(MANAGER, |message| message.text.contains("mypark doctor")).await;
    assert!(app.amo.calls().is_empty(), "without a token nobody is called");
    let redirect = app.amo.consent(&address(&app).await, true).unwrap();
    let (status, page) = back(&app, &redirect).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Доступ получен"), "{page}");
    assert!(page.contains("amoCRM подтвердила"), "the account was asked: {page}");
    go_on(&app).await;
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 1);
    let (status, page) = back(&app, &redirect).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "a state works once: {page}");
    assert_eq!(token_calls(&app), 1);
    app.finish().await;
}

#[tokio::test]
async fn workers_that_meet_an_expired_token_refresh_it_once() {
    let app = App::start_with(by_consent()).await;
    let phone = app.linked_customer().await;
    consent(&app).await;
    // amoCRM refuses it before its time: all of them learn it by a 401.
    app.amo.expire_access_tokens();
    for key in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let worker = app.outbox.clone();
        workers.spawn(async move { worker.step_of("amo").await.map(drop).unwrap() });
    }
    workers.join_all().await;
    go_on(&app).await;
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 10);
    assert_eq!(token_calls(&app), 2, "one exchange and one refresh");
    // By the clock it is refreshed before its end, so nobody is refused.
    app.pass(TimeDelta::hours(23) + TimeDelta::minutes(55));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let crms = app.outbox.deliverer.crms.clone();
        workers.spawn(async move { crms.keep_access().await.unwrap() });
    }
    workers.join_all().await;
    assert_eq!(token_calls(&app), 3, "once more");
    app.finish().await;
}

#[tokio::test]
async fn two_servers_on_one_database_refresh_once_and_share_the_pair() {
    let app = App::start_with(by_consent()).await;
    consent(&app).await;
    let db = Db::connect(&app.database.url).await.unwrap();
    let other = Server::over(app.config.clone(), app.clock.clone(), db).await.unwrap();
    // The second one knows the pair too.
    other.outbox.deliverer.crms.keep_access().await.unwrap();
    for day in 1..=3 {
        app.pass(TimeDelta::hours(25));
        let mut both = tokio::task::JoinSet::new();
        for crms in [&app.outbox.deliverer.crms, &other.outbox.deliverer.crms] {
            for _ in 0..5 {
                let crms = crms.clone();
                both.spawn(async move { crms.test_lead().await.unwrap().unwrap() });
            }
        }
        both.join_all().await;
        assert_eq!(token_calls(&app), 1 + day, "one refresh a day");
    }
    assert_eq!(app.amo.leads().len(), 30);
    other.db.close().await;
    app.stop().await;
}

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
async fn a_pair_that_was_refreshed_survives_a_kill_before_its_first_use() {
    let app = App::start_with(Setup { workers: false, ..by_consent() }).await;
    consent(&app).await;
    app.pass(TimeDelta::hours(25));
    app.outbox.deliverer.crms.keep_access().await.unwrap();
    assert_eq!(token_calls(&app), 2);
    // Nothing of the first process is left but the database.
    let db = Db::connect(&app.database.url).await.unwrap();
    let other = Server::over(app.config.clone(), app.clock.clone(), db).await.unwrap();
    other.outbox.deliverer.crms.test_lead().await.unwrap().unwrap();
    assert_eq!(token_calls(&app), 2, "the stored pair is the good one");
    other.db.close().await;
    app.stop().await;
}

#[tokio::test]
async fn a_refresh_whose_answer_is_lost_is_tried_again_and_the_truth_is_told() {
    let app = App::start_with(by_consent()).await;
    consent(&app).await;
    let crms = app.outbox.deliverer.crms.clone();
    // Nothing was done there: the same refresh token is still good.
    app.pass(TimeDelta::hours(25));
    app.amo.faults().set(vec![FaultPlan::next(FaultMode::ErrorBefore, 1).only("/oauth2/")]);
    crms.test_lead().await.unwrap();
    assert_eq!(app.amo.leads().len(), 1);
    // It was done there: the old one is dead, and only a person can mend it.
    app.pass(TimeDelta::hours(25));
    app.amo.faults().set(vec![FaultPlan::next(FaultMode::DropAfter, 1).only("/oauth2/")]);
    crms.keep_access().await.unwrap();
    app.says(MANAGER, |message| message.text.contains("Доступ отозван")).await;
    consent(&app).await;
    crms.test_lead().await.unwrap();
    assert_eq!(app.amo.leads().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn a_refresh_that_amocrm_cannot_serve_now_costs_nobody_a_call() {
    let app = App::start_with(by_consent()).await;
    consent(&app).await;
    app.pass(TimeDelta::hours(23) + TimeDelta::minutes(55));
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::BadGateway).only("/oauth2/")]);
    let crms = &app.outbox.deliverer.crms;
    crms.test_lead().await.unwrap();
    assert_eq!(app.amo.leads().len(), 1, "the old token is good for five minutes more");
    app.amo.faults().clear();
    app.pass(TimeDelta::hours(1));
    crms.test_lead().await.unwrap();
    assert_eq!(app.amo.leads().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn what_is_forged_is_refused_and_nobody_is_called() {
    let app = App::start_with(by_consent()).await;
    let redirect = app.amo.consent(&address(&app).await, true).unwrap();
    let host = "exampleshop.amocrm.ru";
    for (from, to, expected) in [
        (host, "evil.example.com", "не на amoCRM"),
        (host, "exampleshop.amocrm.ru.evil.com", "не на amoCRM"),
        (host, "other.amocrm.ru", "не на amoCRM"),
        ("state=", "state=0", "не наш"),
        (CLIENT, "11111111-2222-4333-8444-555555555555", "другой интеграции"),
    ] {
        let forged = redirect.replace(from, to);
        assert_ne!(forged, redirect);
        let (status, page) = back(&app, &forged).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{to}: {page}");
        assert!(page.contains(expected), "{to}: {page}");
    }
    let (status, page) = back(&app, "x?error=access_denied&state=whatever").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Вы не разрешили"), "{page}");
    let (status, _) = back(&app, "x?code=1").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(app.amo.calls().is_empty(), "nobody was called: {:?}", app.amo.calls());
    // The right one still works: nothing of the above used it up.
    assert_eq!(back(&app, &redirect).await.0, StatusCode::OK);
    // An hour later it would not.
    let late = app.amo.consent(&address(&app).await, true).unwrap();
    app.pass(TimeDelta::minutes(31));
    assert_eq!(back(&app, &late).await.0, StatusCode::FORBIDDEN);
    app.stop().await;
}

#[tokio::test]
async fn a_widgets_installation_is_taken_only_from_the_known_integration_and_account() {
    let app = App::start_with(by_consent()).await;
    let redirect = app.amo.consent(&address(&app).await, true).unwrap();
    let (hook, _) = redirect.split_once("&state=").unwrap();
    let foreign = hook.replace(CLIENT, "11111111-2222-4333-8444-555555555555");
    assert_eq!(back(&app, &foreign).await.0, StatusCode::FORBIDDEN);
    let guessed = hook.replace("code=def", "code=abc");
    assert_eq!(back(&app, &guessed).await.0, StatusCode::BAD_REQUEST, "the exchange says no");
    assert_eq!(back(&app, hook).await.0, StatusCode::OK);
    app.outbox.deliverer.crms.test_lead().await.unwrap();
    app.stop().await;
}

#[tokio::test]
async fn each_typical_error_has_its_cause_and_its_cure_on_the_page() {
    let secret = with(by_consent(), "AMOCRM_CLIENT_SECRET", "another-secret");
    let redirect = with(by_consent(), "AMOCRM_REDIRECT_URI", "https://park.example.com/webhook");
    for (setup, cause, cure) in [
        (secret, "Некорректный клиент", "AMOCRM_CLIENT_SECRET"),
        (redirect, "Адрес перенаправления", "AMOCRM_REDIRECT_URI"),
    ] {
        let app = App::start_with(setup).await;
        let redirect = app.amo.consent(&address(&app).await, true).unwrap();
        let (status, page) = back(&app, &redirect).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{page}");
        assert!(page.contains(cause) && page.contains(cure), "{page}");
        app.stop().await;
    }
    let app = App::start_with(by_consent()).await;
    let redirect = app.amo.consent(&address(&app).await, true).unwrap();
    let (status, page) = back(&app, &redirect.replace("code=def", "code=abc")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(page.contains("Cannot decrypt") && page.contains("AMOCRM_REDIRECT_URI"), "{page}");
    let redirect = app.amo.consent(&address(&app).await, true).unwrap();
    app.pass(TimeDelta::minutes(21));
    let (_, page) = back(&app, &redirect).await;
    assert!(page.contains("20 минут") && page.contains("mypark doctor"), "{page}");
    app.stop().await;
}

#[tokio::test]
async fn an_account_that_moved_is_found_and_remembered() {
    let app = App::start_with(by_consent()).await;
    consent(&app).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap().to_string();
    let (seen, stop) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
    let router = app.amo.router().layer(from_fn_with_state(seen.clone(), count_deals));
    let stopped = stop.clone().cancelled_owned();
    let serving = tokio::spawn(async move {
        axum::serve(listener, router).with_graceful_shutdown(stopped).await.unwrap();
    });
    app.amo.move_to(&there);
    app.pass(TimeDelta::hours(25));
    let crms = &app.outbox.deliverer.crms;
    crms.test_lead().await.unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 1, "the deal was made at the new address");
    // A process that starts later knows it too, and asks nobody where.
    let db = Db::connect(&app.database.url).await.unwrap();
    let other = Server::over(app.config.clone(), app.clock.clone(), db).await.unwrap();
    other.outbox.deliverer.crms.test_lead().await.unwrap();
    let asked = app.amo.calls();
    let asked = asked.iter().filter(|call| call.path.ends_with("/current/subdomain")).count();
    assert_eq!((app.amo.leads().len(), asked), (2, 1));
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    stop.cancel();
    other.db.close().await;
    app.stop().await;
    serving.abort();
}

async fn count_deals(
    State(seen): State<Arc<AtomicUsize>>,
    request: Request,
    next: Next,
) -> Response {
    seen.fetch_add(usize::from(request.uri().path() == "/api/v4/leads"), Ordering::SeqCst);
    next.run(request).await
}

#[tokio::test]
async fn the_button_makes_an_integration_of_its_own() {
    let setup = with(with(by_consent(), "AMOCRM_CLIENT_ID", ""), "AMOCRM_CLIENT_SECRET", "");
    let secrets = "https://connector.example.com/webhook/amocrm/secrets";
    let app = App::start_with(with(setup, "AMOCRM_SECRETS_URI", secrets)).await;
    let page = address(&app).await;
    assert!(page.starts_with("https://connector.example.com/webhook/amocrm/button?state="));
    let (_, state) = page.split_once("state=").unwrap();
    let shown = app.http.get(format!("{}/webhook/amocrm/button?state={state}", app.base));
    let shown = shown.send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("amocrm_oauth") && shown.contains(secrets), "{shown}");
    let tell = format!("{}/webhook/amocrm/secrets", app.base);
    let (status, _) = app.amo.press_button(&tell, REDIRECT, "somebody-elses-state").await.unwrap();
    assert_eq!(status, 401, "an integration that nobody asked for");
    let (status, redirect) = app.amo.press_button(&tell, REDIRECT, state).await.unwrap();
    assert_eq!(status, 200);
    let (status, page) = back(&app, &redirect).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    app.pass(TimeDelta::hours(25));
    app.outbox.deliverer.crms.test_lead().await.unwrap();
    assert_eq!(app.amo.leads().len(), 1, "refreshed with the id and secret of the button");
    app.stop().await;
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
    app.outbox.deliverer.crms.test_lead().await.unwrap_err();
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
    let words = crms.test_lead().await.unwrap_err();
    assert!(words.contains("SECRET_KEY"), "{words}");
    crms.keep_access().await.unwrap();
    let told = app.says(MANAGER, |message| message.text.contains("SECRET_KEY")).await;
    assert!(told.text.contains("Верните прежний"), "{}", told.text);
    // The right key still opens them.
    app.outbox.deliverer.crms.test_lead().await.unwrap();
    other.db.close().await;
    app.stop().await;
}
