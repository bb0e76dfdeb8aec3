//! A list as CSV, piece by piece: however long it is, one piece of it is in memory.

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::Error;
use domain::csv_text::{MARK, line};
use futures_util::stream;

/// Rows of one piece.
pub(crate) const PIECE: i64 = 500;

/// Answers a file: its head, then what `piece` answers for a cursor (none for the first piece):
/// lines, and the cursor of those that follow.
pub(crate) fn answer<F, P>(name: &str, head: &[&str], piece: F) -> Response
where
    F: Fn(Option<String>) -> P + Send + 'static,
    P: Future<Output = Result<(String, Option<String>), Error>> + Send + 'static,
{
    let head = format!("{MARK}{}", line(head));
    let lines = stream::try_unfold((Some(None), head), move |(at, head)| {
        let lines = at.map(&piece);
        async move {
            let Some(lines) = lines else { return Ok(None) };
            let (lines, next) = lines.await?;
            let bytes = Bytes::from(format!("{head}{lines}"));
            Ok::<_, Error>(Some((bytes, (next.map(Some), String::new()))))
        }
    });
    let named = format!("attachment; filename=\"{name}\"");
    let named = HeaderValue::from_str(&named).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, named)], Body::from_stream(lines)).into_response()
}
