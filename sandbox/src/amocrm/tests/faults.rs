//! Bad days as reqwest sees them.

use serde_json::json;

use crate::amocrm::tests::{Bench, answer};
use crate::faults::{FaultMode, FaultPlan};

async fn post(bench: &Bench) -> reqwest::Result<reqwest::Response> {
    let body = Some(json!([{"name": "Сделка"}]));
    bench.send(reqwest::Method::POST, "/api/v4/leads", body).await
}

#[tokio::test]
async fn refusals_leave_nothing_behind() {
    let bench = Bench::start().await;
    for (mode, status) in [
        (FaultMode::RateLimited, 429),
        (FaultMode::Unauthorized, 401),
        (FaultMode::Blocked, 403),
        (FaultMode::ErrorBefore, 500),
        (FaultMode::BadGateway, 502),
    ] {
        bench.amo.faults().set(vec![FaultPlan::next(mode, 1)]);
        assert_eq!(post(&bench).await.unwrap().status().as_u16(), status);
    }
    assert!(bench.amo.leads().is_empty());
    assert_eq!(post(&bench).await.unwrap().status(), 200);
    assert_eq!((bench.amo.faults().fired(), bench.amo.faults().plans()), (5, vec![]));
}

#[tokio::test]
async fn the_work_is_done_though_the_answer_is_lost() {
    let bench = Bench::start().await;
    let faults = bench.amo.faults();
    faults.set(vec![FaultPlan::next(FaultMode::ErrorAfter, 1)]);
    assert_eq!(post(&bench).await.unwrap().status(), 500);
    faults.set(vec![FaultPlan::next(FaultMode::DropAfter, 1)]);
    assert!(post(&bench).await.unwrap_err().is_request());
    faults.set(vec![FaultPlan::next(FaultMode::HalfAnswer, 1)]);
    let half = post(&bench).await.unwrap();
    assert_eq!(half.status(), 200);
    assert!(half.text().await.is_err());
    faults.set(vec![FaultPlan::next(FaultMode::Garbage, 1)]);
    let garbage = post(&bench).await.unwrap();
    assert_eq!(garbage.status(), 200);
    assert!(garbage.json::<serde_json::Value>().await.is_err());
    faults.set(vec![FaultPlan::next(FaultMode::HangAfter, 1)]);
    assert!(post(&bench).await.unwrap_err().is_timeout());
    assert_eq!(bench.amo.leads().len(), 5);
    faults.set(vec![FaultPlan::next(FaultMode::DropBefore, 1)]);
    assert!(post(&bench).await.is_err());
    assert_eq!(bench.amo.leads().len(), 5);
    let silent = bench.amo.calls().iter().filter(|call| call.status.is_none()).count();
    assert_eq!(silent, 3);
}

#[tokio::test]
async fn a_plan_keeps_to_its_routes_and_its_share() {
    let bench = Bench::start().await;
    let plan = FaultPlan::all(FaultMode::ErrorBefore).only("POST /leads");
    bench.amo.faults().set(vec![plan]);
    assert_eq!(bench.get("/api/v4/leads").await.0, 204);
    assert_eq!(post(&bench).await.unwrap().status(), 500);
    bench.amo.faults().set(vec![FaultPlan::share(FaultMode::BadGateway, 0.5, 7)]);
    let mut spoilt = 0;
    for _ in 0..60 {
        spoilt += u32::from(bench.get("/api/v4/account").await.0 == 502);
    }
    assert!((15..45).contains(&spoilt), "{spoilt}");
}

#[tokio::test]
async fn too_many_calls_in_a_second_are_refused() {
    let bench = Bench::with(|options| options.rate_per_second = 7).await;
    let mut codes = Vec::new();
    for _ in 0..9 {
        codes.push(bench.get("/api/v4/account").await.0);
    }
    assert_eq!(codes[..7], [200; 7]);
    assert_eq!(codes[7..], [429, 429]);
}

#[tokio::test]
async fn strangers_and_lost_ways_get_their_problems() {
    let bench = Bench::start().await;
    let url = format!("{}/api/v4/leads", bench.amo.options().base_url);
    let stranger = bench.http.get(&url).bearer_auth("wrong").send().await.unwrap();
    assert_eq!(stranger.headers()["content-type"], "application/problem+json");
    let (status, body) = answer(stranger).await;
    assert_eq!((status, &body["detail"]), (401, &json!("Неверный логин или пароль")));
    assert_eq!(bench.get("/api/v4/leadz").await.0, 404);
    assert_eq!(bench.get("/api/v4/leads?limit=500").await.0, 422);
}
