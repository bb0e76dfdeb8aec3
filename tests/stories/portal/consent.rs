//! The application by consent: granted once, refreshed once, lost loudly, never in the clear.

use super::*;

#[tokio::test]
async fn a_consent_opens_the_portal_and_its_address_works_once() {
    let app = App::start_with(by_application()).await;
    let (told, advised) = fault(&app).await;
    assert!(
        told.contains("ещё не разрешён") && advised.contains("mypark doctor"),
        "{told} {advised}"
    );
    let redirect = app.bitrix24.consent(&address(&app).await).unwrap();
    let (status, page) = back(&app, &redirect).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Доступ получен") && page.contains("Битрикс24 подтвердил"), "{page}");
    assert!(works(&app).await);
    let (status, page) = back(&app, &redirect).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{page}");
    assert_eq!(refreshes(&app), 1, "nobody is asked for a state that is used up");
    app.stop().await;
}

#[tokio::test]
async fn a_forged_return_is_asked_of_nobody() {
    let app = App::start_with(by_application()).await;
    let redirect = app.bitrix24.consent(&address(&app).await).unwrap();
    let host = redirect.split("domain=").nth(1).unwrap().split('&').next().unwrap();
    for forged in [
        redirect.replace("state=", "state=x"),
        redirect.replace(host, "evil.example.com"),
        redirect.replace(host, "127.0.0.1%3A1"),
        redirect.replace("code=", "other="),
    ] {
        let (status, page) = back(&app, &forged).await;
        assert!(status.is_client_error(), "{status} {page}");
    }
    assert_eq!(refreshes(&app), 0);
    // A code that waited for more than its thirty seconds.
    app.pass(TimeDelta::seconds(31));
    let (status, page) = back(&app, &redirect).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(page.contains("30 секунд"), "{page}");
    app.stop().await;
}

#[tokio::test]
async fn strangers_start_no_consent_where_access_works() {
    let app = App::start_with(by_application()).await;
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let open = async |query: &str, token: &str| {
        let get = http.get(format!("{}/api/auth/bitrix24{query}", app.base));
        let answer = get.bearer_auth(token).send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to)
    };
    let (status, to) = open("", "x").await;
    assert_eq!(status, 303, "the first consent needs an account of the portal, and that is all");
    let redirect = app.bitrix24.consent(&to.unwrap()).unwrap();
    assert_eq!(back(&app, &redirect).await.0, StatusCode::OK);
    assert_eq!(open("", "x").await, (403, None));
    assert_eq!(open("?state=guess", "x").await, (403, None));
    let token = administrators_token(&app).await;
    assert_eq!(open("", &token).await.0, 303);
    let state = address(&app).await;
    let state = state.split("state=").nth(1).unwrap();
    assert_eq!(open(&format!("?state={state}"), "x").await.0, 303);
    app.stop().await;
}

#[tokio::test]
async fn ten_workers_with_an_expired_token_refresh_it_once() {
    let app = App::start_with(by_application()).await;
    consent(&app).await;
    // The portal refuses it before its time: all of them learn it by a 401.
    app.bitrix24.expire_access_tokens();
    let all_work = async || {
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let crms = app.outbox.deliverer.crms.clone();
            workers.spawn(async move {
                let found = crms.check_portal(None, Lang::Ru).await.unwrap().1;
                assert!(found.iter().all(|finding| finding.state == State::Good), "{found:#?}");
            });
        }
        workers.join_all().await;
    };
    all_work().await;
    assert_eq!(refreshes(&app), 2, "one exchange and one refresh");
    // By the clock nobody is refused.
    app.pass(TimeDelta::hours(2));
    all_work().await;
    assert_eq!(refreshes(&app), 3);
    let refused = app.bitrix24.calls();
    let refused = refused.iter().filter(|call| call.status == Some(401)).count();
    assert!(refused <= 10, "only those of the first hour: {refused}");
    app.stop().await;
}

#[tokio::test]
async fn two_servers_on_one_database_refresh_once_and_share_the_pair() {
    let app = App::start_with(by_application()).await;
    consent(&app).await;
    let db = Db::connect(&app.database.url).await.unwrap();
    let other = Server::over(app.config.clone(), app.clock.clone(), db).await.unwrap();
    for hour in 1..=3 {
        app.pass(TimeDelta::hours(1));
        let mut both = tokio::task::JoinSet::new();
        for crms in [&app.outbox.deliverer.crms, &other.outbox.deliverer.crms] {
            for _ in 0..3 {
                let crms = crms.clone();
                both.spawn(async move { crms.check_portal(None, Lang::Ru).await.unwrap().1 });
            }
        }
        for found in both.join_all().await {
            assert!(found.iter().all(|finding| finding.state == State::Good), "{found:#?}");
        }
        assert_eq!(refreshes(&app), 1 + hour, "one refresh an hour");
    }
    other.db.close().await;
    app.stop().await;
}

#[tokio::test]
async fn an_idle_access_is_not_refreshed_by_the_hour_and_does_not_die() {
    let app = App::start_with(by_application()).await;
    consent(&app).await;
    let crms = app.outbox.deliverer.crms.clone();
    for _ in 0..19 {
        app.pass(TimeDelta::days(1));
        crms.keep_access().await.unwrap();
    }
    assert_eq!(refreshes(&app), 1, "Bitrix24 blocks applications that refresh by a timer");
    for _ in 0..200 {
        app.pass(TimeDelta::days(1));
        crms.keep_access().await.unwrap();
    }
    assert_eq!(refreshes(&app), 11, "once in twenty days");
    assert!(works(&app).await, "after longer than a refresh token lives");
    app.stop().await;
}

#[tokio::test]
async fn a_revoked_access_is_told_once_and_goes_on_after_a_new_consent() {
    let app = App::start_with(by_application()).await;
    consent(&app).await;
    app.bitrix24.revoke_access();
    let (told, _) = fault(&app).await;
    assert!(told.contains("отозван"), "{told}");
    let asked = refreshes(&app);
    for _ in 0..3 {
        app.outbox.deliverer.crms.keep_access().await.unwrap();
        fault(&app).await;
    }
    assert_eq!(refreshes(&app), asked, "a dead pair is not tried again");
    app.says(MANAGER, |message| message.text.contains("Битрикс24 отозван")).await;
    assert!(stopped(&app).await.unwrap().contains("отозван"));
    consent(&app).await;
    assert!(works(&app).await && stopped(&app).await.is_none());
    app.settled().await;
    let chat = app.telegram.chat(MANAGER);
    let told = chat.iter().filter(|message| message.text.contains("Битрикс24 отозван")).count();
    assert_eq!(told, 1, "said once");
    app.finish().await;
}

#[tokio::test]
async fn a_refresh_whose_answer_is_lost_is_tried_again_and_the_truth_is_told() {
    let app = App::start_with(by_application()).await;
    consent(&app).await;
    app.pass(TimeDelta::hours(2));
    // Nothing was done there: the same refresh token is still good.
    app.bitrix24.faults().set(vec![FaultPlan::next(FaultMode::DropBefore, 1).only("/oauth/")]);
    assert!(works(&app).await);
    // It was done there: the old one is dead, and only a person can mend it.
    app.pass(TimeDelta::hours(2));
    app.bitrix24.faults().set(vec![FaultPlan::next(FaultMode::DropAfter, 1).only("/oauth/")]);
    assert!(fault(&app).await.0.contains("отозван"));
    consent(&app).await;
    assert!(works(&app).await);
    app.stop().await;
}

#[tokio::test]
async fn a_person_of_the_portal_comes_into_the_console_from_their_own_browser() {
    let app = App::start_with(by_application()).await;
    let begin = async |browser: &mut tests::Console| {
        let page = browser.get("/staff/sign-in").await.ok();
        assert!(page.contains("/api/auth/bitrix24?for=console"), "{page}");
        let sent = browser.get("/api/auth/bitrix24?for=console").await;
        let redirect = app.bitrix24.consent(&sent.clone().gone_to()).unwrap();
        redirect.split_once("/api/").map(|(_, path)| format!("/api/{path}")).unwrap()
    };
    let mut browser = app.browser();
    let back = begin(&mut browser).await;
    let unknown = browser.get(&back).await;
    assert_eq!(unknown.status, StatusCode::FORBIDDEN, "{}", unknown.body);
    assert!(unknown.body.contains("Портал вас знает"), "{}", unknown.body);
    // The first consent connects the portal all the same.
    assert!(works(&app).await);
    let mut tx = app.db.begin().await.unwrap();
    let maria = domain::staff::by_telegram(&mut tx, MANAGER).await.unwrap().unwrap();
    let code = domain::portal_users::issue_code(&mut tx, &maria.id, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    // The code that the bot gave says who they are, once the portal has said that it is they.
    let typed = |code: &str| [("code", code.to_owned())];
    let with_code = async |browser: &mut tests::Console, code: &str| {
        let form = typed(code);
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let sent = browser.post("/api/auth/bitrix24", &form).await.gone_to();
        let redirect = app.bitrix24.consent(&sent).unwrap();
        let back = redirect.split_once("/api/").map(|(_, path)| format!("/api/{path}")).unwrap();
        browser.get(&back).await
    };
    let forged = browser.request(reqwest::Method::POST, "/api/auth/bitrix24");
    let forged = forged.header("Origin", "https://evil.example").form(&typed(&code));
    assert_eq!(browser.send(forged).await.status, StatusCode::FORBIDDEN);
    let guessed = with_code(&mut browser, "AAAA-BBBB").await;
    assert_eq!(guessed.status, StatusCode::FORBIDDEN, "{}", guessed.body);
    assert_eq!(with_code(&mut browser, &code).await.gone_to(), "/staff");
    assert!(browser.get("/staff").await.ok().contains("Мария"));
    browser.post("/staff/sign-out", &[]).await.gone_to();
    // A link that somebody else's browser asked for opens nothing here.
    let back = begin(&mut browser).await;
    let mut other = app.browser();
    assert_eq!(other.get(&back).await.status, StatusCode::FORBIDDEN, "it replaces no access");
    assert_eq!(other.get("/staff").await.status, 303, "nobody is signed in by another's consent");
    let back = begin(&mut browser).await;
    assert_eq!(browser.get(&back).await.gone_to(), "/staff");
    assert!(browser.get("/staff").await.ok().contains("Мария"));
    app.stop().await;
}
