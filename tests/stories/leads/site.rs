//! The way back: what becomes of a lead reaches the site, by its token and by a signed webhook.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post as posted;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{App, MANAGER};
use tokio::net::TcpListener;

use super::{accepted, anna, deal_of, post, state_of, waited_out, with_site};

const SECRET: &str = "a-secret-between-two-servers";

/// The site's ear: what it heard, and what it answers first.
#[derive(Clone, Default)]
struct Ear {
    heard: Arc<Mutex<Vec<Value>>>,
    refusals: Arc<Mutex<Vec<u16>>>,
}

impl Ear {
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/leads", listener.local_addr().unwrap());
        let router = Router::new().route("/leads", posted(hear)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn states(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard.iter().map(|body| body["state"].as_str().unwrap().to_owned()).collect()
    }
}

async fn hear(State(ear): State<Ear>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if let Some(status) = ear.refusals.lock().unwrap().pop() {
        return StatusCode::from_u16(status).unwrap();
    }
    let stamp: i64 = headers[webapp::TIMESTAMP].to_str().unwrap().parse().unwrap();
    if headers[webapp::SIGNATURE] != webapp::signature(SECRET, stamp, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    ear.heard.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    StatusCode::NO_CONTENT
}

#[tokio::test]
async fn the_site_sees_what_becomes_of_a_lead() {
    let ear = Ear::default();
    let url = ear.listen().await;
    let app =
        App::start_with(with_site(&[("SITE_SECRET", SECRET), ("SITE_WEBHOOK_URL", &url)])).await;
    let (number, token) = accepted(post(&app).json(&anna())).await;
    app.settled().await;
    app.pass(TimeDelta::minutes(1));
    // The site is down for a moment: what it must hear waits.
    *ear.refusals.lock().unwrap() = vec![503];
    let take = format!("/app/desk/leads/{number}/take");
    let taken = app.mini_app(MANAGER).post(&take, &json!({})).await.ok();
    assert_eq!(taken["lead"]["state"], "taken");
    waited_out(&app).await;
    assert_eq!(ear.states(), ["taken"]);
    assert_eq!(state_of(&app, &token).await, "taken");
    let deal = deal_of(&app, &number);
    assert_eq!(deal.status_id, 80_953_558, "the deal moved with it");

    app.pass(TimeDelta::minutes(5));
    assert!(app.amo.drag(deal.id, 142), "the CRM's people close it");
    app.settled().await;
    app.eventually("the site hears of it", async || {
        (ear.states() == ["taken", "converted"]).then_some(())
    })
    .await;
    assert_eq!(state_of(&app, &token).await, "converted");
    let told = crate::plans::newest_to("site", &app, "site_lead").await;
    let planned = crate::plans::plan(&app, &told).await;
    assert_eq!((planned[0].what, planned[0].which.as_str()), ("tell-site", number.as_str()));
    assert_eq!(crate::plans::says(&planned[0], "state"), "converted");
    let heard = ear.heard.lock().unwrap().last().cloned().unwrap();
    assert_eq!((&heard["number"], &heard["token"]), (&json!(number), &json!(token)));
    assert!(heard["updated_at"].is_string());
    let nobody = app.http.get(format!("{}/ingest/lead/none", app.base)).send().await.unwrap();
    assert_eq!(nobody.status(), 404);
    app.finish().await;
}
