//! One portal, and one call of it: within the rate, recorded before it is sent, on the host where
//! the portal stands, with a key that is replaced once where it is refused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use crate::crm::bitrix24::access::door::{Door, Key};
use crate::crm::bitrix24::calls::wire::{Envelope, Said, Time, sort};
use crate::crm::error::CallError;
use crate::crm::exchange::{KEPT_LIMIT, Way};
use crate::crm::fault::AccessFault;
use crate::crm::limiter::{Limiter, Urgency};
use crate::crm::{Recorder, SentRequest};
use crate::http::{mask_body, mask_url};

/// How often one call follows a portal that moved.
const HOPS: usize = 2;

/// Longer texts are files in base64; an attempt keeps only their length.
const KEPT_TEXT: usize = 4096;

/// One portal of Bitrix24. Clones share its limit and its key.
#[derive(Debug, Clone)]
pub struct BitrixClient {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    door: Door,
    limiter: Limiter,
    /// When the counted time of a method lessens, as its last success said.
    resets: Mutex<HashMap<String, Instant>>,
}

/// A series of calls whose exchanges one recorder keeps.
#[derive(Clone, Copy)]
pub struct BitrixCalls<'a> {
    pub(super) client: &'a BitrixClient,
    recorder: &'a dyn Recorder,
    urgency: Urgency,
}

impl BitrixClient {
    /// A client that gets in by `door` and keeps to `limiter`.
    pub(crate) fn new(http: reqwest::Client, door: Door, limiter: Limiter) -> Self {
        let resets = Mutex::default();
        Self { inner: Arc::new(Inner { http, door, limiter, resets }) }
    }

    /// A series of calls; each exchange goes to the recorder.
    #[must_use]
    pub fn calls<'a>(&'a self, recorder: &'a dyn Recorder) -> BitrixCalls<'a> {
        BitrixCalls { client: self, recorder, urgency: Urgency::Awaited }
    }

    /// How it gets in.
    pub(crate) fn door(&self) -> &Door {
        &self.inner.door
    }

    pub(super) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    /// When a method's counted time lessens, as its success says.
    pub(super) fn seen(&self, method: &str, time: Option<&Time>) {
        if let Some(after) = time.and_then(Time::resets_in) {
            let mut resets = self.inner.resets.lock().unwrap_or_else(PoisonError::into_inner);
            resets.insert(method.to_owned(), Instant::now() + after);
        }
    }

    /// When a method whose time is used up may be called again: its last success knows.
    pub(super) fn rests(&self, method: &str, otherwise: Duration) -> Duration {
        let resets = self.inner.resets.lock().unwrap_or_else(PoisonError::into_inner);
        let until = resets.get(method).map(|at| at.saturating_duration_since(Instant::now()));
        until.filter(|wait| !wait.is_zero()).unwrap_or(otherwise)
    }
}

impl<'a> BitrixCalls<'a> {
    /// The same calls with another claim on the portal's rate.
    #[must_use]
    pub fn with_urgency(self, urgency: Urgency) -> Self {
        Self { urgency, ..self }
    }

    pub(super) fn way(&self) -> Way<'a> {
        let limiter = &self.client.inner.limiter;
        Way { limiter, urgency: self.urgency, recorder: self.recorder }
    }

    /// Calls `method` with `params`, an object; its `result`.
    ///
    /// # Errors
    /// See [`CallError`]. The outcome of what makes something may be unknown: Bitrix24 has no
    /// idempotency key here.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &Value,
    ) -> Result<T, CallError> {
        self.send(method, params).await?.read()
    }

    /// The same with the envelope. A token that is refused is replaced and the call made again at
    /// once, one time.
    pub(super) async fn send(&self, method: &str, params: &Value) -> Result<Envelope, CallError> {
        let door = self.client.door();
        let key = door.key().await?;
        let answer = match self.follow(&key, method, params).await {
            Err(CallError::Unauthorized) => match door.after_refusal(&key).await? {
                Some(fresh) => self.follow(&fresh, method, params).await,
                None => Err(CallError::Unauthorized),
            },
            answer => answer,
        };
        answer.map_err(|error| match error {
            CallError::Unauthorized if door.is_webhook() => {
                CallError::NoAccess { fault: AccessFault::B24Webhook }
            }
            CallError::Unauthorized => CallError::NoAccess { fault: AccessFault::B24FreshRefused },
            CallError::Resting { after } => {
                CallError::Resting { after: self.client.rests(method, after) }
            }
            error => error,
        })
    }

    /// Makes the call where the portal stands. Its old address answers with a redirect, and
    /// following that as browsers do would turn the call into another one (change-domen).
    async fn follow(&self, key: &Key, method: &str, params: &Value) -> Result<Envelope, CallError> {
        let mut here = key.clone();
        for _ in 0..=HOPS {
            let url = address(&here, method)?;
            match self.once(&here, &url, params).await? {
                Said::Answer(envelope) => {
                    if here.base != key.base {
                        self.client.door().remember(&here).await;
                    }
                    self.client.seen(method, envelope.time.as_ref());
                    return Ok(envelope);
                }
                Said::Elsewhere(location) => {
                    here = self.client.door().moved(&here, &location, &url)?;
                }
            }
        }
        Err(CallError::NoAccess { fault: AccessFault::B24Moved })
    }

    async fn once(&self, key: &Key, url: &Url, params: &Value) -> Result<Said, CallError> {
        let mut body = params.clone();
        if let (Some(auth), Some(members)) = (&key.auth, body.as_object_mut()) {
            members.insert("auth".to_owned(), auth.expose_secret().into());
        }
        let sent = SentRequest {
            method: "POST".to_owned(),
            url: mask_url(url),
            body: Some(mask_body(shown(params).to_string().as_bytes(), KEPT_LIMIT)),
        };
        let request = self.client.http().post(url.clone()).json(&body);
        let by_webhook = self.client.door().is_webhook();
        self.way().exchange(sent, request, |outcome| sort(outcome, by_webhook)).await
    }
}

pub(super) fn address(key: &Key, method: &str) -> Result<Url, CallError> {
    let words = || CallError::Local { words: format!("{method} is no method") };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    match !method.is_empty() && method.chars().all(plain) {
        true => key.base.join(method).map_err(|_| words()),
        false => Err(words()),
    }
}

/// What an attempt keeps of the parameters: files are only counted.
fn shown(params: &Value) -> Value {
    match params {
        Value::String(text) if text.len() > KEPT_TEXT => {
            Value::String(format!("({} characters)", text.len()))
        }
        Value::Array(items) => items.iter().map(shown).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), shown(value))).collect()
        }
        other => other.clone(),
    }
}
