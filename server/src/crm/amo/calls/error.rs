//! What an answer of amoCRM that is no success means.

use std::time::Duration;

use chrono::DateTime;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

pub use crate::crm::error::CallError;

/// Sorts an answer that is not a success. The status decides; the body only adds words, since
/// proxies answer with pages where the API would answer with JSON.
pub(crate) fn of_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> CallError {
    let json = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object);
    match status.as_u16() {
        429 => CallError::TooMany { retry_after: retry_after(headers, json.as_ref()) },
        401 => CallError::Unauthorized,
        402 => CallError::PaymentRequired,
        403 if json.is_none() => CallError::Blocked,
        408 => CallError::Timeout,
        500.. => CallError::ServerError { status: status.as_u16() },
        code => CallError::Rejected {
            status: code,
            code: None,
            words: problem_words(json.as_ref(), body),
        },
    }
}

/// The wait that the CRM asked for: header in seconds or as a date, or a member of the body.
fn retry_after(headers: &HeaderMap, body: Option<&Value>) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok();
    let seconds = text(RETRY_AFTER).and_then(|value| match value.trim().parse::<i64>() {
        Ok(seconds) => Some(seconds),
        // Measured by the sender's own clock, which is the only one that its date is right by.
        Err(_) => Some((date(value)? - date(text(DATE)?)?).num_seconds()),
    });
    let seconds = seconds.or_else(|| body?.get("retry_after")?.as_i64())?;
    // More than a day is a mistake of the sender, and a wait nobody would notice the end of.
    Some(Duration::from_secs(seconds.clamp(0, 86_400).unsigned_abs()))
}

/// The CRM's words from `problem+json`: its detail, and every fault with its place.
fn problem_words(json: Option<&Value>, body: &[u8]) -> String {
    let Some(json) = json else {
        return crate::http::mask_body(body, 300);
    };
    let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    let mut words: Vec<String> =
        ["hint", "detail"].iter().filter_map(|it| text(json, it)).collect();
    let items = json.get("validation-errors").and_then(Value::as_array).into_iter().flatten();
    for error in items.filter_map(|item| item.get("errors")?.as_array()).flatten() {
        let part = |name| text(error, name).unwrap_or_default();
        words.push(format!("{}: {} ({})", part("path"), part("detail"), part("code")));
    }
    match words.is_empty() {
        true => text(json, "title").unwrap_or_else(|| crate::http::mask_body(body, 300)),
        false => words.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const VALIDATION: &str =
        include_str!("../../../../../tests/fixtures/amocrm/errors/api_400_validation.json");
    const TOO_MANY: &str = include_str!("../../../../../tests/fixtures/amocrm/errors/api_429.json");
    const BLOCKED: &str =
        include_str!("../../../../../tests/fixtures/amocrm/errors/api_403_blocked.html");
    const SCOPE: &str =
        include_str!("../../../../../tests/fixtures/amocrm/errors/api_403_scope.json");

    fn of(status: u16, body: &str) -> CallError {
        of_answer(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn every_error_body_is_sorted() {
        let wait = Some(Duration::from_secs(300));
        assert_eq!(of(429, TOO_MANY), CallError::TooMany { retry_after: wait });
        assert_eq!(of(429, "<html>"), CallError::TooMany { retry_after: None });
        assert_eq!(of(403, BLOCKED), CallError::Blocked);
        assert_eq!(of(403, ""), CallError::Blocked);
        let scope = "Client doesn't have the required scope".to_owned();
        assert_eq!(of(403, SCOPE), CallError::Rejected { status: 403, code: None, words: scope });
        for (status, expected) in [
            (401, CallError::Unauthorized),
            (500, CallError::ServerError { status: 500 }),
            (504, CallError::ServerError { status: 504 }),
            (408, CallError::Timeout),
        ] {
            assert_eq!(of(status, "whatever"), expected);
        }
    }

    #[test]
    fn accounts_that_are_shut_are_not_mistaken_for_bad_requests() {
        let revoked = include_str!("../../../../../tests/fixtures/amocrm/errors/api_401.json");
        let unpaid = include_str!("../../../../../tests/fixtures/amocrm/errors/api_402.json");
        assert_eq!(of(401, revoked), CallError::Unauthorized);
        assert_eq!(of(402, unpaid), CallError::PaymentRequired);
    }

    #[test]
    fn refusals_keep_the_words() {
        let words = of(400, VALIDATION).words();
        assert!(
            words.starts_with("400 Request validation failed; custom_fields_values.0"),
            "{words}"
        );
        assert!(
            words.contains("price: This value should be of type int. (InvalidType)"),
            "{words}"
        );
        let limit = include_str!("../../../../../tests/fixtures/amocrm/errors/api_422_limit.json");
        assert_eq!(of(422, limit).words(), "422 Limit 250 per page");
        let gone = include_str!("../../../../../tests/fixtures/amocrm/errors/api_404.json");
        assert!(of(404, gone).words().starts_with("404 Cannot GET"));
        let empty =
            include_str!("../../../../../tests/fixtures/amocrm/errors/api_400_no_array.json");
        assert_eq!(of(400, empty).words(), "400 Request data can not be empty");
        let revoked =
            include_str!("../../../../../tests/fixtures/amocrm/errors/oauth_400_code_reused.json");
        assert!(of(400, revoked).words().contains("has been revoked"));
    }

    #[test]
    fn retry_after_is_read_from_header_or_date() {
        let headers = |pairs: &[(reqwest::header::HeaderName, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
            pairs.collect::<HeaderMap>()
        };
        let seconds = headers(&[(RETRY_AFTER, "120")]);
        assert_eq!(retry_after(&seconds, None), Some(Duration::from_secs(120)));
        let dated = headers(&[
            (DATE, "Thu, 01 Jan 2026 00:00:00 GMT"),
            (RETRY_AFTER, "Thu, 01 Jan 2026 00:01:30 GMT"),
        ]);
        assert_eq!(retry_after(&dated, None), Some(Duration::from_secs(90)));
        let nonsense = headers(&[(RETRY_AFTER, "soon")]);
        assert_eq!(retry_after(&nonsense, None), None);
        let past = headers(&[(RETRY_AFTER, "-5")]);
        assert_eq!(retry_after(&past, None), Some(Duration::ZERO));
    }
}
