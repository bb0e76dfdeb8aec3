//! The Bot API over HTTP: token, faults, the record of requests, and the answer's envelope.

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::telegram::Telegram;
use crate::telegram::body::{self, Params};
use crate::telegram::error::ApiError;
use crate::telegram::faults::{self, Fault};
use crate::telegram::methods;

/// A request of the bot.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The method as the bot spelled it.
    pub method: String,
    /// Its parameters; a file is `attach://<part>`.
    pub params: Value,
    /// When it came, by the clock of the options.
    pub at: DateTime<Utc>,
    /// When it came, by the real clock: for tests of limits per second.
    pub received: std::time::Instant,
    /// What was answered: `None` for success, else code and description.
    pub refused: Option<(u16, String)>,
}

impl Telegram {
    /// The Bot API: `/bot<token>/<method>` and `/file/bot<token>/<path>`.
    ///
    /// To be mounted at the root, or nested below the path that the bot takes for its API server.
    pub fn router(&self) -> Router {
        self.resume_webhook();
        Router::new()
            .route("/{bot}/{method}", any(call))
            .route("/file/{bot}/{*path}", get(download))
            .layer(DefaultBodyLimit::disable())
            .with_state(self.clone())
    }

    fn check_token(&self, bot: &str) -> Result<(), ApiError> {
        match bot.strip_prefix("bot") {
            None => Err(ApiError::new(404, "Not Found")),
            Some(token) if token == self.options().token => Ok(()),
            Some(_) => Err(ApiError::new(401, "Unauthorized")),
        }
    }
}

async fn call(
    Shared(telegram): Shared<Telegram>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    if let Err(refused) = telegram.check_token(&bot) {
        return answer(Err(refused));
    }
    let params = match body::read(request).await {
        Ok(params) => params,
        Err(refused) => return answer(Err(refused)),
    };
    let received = std::time::Instant::now();
    let name = method.to_lowercase();
    let fault = telegram.faults(|faults| faults.take(&name));
    let result = match &fault {
        None => run(&telegram, &name, &params).await,
        Some(fault @ (Fault::DropAfter | Fault::ErrorAfter)) => {
            let done = run(&telegram, &name, &params).await;
            faults::refusal(fault).map_or(done, Err)
        }
        Some(fault) => Err(faults::refusal(fault).unwrap_or_else(|| ApiError::new(0, "no answer"))),
    };
    let refused = result.as_ref().err().map(|refused| (refused.code, refused.description.clone()));
    let at = telegram.now();
    let params = Value::Object(params.values);
    telegram.record(Recorded { method, params, at, received, refused });
    match fault {
        Some(Fault::DropBefore | Fault::DropAfter) => broken_answer(),
        Some(Fault::Hang) => {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            broken_answer()
        }
        _ => answer(result),
    }
}

async fn run(telegram: &Telegram, name: &str, params: &Params) -> Result<Value, ApiError> {
    match name {
        "getupdates" => telegram.get_updates(params).await,
        _ => methods::run(telegram, name, params),
    }
}

async fn download(
    Shared(telegram): Shared<Telegram>,
    Path((bot, path)): Path<(String, String)>,
) -> Response {
    if let Err(refused) = telegram.check_token(&bot) {
        return answer(Err(refused));
    }
    let found = telegram.read(|state| {
        let file = state.files.values().find(|file| file.path == path)?;
        Some(file.bytes.clone())
    });
    match found {
        // The real server does not tell what a file is either.
        Some(bytes) => {
            ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
        }
        None => answer(Err(ApiError::new(404, "Not Found"))),
    }
}

fn answer(result: Result<Value, ApiError>) -> Response {
    match result {
        Ok(result) => axum::Json(json!({"ok": true, "result": result})).into_response(),
        Err(refused) => {
            let status =
                StatusCode::from_u16(refused.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, axum::Json(refused.body())).into_response()
        }
    }
}

/// An answer whose body breaks off: the client sees a connection that died.
fn broken_answer() -> Response {
    let broken = std::io::Error::other("the connection was dropped on purpose");
    let body = Body::from_stream(futures_util::stream::once(async move {
        Err::<axum::body::Bytes, _>(broken)
    }));
    ([(header::CONTENT_LENGTH, "100")], body).into_response()
}
