//! What handlers hear, once and no more.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Bench;
use crate::bitrix24::{HookMode, Kind};

type Heard = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

/// Somebody who listens and answers with a status.
async fn listener(status: u16) -> (String, Heard) {
    let heard = Heard::default();
    let keep = heard.clone();
    let hear = post(async move |body: String| {
        let pairs = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        keep.lock().unwrap().push(pairs);
        axum::http::StatusCode::from_u16(status).unwrap()
    });
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", socket.local_addr().unwrap());
    let router = Router::new().route("/hook", hear);
    tokio::spawn(async move { axum::serve(socket, router).await });
    (url, heard)
}

/// Waits until every event went out.
async fn sent(bench: &Bench) {
    for _ in 0..300 {
        if bench.portal.event_deliveries().iter().all(|one| one.status.is_some()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("events never went out");
}

async fn by_app(bench: &Bench, method: &str, mut params: Value) -> Value {
    let (access, _) = bench.portal.issue_tokens();
    params["auth"] = access.into();
    let url = format!("{}/rest/{method}", bench.portal.options().base_url);
    bench.http.post(url).json(&params).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn an_outgoing_webhook_hears_ids_once_and_no_tokens() {
    let bench = Bench::start().await;
    let (url, heard) = listener(500).await;
    let token = bench.portal.add_outgoing_webhook(&url, &["ONCRMDEALADD", "ONCRMDEALUPDATE"]);
    let deal = bench.ok("crm.deal.add", json!({"fields": {"TITLE": "С"}})).await;
    let same = json!({"entityTypeId": 2, "id": deal, "fields": {"title": "С"}});
    bench.ok("crm.item.update", same).await;
    bench.ok("crm.deal.update", json!({"id": deal, "fields": {"STAGE_ID": "WON"}})).await;
    sent(&bench).await;
    let all = heard.lock().unwrap().clone();
    let mut names: Vec<&str> = all.iter().map(|one| one["event"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["ONCRMDEALADD", "ONCRMDEALUPDATE"],
        "a 500 is not tried again, no change is no event"
    );
    let one = &all[0];
    let keys: Vec<&str> = one.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "auth[application_token]",
            "auth[client_endpoint]",
            "auth[domain]",
            "auth[member_id]",
            "auth[server_endpoint]",
            "data[FIELDS][ID]",
            "event",
            "event_handler_id",
            "ts"
        ]
    );
    assert_eq!(
        (&one["auth[application_token]"], &one["data[FIELDS][ID]"]),
        (&token, &deal.to_string())
    );
}

#[tokio::test]
async fn an_application_binds_hears_and_unbinds() {
    let bench = Bench::start().await;
    let (url, heard) = listener(200).await;
    let handler = json!({"event": "onCrmDealUpdate", "handler": url});
    assert_eq!(by_app(&bench, "event.bind", handler.clone()).await["result"], true);
    let twice = by_app(&bench, "event.bind", handler.clone()).await;
    assert_eq!(twice["error"], "ERROR_EVENT_BINDING_EXISTS");
    assert_eq!(
        by_app(&bench, "event.get", json!({})).await["result"][0]["event"],
        "ONCRMDEALUPDATE"
    );
    let deal = bench.ok("crm.deal.add", json!({"fields": {"TITLE": "С"}})).await.as_i64().unwrap();
    assert!(bench.portal.drag(Kind::Deal, deal, "EXECUTING"));
    sent(&bench).await;
    let one = heard.lock().unwrap()[0].clone();
    assert!(one.contains_key("auth[access_token]") && !one.contains_key("auth[refresh_token]"));
    assert_eq!(one["auth[application_token]"], bench.portal.options().application_token);
    let gone = by_app(&bench, "event.unbind", handler).await;
    assert_eq!(gone["result"]["count"], 1);
}

#[tokio::test]
async fn installing_tells_tokens_and_removing_takes_them() {
    let bench = Bench::start().await;
    let (url, heard) = listener(200).await;
    assert_eq!(bench.portal.install(&url).await, 200);
    let one = heard.lock().unwrap()[0].clone();
    assert_eq!((one["event"].as_str(), one["data[LANGUAGE_ID]"].as_str()), ("ONAPPINSTALL", "ru"));
    assert!(one.contains_key("auth[refresh_token]"));
    assert_eq!(bench.portal.uninstall(&url).await, 200);
    let last = heard.lock().unwrap()[1].clone();
    assert_eq!(last["data[CLEAN]"], "1");
    assert!(!last.contains_key("auth[access_token]"));
    assert!(!bench.portal.is_installed());
}

#[tokio::test]
async fn events_are_lost_doubled_and_held() {
    let bench = Bench::start().await;
    let (url, heard) = listener(200).await;
    bench.portal.add_outgoing_webhook(&url, &["ONCRMLEADADD"]);
    for mode in [HookMode::Lost, HookMode::Doubled, HookMode::Held] {
        bench.portal.set_hook_mode(mode);
        bench.ok("crm.lead.add", json!({"fields": {"TITLE": "Л"}})).await;
    }
    sent(&bench).await;
    assert_eq!(heard.lock().unwrap().len(), 2);
    assert_eq!(bench.portal.release_hooks(1).await, 2);
    assert_eq!(heard.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn offline_events_wait_to_be_fetched() {
    let bench = Bench::start().await;
    let asked =
        json!({"event": "ONCRMLEADUPDATE", "event_type": "offline", "auth_connector": "us"});
    by_app(&bench, "event.bind", asked).await;
    let lead = bench.ok("crm.lead.add", json!({"fields": {"TITLE": "Л"}})).await;
    let change = |title: &str| json!({"id": lead, "fields": {"TITLE": title}});
    bench.ok("crm.lead.update", change("А")).await;
    bench.ok("crm.lead.update", change("Б")).await;
    let mut own = change("В");
    own["auth_connector"] = "us".into();
    bench.ok("crm.lead.update", own).await;
    let asked = json!({"clear": 0, "auth_connector": "us"});
    let got = by_app(&bench, "event.offline.get", asked.clone()).await["result"].clone();
    assert_eq!(got["events"].as_array().unwrap().len(), 1, "one row per object");
    assert_eq!(got["events"][0]["EVENT_DATA"]["FIELDS"]["ID"], lead);
    let again = by_app(&bench, "event.offline.get", asked).await;
    assert_eq!(again["result"]["events"], json!([]), "rows are reserved");
    let done = json!({"process_id": got["process_id"]});
    by_app(&bench, "event.offline.clear", done).await;
    let left = by_app(&bench, "event.offline.list", json!({})).await;
    assert_eq!(left["result"], json!([]));
}
