//! When a delivery that failed is tried again, to the second: each row of the retry table.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use domain::outbox::{self, Delivery, State};
use sandbox::faults::{FaultMode, FaultPlan};
use tests::{App, MiniApp, Setup};

use crate::deliveries::impatient;
use crate::{fill_cart, order};

/// The delivery of the only order, once it has come to rest after its `attempts`-th try.
async fn after_try(app: &App, attempts: i64) -> Delivery {
    app.eventually("a failed try", async || {
        let open = app.open().await;
        open.into_iter().find(|delivery| {
            let rests = matches!(delivery.state, State::Waiting | State::Unknown);
            delivery.kind == "crm_order" && rests && delivery.attempts == attempts
        })
    })
    .await
}

/// Nothing is tried until the last second before `at`.
async fn nothing_until(app: &App, at: DateTime<Utc>) {
    let calls = app.amo.calls().len();
    app.at(at - TimeDelta::seconds(1));
    // There is nothing to wait for: what must not happen is given the time to happen.
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    let polls = |path: &str| path.contains("/events") || path.contains("/webhooks");
    let later = app.amo.calls().into_iter().skip(calls);
    let tried: Vec<_> = later.filter(|call| call.method != "GET" && !polls(&call.path)).collect();
    assert!(tried.is_empty(), "tried a second too early: {tried:?}");
}

async fn with_one_order(setup: Setup, fault: FaultPlan) -> (App, MiniApp) {
    let app = App::start_with(setup).await;
    let phone = app.linked_customer().await;
    app.amo.faults().set(vec![fault.only("contacts").only("leads")]);
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    (app, phone)
}

#[tokio::test]
async fn after_429_it_waits_a_minute_or_as_long_as_was_asked_and_is_first_again() {
    for (asked, seconds) in [(None, 60), (Some(10), 60), (Some(90), 90)] {
        let fault = FaultPlan { retry_after: asked, ..FaultPlan::next(FaultMode::RateLimited, 1) };
        let (app, phone) = with_one_order(Setup::default(), fault).await;
        let waiting = after_try(&app, 1).await;
        assert_eq!((waiting.run_at - app.clock.now()).num_seconds(), seconds, "{asked:?}");
        // The account asked for patience, so the next order waits too, and stays behind.
        fill_cart(&phone, 2).await;
        order(&phone, "next").await;
        nothing_until(&app, waiting.run_at).await;
        assert!(app.amo.leads().is_empty());
        let mut tx = app.db.begin().await.unwrap();
        let minute = TimeDelta::minutes(1);
        let then = Clock::fixed(waiting.run_at);
        let first = outbox::claim(&mut tx, &then, "amo", minute).await.unwrap();
        assert_eq!(first.map(|first| first.id), Some(waiting.id), "first in its queue");
        drop(tx);
        app.at(waiting.run_at);
        app.settled().await;
        assert_eq!(app.amo.leads().len(), 2);
        app.finish().await;
    }
}

#[tokio::test]
async fn a_failing_crm_is_asked_after_five_minutes_then_thirty_then_ever_more_rarely_to_a_day() {
    for mode in [FaultMode::ErrorBefore, FaultMode::BadGateway, FaultMode::DropAfter] {
        let (app, _phone) = with_one_order(impatient(), FaultPlan::all(mode)).await;
        for (tried, minutes) in (1..).zip([5, 30, 60, 120, 240, 480, 960, 1440, 1440]) {
            let failed = after_try(&app, tried).await;
            let wait = failed.run_at - app.clock.now();
            let least = TimeDelta::minutes(minutes);
            let most = (least + least / 10).min(TimeDelta::days(1));
            assert!((least..=most).contains(&wait), "{mode:?} {tried}: {wait} is not {least}");
            nothing_until(&app, failed.run_at).await;
            app.at(failed.run_at);
        }
        after_try(&app, 10).await;
        app.amo.faults().clear();
        app.pass(TimeDelta::days(1));
        app.settled().await;
        assert_eq!(app.amo.leads().len(), 1, "{mode:?}");
        app.finish().await;
    }
}

#[tokio::test]
async fn silence_counts_as_a_failure_of_unknown_outcome() {
    let (app, _phone) = with_one_order(
        impatient(),
        FaultPlan::next(FaultMode::HangAfter, 1).only("POST /api/v4/leads"),
    )
    .await;
    let failed = after_try(&app, 1).await;
    let wait = failed.run_at - app.clock.now();
    assert!((TimeDelta::minutes(5)..=TimeDelta::seconds(330)).contains(&wait), "{wait}");
    nothing_until(&app, failed.run_at).await;
    app.at(failed.run_at);
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 1, "or it is looked for and found");
    app.finish().await;
}

#[tokio::test]
async fn patience_that_was_asked_for_is_no_failure_and_makes_no_later_wait_longer() {
    let (app, _phone) =
        with_one_order(Setup::default(), FaultPlan::next(FaultMode::RateLimited, 3)).await;
    for tried in 1..=3 {
        let waiting = after_try(&app, tried).await;
        assert_eq!((waiting.run_at - app.clock.now()).num_seconds(), 60);
        if tried == 3 {
            app.amo.faults().set(vec![FaultPlan::next(FaultMode::ErrorBefore, 1)]);
        }
        app.at(waiting.run_at);
    }
    let failed = after_try(&app, 4).await;
    let wait = failed.run_at - app.clock.now();
    assert!(wait <= TimeDelta::seconds(330), "the first failure waits five minutes: {wait}");
    app.at(failed.run_at);
    app.finish().await;
}

#[tokio::test]
async fn a_connection_that_is_shut_pauses_five_minutes_before_it_is_probed() {
    for mode in [FaultMode::Unauthorized, FaultMode::PaymentRequired, FaultMode::Blocked] {
        let (app, _phone) = with_one_order(Setup::default(), FaultPlan::all(mode)).await;
        let paused = after_try(&app, 1).await;
        assert_eq!(paused.run_at - app.clock.now(), TimeDelta::minutes(5), "{mode:?}");
        nothing_until(&app, paused.run_at).await;
        app.amo.faults().clear();
        app.at(paused.run_at);
        app.settled().await;
        assert_eq!(app.amo.leads().len(), 1, "{mode:?}");
        app.finish().await;
    }
}

#[tokio::test]
async fn a_401_rotates_the_token_and_tries_at_once_and_then_stops_the_connection() {
    let app = App::start_with(crate::oauth::by_consent()).await;
    crate::oauth::consent(&app).await;
    let phone = app.linked_customer().await;
    let asked = app.clock.now();
    app.amo.expire_access_tokens();
    fill_cart(&phone, 1).await;
    order(&phone, "rotated").await;
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 1);
    assert_eq!(app.clock.now(), asked, "no minute was waited for");
    assert_eq!(crate::oauth::token_calls(&app), 2, "one exchange, one rotation");
    // The pair that it got is not accepted either.
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized).only("/api/v4/")]);
    fill_cart(&phone, 1).await;
    order(&phone, "stopped").await;
    let paused = app
        .eventually("a stop", async || {
            let mut reader = app.db.read().await.unwrap();
            outbox::paused(&mut reader, "amo").await.unwrap()
        })
        .await;
    assert_eq!(paused.0 - app.clock.now(), TimeDelta::minutes(5), "then one call probes it");
    assert_eq!(crate::oauth::token_calls(&app), 3, "rotated once, not again and again");
    app.amo.faults().clear();
    app.at(paused.0);
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 2);
    app.finish().await;
}
