//! The built front end: served from memory under names that change with the content, so that a web
//! view may keep them for ever and still never shows an old one.

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderName, HeaderValue};
use memory_serve::{CacheControl, MemoryServe, load};
use tower_http::set_header::SetResponseHeaderLayer;

/// What the script that keeps the shell needs of its own answer: it lies here, serves `/app`, and asks our server. To the
/// other files these say nothing.
const WORKER: [(HeaderName, HeaderValue); 2] = [
    (HeaderName::from_static("service-worker-allowed"), HeaderValue::from_static("/app")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; connect-src 'self'; frame-ancestors 'none'"),
    ),
];

/// Where the files are served.
const ROOT: &str = "/assets";

/// Addresses of the built files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    /// The small script that sets the theme before the first paint.
    pub early: String,
    /// The script of the Mini App.
    pub script: String,
    /// Its style sheet.
    pub style: String,
    /// The script that only pages with a long form fetch.
    pub form: String,
    /// The script that keeps the shell on the phone.
    pub worker: String,
    /// The script of the console.
    pub console_script: String,
    /// The style sheet of the console.
    pub console_style: String,
}

impl Assets {
    /// The addresses of this build.
    pub fn load() -> Self {
        let manifest = files().manifest();
        let address = |file: &str| format!("{ROOT}{}", manifest.get(file).unwrap_or(file));
        Self {
            early: address("/early.js"),
            script: address("/app.js"),
            form: address("/form.js"),
            style: address("/app.css"),
            worker: address("/worker.js"),
            console_script: address("/console.js"),
            console_style: address("/console.css"),
        }
    }
}

/// The route that serves the files.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let files = Router::new().nest(ROOT, files().into_router());
    WORKER.into_iter().fold(files, |files, (name, value)| {
        files.layer(SetResponseHeaderLayer::overriding(name, value))
    })
}

fn files() -> MemoryServe {
    load!().index_file(None).cache_control(CacheControl::Short).enable_hashed_routes(true)
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn every_address_is_served() {
        let assets = Assets::load();
        assert!(assets.script.starts_with("/assets/app."), "{}", assets.script);
        let request = Request::get(&assets.script).body(Body::empty()).unwrap();
        assert_eq!(router::<()>().oneshot(request).await.unwrap().status(), 200);
    }
}
