//! What a method answers, refuses, and the envelope around both.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, FixedOffset, Utc};
use serde_json::{Map, Value, json};

use crate::faults::{FaultMode, FaultPlan};

/// What a method gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) result: Value,
    pub(crate) total: Option<usize>,
    pub(crate) next: Option<usize>,
}

/// What becomes of a call.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// A result without pages.
pub(crate) fn ok(result: impl Into<Value>) -> Outcome {
    Ok(Answer { result: result.into(), ..Answer::default() })
}

/// A refusal in the words of the portal.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) error: Value,
    pub(crate) description: String,
}

impl Refusal {
    /// A 400 with a code.
    pub(crate) fn new(error: impl Into<Value>, description: impl Into<String>) -> Self {
        Self { status: 400, error: error.into(), description: description.into() }
    }

    /// The frozen CRM methods leave the code empty.
    pub(crate) fn plain(description: impl Into<String>) -> Self {
        Self::new("", description)
    }

    /// A 400 of the controllers that miss a parameter.
    pub(crate) fn missing(parameter: &str) -> Self {
        let text = format!("Could not find value for parameter {{{parameter}}} (internal error)");
        Self::new(100, text)
    }

    /// One of the refusals that stand before any method, by its code in any case
    /// (`reference/bitrix24.md` §1.3, §2, §5).
    pub(crate) fn named(code: &str) -> Option<Self> {
        let row = NAMED.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(code))?;
        let (status, error, description) = *row;
        Some(Self { status, error: error.into(), description: description.to_owned() })
    }

    pub(crate) fn body(&self) -> Value {
        json!({"error": self.error, "error_description": self.description})
    }

    pub(crate) fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        reply(status, &self.body())
    }
}

/// Status, code and text.
const NAMED: &[(u16, &str, &str)] = &[
    (401, "expired_token", "The access token provided has expired."),
    (401, "invalid_token", "Unable to get application by token"),
    (401, "NO_AUTH_FOUND", "Wrong authorization data"),
    (401, "INVALID_CREDENTIALS", "Invalid request credentials"),
    (
        403,
        "insufficient_scope",
        "The request requires higher privileges than provided by the webhook token",
    ),
    (401, "authorization_error", "Unable to authorize user"),
    (401, "APPLICATION_NOT_FOUND", "Application not found"),
    (401, "ERROR_OAUTH", "Application not installed"),
    (401, "PAYMENT_REQUIRED", "Subscription has been ended"),
    (403, "user_access_error", "The user does not have access to the application."),
    (403, "ACCESS_DENIED", "REST is available only on commercial plans."),
    (404, "ERROR_METHOD_NOT_FOUND", "Method not found!"),
    (410, "PORTAL_DELETED", "Portal was deleted"),
    (429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit."),
    (500, "INTERNAL_SERVER_ERROR", "Internal server error"),
    (500, "ERROR_UNEXPECTED_ANSWER", "Server returned an unexpected response"),
    (503, "QUERY_LIMIT_EXCEEDED", "Too many requests"),
    (503, "OVERLOAD_LIMIT", "REST API is blocked due to overload."),
];

/// How Bitrix24 words the faults of the switchboard.
pub(crate) fn voice(plan: &FaultPlan) -> Response {
    let code = match plan.mode {
        FaultMode::RateLimited => "QUERY_LIMIT_EXCEEDED",
        FaultMode::Unauthorized => "NO_AUTH_FOUND",
        FaultMode::PaymentRequired => "PAYMENT_REQUIRED",
        FaultMode::Refused => plan.error.as_deref().unwrap_or_default(),
        _ => "INTERNAL_SERVER_ERROR",
    };
    let refusal = Refusal::named(code).unwrap_or_else(|| Refusal::new(code, code));
    refusal.response()
}

/// JSON as the portal sends it.
pub(crate) fn reply(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, kind, body.to_string()).into_response()
}

/// A moment as the portal shows it: ISO 8601 in the server's zone.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(3 * 3600).expect("three hours are an offset");
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The `time` of an envelope. `operating` is what this method has used of its ten minutes, seconds.
pub(crate) fn timing(at: DateTime<Utc>, operating: f64) -> Value {
    let millis = i32::try_from(at.timestamp_subsec_millis()).unwrap_or_default();
    let start = seconds(at.timestamp()) + f64::from(millis) / 1000.0;
    json!({
        "start": start,
        "finish": start + 0.05,
        "duration": 0.05,
        "processing": 0.04,
        "date_start": moment(at),
        "date_finish": moment(at),
        "operating_reset_at": at.timestamp() + 600,
        "operating": operating
    })
}

#[expect(clippy::cast_precision_loss, reason = "Unix seconds fit a double for ages")]
fn seconds(of: i64) -> f64 {
    of as f64
}

/// A good answer in its envelope.
pub(crate) fn envelope(answer: Answer, time: Value) -> Value {
    let mut body = Map::new();
    body.insert("result".to_owned(), answer.result);
    if let Some(next) = answer.next {
        body.insert("next".to_owned(), next.into());
    }
    if let Some(total) = answer.total {
        body.insert("total".to_owned(), total.into());
    }
    body.insert("time".to_owned(), time);
    Value::Object(body)
}
