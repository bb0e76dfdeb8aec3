//! What every answer of the product bears, and who is held back before it is asked: nothing is
//! framed or sniffed unless its route says so, and whoever guesses secrets waits.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use webapp::{FindCaller, Limiter};

/// For what is no page: whatever it holds, nothing of it runs or is framed.
const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];
/// A year, as browsers want it to believe it (hstspreload.org).
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What stands before every route.
#[derive(Clone)]
pub(crate) struct Guard {
    /// Whether the product is reached by TLS.
    tls: bool,
    caller: FindCaller,
    /// Refusals of webhooks and of the administrator's routes, by address: a CRM is not refused.
    refused: Arc<Limiter<IpAddr>>,
    /// Drawings of plates, by address: each costs some work, and anybody may ask.
    drawn: Arc<Limiter<IpAddr>>,
}

impl Guard {
    pub(crate) fn new(tls: bool, caller: FindCaller) -> Guard {
        let refused = Arc::new(Limiter::new(30.0, 0.2));
        Guard { tls, caller, refused, drawn: Arc::new(Limiter::new(120.0, 2.0)) }
    }

    /// Who asks, where that tells people apart: behind a proxy that the configuration does not
    /// name everybody is the same neighbour, and one must not hold all back.
    fn outsider(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
        let address = (self.caller)(peer.0.ip(), request.headers());
        (!webapp::is_near(address)).then_some(address)
    }
}

/// Holds back, lets through, dresses the answer.
pub(crate) async fn stand(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let bears_secret = path.starts_with("/webhook/") || path.starts_with("/api/");
    let is_drawing = path.starts_with("/app/plates/") || path.starts_with("/p/");
    let outsider = guard.outsider(&request);
    let held = outsider.and_then(|address| {
        let now = Instant::now();
        let spent = bears_secret.then(|| guard.refused.wait(&address, now)).flatten();
        spent.or_else(|| is_drawing.then(|| guard.drawn.take(address, now).err()).flatten())
    });
    let mut response = match held {
        Some(wait) => {
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds)]).into_response()
        }
        None => next.run(request).await,
    };
    let refused = matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    if let (true, true, Some(address)) = (bears_secret, refused, outsider) {
        // Only counted: what is spent is found at the next request.
        let _ = guard.refused.take(address, Instant::now());
    }
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    if guard.tls {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::post;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    /// A door that refuses everybody, reached from an address.
    async fn knock(router: &Router, from: &str) -> Response {
        let mut request = Request::post("/webhook/amocrm").body(Body::empty()).unwrap();
        let from: SocketAddr = from.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request).await.unwrap()
    }

    fn router(tls: bool) -> Router {
        let guard = Guard::new(tls, Arc::new(|peer, _| peer));
        Router::new()
            .route("/webhook/amocrm", post(async || StatusCode::UNAUTHORIZED))
            .layer(middleware::from_fn_with_state(guard, stand))
    }

    #[tokio::test]
    async fn who_guesses_secrets_waits_and_nobody_else_does() {
        let router = router(false);
        let mut last = StatusCode::OK;
        for _ in 0..40 {
            last = knock(&router, "203.0.113.7:1").await.status();
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(knock(&router, "203.0.113.8:1").await.status(), StatusCode::UNAUTHORIZED);
        for _ in 0..40 {
            last = knock(&router, "127.0.0.1:1").await.status();
        }
        assert_eq!(last, StatusCode::UNAUTHORIZED, "a proxy is everybody");
    }

    #[tokio::test]
    async fn every_answer_is_dressed() {
        let answer = knock(&router(true), "203.0.113.7:1").await;
        let header = |name: HeaderName| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(header(CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"));
        assert_eq!(header(X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(header(REFERRER_POLICY), "no-referrer");
        assert_eq!(header(STRICT_TRANSPORT_SECURITY), "max-age=31536000");
        let plain = knock(&router(false), "203.0.113.7:1").await;
        assert!(plain.headers().get(STRICT_TRANSPORT_SECURITY).is_none());
    }
}
