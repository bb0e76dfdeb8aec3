//! The smallest Bot API that the bot can talk to: it answers, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What stands behind every file that is asked for.
pub(crate) const PHOTO: &[u8] = b"\xFF\xD8\xFF\xE0 a photo of a spindle";

/// A call of the bot: the method in lower case and its parameters.
pub(crate) type Call = (String, Value);

#[derive(Clone, Default)]
pub(crate) struct Fake {
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Fake {
    /// Starts it; the address is what the bot's client takes.
    pub(crate) async fn start() -> (Fake, String) {
        let fake = Fake::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        (fake, address)
    }

    /// The calls since the last look.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut request = String::new();
            stream.read_line(&mut request).await.ok().filter(|read| *read > 0)?;
            let mut length = 0;
            loop {
                let mut header = String::new();
                stream.read_line(&mut header).await.ok()?;
                if header.trim().is_empty() {
                    break;
                }
                if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().ok()?;
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.ok()?;
            let path = request.split_whitespace().nth(1)?.to_owned();
            let answer = self.answer(&path, &body);
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
            stream.write_all(&[head.as_bytes(), &answer].concat()).await.ok()?;
        }
    }

    fn answer(&self, path: &str, body: &[u8]) -> Vec<u8> {
        if path.starts_with("/file/") {
            return PHOTO.to_vec();
        }
        let method = path.rsplit('/').next().unwrap_or_default().to_lowercase();
        let params: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let mut calls = self.calls.lock().unwrap();
        let id = params["message_id"].as_i64().unwrap_or(1000 + calls.len() as i64);
        calls.push((method.clone(), params.clone()));
        let result = match method.as_str() {
            "sendmessage" | "editmessagetext" | "senddocument" => json!({
                "message_id": id, "date": 1, "text": "…",
                "chat": {"id": params["chat_id"].as_i64().unwrap_or(1), "type": "private", "first_name": "x"},
            }),
            "getfile" => json!({
                "file_id": params["file_id"], "file_unique_id": "u",
                "file_size": PHOTO.len(), "file_path": "photos/1.jpg",
            }),
            _ => json!(true),
        };
        json!({"ok": true, "result": result}).to_string().into_bytes()
    }
}
