//! A pair of tokens is refreshed once, whoever meets its end.

use super::*;

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
                both.spawn(async move { crms.test_lead(None).await.unwrap() });
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
async fn a_pair_that_was_refreshed_survives_a_kill_before_its_first_use() {
    let app = App::start_with(Setup { workers: false, ..by_consent() }).await;
    consent(&app).await;
    app.pass(TimeDelta::hours(25));
    app.outbox.deliverer.crms.keep_access().await.unwrap();
    assert_eq!(token_calls(&app), 2);
    // Nothing of the first process is left but the database.
    let db = Db::connect(&app.database.url).await.unwrap();
    let other = Server::over(app.config.clone(), app.clock.clone(), db).await.unwrap();
    other.outbox.deliverer.crms.test_lead(None).await.unwrap();
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
    crms.test_lead(None).await.unwrap();
    assert_eq!(app.amo.leads().len(), 1);
    // It was done there: the old one is dead, and only a person can mend it.
    app.pass(TimeDelta::hours(25));
    app.amo.faults().set(vec![FaultPlan::next(FaultMode::DropAfter, 1).only("/oauth2/")]);
    crms.keep_access().await.unwrap();
    app.says(MANAGER, |message| message.text.contains("Доступ отозван")).await;
    consent(&app).await;
    crms.test_lead(None).await.unwrap();
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
    crms.test_lead(None).await.unwrap();
    assert_eq!(app.amo.leads().len(), 1, "the old token is good for five minutes more");
    app.amo.faults().clear();
    app.pass(TimeDelta::hours(1));
    crms.test_lead(None).await.unwrap();
    assert_eq!(app.amo.leads().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn a_pair_that_nobody_uses_outlives_the_three_months_of_its_refresh_token() {
    let app = App::start_with(by_consent()).await;
    consent(&app).await;
    let crms = &app.outbox.deliverer.crms;
    for _ in 0..100 {
        app.pass(TimeDelta::days(1));
        crms.keep_access().await.unwrap();
    }
    crms.test_lead(None).await.unwrap();
    assert_eq!(app.amo.leads().len(), 1, "a hundred days without an order");
    // A program that was away for so long finds it dead, and says what to do.
    app.pass(TimeDelta::days(100));
    crms.keep_access().await.unwrap();
    app.says(MANAGER, |message| message.text.contains("три месяца")).await;
    consent(&app).await;
    crms.test_lead(None).await.unwrap();
    assert_eq!(app.amo.leads().len(), 2);
    app.stop().await;
}
