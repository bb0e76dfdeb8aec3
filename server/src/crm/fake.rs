//! A fake CRM for the clients' own tests: answers from a script, and remembers what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::crm::amo::AmoClient;
use crate::crm::bitrix24::BitrixClient;
use crate::crm::bitrix24::access::door::Door;
use crate::crm::limiter::Limiter;
use crate::crm::{ReceivedAnswer, Recorder, SentRequest};

/// A server that gives one scripted answer per connection: raw bytes, so that it can break off.
pub(crate) struct FakeCrm {
    pub(crate) url: Url,
    requests: Arc<Mutex<Vec<String>>>,
    script: Arc<Mutex<VecDeque<Option<String>>>>,
}

/// Remembers exchanges; can refuse to keep them.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) sent: Mutex<Vec<SentRequest>>,
    pub(crate) answers: Mutex<Vec<ReceivedAnswer>>,
    pub(crate) refuses: bool,
}

impl FakeCrm {
    /// Starts with these answers; `None` hangs up without a word. `{base}` becomes its address.
    pub(crate) async fn start(script: Vec<Option<String>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(VecDeque::from(script)));
        let (seen, base) = (requests.clone(), url.origin().ascii_serialization());
        let answers = script.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                seen.lock().unwrap().push(request);
                let next = answers.lock().unwrap().pop_front();
                if let Some(Some(answer)) = next {
                    let _ = stream.write_all(answer.replace("{base}", &base).as_bytes()).await;
                }
            }
        });
        Self { url, requests, script }
    }

    /// A client of amoCRM that speaks with it.
    pub(crate) fn amo(&self) -> AmoClient {
        AmoClient::new(http(), self.url.clone(), "t0ken".into(), 5)
    }

    /// A client of Bitrix24 that gets in by a webhook of it.
    pub(crate) fn bitrix24(&self) -> BitrixClient {
        let url = format!("{}rest/1/c0de", self.url);
        BitrixClient::new(http(), Door::webhook(url.into(), None), Limiter::new(1000))
    }

    /// Adds an answer to the end of the script.
    pub(crate) fn then(&self, answer: Option<String>) {
        self.script.lock().unwrap().push_back(answer);
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// A whole answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Option<String> {
    let length = body.len();
    Some(format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    ))
}

impl Recorder for Memory {
    fn before<'a>(&'a self, request: &'a SentRequest) -> BoxFuture<'a, anyhow::Result<u64>> {
        Box::pin(async move {
            anyhow::ensure!(!self.refuses, "the disk is full");
            let mut sent = self.sent.lock().unwrap();
            sent.push(request.clone());
            Ok(sent.len() as u64)
        })
    }

    fn after<'a>(
        &'a self,
        _: u64,
        answer: &'a ReceivedAnswer,
    ) -> BoxFuture<'a, anyhow::Result<()>> {
        Box::pin(async move {
            self.answers.lock().unwrap().push(answer.clone());
            Ok(())
        })
    }
}

/// The product's own HTTP client.
pub(crate) fn http() -> reqwest::Client {
    crate::http::client(std::time::Duration::from_secs(20)).unwrap()
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        read.extend(&buffer[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if count == 0 || is_whole(&text) {
            return text;
        }
    }
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.trim().parse().unwrap_or(0))
}
