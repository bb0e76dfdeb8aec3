//! What stands before every route of the console: no form of another site gets in, nothing foreign
//! runs or frames it, and a refusal is said as a page of the console.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::Error;

use crate::console::frame::Frame;
use crate::console::sign_in;
use crate::fault::{Fault, Manner};
use crate::state::AppState;

/// Nothing but our own files, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // Our own pages tell each other where one came from: the guard compares origins.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
];
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Marks a refusal that is a page already.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said;

/// A page of a refusal.
#[derive(Template)]
#[template(path = "staff/refusal.html")]
pub(crate) struct Refusal<'a> {
    pub(crate) frame: Frame,
    pub(crate) title: &'a str,
    pub(crate) detail: &'a str,
}

/// Lets a request in, or refuses it; dresses what comes back.
pub(super) async fn guard(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let manner = Manner::of(request.headers());
    request.extensions_mut().insert(manner.clone());
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let asked = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let own = is_safe(&method) || is_own(&headers);
    let mut response = match own {
        true => next.run(request).await,
        false => Fault::from(Error::Forbidden).into_response(),
    };
    let said = response.extensions_mut().remove::<Said>().is_some();
    if let Some(fault) = Fault::taken_from(&mut response).filter(|_| !said) {
        response = refuse(&state, &manner, &fault, (&method, &headers, &asked));
    }
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a change was asked for by a page of ours. A browser says where a request comes from
/// (`Sec-Fetch-Site` over TLS and on this machine, `Origin` always with a form); who says nothing
/// is no browser, and has no business here.
pub fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&FETCH_SITE) {
        return site == "same-origin";
    }
    let (Some(origin), Some(host)) = (text(&ORIGIN), text(&HOST)) else { return false };
    origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
}

fn refuse(
    state: &AppState,
    manner: &Manner,
    fault: &Fault,
    (method, headers, asked): (&Method, &HeaderMap, &str),
) -> Response {
    let ui = state.ui(manner.lang());
    if matches!(fault, Fault::Unauthenticated) && !manner.json {
        let wanted = if *method == Method::GET { asked } else { "/staff" };
        return sign_in::first(wanted, headers);
    }
    let (title, detail) = fault.words();
    let (title, detail) = (ui.s(title), ui.s(detail));
    let drawn = (!manner.problem)
        .then(|| Refusal { frame: Frame::bare(state.assets().clone(), ui), title, detail })
        .and_then(|page| page.render().ok())
        .map(|html| (fault.status(), Html(html)).into_response());
    fault.told(ui, state.now(), drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        is_own(&headers)
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "https://park.example"), ("host", "park.example")]));
        assert!(own(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!own(&[("sec-fetch-site", "same-site"), ("origin", "https://park.example")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("origin", "https://evil.example"), ("host", "park.example")]));
        assert!(!own(&[("origin", "null"), ("host", "park.example")]));
        assert!(!own(&[("host", "park.example")]), "who says nothing is no browser");
    }
}
