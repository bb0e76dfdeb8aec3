//! Which pages may talk to the door: those of `SITE_ORIGINS`, and no others. What a browser may
//! read of another origin is decided by these headers (the Fetch standard, «CORS protocol»).

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Error;

use crate::fault::Fault;
use crate::ingest::LeadDoor;

/// What kind of program calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// A page of the dealer's site, in somebody's browser.
    Browser,
    /// Something without an origin: a server.
    Server,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Self::Rejection> {
        // The guard has refused every other origin by now.
        let browser = parts.headers.contains_key(ORIGIN);
        Ok(if browser { Caller::Browser } else { Caller::Server })
    }
}

/// Refuses foreign pages, answers preflights, and lets the dealer's pages read the answers.
pub(super) async fn guard(State(door): State<LeadDoor>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(ORIGIN).cloned() else {
        return next.run(request).await;
    };
    let known =
        origin.to_str().is_ok_and(|origin| door.origins().iter().any(|ours| ours == origin));
    if !known {
        return Fault::from(Error::Forbidden).into_response();
    }
    let preflight = request.method() == Method::OPTIONS;
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    if preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    }
    response
}

/// Whether the guard set this header.
pub(super) fn is_ours(name: &HeaderName) -> bool {
    *name == VARY || name.as_str().starts_with("access-control-")
}
