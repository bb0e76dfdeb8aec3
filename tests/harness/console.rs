//! The staff console as a browser shows it: a cookie, forms from its own pages, no script.

use domain::db::Db;
use domain::{sign_in, staff};
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};

use crate::app::App;

/// A browser at the console.
#[derive(Clone, Debug)]
pub struct Console {
    http: reqwest::Client,
    base: String,
    db: Db,
    clock: domain::Clock,
    /// What it sends as `Cookie`; empty before the sign-in.
    pub cookie: String,
}

/// What the browser got.
#[derive(Clone, Debug)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// Where it is sent; empty where it is not.
    pub location: String,
    /// The body.
    pub body: String,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
}

impl Page {
    /// The page, which must be one.
    ///
    /// # Panics
    /// When it was refused or sent elsewhere.
    #[track_caller]
    pub fn ok(self) -> String {
        assert!(self.status.is_success(), "{} {}: {}", self.status, self.location, self.body);
        self.body
    }

    /// Where it is sent after a change.
    ///
    /// # Panics
    /// When it was refused.
    #[track_caller]
    pub fn gone_to(self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.location
    }
}

impl App {
    /// A browser that nobody has signed in.
    pub fn browser(&self) -> Console {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Console {
            http: http.build().expect("a client"),
            base: self.base.clone(),
            db: self.db.clone(),
            clock: self.clock.clone(),
            cookie: String::new(),
        }
    }

    /// A browser that a member of staff has signed in with a code.
    pub async fn console(&self, person: i64) -> Console {
        let mut console = self.browser();
        let code = console.code_for(person).await;
        let came = console.post("/staff/sign-in", &[("code", &code)]).await;
        assert_eq!(came.gone_to(), "/staff");
        console
    }
}

impl Console {
    /// A code as the bot gives it.
    pub async fn code_for(&self, person: i64) -> String {
        let mut tx = self.db.begin().await.expect("a transaction");
        let found = staff::by_telegram(&mut tx, person).await.expect("staff");
        let found = found.expect("a member of staff");
        let code = sign_in::issue_code(&mut tx, &found, self.clock.now()).await.expect("a code");
        tx.commit().await.expect("a commit");
        code
    }

    /// Opens an address.
    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Sends a form of the console's own page.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let request = self.request(Method::POST, path).header("Origin", &self.base).form(form);
        self.send(request).await
    }

    /// A request with the cookie, for what the shorter ones cannot say.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header("Accept", "text/html").header("Accept-Language", "ru");
        if self.cookie.is_empty() { request } else { request.header("Cookie", &self.cookie) }
    }

    /// Sends a request and keeps the cookie that comes with the answer.
    pub async fn send(&mut self, request: RequestBuilder) -> Page {
        let answer: Response = request.send().await.expect("the product answers");
        let headers = answer.headers().clone();
        for set in headers.get_all(SET_COOKIE) {
            let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            self.keep(pair);
        }
        let location = headers.get(LOCATION).and_then(|to| to.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        let status = answer.status();
        Page { status, location, headers, body: answer.text().await.expect("a body") }
    }

    /// Keeps a cookie, or forgets it where it is empty, as a browser does.
    fn keep(&mut self, pair: &str) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let others = self
            .cookie
            .split("; ")
            .filter(|kept| kept.split_once('=').is_some_and(|(kept, _)| kept != name));
        let mut kept: Vec<&str> = others.collect();
        if !value.is_empty() {
            kept.push(pair);
        }
        self.cookie = kept.join("; ");
    }
}
