//! One exchange with amoCRM: limited, recorded before it is sent, and sorted after.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use url::Url;

use crate::crm::amo::access::fault::AccessFault;
use crate::crm::amo::access::token::TokenSource;
use crate::crm::amo::calls::error::{CallError, of_answer};
use crate::crm::exchange::{KEPT_LIMIT, Outcome, Way};
use crate::crm::limiter::{Limiter, Urgency};
use crate::crm::oauth::Bearer;
use crate::crm::{Recorder, SentRequest};
use crate::http::{mask_body, mask_url};

/// One account of amoCRM. Clones share its limit and its token.
#[derive(Debug, Clone)]
pub struct AmoClient {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    base_url: Url,
    token: TokenSource,
    limiter: Limiter,
}

/// A series of calls whose exchanges one recorder keeps.
#[derive(Clone, Copy)]
pub struct AmoCalls<'a> {
    pub(crate) client: &'a AmoClient,
    recorder: &'a dyn Recorder,
    urgency: Urgency,
}

/// What a request carries.
#[derive(Clone)]
pub(crate) enum Payload {
    Empty,
    Json(Value),
    Bytes(Bytes),
}

impl AmoClient {
    /// A client for the account at `base_url` (scheme and host), which makes at most `per_second`
    /// calls.
    #[must_use]
    pub fn new(http: reqwest::Client, base_url: Url, token: TokenSource, per_second: u32) -> Self {
        Self::limited(http, base_url, token, Limiter::new(per_second))
    }

    /// The same within a limit that other processes share.
    pub(crate) fn limited(
        http: reqwest::Client,
        base_url: Url,
        token: TokenSource,
        limiter: Limiter,
    ) -> Self {
        Self { inner: Arc::new(Inner { http, base_url, token, limiter }) }
    }

    /// Where its token comes from.
    pub(crate) fn access(&self) -> &TokenSource {
        &self.inner.token
    }

    /// A series of calls; each exchange goes to the recorder.
    #[must_use]
    pub fn calls<'a>(&'a self, recorder: &'a dyn Recorder) -> AmoCalls<'a> {
        AmoCalls { client: self, recorder, urgency: Urgency::Awaited }
    }

    /// Where a person sees the deal.
    #[must_use]
    pub fn lead_page(&self, lead: i64) -> String {
        self.at(&format!("/leads/detail/{lead}"), &[]).into()
    }

    /// An address on the account's host.
    pub(crate) fn at(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.base_url();
        url.set_path(path);
        url.set_query(None);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Where the account stands: as configured, or where it was found to have moved.
    fn base_url(&self) -> Url {
        self.inner.token.moved_to().unwrap_or_else(|| self.inner.base_url.clone())
    }

    /// An address of the account where it stands by what came with the token: the move may have
    /// been found only after the address was made.
    fn follow(&self, mut url: Url, bearer: &Bearer) -> Url {
        if let Some(moved) = &bearer.base_url
            && url.origin() == self.inner.base_url.origin()
            && url.set_host(moved.host_str()).is_ok()
        {
            // Fails only for addresses without a host.
            let _ = url.set_port(moved.port());
        }
        url
    }

    /// Whether the token may go to this address: addresses of the drive come from answers.
    fn trusts(&self, url: &Url) -> bool {
        if url.origin() == self.inner.base_url.origin() {
            return true;
        }
        let domains = [".amocrm.ru", ".amocrm.com", ".kommo.com"];
        let theirs = |host: &str| domains.iter().any(|domain| host.ends_with(domain));
        let local = |url: &Url| matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let secure = url.scheme() == "https" && url.host_str().is_some_and(theirs);
        secure || (local(&self.inner.base_url) && local(url))
    }

    fn request(
        &self,
        method: Method,
        url: Url,
        payload: Payload,
        bearer: &Bearer,
    ) -> RequestBuilder {
        let request = self.inner.http.request(method, url);
        let request = request.bearer_auth(bearer.token.expose_secret());
        match payload {
            Payload::Empty => request,
            Payload::Json(value) => request.json(&value),
            Payload::Bytes(bytes) => {
                request.header(CONTENT_TYPE, "application/octet-stream").body(bytes)
            }
        }
    }
}

impl AmoCalls<'_> {
    /// The same calls with another claim on the account's rate.
    #[must_use]
    pub fn with_urgency(self, urgency: Urgency) -> Self {
        Self { urgency, ..self }
    }

    /// Sends one request. `None` is a success without a body, which here means «nothing». A token
    /// that is refused is replaced and the request sent again at once, one time.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: Url,
        payload: Payload,
    ) -> Result<Option<Value>, CallError> {
        if !self.client.trusts(&url) {
            let words = format!("{} is not a host of amoCRM", url.host_str().unwrap_or_default());
            return Err(CallError::Local { words });
        }
        let access = &self.client.inner.token;
        let bearer = access.token().await?;
        let answer = self.try_with(&bearer, &method, &url, payload.clone()).await;
        if answer != Err(CallError::Unauthorized) {
            return answer;
        }
        let Some(fresh) = access.after_refusal(&bearer).await? else { return answer };
        match self.try_with(&fresh, &method, &url, payload).await {
            Err(CallError::Unauthorized) => {
                Err(CallError::NoAccess { fault: AccessFault::FreshRefused })
            }
            answer => answer,
        }
    }

    /// Sends it once with a token, within the rate, and keeps the exchange.
    async fn try_with(
        &self,
        bearer: &Bearer,
        method: &Method,
        url: &Url,
        payload: Payload,
    ) -> Result<Option<Value>, CallError> {
        let url = self.client.follow(url.clone(), bearer);
        let sent =
            SentRequest { method: method.to_string(), url: mask_url(&url), body: shown(&payload) };
        let request = self.client.request(method.clone(), url, payload, bearer);
        let limiter = &self.client.inner.limiter;
        let way = Way { limiter, urgency: self.urgency, recorder: self.recorder };
        way.exchange(sent, request, sorted).await
    }
}

fn sorted(outcome: &Outcome) -> Result<Option<Value>, CallError> {
    match (outcome.status, &outcome.broken) {
        (Some(status), None) if status.is_success() => match outcome.body.trim_ascii() {
            [] => Ok(None),
            body => serde_json::from_slice(body).map(Some).map_err(|_| CallError::Garbage),
        },
        // A refusal is one even where its page broke off.
        (Some(status), _) if !status.is_success() => {
            Err(of_answer(status, &outcome.headers, &outcome.body))
        }
        (_, Some(broken)) => Err(broken.clone()),
        (_, None) => Err(CallError::Garbage),
    }
}

fn shown(payload: &Payload) -> Option<String> {
    match payload {
        Payload::Empty => None,
        Payload::Json(value) => Some(mask_body(value.to_string().as_bytes(), KEPT_LIMIT)),
        Payload::Bytes(bytes) => Some(format!("({} bytes)", bytes.len())),
    }
}
