//! The CRMs: what their clients share. Each client knows its CRM's wire; what a call means to the
//! business is decided by those who make it.

pub mod access;
pub mod amo;
pub mod bitrix24;
pub mod catalogue;
mod crms;
pub mod error;
mod exchange;
mod failure;
pub mod fault;
pub(crate) mod hear;
pub mod limiter;
pub mod oauth;
pub mod same;
pub mod story;
pub(crate) mod tell;
mod turns;

#[cfg(test)]
mod fake;

pub(crate) use crate::crm::crms::{Crm, token_source};
pub use crate::crm::crms::{Crms, TestLead, Untested};

use std::time::Duration;

use futures_util::future::BoxFuture;

/// One HTTP request as it goes out, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The body; raw bytes of files are only counted.
    pub body: Option<String>,
}

/// What came of a request, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedAnswer {
    /// The HTTP status, if an answer began.
    pub status: Option<u16>,
    /// The body as far as it was read, cut to a sane length.
    pub body: String,
    /// What broke, in words, where the call did not end with a whole answer.
    pub failure: Option<String>,
    /// The CRM's own id of the request: its support asks for it.
    pub request_id: Option<String>,
    /// From sending to the last byte.
    pub took: Duration,
}

/// Keeps every exchange of a series of calls.
///
/// `before` returns once the request is on disk, and only then is it sent: a process that dies in
/// between leaves a trace. The number it returns comes back with the answer.
pub trait Recorder: Send + Sync {
    /// Keeps the request. An error stops the call before anything is sent.
    fn before<'a>(&'a self, request: &'a SentRequest) -> BoxFuture<'a, anyhow::Result<u64>>;

    /// Keeps the answer beside its request.
    fn after<'a>(
        &'a self,
        exchange: u64,
        answer: &'a ReceivedAnswer,
    ) -> BoxFuture<'a, anyhow::Result<()>>;
}

/// Keeps nothing: for checks that change nothing, such as `doctor`.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRecord;

impl Recorder for NoRecord {
    fn before<'a>(&'a self, _: &'a SentRequest) -> BoxFuture<'a, anyhow::Result<u64>> {
        Box::pin(async { Ok(0) })
    }

    fn after<'a>(&'a self, _: u64, _: &'a ReceivedAnswer) -> BoxFuture<'a, anyhow::Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
