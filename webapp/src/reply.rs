//! Answers that routes share.

use askama::Template;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use crate::fault::Fault;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Fault>;

/// A page.
pub(crate) fn page(page: &impl Template) -> Answer {
    Ok(Html(page.render()?).into_response())
}

/// After a change: the page that shows it. The script follows with the session in its header.
pub(crate) fn see_other(path: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(path) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
