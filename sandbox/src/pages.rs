//! What the fakes' pages share: files that the binary carries, and the news of changes.

use std::convert::Infallible;

use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use tokio::sync::watch;

/// JavaScript that the binary carries.
pub(crate) fn script(text: &'static str) -> impl IntoResponse {
    let kind = (header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    ([kind, (header::CACHE_CONTROL, "no-cache")], text)
}

/// A style sheet that the binary carries.
pub(crate) fn style(text: &'static str) -> impl IntoResponse {
    let kind = (header::CONTENT_TYPE, "text/css; charset=utf-8");
    ([kind, (header::CACHE_CONTROL, "no-cache")], text)
}

/// Server-sent events that say which revision the state has.
pub(crate) fn revisions(
    watched: watch::Receiver<u64>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = stream::unfold(watched, |mut watched| async {
        watched.changed().await.ok()?;
        let revision = *watched.borrow_and_update();
        Some((Ok(Event::default().data(revision.to_string())), watched))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
