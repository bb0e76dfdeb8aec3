//! The Mini App as a client of the JSON routes, signed in with initData.

use reqwest::{Method, StatusCode};
use serde_json::Value;

/// A person's open Mini App.
#[derive(Clone, Debug)]
pub struct MiniApp {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) authorization: String,
}

/// What a route answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body, if it is JSON; else its text.
    pub body: Value,
}

impl Answer {
    /// The body of a success.
    ///
    /// # Panics
    /// When the route refused.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.body);
        self.body
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl MiniApp {
    /// Shows another `Authorization` from now on.
    pub fn sign_with(&mut self, authorization: &str) {
        authorization.clone_into(&mut self.authorization);
    }

    /// Reads a route as JSON.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Sends a multipart form.
    pub async fn post_form(&self, path: &str, form: reqwest::multipart::Form) -> Answer {
        self.send(self.request(Method::POST, path).multipart(form)).await
    }

    /// Reads a page as a browser would.
    pub async fn page(&self, path: &str) -> String {
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .header("Authorization", &self.authorization)
            .header("Accept", "text/html");
        let answer = request.send().await.expect("the product answers");
        answer.text().await.expect("a page")
    }

    /// A request of this person, for what the shorter ones cannot say.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .header("Authorization", &self.authorization)
            .header("Accept", "application/json")
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.expect("the product answers");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, body }
    }
}
