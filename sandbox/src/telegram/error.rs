//! Refusals in Telegram's own words, because bots decide by them.

use serde_json::{Value, json};

/// A refusal of the Bot API.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    /// HTTP status and `error_code`.
    pub(crate) code: u16,
    /// The text, such as `Bad Request: chat not found`.
    pub(crate) description: String,
    /// Seconds to wait, for 429.
    pub(crate) retry_after: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), retry_after: None }
    }

    pub(crate) fn bad(reason: impl std::fmt::Display) -> Self {
        Self::new(400, format!("Bad Request: {reason}"))
    }

    pub(crate) fn too_many(seconds: u64) -> Self {
        Self {
            code: 429,
            description: format!("Too Many Requests: retry after {seconds}"),
            retry_after: Some(seconds),
        }
    }

    /// The answer's body.
    pub(crate) fn body(&self) -> Value {
        let mut body =
            json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(seconds) = self.retry_after {
            body["parameters"] = json!({"retry_after": seconds});
        }
        body
    }
}
