//! How the one who asked wants to be answered: as data, a problem document, or a page, and in which
//! language.

use std::sync::{Arc, OnceLock};

use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE};
use axum::http::{HeaderMap, HeaderValue};
use domain::texts::Lang;

/// How the one who asked wants to be answered.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// Data rather than a page.
    pub(crate) json: bool,
    /// Refusals as a problem document.
    pub(crate) problem: bool,
    /// A browser opens an address.
    pub(crate) navigation: bool,
    /// What the browser prefers, until the person is known.
    lang: Lang,
    /// The person's own language, once they are known.
    known: Arc<OnceLock<Lang>>,
}

impl Manner {
    /// As the headers of a request say.
    pub(crate) fn of(headers: &HeaderMap) -> Manner {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let accept = text(ACCEPT).unwrap_or_default();
        let script = headers.contains_key("hx-request");
        let html = accept.contains("text/html");
        let preferred = text(ACCEPT_LANGUAGE).and_then(|value| value.split([',', ';']).next());
        Manner {
            json: accept.contains("application/json"),
            problem: accept.contains("json") || !(script || html),
            navigation: html && !script,
            lang: Lang::from_code(preferred.map(str::trim)),
            known: Arc::default(),
        }
    }

    /// Whether a person reads the answer as it comes: a browser asked, and no script of ours.
    pub(crate) fn wants_page(&self) -> bool {
        self.navigation && !self.problem
    }

    pub(crate) fn speak(&self, lang: Lang) {
        let _ = self.known.set(lang);
    }

    pub(crate) fn lang(&self) -> Lang {
        self.known.get().copied().unwrap_or(self.lang)
    }
}
