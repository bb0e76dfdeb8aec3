//! Why a request is refused, and how that is said: a problem document for programs and for the
//! forms of the Mini App, a friendly page for people.

mod manner;
mod words;

use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::text::FieldFault;
use domain::{Error, ids};
use serde_json::json;
use std::sync::Arc;

pub(crate) use crate::fault::manner::Manner;
use crate::fault::words::domain_words;
use crate::routes::shell;
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::shell::ProblemPage;

/// A refusal.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// A rule of the domain said no, or the database failed.
    #[error("{0}")]
    Domain(Arc<Error>),
    /// No launch and no session that we believe.
    #[error("nobody we believe")]
    Unauthenticated,
    /// A genuine launch that is too old.
    #[error("the launch or link is too old")]
    InitDataExpired,
    /// Telegram vouches for the person, and no company is linked to them yet; their name.
    #[error("nobody has linked this person")]
    Stranger(String),
    /// The person sends too much; wait so long.
    #[error("too many requests")]
    TooMany(Duration),
    /// The body is not what its type says.
    #[error("the body or address cannot be read")]
    Malformed,
    /// The body is larger than the route takes.
    #[error("the body is too large")]
    BodyTooLarge,
    /// A body of a type that the route does not read.
    #[error("the body is of no type that we read")]
    BodyType,
    /// A page could not be drawn.
    #[error("{0}")]
    Template(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Domain(Arc::new(error))
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Fault {
        Fault::Template(error.to_string())
    }
}

/// Notes how the caller wants to be answered, and turns every refusal into that.
pub(crate) async fn answer_faults(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let manner = Manner::of(request.headers());
    request.extensions_mut().insert(manner.clone());
    let mut response = next.run(request).await;
    match Fault::taken_from(&mut response) {
        Some(fault) => fault.response(&state, &manner),
        None => response,
    }
}

impl IntoResponse for Fault {
    /// Only carries the refusal to [`answer_faults`], which knows how to say it.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Fault {
    /// The refusal that a response carries, or is by its status.
    pub(crate) fn taken_from(response: &mut Response) -> Option<Fault> {
        let carried = response.extensions_mut().remove::<Fault>();
        carried.or_else(|| Fault::of_framework(response.status()))
    }

    /// The refusal as `drawn`, or as a problem document.
    pub(crate) fn told(&self, ui: Ui, now: DateTime<Utc>, drawn: Option<Response>) -> Response {
        let request_id = ids::new_id(now);
        self.note(&request_id, self.status());
        self.patient(drawn.unwrap_or_else(|| self.document(ui, &request_id)))
    }

    /// Says how long to wait, where that is all that is wrong.
    fn patient(&self, mut response: Response) -> Response {
        if let Fault::TooMany(wait) = self {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// The framework's own refusals: no such route, a path that is not UTF-8, a method that is not
    /// offered, a body over the limit.
    fn of_framework(status: StatusCode) -> Option<Fault> {
        match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Some(Error::NotFound.into()),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Fault::BodyTooLarge),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(Fault::BodyType),
            status if status.is_client_error() => Some(Fault::Malformed),
            status if status.is_server_error() => Some(Fault::Template("framework".to_owned())),
            _ => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Fault::Domain(error) => error.code(),
            Fault::Unauthenticated => "unauthenticated",
            Fault::InitDataExpired => "init_data_expired",
            Fault::Stranger(_) => "forbidden",
            Fault::TooMany(_) => "too_many_requests",
            Fault::Malformed => "invalid",
            Fault::BodyTooLarge => "too_large",
            Fault::BodyType => "unsupported_file",
            Fault::Template(_) => "unavailable",
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self.code() {
            "unauthenticated" | "init_data_expired" => StatusCode::UNAUTHORIZED,
            "forbidden" => StatusCode::FORBIDDEN,
            "not_found" => StatusCode::NOT_FOUND,
            "invalid" => StatusCode::UNPROCESSABLE_ENTITY,
            "conflict" => StatusCode::CONFLICT,
            "too_large" => StatusCode::PAYLOAD_TOO_LARGE,
            "unsupported_file" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "too_many_requests" => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The keys of what a person reads: a title, and what to do.
    pub(crate) fn words(&self) -> (&'static str, &'static str) {
        match self {
            Fault::Domain(error) => domain_words(error),
            Fault::Unauthenticated => ("app-problem-unknown-title", "app-problem-unknown-text"),
            Fault::InitDataExpired => ("app-expired-title", "app-expired-text"),
            Fault::Stranger(_) => ("app-problem-forbidden-title", "app-welcome-text"),
            Fault::TooMany(_) => ("app-problem-many-title", "app-problem-many-text"),
            Fault::Malformed => ("app-problem-invalid-title", "app-problem-malformed-text"),
            Fault::BodyTooLarge => ("app-problem-large-title", "app-problem-body-large-text"),
            Fault::BodyType => ("app-problem-kind-title", "app-problem-body-kind-text"),
            Fault::Template(_) => ("app-problem-failed-title", "app-problem-failed-text"),
        }
    }

    fn response(&self, state: &AppState, manner: &Manner) -> Response {
        if let Fault::Stranger(name) = self
            && !manner.problem
        {
            return shell::welcome(state, manner.lang(), name);
        }
        let request_id = ids::new_id(state.now());
        let status = self.status();
        self.note(&request_id, status);
        let ui = state.ui(manner.lang());
        let signed_out = status == StatusCode::UNAUTHORIZED && !manner.navigation;
        self.patient(if manner.problem || signed_out {
            self.document(ui, &request_id)
        } else {
            self.page(ui, &request_id)
        })
    }

    /// The cause is for the log; the person gets its number.
    fn note(&self, request_id: &str, status: StatusCode) {
        if status.is_server_error() {
            tracing::error!(request_id, cause = %self, "a request failed");
        } else {
            tracing::debug!(request_id, cause = %self, "a request was refused");
        }
    }

    fn document(&self, ui: Ui, request_id: &str) -> Response {
        let (title, detail) = self.words();
        let mut body = json!({
            "type": "about:blank",
            "title": ui.s(title),
            "status": self.status().as_u16(),
            "code": self.code(),
            "detail": ui.s(detail),
            "request_id": request_id,
        });
        if self.code() == "invalid" {
            body["fields"] = match self.field() {
                Some(fault) => json!({ fault.field: ui.s(fault.problem) }),
                None => json!({}),
            };
        }
        let kind = [(CONTENT_TYPE, "application/problem+json")];
        (self.status(), kind, body.to_string()).into_response()
    }

    fn page(&self, ui: Ui, request_id: &str) -> Response {
        let (title, detail) = self.words();
        let failed = self.status().is_server_error();
        let page = ProblemPage {
            ui,
            title: ui.s(title),
            detail: ui.s(detail),
            request_id: if failed { request_id } else { "" },
            retry: failed,
        };
        match page.render() {
            Ok(html) => (self.status(), axum::response::Html(html)).into_response(),
            Err(_) => self.document(ui, request_id),
        }
    }

    /// The field that is wrong, where it is one.
    pub(crate) fn field(&self) -> Option<FieldFault> {
        match self {
            Fault::Domain(error) => match **error {
                Error::Invalid(fault) => Some(fault),
                _ => None,
            },
            _ => None,
        }
    }
}
