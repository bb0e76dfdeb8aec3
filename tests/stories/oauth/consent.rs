//! Consent is given, and only by whom we asked.

use super::*;

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
    app.outbox.deliverer.crms.test_lead(None).await.unwrap();
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
        assert_eq!(failed(&app, &[cause, cure, "mypark doctor"]).await, 1);
        app.stop().await;
    }
    let app = App::start_with(by_consent()).await;
    // Who bears no state of ours makes nobody remember anything.
    let redirect = app.amo.consent(&address(&app).await, true).unwrap();
    let (hook, _) = redirect.split_once("&state=").unwrap();
    back(&app, &hook.replace("code=def", "code=abc")).await;
    assert_eq!(failed(&app, &[]).await, 0);
    let (status, page) = back(&app, &redirect.replace("code=def", "code=abc")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(page.contains("Cannot decrypt") && page.contains("AMOCRM_REDIRECT_URI"), "{page}");
    assert_eq!(failed(&app, &["Cannot decrypt", "AMOCRM_REDIRECT_URI"]).await, 1);
    let redirect = app.amo.consent(&address(&app).await, true).unwrap();
    app.pass(TimeDelta::minutes(21));
    let (_, page) = back(&app, &redirect).await;
    assert!(page.contains("20 минут") && page.contains("mypark doctor"), "{page}");
    assert_eq!(failed(&app, &["20 минут", "mypark doctor"]).await, 1);
    consent(&app).await;
    assert_eq!(failed(&app, &[]).await, 0, "the next one succeeded");
    app.stop().await;
}

/// How many consents that came to nothing the desk shows; each says all of `words`.
async fn failed(app: &App, words: &[&str]) -> usize {
    let desk = app.mini_app(MANAGER);
    let told = desk.get("/app/desk/troubles").await.ok();
    let page = desk.page("/app/desk/troubles").await;
    let consents = told["consents"].as_array().unwrap();
    for consent in consents {
        for word in words {
            assert!(consent["reason"].as_str().unwrap().contains(word), "{word}: {told}");
            assert!(page.contains(word), "{word}: {page}");
        }
    }
    assert_eq!(page.contains("доступ не получен"), !consents.is_empty(), "{page}");
    consents.len()
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
    crms.test_lead(None).await.unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 1, "the deal was made at the new address");
    // A process that starts later knows it too, and asks nobody where.
    let db = Db::connect(&app.database.url).await.unwrap();
    let other = Server::over(app.config.clone(), app.clock.clone(), db).await.unwrap();
    other.outbox.deliverer.crms.test_lead(None).await.unwrap();
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
    app.outbox.deliverer.crms.test_lead(None).await.unwrap();
    assert_eq!(app.amo.leads().len(), 1, "refreshed with the id and secret of the button");
    app.stop().await;
}
