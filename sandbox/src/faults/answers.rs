//! What a spoilt call gets instead of its answer.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use crate::faults::FaultMode;

/// How long a hanging call is held before its connection is closed.
const HANG: Duration = Duration::from_secs(600);

pub(super) const BLOCKED: &str = "<html>\n<head><title>403 Forbidden</title></head>\n<body>\n<center><h1>403 Forbidden</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n";
pub(super) const BAD_GATEWAY: &str = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n";

pub(super) fn page(status: StatusCode, body: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html")], body).into_response()
}

pub(super) fn problem(mode: FaultMode) -> Response {
    let (status, body) = match mode {
        FaultMode::RateLimited => (
            StatusCode::TOO_MANY_REQUESTS,
            r#"{"title":"Too Many Requests","type":"https://httpstatus.es/429","status":429,"detail":"Request limit exceeded"}"#,
        ),
        FaultMode::Unauthorized => (
            StatusCode::UNAUTHORIZED,
            r#"{"title":"Unauthorized","type":"https://httpstatus.es/401","status":401,"detail":"Неверный логин или пароль"}"#,
        ),
        FaultMode::PaymentRequired => (
            StatusCode::PAYMENT_REQUIRED,
            r#"{"title":"Payment Required","type":"https://httpstatus.es/402","status":402,"detail":"Аккаунт не оплачен"}"#,
        ),
        _ => (
            StatusCode::INTERNAL_SERVER_ERROR,
            r#"{"title":"ErrInternalServer","status":500,"detail":"Internal server error","trace_id":"0000000000000000"}"#,
        ),
    };
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

pub(super) async fn hang() -> Response {
    tokio::time::sleep(HANG).await;
    drop_connection()
}

/// The server gives each connection a task of its own; unwinding it closes the socket without
/// an answer, and `resume_unwind` keeps the panic hook silent.
pub(super) fn drop_connection() -> Response {
    std::panic::resume_unwind(Box::new("connection dropped on purpose"))
}

pub(super) async fn half(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if body.is_empty() {
        return drop_connection();
    }
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let first = body.slice(..body.len() / 2);
    // The pause lets the first half leave before the connection breaks.
    let broken = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err::<Bytes, _>(std::io::Error::other("answer cut on purpose"))
    };
    let stream = stream::once(async { Ok(first) }).chain(stream::once(broken));
    Response::from_parts(parts, Body::from_stream(stream))
}
