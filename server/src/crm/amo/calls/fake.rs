//! A fake amoCRM for the client's own tests: answers from a script, and remembers what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::crm::amo::AmoClient;
use crate::crm::{ReceivedAnswer, Recorder, SentRequest};

/// A server that gives one scripted answer per connection: raw bytes, so that it can break off.
pub(crate) struct FakeAmo {
    pub(crate) url: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

/// Remembers exchanges; can refuse to keep them.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) sent: Mutex<Vec<SentRequest>>,
    pub(crate) answers: Mutex<Vec<ReceivedAnswer>>,
    pub(crate) refuses: bool,
}

impl FakeAmo {
    /// Starts with these answers; `None` hangs up without a word. `{base}` becomes its address.
    pub(crate) async fn start(script: Vec<Option<String>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, base) = (requests.clone(), url.origin().ascii_serialization());
        tokio::spawn(async move {
            let mut script = VecDeque::from(script);
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                seen.lock().unwrap().push(request);
                if let Some(Some(answer)) = script.pop_front() {
                    let _ = stream.write_all(answer.replace("{base}", &base).as_bytes()).await;
                }
            }
        });
        Self { url, requests }
    }

    pub(crate) fn client(&self) -> AmoClient {
        let http = crate::http::client(std::time::Duration::from_secs(20)).unwrap();
        AmoClient::new(http, self.url.clone(), "t0ken".into(), 5)
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
