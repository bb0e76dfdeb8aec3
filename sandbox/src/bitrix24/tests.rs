//! The portal against reqwest over real sockets.

mod access;
mod api;
mod boards;
mod events;
mod goods;
mod tasks;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::DateTime;
use reqwest::Client;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::bitrix24::{Bitrix24, Bitrix24Options};

/// A portal behind a socket, with a clock that the test turns.
struct Bench {
    portal: Bitrix24,
    http: Client,
    seconds: Arc<AtomicI64>,
}

impl Bench {
    async fn start() -> Self {
        Self::with(|options| options.bucket = None).await
    }

    async fn with(set: impl FnOnce(&mut Bitrix24Options)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seconds = Arc::new(AtomicI64::new(1_795_161_600));
        let clock = Arc::clone(&seconds);
        let now = move || DateTime::from_timestamp(clock.load(Ordering::Relaxed), 0).unwrap();
        let mut options = Bitrix24Options::new(base, Arc::new(now));
        set(&mut options);
        let portal = Bitrix24::new(options);
        let router = portal.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(3))
            .build()
            .unwrap();
        Self { portal, http, seconds }
    }

    fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A method by the webhook, in JSON: status and body.
    async fn call(&self, method: &str, params: Value) -> (u16, Value) {
        let url = format!("{}{method}", self.portal.webhook_url());
        let answer = self.http.post(url).json(&params).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The result of a method that must succeed.
    async fn ok(&self, method: &str, params: Value) -> Value {
        let (status, body) = self.call(method, params).await;
        assert_eq!(status, 200, "{method}: {body}");
        body["result"].clone()
    }
}
