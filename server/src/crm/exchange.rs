//! One exchange with a CRM: within the rate, kept before it is sent, sorted after.

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use tokio::time::Instant;

use crate::crm::error::CallError;
use crate::crm::limiter::{Limiter, Urgency};
use crate::crm::{ReceivedAnswer, Recorder, SentRequest};
use crate::http::mask_body;

/// No answer that we ask for comes near it.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// How much of a body is kept with an attempt.
pub(crate) const KEPT_LIMIT: usize = 64 * 1024;

/// What a call came to, as far as it got.
pub(crate) struct Outcome {
    /// The HTTP status, if an answer began.
    pub(crate) status: Option<StatusCode>,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// The body as far as it was read.
    pub(crate) body: Vec<u8>,
    /// What broke, where it did not end with a whole answer.
    pub(crate) broken: Option<CallError>,
}

/// How calls go out: at which pace, and who keeps them.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) limiter: &'a Limiter,
    pub(crate) urgency: Urgency,
    pub(crate) recorder: &'a dyn Recorder,
}

impl Way<'_> {
    /// Waits for its turn, keeps the request, sends it, sorts the answer by `sort`, and keeps that.
    ///
    /// # Errors
    /// What `sort` says, or that the request could not be kept: then nothing was sent.
    pub(crate) async fn exchange<T>(
        &self,
        sent: SentRequest,
        request: RequestBuilder,
        sort: impl FnOnce(&Outcome) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        self.limiter.wait(self.urgency).await;
        let number = self.recorder.before(&sent).await.map_err(|error| CallError::Local {
            words: format!("the attempt cannot be kept: {error:#}"),
        })?;
        let start = Instant::now();
        let outcome = Outcome::of(request, BODY_LIMIT).await;
        let result = sort(&outcome);
        let answer = outcome.kept(start, result.as_ref().err());
        if let Err(error) = self.recorder.after(number, &answer).await {
            // The call is made and its outcome known; losing the record must not undo that.
            tracing::error!(error = %format!("{error:#}"), "the answer of a CRM was not kept");
        }
        result
    }
}

impl Outcome {
    /// Sends and reads, no more than `limit` bytes.
    pub(crate) async fn of(request: RequestBuilder, limit: usize) -> Outcome {
        let mut outcome =
            Outcome { status: None, headers: HeaderMap::new(), body: Vec::new(), broken: None };
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                return Outcome { broken: Some(CallError::of_transport(&error)), ..outcome };
            }
        };
        outcome.status = Some(response.status());
        outcome.headers = response.headers().clone();
        outcome.broken = loop {
            match response.chunk().await {
                Ok(Some(chunk)) if outcome.body.len() + chunk.len() <= limit => {
                    outcome.body.extend(chunk);
                }
                Ok(Some(_)) => break Some(CallError::Garbage),
                Ok(None) => break None,
                Err(error) => break Some(CallError::of_transport(&error)),
            }
        };
        outcome
    }

    fn kept(&self, start: Instant, failure: Option<&CallError>) -> ReceivedAnswer {
        let request_id = self.headers.get("x-request-id").and_then(|id| id.to_str().ok());
        ReceivedAnswer {
            status: self.status.map(|status| status.as_u16()),
            body: mask_body(&self.body, KEPT_LIMIT),
            failure: failure.map(CallError::words),
            request_id: request_id.map(str::to_owned),
            took: start.elapsed(),
        }
    }
}
