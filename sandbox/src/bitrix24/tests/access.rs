//! Doors, limits, faults and tokens.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Bench;
use crate::bitrix24::{Bucket, Kind, USER_ADMIN};
use crate::faults::{FaultMode, FaultPlan};

#[tokio::test]
async fn every_form_of_asking_is_one_call() {
    let bench = Bench::start().await;
    let base = bench.portal.webhook_url();
    let get = format!("{base}crm.lead.add.json?fields[TITLE]=A&fields[PHONE][0][VALUE]=%2B7900");
    let form = bench
        .http
        .post(format!("{base}CRM.Lead.Add"))
        .body("FIELDS[TITLE]=B&FIELDS[OPPORTUNITY]=10");
    let form = form.header("Content-Type", "application/x-www-form-urlencoded");
    let parts = reqwest::multipart::Form::new().text("fields[TITLE]", "C");
    let parts = bench.http.post(format!("{base}crm.lead.add")).multipart(parts);
    for request in [bench.http.get(get), form, parts] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
    }
    let leads = bench.portal.leads();
    let titles: Vec<&Value> = leads.iter().map(|lead| &lead["TITLE"]).collect();
    assert_eq!(titles, ["A", "B", "C"]);
    assert_eq!(leads[0]["PHONE"][0]["VALUE"], "+7900");
    assert_eq!(leads[1]["OPPORTUNITY"], 10.0);
}

#[tokio::test]
async fn strangers_and_the_dismissed_stay_outside() {
    let bench = Bench::start().await;
    let base = bench.portal.options().base_url.clone();
    let wrong = bench.http.get(format!("{base}/rest/1/wrong/profile")).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.json::<Value>().await.unwrap()["error"], "NO_AUTH_FOUND");
    let (status, body) = bench.call("no.such.method", json!({})).await;
    assert_eq!((status, &body["error"]), (404, &json!("ERROR_METHOD_NOT_FOUND")));
    let (status, body) = bench.call("event.bind", json!({"event": "ONCRMDEALADD"})).await;
    assert_eq!((status, &body["error"]), (403, &json!("ACCESS_DENIED")));
    bench.portal.set_user_active(USER_ADMIN, false);
    let (status, body) = bench.call("profile", json!({})).await;
    assert_eq!((status, &body["error"]), (401, &json!("NO_AUTH_FOUND")));
}

#[tokio::test]
async fn rights_are_asked_by_module() {
    let bench = Bench::with(|options| {
        options.bucket = None;
        options.scopes = vec!["crm".to_owned()];
    })
    .await;
    let (status, body) = bench.call("user.get", json!({})).await;
    assert_eq!((status, &body["error"]), (403, &json!("insufficient_scope")));
    assert_eq!(bench.ok("scope", json!({})).await, json!(["crm"]));
    bench.ok("crm.lead.list", json!({})).await;
}

#[tokio::test]
async fn the_bucket_leaks_by_the_clock() {
    let bench = Bench::with(|options| options.bucket = Some(Bucket { leak: 2.0, size: 5.0 })).await;
    for _ in 0..5 {
        bench.ok("profile", json!({})).await;
    }
    let (status, body) = bench.call("profile", json!({})).await;
    assert_eq!((status, &body["error"]), (503, &json!("QUERY_LIMIT_EXCEEDED")));
    bench.pass(1);
    bench.ok("profile", json!({})).await;
    bench.ok("batch", json!({"cmd": ["profile", "profile", "profile"]})).await;
    assert_eq!(bench.call("profile", json!({})).await.0, 503);
    bench.portal.set_bucket(None);
    bench.portal.set_operating("crm.lead.list", 480.0);
    let (status, body) = bench.call("crm.lead.list", json!({})).await;
    assert_eq!((status, &body["error"]), (429, &json!("OPERATION_TIME_LIMIT")));
    bench.ok("crm.deal.list", json!({})).await;
}

#[tokio::test]
async fn faults_strike_before_or_after_the_work() {
    let bench = Bench::start().await;
    let add = json!({"fields": {"TITLE": "С"}});
    bench.portal.faults().set(vec![FaultPlan::next(FaultMode::ErrorBefore, 1)]);
    let (status, body) = bench.call("crm.deal.add", add.clone()).await;
    assert_eq!((status, &body["error"]), (500, &json!("INTERNAL_SERVER_ERROR")));
    assert_eq!(bench.portal.deals().len(), 0);
    let plan = FaultPlan::next(FaultMode::DropAfter, 1).only("crm.deal.add");
    bench.portal.faults().set(vec![plan]);
    bench.ok("crm.deal.list", json!({})).await;
    let batch = json!({"cmd": {"d": "crm.deal.add?fields[TITLE]=B"}});
    let url = format!("{}batch", bench.portal.webhook_url());
    assert!(
        bench.http.post(url).json(&batch).send().await.is_err(),
        "a command is spoilt by its name"
    );
    assert_eq!(bench.portal.deals().len(), 1);
    for (code, expected) in
        [("expired_token", 401), ("OVERLOAD_LIMIT", 503), ("insufficient_scope", 403)]
    {
        bench.portal.faults().set(vec![FaultPlan::refused(code, 1)]);
        let (status, body) = bench.call("crm.deal.add", add.clone()).await;
        assert_eq!((status, &body["error"]), (expected, &json!(code)));
    }
    bench.portal.faults().set(vec![FaultPlan::next(FaultMode::BadGateway, 1)]);
    let url = format!("{}profile", bench.portal.webhook_url());
    let page = bench.http.get(url).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html");
    assert_eq!(bench.portal.deals().len(), 1);
}

#[tokio::test]
async fn tokens_rotate_and_die() {
    let bench = Bench::start().await;
    let options = bench.portal.options().clone();
    let asked =
        format!("{}/oauth/authorize/?client_id={}&state=s", options.base_url, options.client.id);
    let back = bench.portal.consent(&asked).unwrap();
    let back = url::Url::parse(&back).unwrap();
    let code = back.query_pairs().find(|(key, _)| key == "code").unwrap().1.into_owned();
    let token = async |grant: &str, name: &str, secret: &str| {
        let query = [
            ("grant_type", grant),
            ("client_id", &options.client.id),
            ("client_secret", &options.client.secret),
            (name, secret),
        ];
        let url = format!("{}/oauth/token/", options.base_url);
        let answer = bench.http.get(url).query(&query).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, pair) = token("authorization_code", "code", &code).await;
    assert_eq!((status, &pair["expires_in"], pair.get("user_id")), (200, &json!(3600), None));
    assert_eq!(token("authorization_code", "code", &code).await.1["error"], "invalid_grant");
    let profile = async |access: &Value| {
        let url = format!("{}/rest/profile", options.base_url);
        let answer = bench.http.post(url).json(&json!({"auth": access})).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(profile(&pair["access_token"]).await.1["result"]["ID"], "1");
    bench.pass(3600);
    let (status, body) = profile(&pair["access_token"]).await;
    assert_eq!((status, &body["error"]), (401, &json!("expired_token")));
    let first = pair["refresh_token"].as_str().unwrap().to_owned();
    let (_, next) = token("refresh_token", "refresh_token", &first).await;
    assert_eq!(next["user_id"], 1);
    assert_ne!(next["refresh_token"], json!(first));
    assert_eq!(token("refresh_token", "refresh_token", &first).await.1["error"], "invalid_grant");
    bench.pass(TimeDelta::days(181).num_seconds());
    let late = next["refresh_token"].as_str().unwrap();
    assert_eq!(token("refresh_token", "refresh_token", late).await.0, 400);
    let (access, _) = bench.portal.issue_tokens();
    bench.portal.revoke_access();
    assert_eq!(profile(&json!(access)).await.1["error"], "invalid_token");
}

#[tokio::test]
async fn a_renamed_portal_points_to_its_new_address() {
    let bench = Bench::start().await;
    let old = bench.portal.webhook_url();
    let elsewhere = old.replace("127.0.0.1", "localhost");
    let (new, _) = elsewhere.split_once("/rest").unwrap();
    bench.portal.move_to(new);
    let url = format!("{old}crm.lead.add?x=1");
    let moved = bench.http.post(url).json(&json!({"fields": {"TITLE": "A"}})).send().await.unwrap();
    assert_eq!(moved.status(), StatusCode::FOUND);
    let to = moved.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(to, format!("{elsewhere}crm.lead.add?x=1"));
    assert!(bench.portal.records(Kind::Lead).is_empty());
    let url = to.replace("localhost", "127.0.0.1");
    let host = new.split_once("://").unwrap().1;
    let again = bench.http.post(url).header("Host", host).json(&json!({"fields": {"TITLE": "A"}}));
    assert_eq!(again.send().await.unwrap().status(), StatusCode::OK);
}
