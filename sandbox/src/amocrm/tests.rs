//! The fake against reqwest over real sockets, and its shapes against the recorded ones.

mod api;
mod faults;
mod hooks;
mod shapes;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::DateTime;
use reqwest::{Client, Method, Response};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::amocrm::{Amocrm, AmocrmOptions};

/// An account behind a socket, with a clock that the test turns.
struct Bench {
    amo: Amocrm,
    http: Client,
    seconds: Arc<AtomicI64>,
}

impl Bench {
    async fn start() -> Self {
        Self::with(|options| options.rate_per_second = 0).await
    }

    async fn with(set: impl FnOnce(&mut AmocrmOptions)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seconds = Arc::new(AtomicI64::new(1_767_225_600));
        let clock = Arc::clone(&seconds);
        let now = move || DateTime::from_timestamp(clock.load(Ordering::Relaxed), 0).unwrap();
        let mut options = AmocrmOptions::new(base, Arc::new(now));
        set(&mut options);
        let amo = Amocrm::new(options);
        let router = amo.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(3)).build().unwrap();
        Self { amo, http, seconds }
    }

    fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let url = format!("{}{path}", self.amo.options().base_url);
        let mut request =
            self.http.request(method, url).bearer_auth(&self.amo.options().access_token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.send(Method::GET, path, None).await.unwrap()).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.send(Method::POST, path, Some(body)).await.unwrap()).await
    }

    async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.send(Method::PATCH, path, Some(body)).await.unwrap()).await
    }
}

/// Status and body; an empty body is null.
async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or_default())
}

/// A receiver of webhooks that answers with the given codes, then with 200.
async fn receiver(codes: Vec<u16>) -> (String, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    let router = Router::new().route(
        "/hook",
        post(async move |body: String| {
            let mut kept = kept.lock().unwrap();
            let code = codes.get(kept.len()).copied().unwrap_or(200);
            kept.push(body);
            StatusCode::from_u16(code).unwrap()
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, heard)
}

/// Waits until the receiver heard so many webhooks.
async fn heard(kept: &Mutex<Vec<String>>, wanted: usize) -> Vec<String> {
    for _ in 0..200 {
        if kept.lock().unwrap().len() >= wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    kept.lock().unwrap().clone()
}

/// All keys of a body with their paths; list items count by their first one.
fn keys(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather(value, "", &mut found);
    found.sort();
    found
}

fn gather(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = format!("{path}.{key}");
                gather(value, &path, found);
                found.push(path);
            }
        }
        Value::Array(list) => {
            if let Some(first) = list.first() {
                gather(first, path, found);
            }
        }
        _ => {}
    }
}
