//! The page with the phones: its files, the state of a chat, a stream of changes, and acts.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::telegram::acts::ActError;
use crate::telegram::init_data::percent;
use crate::telegram::{ChatView, Pressed, Telegram};

const PAGE: &str = include_str!("../../pages/telegram.html");
const STYLE: &str = include_str!("../../pages/telegram.css");
const SCRIPTS: [(&str, &str); 7] = [
    ("telegram.js", include_str!("../../pages/telegram.js")),
    ("telegram-chat.js", include_str!("../../pages/telegram-chat.js")),
    ("telegram-app.js", include_str!("../../pages/telegram-app.js")),
    ("telegram-bridge.js", include_str!("../../pages/telegram-bridge.js")),
    ("telegram-compose.js", include_str!("../../pages/telegram-compose.js")),
    ("telegram-parts.js", include_str!("../../pages/telegram-parts.js")),
    ("telegram-theme.js", include_str!("../../pages/telegram-theme.js")),
];
const LARGEST_UPLOAD: usize = 50 << 20;

impl Telegram {
    /// The page and its data, to be nested at `/sandbox/telegram`.
    pub fn ui_router(&self) -> Router {
        let mut router = Router::new()
            .route("/", get(to_page))
            .route("/telegram.html", get(page))
            .route("/telegram.css", get(|| async { asset("text/css", STYLE) }))
            .route("/events", get(events))
            .route("/people", get(people))
            .route("/files/{id}", get(file))
            .route("/chat/{person}", get(chat))
            .route("/chat/{person}/act", post(act))
            .route("/chat/{person}/press", post(press))
            .route("/chat/{person}/upload", post(upload))
            .route("/chat/{person}/mini-app", post(mini_app))
            .route("/chat/{person}/custom-method", post(custom_method));
        for (name, script) in SCRIPTS {
            let answer = move || async move { asset("text/javascript", script) };
            router = router.route(&format!("/{name}"), get(answer));
        }
        router.layer(DefaultBodyLimit::max(LARGEST_UPLOAD)).with_state(self.clone())
    }
}

/// An act of a person on the page.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum Act {
    Start { payload: Option<String> },
    Text { text: String },
    Contact,
    ForeignContact,
    ReplyButton { label: String },
    Block,
    Unblock,
    AllowWriting,
    WebAppData { button: String, data: String },
}

#[derive(Deserialize)]
struct Press {
    message_id: i64,
    button: String,
}

#[derive(Deserialize)]
struct Launch {
    url: Option<String>,
    start_param: Option<String>,
    #[serde(default)]
    theme: Value,
}

#[derive(Deserialize)]
struct UploadQuery {
    name: String,
    #[serde(default)]
    photo: bool,
    caption: Option<String>,
}

/// What was asked for goes along: whose phone, which theme.
async fn to_page(RawQuery(query): RawQuery) -> Redirect {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("telegram/telegram.html{query}"))
}

async fn page() -> Response {
    asset("text/html", PAGE)
}

fn asset(kind: &str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, format!("{kind}; charset=utf-8")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, content).into_response()
}

async fn people(Shared(telegram): Shared<Telegram>) -> Json<Value> {
    Json(json!({"people": telegram.people(), "bot": bot(&telegram)}))
}

async fn chat(Shared(telegram): Shared<Telegram>, Path(person): Path<i64>) -> Response {
    if telegram.known(person).is_err() {
        return refuse(&ActError::UnknownPerson(person));
    }
    Json(Screen { bot: bot(&telegram), chat: telegram.chat_view(person) }).into_response()
}

#[derive(serde::Serialize)]
struct Screen {
    bot: Value,
    #[serde(flatten)]
    chat: ChatView,
}

fn bot(telegram: &Telegram) -> Value {
    let options = telegram.options();
    json!({
        "id": options.bot_id(),
        "username": options.bot_username,
        "name": options.bot_name,
        "mini_app_url": options.mini_app_url,
    })
}

/// One stream for all phones of a page: which chat has which revision.
async fn events(
    Shared(telegram): Shared<Telegram>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = telegram.changed();
    let start = (telegram, changes, None::<HashMap<String, u64>>);
    let revisions = stream::unfold(start, |(telegram, mut changes, sent)| async move {
        loop {
            changes.mark_unchanged();
            let now: HashMap<String, u64> = telegram.read(|state| {
                state.chats.iter().map(|(id, chat)| (id.to_string(), chat.revision)).collect()
            });
            if sent.as_ref() != Some(&now) {
                let event = Event::default().json_data(&now).unwrap_or_default();
                return Some((Ok(event), (telegram, changes, Some(now))));
            }
            changes.changed().await.ok()?;
        }
    });
    Sse::new(revisions.boxed()).keep_alive(KeepAlive::default())
}

async fn act(
    Shared(telegram): Shared<Telegram>,
    Path(person): Path<i64>,
    Json(act): Json<Act>,
) -> Response {
    let done = match act {
        Act::Start { payload } => telegram.press_start(person, payload.as_deref()),
        Act::Text { text } => telegram.send_text(person, &text),
        Act::Contact => telegram.send_contact(person),
        Act::ForeignContact => {
            telegram.send_foreign_contact(person, "79000000000", Some(person + 1))
        }
        Act::ReplyButton { label } => telegram.press_reply_button(person, &label),
        Act::Block => telegram.block_bot(person).map(|()| 0),
        Act::Unblock => telegram.unblock_bot(person).map(|()| 0),
        Act::AllowWriting => telegram.allow_writing(person),
        Act::WebAppData { button, data } => telegram.send_web_app_data(person, &button, &data),
    };
    match done {
        Ok(id) => Json(json!({"message_id": id})).into_response(),
        Err(error) => refuse(&error),
    }
}

async fn press(
    Shared(telegram): Shared<Telegram>,
    Path(person): Path<i64>,
    Json(press): Json<Press>,
) -> Response {
    match telegram.press_button(person, press.message_id, &press.button).await {
        Ok(Pressed::Answered(answer)) => Json(json!(answer)).into_response(),
        Ok(Pressed::Url(url)) => Json(json!({"open": url})).into_response(),
        Ok(Pressed::MiniApp(url)) => Json(json!({"web_app": url})).into_response(),
        Err(error) => refuse(&error),
    }
}

async fn upload(
    Shared(telegram): Shared<Telegram>,
    Path(person): Path<i64>,
    Query(query): Query<UploadQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = if query.photo {
        telegram.send_photo(person, body, query.caption.as_deref())
    } else {
        let mime = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        telegram.send_document(
            person,
            &query.name,
            body,
            mime.unwrap_or("application/octet-stream"),
        )
    };
    match done {
        Ok(id) => Json(json!({"message_id": id})).into_response(),
        Err(error) => refuse(&error),
    }
}

async fn mini_app(
    Shared(telegram): Shared<Telegram>,
    Path(person): Path<i64>,
    Json(launch): Json<Launch>,
) -> Response {
    let menu = || {
        let button = telegram.read(|state| state.menu_button(person));
        button["web_app"]["url"].as_str().map(str::to_owned)
    };
    let page = match &launch.start_param {
        Some(_) => launch.url.or_else(|| telegram.options().mini_app_url.clone()).or_else(menu),
        None => launch.url.or_else(menu).or_else(|| telegram.options().mini_app_url.clone()),
    };
    match page {
        Some(page) => {
            let start = launch.start_param.as_deref();
            let url = telegram.launch_url(person, &page, start, &launch.theme);
            Json(json!({"url": url})).into_response()
        }
        None => (StatusCode::NOT_FOUND, Json(json!({"error": "the bot has no Mini App"})))
            .into_response(),
    }
}

/// Custom methods of the client's SDK; the shared contact is the one that matters here.
async fn custom_method(
    Shared(telegram): Shared<Telegram>,
    Path(person): Path<i64>,
    Json(request): Json<Value>,
) -> Response {
    let person = match telegram.known(person) {
        Ok(person) => person,
        Err(error) => return refuse(&error),
    };
    match request["method"].as_str() {
        Some("getRequestedContact") => {
            Json(json!({"result": telegram.signed_contact(&person)})).into_response()
        }
        Some("getStorageKeys") => Json(json!({"result": []})).into_response(),
        Some("getStorageValues") => Json(json!({"result": {}})).into_response(),
        _ => Json(json!({"error": "UNKNOWN_METHOD"})).into_response(),
    }
}

async fn file(Shared(telegram): Shared<Telegram>, Path(id): Path<String>) -> Response {
    let found = telegram.read(|state| state.files.get(&id).cloned());
    match found {
        Some(file) => {
            let name = file.name.unwrap_or_else(|| "photo.jpg".to_owned());
            let disposition = format!("inline; filename*=UTF-8''{}", percent(&name));
            let headers = [
                (header::CONTENT_TYPE, file.mime),
                (header::CONTENT_DISPOSITION, disposition),
                // A person may send a page as a file; it must not run in the demo's origin.
                (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
            ];
            (headers, file.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn refuse(error: &ActError) -> Response {
    let status = match error {
        ActError::UnknownPerson(_) | ActError::NoMessage(_) => StatusCode::NOT_FOUND,
        ActError::NoButton(_) => StatusCode::CONFLICT,
        ActError::NoAnswer => StatusCode::GATEWAY_TIMEOUT,
    };
    (status, Json(json!({"error": error.to_string()}))).into_response()
}
