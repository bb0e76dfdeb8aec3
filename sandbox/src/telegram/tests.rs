//! The fake seen from both sides: as a bot over HTTP and as people.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tower::ServiceExt;

use crate::telegram::schema::Schema;
use crate::telegram::{Fault, PersonSpec, Pressed, Telegram, TelegramOptions};

const TOKEN: &str = "7000000001:AAFakeTokenForUnitTestsOnly-Vector00001";
const ANNA: i64 = 5_000_000_001;
const PATIENCE: Duration = Duration::from_secs(5);

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).unwrap()
}

fn telegram() -> Telegram {
    let mut options = TelegramOptions::new(TOKEN, "moypark_bot", Arc::new(noon));
    options.mini_app_url = Some("http://127.0.0.1:8080/app".to_owned());
    options.webhook_retry = Duration::from_millis(20);
    options.callback_wait = Duration::from_millis(300);
    let telegram = Telegram::new(options);
    telegram.person(PersonSpec {
        id: ANNA,
        first_name: "Анна".to_owned(),
        last_name: Some("Пример".to_owned()),
        language_code: Some("ru".to_owned()),
        phone: "79001112233".to_owned(),
        ..PersonSpec::default()
    });
    telegram
}

async fn call(telegram: &Telegram, method: &str, params: Value) -> (StatusCode, Value) {
    let request = Request::post(format!("/bot{TOKEN}/{method}"))
        .header("content-type", "application/json")
        .body(Body::from(params.to_string()))
        .unwrap();
    read(telegram, request).await
}

async fn read(telegram: &Telegram, request: Request<Body>) -> (StatusCode, Value) {
    let answer = telegram.router().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn ok(telegram: &Telegram, method: &str, params: Value) -> Value {
    let (status, body) = call(telegram, method, params).await;
    assert_eq!(status, 200, "{body}");
    body["result"].clone()
}

async fn refused(telegram: &Telegram, method: &str, params: Value) -> String {
    let (status, body) = call(telegram, method, params).await;
    assert_eq!(body["error_code"], status.as_u16());
    body["description"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn token_and_method_are_checked() {
    let telegram = telegram();
    let wrong = Request::get("/bot1:wrong/getMe").body(Body::empty()).unwrap();
    assert_eq!(read(&telegram, wrong).await.0, 401);
    assert_eq!(call(&telegram, "sendLove", json!({})).await.0, 404);
    let me = ok(&telegram, "GetMe", json!({})).await;
    assert_eq!(me["has_main_web_app"], true);
}

#[tokio::test]
async fn only_people_who_started_the_bot_get_messages() {
    let telegram = telegram();
    let message = json!({"chat_id": ANNA, "text": "x"});
    let stranger = refused(&telegram, "sendMessage", json!({"chat_id": 5, "text": "x"})).await;
    assert_eq!(stranger, "Bad Request: chat not found");
    let silent = refused(&telegram, "sendMessage", message.clone()).await;
    assert_eq!(silent, "Forbidden: bot can't initiate conversation with a user");
    telegram.press_start(ANNA, Some("m_abc")).unwrap();
    ok(&telegram, "sendMessage", message.clone()).await;
    telegram.block_bot(ANNA).unwrap();
    let blocked = refused(&telegram, "sendMessage", message).await;
    assert_eq!(blocked, "Forbidden: bot was blocked by the user");
    let updates = telegram.pending_updates();
    assert_eq!(updates[0]["message"]["text"], "/start m_abc");
    assert_eq!(updates[1]["my_chat_member"]["new_chat_member"]["status"], "kicked");
}

#[tokio::test]
async fn polling_confirms_by_offset_and_waits() {
    let telegram = telegram();
    telegram.press_start(ANNA, None).unwrap();
    telegram.send_text(ANNA, "второе").unwrap();
    let first = ok(&telegram, "getUpdates", json!({"limit": 1})).await;
    let id = first[0]["update_id"].as_i64().unwrap();
    let again = ok(&telegram, "getUpdates", json!({})).await;
    assert_eq!(again.as_array().unwrap().len(), 2);
    let rest = ok(&telegram, "getUpdates", json!({"offset": id + 1})).await;
    assert_eq!(rest[0]["message"]["text"], "второе");
    let writer = telegram.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        writer.send_text(ANNA, "третье").unwrap();
    });
    let waited = ok(&telegram, "getUpdates", json!({"offset": id + 2, "timeout": 5})).await;
    assert_eq!(waited[0]["message"]["text"], "третье");
}

#[tokio::test]
async fn a_second_poll_ends_the_first_and_a_webhook_ends_all() {
    let telegram = telegram();
    let older = telegram.clone();
    let first =
        tokio::spawn(async move { call(&older, "getUpdates", json!({"timeout": 5})).await.0 });
    tokio::time::sleep(Duration::from_millis(50)).await;
    ok(&telegram, "getUpdates", json!({})).await;
    assert_eq!(first.await.unwrap(), 409);
    ok(&telegram, "setWebhook", json!({"url": "http://127.0.0.1:9/x"})).await;
    assert_eq!(call(&telegram, "getUpdates", json!({})).await.0, 409);
}

/// A bot's web server whose first answers are refusals.
async fn hook_server(
    refusals: usize,
) -> (String, mpsc::UnboundedReceiver<(Value, Option<String>)>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let left = Arc::new(std::sync::atomic::AtomicUsize::new(refusals));
    let answer = move |headers: axum::http::HeaderMap, axum::Json(update): axum::Json<Value>| {
        let order = std::sync::atomic::Ordering::SeqCst;
        let refuse = left.fetch_update(order, order, |n| n.checked_sub(1)).is_ok();
        let secret = headers.get("x-telegram-bot-api-secret-token");
        let secret = secret.map(|secret| secret.to_str().unwrap().to_owned());
        if !refuse {
            sender.send((update, secret)).unwrap();
        }
        async move { if refuse { StatusCode::BAD_GATEWAY } else { StatusCode::OK } }
    };
    let router = axum::Router::new().route("/hook", axum::routing::post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, receiver)
}

#[tokio::test]
async fn webhooks_come_in_order_with_the_secret_and_are_repeated() {
    let telegram = telegram();
    let (url, mut updates) = hook_server(3).await;
    ok(&telegram, "setWebhook", json!({"url": url, "secret_token": "s3cret"})).await;
    telegram.press_start(ANNA, None).unwrap();
    telegram.send_text(ANNA, "второе").unwrap();
    for text in ["/start", "второе"] {
        let (update, secret) =
            tokio::time::timeout(PATIENCE, updates.recv()).await.unwrap().unwrap();
        assert_eq!(update["message"]["text"], text);
        assert_eq!(secret.as_deref(), Some("s3cret"));
    }
    let info = ok(&telegram, "getWebhookInfo", json!({})).await;
    assert!(info["last_error_message"].as_str().unwrap().contains("502"));
}

#[tokio::test]
async fn texts_keyboards_and_edits_are_checked() {
    let telegram = telegram();
    telegram.press_start(ANNA, None).unwrap();
    let send = |text: String, data: &str| {
        json!({"chat_id": ANNA, "text": text,
               "reply_markup": {"inline_keyboard": [[{"text": "ok", "callback_data": data}]]}})
    };
    let empty = refused(&telegram, "sendMessage", send("  ".to_owned(), "a")).await;
    assert_eq!(empty, "Bad Request: message text is empty");
    let long = refused(&telegram, "sendMessage", send("я".repeat(4097), "a")).await;
    assert_eq!(long, "Bad Request: message is too long");
    let data = refused(&telegram, "sendMessage", send("x".to_owned(), &"я".repeat(33))).await;
    assert_eq!(data, "Bad Request: BUTTON_DATA_INVALID");
    let id = ok(&telegram, "sendMessage", send("x".to_owned(), "a")).await["message_id"].clone();
    let mut edit = send("x".to_owned(), "a");
    edit["message_id"] = id;
    let same = refused(&telegram, "editMessageText", edit.clone()).await;
    assert!(same.starts_with("Bad Request: message is not modified"));
    edit["text"] = json!("y");
    ok(&telegram, "editMessageText", edit).await;
    assert!(telegram.last_bot_message(ANNA).unwrap().edited);
}

#[tokio::test]
async fn a_pressed_button_waits_for_its_answer() {
    let telegram = telegram();
    telegram.press_start(ANNA, None).unwrap();
    let keyboard = json!({"inline_keyboard": [[{"text": "Беру", "callback_data": "v1:take:7"}]]});
    ok(&telegram, "sendMessage", json!({"chat_id": ANNA, "text": "x", "reply_markup": keyboard}))
        .await;
    let message = telegram.last_bot_message(ANNA).unwrap();
    assert!(telegram.press_button(ANNA, message.id, "Беру").await.is_err());
    let person = telegram.clone();
    let pressed = tokio::spawn(async move { person.press_button(ANNA, message.id, "Беру").await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let query = telegram.pending_updates().pop().unwrap()["callback_query"].clone();
    assert_eq!(query["data"], "v1:take:7");
    let answer = json!({"callback_query_id": query["id"], "text": "Ваша"});
    ok(&telegram, "answerCallbackQuery", answer.clone()).await;
    assert_eq!(pressed.await.unwrap().unwrap().text(), Some("Ваша"));
    assert!(refused(&telegram, "answerCallbackQuery", answer).await.contains("query is too old"));
}

#[tokio::test]
async fn files_come_and_go() {
    let telegram = telegram();
    telegram.press_start(ANNA, None).unwrap();
    let form = "--X\r\ncontent-disposition: form-data; name=\"chat_id\"\r\n\r\n5000000001\r\n\
                --X\r\ncontent-disposition: form-data; name=\"document\"; filename=\"п.txt\"\r\n\
                content-type: text/plain\r\n\r\nhello\r\n--X--\r\n";
    let request = Request::post(format!("/bot{TOKEN}/SendDocument"))
        .header("content-type", "multipart/form-data; boundary=X")
        .body(Body::from(form))
        .unwrap();
    let (status, sent) = read(&telegram, request).await;
    assert_eq!(status, 200, "{sent}");
    let id = sent["result"]["document"]["file_id"].as_str().unwrap().to_owned();
    assert_eq!(telegram.file_bytes(&id).unwrap(), "hello");
    let path = ok(&telegram, "getFile", json!({"file_id": id})).await["file_path"].clone();
    let path = path.as_str().unwrap();
    let request = Request::get(format!("/file/bot{TOKEN}/{path}")).body(Body::empty()).unwrap();
    assert_eq!(telegram.router().oneshot(request).await.unwrap().status(), 200);
    ok(&telegram, "sendDocument", json!({"chat_id": ANNA, "document": id})).await;
    assert_eq!(telegram.chat(ANNA).len(), 3);
}

#[tokio::test]
async fn faults_are_met_once_each() {
    let telegram = telegram();
    telegram.press_start(ANNA, None).unwrap();
    telegram.set_fault(Fault::TooMany { retry_after: 3 }, 1);
    telegram.set_fault_on("sendMessage", Fault::ErrorAfter, 1);
    let message = json!({"chat_id": ANNA, "text": "x"});
    let (status, body) = call(&telegram, "sendMessage", message.clone()).await;
    assert_eq!((status.as_u16(), &body["parameters"]["retry_after"]), (429, &json!(3)));
    assert_eq!(call(&telegram, "sendMessage", message.clone()).await.0, 502);
    ok(&telegram, "sendMessage", message).await;
    assert_eq!(telegram.chat(ANNA).len(), 3, "the second request did its work");
    assert_eq!(telegram.requests_of("sendmessage").len(), 3);
}

#[tokio::test]
async fn what_is_said_fits_the_official_schema() {
    let schema = include_str!("../../../tests/fixtures/telegram/bot-api-10.3.min.json");
    let schema = Schema::parse(schema).unwrap();
    let telegram = telegram();
    telegram.press_start(ANNA, None).unwrap();
    telegram.send_contact(ANNA).unwrap();
    telegram.send_photo(ANNA, "not a picture", Some("подпись")).unwrap();
    telegram.send_document(ANNA, "a.pdf", "%PDF", "application/pdf").unwrap();
    telegram.block_bot(ANNA).unwrap();
    telegram.unblock_bot(ANNA).unwrap();
    let sent = json!({"chat_id": ANNA, "text": "<b>x</b>", "parse_mode": "HTML"});
    assert_eq!(schema.check_request("SendMessage", &sent), Vec::<String>::new());
    assert_eq!(schema.check_request("sendMessage", &json!({"text": 5, "loud": 1})).len(), 3);
    assert_eq!(schema.check_request("sendLove", &json!({})), ["unknown method sendLove"]);
    let message = ok(&telegram, "sendMessage", sent).await;
    assert_eq!(schema.check_type("Message", &message), Vec::<String>::new());
    let _ = telegram.press_data(ANNA, message["message_id"].as_i64().unwrap(), "x").await;
    for update in telegram.pending_updates() {
        assert_eq!(schema.check_update(&update), Vec::<String>::new(), "{update}");
    }
    for (method, kind) in [("getMe", "User"), ("getWebhookInfo", "WebhookInfo")] {
        let value = ok(&telegram, method, json!({})).await;
        assert_eq!(schema.check_type(kind, &value), Vec::<String>::new());
    }
    let chat = ok(&telegram, "getChat", json!({"chat_id": ANNA})).await;
    assert_eq!(schema.check_type("ChatFullInfo", &chat), Vec::<String>::new());
}

#[tokio::test]
async fn a_snapshot_keeps_everything() {
    let telegram = telegram();
    telegram.press_start(ANNA, None).unwrap();
    let markup = json!({"keyboard": [[{"text": "Номер", "request_contact": true}]],
                        "one_time_keyboard": true});
    ok(&telegram, "sendMessage", json!({"chat_id": ANNA, "text": "x", "reply_markup": markup}))
        .await;
    let commands = json!([{"command": "park", "description": "Мой парк"}]);
    ok(&telegram, "setMyCommands", json!({"commands": commands, "language_code": "ru"})).await;
    let again = Telegram::from_json(telegram.options().clone(), &telegram.to_json()).unwrap();
    assert_eq!(again.chat_view(ANNA), telegram.chat_view(ANNA));
    assert_eq!(again.pending_updates(), telegram.pending_updates());
    again.press_reply_button(ANNA, "Номер").unwrap();
    let contact = again.chat(ANNA).pop().unwrap().contact.unwrap();
    assert_eq!(contact.user_id, Some(ANNA));
    assert_eq!(again.chat_view(ANNA).reply_keyboard, None);
    assert_eq!(again.chat_view(ANNA).commands[0].command, "park");
}

#[tokio::test]
async fn links_open_with_launch_data() {
    let telegram = telegram();
    telegram.press_start(ANNA, None).unwrap();
    let keyboard = json!({"inline_keyboard": [[
        {"text": "Парк", "web_app": {"url": "http://127.0.0.1:8080/app"}}]]});
    ok(&telegram, "sendMessage", json!({"chat_id": ANNA, "text": "x", "reply_markup": keyboard}))
        .await;
    let message = telegram.last_bot_message(ANNA).unwrap().id;
    let pressed = telegram.press_button(ANNA, message, "Парк").await.unwrap();
    let Pressed::MiniApp(url) = pressed else { panic!("{pressed:?}") };
    let url = telegram.launch_url(ANNA, &url, Some("p_16K20"), &json!({"bg_color": "#ffffff"}));
    let url = url::Url::parse(&url).unwrap();
    assert_eq!(url.query(), Some("tgWebAppStartParam=p_16K20"));
    let fragment: std::collections::HashMap<String, String> =
        form_urlencoded::parse(url.fragment().unwrap().as_bytes()).into_owned().collect();
    let data = &fragment["tgWebAppData"];
    assert!(data.contains("start_param=p_16K20") && data.contains("&hash="));
    assert_eq!(fragment["tgWebAppVersion"], "9.1");
}

#[tokio::test]
async fn the_page_shows_and_acts() {
    let telegram = telegram();
    let ask = async |path: &str, body: Option<Value>| {
        let request = Request::builder().uri(path).header("content-type", "application/json");
        let request = match body {
            Some(body) => request.method("POST").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let answer = telegram.ui_router().oneshot(request.unwrap()).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice::<Value>(&body).unwrap_or_default())
    };
    for page in ["/telegram.html", "/telegram.css", "/telegram.js", "/telegram-bridge.js"] {
        assert_eq!(ask(page, None).await.0, 200, "{page}");
    }
    assert_eq!(ask("/chat/5", None).await.0, 404);
    let act = |act: Value| ask("/chat/5000000001/act", Some(act));
    assert_eq!(act(json!({"act": "start", "payload": "m_1"})).await.0, 200);
    assert_eq!(act(json!({"act": "contact"})).await.0, 200);
    assert_eq!(act(json!({"act": "fly"})).await.0, 422);
    let (_, chat) = ask("/chat/5000000001", None).await;
    assert_eq!(chat["messages"][0]["text"], "/start m_1");
    assert_eq!(chat["bot"]["username"], "moypark_bot");
    let (_, opened) = ask("/chat/5000000001/mini-app", Some(json!({"theme": {}}))).await;
    assert!(opened["url"].as_str().unwrap().starts_with("http://127.0.0.1:8080/app#tgWebAppData="));
}
