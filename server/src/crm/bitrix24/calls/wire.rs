//! The envelope of an answer.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::LOCATION;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::crm::bitrix24::calls::error::{of_answer, of_page};
use crate::crm::error::CallError;
use crate::crm::exchange::Outcome;

/// What a call came to.
#[derive(Debug)]
pub(super) enum Said {
    /// The answer.
    Answer(Envelope),
    /// The portal stands elsewhere; the request was not carried out.
    Elsewhere(String),
}

/// A success.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope {
    pub(super) result: Value,
    #[serde(default)]
    pub(super) time: Option<Time>,
}

/// Which of its members stand there differs.
#[derive(Debug, Deserialize)]
pub(super) struct Time {
    #[serde(default)]
    finish: Option<f64>,
    #[serde(default)]
    operating_reset_at: Option<f64>,
}

impl Envelope {
    /// The result as what was asked for.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, CallError> {
        serde_json::from_value(self.result).map_err(|_| CallError::Garbage)
    }
}

impl Time {
    /// After how long the oldest of the counted minutes drops out, by the portal's own clock.
    pub(super) fn resets_in(&self) -> Option<Duration> {
        let seconds = self.operating_reset_at? - self.finish?;
        (0.0..=3600.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
    }
}

/// Sorts what came back.
pub(super) fn sort(outcome: &Outcome, by_webhook: bool) -> Result<Said, CallError> {
    let Some(status) = outcome.status else {
        return Err(outcome.broken.clone().unwrap_or(CallError::Garbage));
    };
    if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        let location = outcome.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        return location.map(|url| Said::Elsewhere(url.to_owned())).ok_or(CallError::Garbage);
    }
    let answer: Option<Value> = match &outcome.broken {
        None => serde_json::from_slice(&outcome.body).ok().filter(Value::is_object),
        Some(_) => None,
    };
    match answer {
        // An error inside a success is one all the same.
        Some(answer) if answer.get("error").is_some_and(|error| !error.is_null()) => {
            Err(of_answer(status.as_u16(), &answer, by_webhook))
        }
        Some(answer) if status.is_success() && answer.get("result").is_some() => {
            serde_json::from_value(answer).map(Said::Answer).map_err(|_| CallError::Garbage)
        }
        // A refusal is one even where its page broke off.
        _ if !status.is_success() => Err(of_page(status, &outcome.body)),
        _ => Err(outcome.broken.clone().unwrap_or(CallError::Garbage)),
    }
}

/// A map that PHP writes as `[]` when it is empty.
pub(super) fn map<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    use serde::de::Error as _;
    match Value::deserialize(deserializer)? {
        // Commands without names come back as a list.
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            let named = items.map(|(at, item)| Ok((at.to_string(), serde_json::from_value(item)?)));
            named.collect::<serde_json::Result<_>>().map_err(D::Error::custom)
        }
        Value::Null => Ok(BTreeMap::new()),
        other => serde_json::from_value(other).map_err(D::Error::custom),
    }
}
