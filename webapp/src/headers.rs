//! The headers that keep a page to itself: nothing is cached, nothing foreign runs, only Telegram
//! may frame it.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

/// Telegram's web clients frame the Mini App, so `X-Frame-Options` must stay away. Photos that a
/// form shows before they are sent are `blob:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'self' https://web.telegram.org https://*.telegram.org";

const GUARD: [(HeaderName, HeaderValue); 4] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// What the Mini App says when it asks at a touch for what a tap will open.
/// Source: the header of htmx's own preload extension
const PRELOADED: HeaderName = HeaderName::from_static("hx-preloaded");

/// Such an answer lives for the tap (`static/src/prefetch.js`), in that person's web view only.
const FOR_THE_TAP: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("private, max-age=3")),
    (VARY, HeaderValue::from_static("authorization, hx-request, accept, accept-language")),
];

/// Sets each of them, unless the route has said otherwise.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let preloaded = request.method() == Method::GET && request.headers().contains_key(PRELOADED);
    let mut response = next.run(request).await;
    if preloaded && response.status().is_success() {
        for (name, value) in FOR_THE_TAP {
            response.headers_mut().entry(name).or_insert(value);
        }
    }
    for (name, value) in GUARD {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
