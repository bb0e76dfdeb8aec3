//! What a refusal of the portal means. The word in `error` decides and not the status: the
//! documentation and the official SDKs disagree about statuses.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

pub use crate::crm::error::CallError;
use crate::crm::fault::AccessFault;

/// A method whose time is used up may be called again after the ten minutes that it is counted
/// over, if it did not say when.
pub(crate) const OPERATING_WINDOW: Duration = Duration::from_secs(600);

/// Sorts an answer without JSON, such as a gateway's page.
pub(crate) fn of_page(status: StatusCode, body: &[u8]) -> CallError {
    match status.as_u16() {
        408 => CallError::Timeout,
        429 => CallError::TooMany { retry_after: None },
        401 => CallError::Unauthorized,
        403 => CallError::Blocked,
        status @ 500.. => CallError::ServerError { status },
        status => {
            let words = plain(&crate::http::mask_body(body, 300));
            CallError::Rejected { status, code: None, words }
        }
    }
}

/// Sorts a refusal in JSON. `by_webhook`: its code is the only key, so none can be got in its place.
pub(crate) fn of_answer(status: u16, answer: &Value, by_webhook: bool) -> CallError {
    let code = code(&answer["error"]);
    let words = plain(answer["error_description"].as_str().unwrap_or_default());
    let stop = |fault| CallError::NoAccess { fault };
    let key_refused = match by_webhook {
        true => stop(AccessFault::B24Webhook),
        false => CallError::Unauthorized,
    };
    match code.to_ascii_lowercase().as_str() {
        "query_limit_exceeded" => CallError::TooMany { retry_after: None },
        "operation_time_limit" => CallError::Resting { after: OPERATING_WINDOW },
        "overload_limit" => stop(AccessFault::B24Overload),
        "expired_token" | "invalid_token" | "no_auth_found" | "invalid_credentials" => key_refused,
        "insufficient_scope" => stop(AccessFault::B24Scope),
        "authorization_error" => stop(AccessFault::B24User),
        "user_access_error" => stop(AccessFault::B24AppClosed),
        "application_not_found" | "error_oauth" | "not_installed" => {
            stop(AccessFault::B24NotInstalled)
        }
        "payment_required" => stop(AccessFault::B24Unpaid),
        "portal_deleted" => stop(AccessFault::B24Deleted),
        // One entity refuses with 400 and the same word.
        "access_denied" if matches!(status, 401 | 403) => stop(AccessFault::B24Denied),
        "internal_server_error" | "error_unexpected_answer" => {
            CallError::ServerError { status: status.max(500) }
        }
        _ if status >= 500 => CallError::ServerError { status },
        _ if status == 429 => CallError::TooMany { retry_after: None },
        _ if status == 401 => key_refused,
        _ => CallError::Rejected { status, words: with_code(&code, words), code: Some(code) },
    }
}

/// Whether it was refused because there is no such thing.
#[must_use]
pub fn is_missing(error: &CallError) -> bool {
    match error {
        CallError::Rejected { code: Some(code), words, .. } => {
            let code = code.to_ascii_lowercase();
            matches!(code.as_str(), "not_found" | "error_not_found" | "owner_not_found")
                || (code.is_empty() && words.eq_ignore_ascii_case("not found"))
        }
        _ => false,
    }
}

/// `error` is a word, a sentence, a number or empty.
fn code(error: &Value) -> String {
    match error {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn with_code(code: &str, words: String) -> String {
    match (code.is_empty(), words.is_empty()) {
        (true, _) => words,
        (false, true) => code.to_owned(),
        (false, false) => format!("{code}: {words}"),
    }
}

/// Descriptions bear tags and line breaks.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                plain.push(' ');
            }
            _ if inside => {}
            c => plain.push(c),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERRORS: &str = include_str!("../../../../../tests/fixtures/bitrix24/errors.jsonl");

    fn stop(fault: AccessFault) -> CallError {
        CallError::NoAccess { fault }
    }

    #[test]
    fn every_known_refusal_is_sorted() {
        let rejected = "rejected";
        let expected = [
            ("expired_token", "unauthorized"),
            ("invalid_token", "unauthorized"),
            ("NO_AUTH_FOUND", "unauthorized"),
            ("INVALID_CREDENTIALS", "unauthorized"),
            ("insufficient_scope", "b24-scope"),
            ("ACCESS_DENIED", "b24-denied"),
            ("user_access_error", "b24-app-closed"),
            ("ERROR_METHOD_NOT_FOUND", rejected),
            ("", rejected),
            ("", rejected),
            ("", rejected),
            ("NOT_FOUND", rejected),
            ("CRM_FIELD_ERROR_VALUE_NOT_VALID", rejected),
            ("ERROR_CORE", rejected),
            ("100", rejected),
            ("200040300010", rejected),
            ("OPERATION_TIME_LIMIT", "resting"),
            ("QUERY_LIMIT_EXCEEDED", "too many"),
            ("OVERLOAD_LIMIT", "b24-overload"),
            ("PORTAL_DELETED", "b24-deleted"),
            ("INTERNAL_SERVER_ERROR", "server"),
        ];
        let lines = ERRORS.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let portal: Vec<Value> = lines.filter(|line| line["host"] == "portal").collect();
        assert_eq!(portal.len(), expected.len());
        for (line, (word, meaning)) in portal.iter().zip(expected) {
            assert_eq!(code(&line["body"]["error"]), word);
            let status = u16::try_from(line["http_status"].as_u64().unwrap()).unwrap();
            let sorted = of_answer(status, &line["body"], false);
            let said = match &sorted {
                CallError::Unauthorized => "unauthorized",
                CallError::NoAccess { fault } => fault.word(),
                CallError::Rejected { .. } => "rejected",
                CallError::Resting { .. } => "resting",
                CallError::TooMany { .. } => "too many",
                CallError::ServerError { .. } => "server",
                _ => "other",
            };
            assert_eq!(said, meaning, "{line}");
            // The word decides, whatever the status and the case of its letters.
            if meaning != rejected && word != "ACCESS_DENIED" {
                let mut other = line["body"].clone();
                other["error"] = word.to_ascii_uppercase().into();
                let same = of_answer(if status == 401 { 403 } else { 401 }, &other, false);
                assert_eq!(
                    format!("{same:?}").split(' ').next(),
                    format!("{sorted:?}").split(' ').next()
                );
            }
        }
    }

    #[test]
    fn a_webhook_that_is_refused_has_no_other_key() {
        for word in ["NO_AUTH_FOUND", "INVALID_CREDENTIALS", "expired_token", "whatever"] {
            let answer = serde_json::json!({ "error": word });
            assert_eq!(of_answer(401, &answer, true), stop(AccessFault::B24Webhook), "{word}");
        }
    }

    #[test]
    fn words_are_plain_and_what_is_missing_is_known() {
        let answer =
            serde_json::json!({ "error": "ERROR_CORE", "error_description": "No title<br>" });
        assert_eq!(of_answer(400, &answer, true).words(), "400 ERROR_CORE: No title");
        let answer = serde_json::json!({ "error": "", "error_description": "Not found" });
        assert!(is_missing(&of_answer(400, &answer, true)));
        let denied = serde_json::json!({ "error": "", "error_description": "Access denied." });
        assert!(!is_missing(&of_answer(400, &denied, true)));
        assert_eq!(of_page(StatusCode::FORBIDDEN, b"<html>"), CallError::Blocked);
        assert_eq!(of_page(StatusCode::BAD_GATEWAY, b""), CallError::ServerError { status: 502 });
    }
}
