//! How a call can fail, sorted by what has to be done about it.

use std::time::Duration;

use chrono::DateTime;
use domain::texts::Lang;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::crm::amo::access::fault::AccessFault;

/// How a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub enum CallError {
    /// 429: nothing was done; wait, at least this long if the CRM said so.
    TooMany {
        /// What the CRM asked for.
        retry_after: Option<Duration>,
    },
    /// 401: the token expired or was revoked.
    Unauthorized,
    /// There is no token to send: consent is missing, or ended.
    NoAccess {
        /// Why, and with it what to do.
        fault: AccessFault,
    },
    /// 403 with a page instead of JSON: the account or our address is blocked. Pause everything.
    Blocked,
    /// 402: the account is not paid for.
    PaymentRequired,
    /// Any other refusal: the same request will never pass.
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The CRM's words.
        words: String,
    },
    /// 5xx: the work may or may not be done.
    ServerError {
        /// The HTTP status.
        status: u16,
    },
    /// No connection, or one that broke.
    Network {
        /// Whether the request may have reached the CRM.
        sent: bool,
    },
    /// No whole answer in time; the work may be done.
    Timeout,
    /// A success whose body cannot be understood; the work is probably done.
    Garbage,
    /// Nothing was sent: the request could not be built or kept.
    Local {
        /// Why.
        words: String,
    },
}

impl CallError {
    /// Whether a write that failed so may nevertheless have happened. Such a write is looked for
    /// before it is made again.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::ServerError { .. } | Self::Timeout | Self::Garbage => true,
            Self::Network { sent } => *sent,
            Self::TooMany { .. }
            | Self::Unauthorized
            | Self::NoAccess { .. }
            | Self::Blocked
            | Self::PaymentRequired
            | Self::Rejected { .. }
            | Self::Local { .. } => false,
        }
    }

    /// What happened, for the delivery desk and the log.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::TooMany { retry_after: Some(wait) } => {
                format!("429 too many requests, asked to wait {} s", wait.as_secs())
            }
            Self::TooMany { retry_after: None } => "429 too many requests".to_owned(),
            // The dealer's people read these on the desk: cause and cure, in their language.
            Self::Unauthorized => format!("401: {}", AccessFault::LongLived.words(Lang::Ru)),
            Self::NoAccess { fault } => fault.words(Lang::Ru),
            Self::Blocked => "403 the CRM blocks us".to_owned(),
            Self::PaymentRequired => "402 the account of the CRM is not paid for".to_owned(),
            Self::Rejected { status, words } => format!("{status} {words}"),
            Self::ServerError { status } => format!("{status} failure inside the CRM"),
            Self::Network { sent: false } => "no connection".to_owned(),
            Self::Network { sent: true } => "the connection broke before a whole answer".to_owned(),
            Self::Timeout => "no answer in time".to_owned(),
            Self::Garbage => "success with an answer that cannot be read".to_owned(),
            Self::Local { words } => format!("not sent: {words}"),
        }
    }

    /// Sorts an answer that is not a success. The status decides; the body only adds words, since
    /// proxies answer with pages where the API would answer with JSON.
    pub(crate) fn of_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let json = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object);
        match status.as_u16() {
            429 => Self::TooMany { retry_after: retry_after(headers, json.as_ref()) },
            401 => Self::Unauthorized,
            402 => Self::PaymentRequired,
            403 if json.is_none() => Self::Blocked,
            408 => Self::Timeout,
            500.. => Self::ServerError { status: status.as_u16() },
            code => Self::Rejected { status: code, words: problem_words(json.as_ref(), body) },
        }
    }

    /// Sorts a call that ended without an answer, or in the middle of one.
    pub(crate) fn of_transport(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::Local { words: "the request cannot be built".to_owned() };
        }
        // A connection that never stood took nothing, even where it was time that ran out.
        if error.is_connect() {
            return Self::Network { sent: false };
        }
        if error.is_timeout() { Self::Timeout } else { Self::Network { sent: true } }
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
    use super::*;

    const VALIDATION: &str =
        include_str!("../../../../../tests/fixtures/amocrm/errors/api_400_validation.json");
    const TOO_MANY: &str = include_str!("../../../../../tests/fixtures/amocrm/errors/api_429.json");
    const BLOCKED: &str =
        include_str!("../../../../../tests/fixtures/amocrm/errors/api_403_blocked.html");
    const SCOPE: &str =
        include_str!("../../../../../tests/fixtures/amocrm/errors/api_403_scope.json");

    fn of(status: u16, body: &str) -> CallError {
        CallError::of_answer(
            StatusCode::from_u16(status).unwrap(),
            &HeaderMap::new(),
            body.as_bytes(),
        )
    }

    #[test]
    fn every_error_body_is_sorted() {
        let wait = Some(Duration::from_secs(300));
        assert_eq!(of(429, TOO_MANY), CallError::TooMany { retry_after: wait });
        assert_eq!(of(429, "<html>"), CallError::TooMany { retry_after: None });
        assert_eq!(of(403, BLOCKED), CallError::Blocked);
        assert_eq!(of(403, ""), CallError::Blocked);
        let scope = "Client doesn't have the required scope".to_owned();
        assert_eq!(of(403, SCOPE), CallError::Rejected { status: 403, words: scope });
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

    #[test]
    fn only_doubtful_writes_are_looked_for() {
        assert!(CallError::Timeout.outcome_unknown() && CallError::Garbage.outcome_unknown());
        assert!(CallError::Network { sent: true }.outcome_unknown());
        assert!(!CallError::Network { sent: false }.outcome_unknown());
        assert!(!of(429, "").outcome_unknown() && !of(400, "").outcome_unknown());
    }
}
