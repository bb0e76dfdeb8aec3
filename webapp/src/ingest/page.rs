//! What a person reads whose browser posted the form by itself: the page has no script of ours, or it
//! did not load. A page that loads nothing and leads back to the site.

use askama::Template;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERER, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::texts::Lang;
use sha2::{Digest as _, Sha256};

use crate::fault::Fault;
use crate::ui::Ui;
use crate::views::leads::SentPage;

/// A form of the dealer's site was filled in the dealer's language, whatever the browser prefers.
pub(super) const LANG: Lang = Lang::Ru;

const GUARD: [(HeaderName, HeaderValue); 3] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// Fields that a person may have got wrong, and what they are called.
const FIELDS: [(&str, &str); 5] = [
    ("name", "app-sent-name"),
    ("phone", "app-sent-phone"),
    ("email", "app-lead-email"),
    ("message", "app-sent-message"),
    ("files", "app-sent-files"),
];

/// Thanks, the number, the way back.
///
/// # Errors
/// When the page cannot be drawn.
pub(super) fn accepted(
    ui: Ui,
    (status, number): (StatusCode, &str),
    back: Option<&str>,
) -> Result<Response, Fault> {
    let page = SentPage {
        ui,
        title: ui.s("app-sent-title"),
        text: ui.s("app-sent-text").to_owned(),
        number: Some(number),
        back,
    };
    answer(status, &page)
}

/// What is wrong, what to do, the way back.
///
/// # Errors
/// When the page cannot be drawn.
pub(super) fn refused(ui: Ui, fault: &Fault, back: Option<&str>) -> Result<Response, Fault> {
    let (title, detail) = fault.words();
    let (title, text) = match fault.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            ("app-sent-foreign-title", ui.s("app-sent-foreign-text").to_owned())
        }
        _ => {
            let wrong = fault.field().and_then(|wrong| {
                let (_, label) = FIELDS.into_iter().find(|(field, _)| *field == wrong.field)?;
                Some(format!("{}: {}", ui.s(label), ui.s(wrong.problem)))
            });
            let said = wrong.unwrap_or_else(|| ui.s(detail).to_owned());
            (title, format!("{said} {}", ui.s("app-sent-again")))
        }
    };
    let page = SentPage { ui, title: ui.s(title), text, number: None, back };
    answer(fault.status(), &page)
}

/// Where the person came from, if that is a page of the dealer's site: nobody else may put an
/// address on a page of ours.
pub(super) fn back<'a>(
    origins: &[String],
    told: Option<&'a str>,
    headers: &'a HeaderMap,
) -> Option<&'a str> {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let ours = |address: &&str| {
        let rest = |origin: &String| address.strip_prefix(origin.as_str());
        let mut known = origins.iter().filter_map(rest);
        known.any(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    };
    told.filter(ours).or_else(|| referer.filter(ours))
}

fn answer(status: StatusCode, page: &SentPage<'_>) -> Result<Response, Fault> {
    let html = page.render()?;
    let policy = HeaderValue::from_str(&policy(&html)).map_err(|_| Fault::Malformed)?;
    let mut response = (status, Html(html)).into_response();
    response.headers_mut().extend(GUARD);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// What the page may do: its one style, known by its hash.
fn policy(html: &str) -> String {
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let hash = BASE64_STANDARD.encode(Sha256::digest(style.map_or("", |(style, _)| style)));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_the_dealers_site_alone() {
        let origins = ["https://shop.example.com".to_owned()];
        let none = HeaderMap::new();
        for page in ["https://shop.example.com", "https://shop.example.com/lathes?id=7#ask"] {
            assert_eq!(back(&origins, Some(page), &none), Some(page));
        }
        for foreign in [
            "https://shop.example.com.evil.example/",
            "https://shop.example.com@evil.example/",
            "https://evil.example/https://shop.example.com/",
            "javascript:alert(1)",
            "//evil.example",
        ] {
            assert_eq!(back(&origins, Some(foreign), &none), None, "{foreign}");
        }
        let referer = HeaderMap::from_iter([(
            REFERER,
            HeaderValue::from_static("https://shop.example.com/chucks"),
        )]);
        let found = back(&origins, Some("javascript:alert(1)"), &referer);
        assert_eq!(found, Some("https://shop.example.com/chucks"));
    }
}
