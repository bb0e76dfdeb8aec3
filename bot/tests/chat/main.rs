//! The chat by itself, over a real database and the smallest possible Telegram: what the larger
//! stories do not look at, such as a double tap, a restart between two questions, forged presses.

mod fake;

use std::sync::Arc;

use bot::{BotDeps, deliver, handle_update};
use chrono::{TimeZone, Utc};
use domain::db::Db;
use domain::outbox::{self, Message, Notice};
use domain::staff::Role;
use domain::{Clock, Dealer, dealer, import, staff};
use serde_json::{Value, json};

use crate::fake::{Call, Fake};

const CUSTOMER: i64 = 501;
const MANAGER: i64 = 502;
const ENGINEER: i64 = 503;
const STRANGER: i64 = 504;

const MODELS: &str = "code,name,specification,maintenance_months
16k20,16К20,Мощность=11 кВт,6
";
const MACHINES: &str = "serial,model,company,site,phone,commissioned_on,next_maintenance_on
1234,16k20,ООО «Вектор <b>»,\"Цех 2, Тула\",+79001112233,2021-03-01,2026-12-14
0457,16k20,ООО «Вектор <b>»,\"Цех 2, Тула\",+79001112233,2022-03-01,
";

struct Chat {
    deps: BotDeps,
    fake: Fake,
    _folder: tempfile::TempDir,
    next: std::sync::atomic::AtomicU32,
}

impl Chat {
    async fn start() -> Chat {
        let folder = tempfile::tempdir().unwrap();
        let db =
            Db::connect(&format!("sqlite://{}/bot.db", folder.path().display())).await.unwrap();
        db.migrate().await.unwrap();
        let dealer = Arc::new(Dealer {
            clock: Clock::fixed(Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).unwrap()),
            zone: chrono_tz::Europe::Moscow,
            routes: dealer::Routes::default(),
            ladder: dealer::Ladder::default(),
            uploads: folder.path().join("files"),
        });
        let (fake, address) = Fake::start().await;
        let bot = teloxide::Bot::new("1:token").set_api_url(address.parse().unwrap());
        let url = "https://park.example/app".parse().unwrap();
        let deps = BotDeps { db, dealer, bot, me: "park_bot".into(), mini_app_url: Some(url) };
        let mut tx = deps.db.begin().await.unwrap();
        for (id, role, name) in
            [(MANAGER, Role::Manager, "Анна"), (ENGINEER, Role::Engineer, "Пётр")]
        {
            staff::add(&mut tx, id, role, name, deps.dealer.clock.now()).await.unwrap();
        }
        import::models(&mut tx, &deps.dealer, MODELS.as_bytes()).await.unwrap();
        import::machines(&mut tx, &deps.dealer, MACHINES.as_bytes()).await.unwrap();
        tx.commit().await.unwrap();
        Chat { deps, fake, _folder: folder, next: 1.into() }
    }

    async fn update(&self, kind: &str, body: Value) -> Vec<Call> {
        let id = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        // As text: the client's type reads an update's kind only from borrowed keys.
        let raw = json!({"update_id": id, kind: body}).to_string();
        let update = serde_json::from_str(&raw).unwrap();
        handle_update(&self.deps, &update).await.unwrap();
        let calls = self.fake.take();
        for (method, params) in &calls {
            eprintln!("  {method} {params:#}");
        }
        calls
    }

    async fn send(&self, who: i64, content: Value) -> Vec<Call> {
        let mut message = json!({
            "message_id": 5, "date": 1, "from": person(who),
            "chat": {"id": who, "type": "private", "first_name": "Иван"},
        });
        message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        self.update("message", message).await
    }

    async fn say(&self, who: i64, text: &str) -> Vec<Call> {
        self.send(who, json!({ "text": text })).await
    }

    async fn press(&self, who: i64, message: i64, data: &str) -> Vec<Call> {
        let message = json!({
            "message_id": message, "date": 1, "text": "…",
            "chat": {"id": who, "type": "private", "first_name": "Иван"},
        });
        let query = json!({
            "id": "7", "from": person(who), "message": message, "chat_instance": "1", "data": data,
        });
        self.update("callback_query", query).await
    }

    async fn link(&self) {
        let contact =
            json!({"phone_number": "79001112233", "first_name": "Иван", "user_id": CUSTOMER});
        self.send(CUSTOMER, json!({ "contact": contact })).await;
    }

    /// Delivers what waits for Telegram; answers the calls.
    async fn deliver_all(&self) -> Vec<Call> {
        let now = self.deps.dealer.clock.now();
        loop {
            let mut tx = self.deps.db.begin().await.unwrap();
            let lease = chrono::TimeDelta::minutes(1);
            let due = outbox::claim(&mut tx, outbox::TELEGRAM, now, lease).await.unwrap();
            let Some(delivery) = due else { break };
            let done = outbox::Outcome::Delivered(None);
            outbox::settle(&mut tx, &delivery, now, &done).await.unwrap();
            tx.commit().await.unwrap();
            let Message::Notice { to, notice } = delivery.message().unwrap() else { continue };
            deliver(&self.deps, to, &notice).await.unwrap();
        }
        let calls = self.fake.take();
        for (method, params) in &calls {
            eprintln!("  → {method} {params:#}");
        }
        calls
    }
}

fn person(id: i64) -> Value {
    json!({"id": id, "is_bot": false, "first_name": "Иван", "language_code": "ru"})
}

/// The text of the first message that was sent or edited.
fn text(calls: &[Call]) -> &str {
    let shown =
        calls.iter().find(|(method, _)| method.ends_with("message") || method.ends_with("text"));
    shown.and_then(|(_, params)| params["text"].as_str()).unwrap_or_default()
}

/// The callback data of the button whose label begins so, in any of the messages.
fn data(calls: &[Call], label: &str) -> String {
    let rows = calls
        .iter()
        .filter_map(|(_, params)| params["reply_markup"]["inline_keyboard"].as_array().cloned());
    let buttons = rows.flatten().flat_map(|row| row.as_array().cloned().unwrap_or_default());
    let found = buttons
        .into_iter()
        .find(|button| button["text"].as_str().is_some_and(|text| text.starts_with(label)));
    let found = found.unwrap_or_else(|| panic!("no button {label} in {calls:#?}"));
    found["callback_data"].as_str().unwrap_or_else(|| panic!("{label} says nothing")).to_owned()
}

fn toast(calls: &[Call]) -> Option<&str> {
    let (_, params) = calls.iter().find(|(method, _)| method == "answercallbackquery")?;
    Some(params["text"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn only_ones_own_contact_opens_the_park() {
    let chat = Chat::start().await;
    let hello = chat.say(STRANGER, "/start").await;
    assert_eq!(hello[0].1["reply_markup"]["keyboard"][0][0]["request_contact"], true);
    let asked = chat.say(STRANGER, "/park").await;
    assert_eq!(asked[0].1["reply_markup"]["keyboard"][0][0]["request_contact"], true);
    for user_id in [json!(CUSTOMER), json!(null)] {
        let contact =
            json!({"phone_number": "+79001112233", "first_name": "X", "user_id": user_id});
        let refused = chat.send(STRANGER, json!({ "contact": contact })).await;
        assert!(text(&refused).contains("чужой контакт"), "{refused:?}");
    }
    chat.link().await;
    let park = chat.say(CUSTOMER, "/park").await;
    assert!(text(&park).contains("1234") && text(&park).contains("<b>Цех 2, Тула</b>"));
    let passport = chat.press(CUSTOMER, 9, &data(&park, "16К20 № 1234")).await;
    assert!(text(&passport).contains("ООО «Вектор &lt;b&gt;»"), "{}", text(&passport));
    // The same press from somebody else tells nothing and is answered all the same.
    let stolen = chat.press(STRANGER, 9, &data(&park, "16К20 № 1234")).await;
    assert!(!format!("{stolen:?}").contains("1234") && toast(&stolen).is_some());
    let forged = chat.press(CUSTOMER, 9, "v1:tr:' or 1=1").await;
    assert!(toast(&forged).unwrap().contains("не действует"));
}

#[tokio::test]
async fn a_call_for_service_is_sent_once_and_goes_its_way() {
    let chat = Chat::start().await;
    chat.link().await;
    let asked = chat.say(CUSTOMER, "/service").await;
    let kinds = chat.press(CUSTOMER, 1000, &data(&asked, "16К20 № 1234")).await;
    let down = chat.press(CUSTOMER, 1000, &data(&kinds, "Поломка")).await;
    chat.press(CUSTOMER, 1000, &data(&down, "Да")).await;
    let more = chat.say(CUSTOMER, "Не включается <шпиндель>").await;
    let photo =
        json!([{"file_id": "a", "file_unique_id": "b", "file_size": 30, "width": 9, "height": 9}]);
    let counted = chat.send(CUSTOMER, json!({ "photo": photo })).await;
    assert!(text(&counted).contains("1\u{a0}файл"), "{counted:?}");
    let review = chat.press(CUSTOMER, 1002, &data(&more, "Готово")).await;
    let send = data(&review, "Отправить");
    let sent = chat.press(CUSTOMER, 1002, &send).await;
    assert!(toast(&sent).unwrap().contains("SRV-2026-000001"));
    let again = chat.press(CUSTOMER, 1002, &send).await;
    assert!(toast(&again).unwrap().contains("Уже отправлено"));

    let cards = chat.deliver_all().await;
    let to_manager: Vec<Call> =
        cards.iter().filter(|(_, params)| params["chat_id"] == MANAGER).cloned().collect();
    assert!(text(&to_manager).contains("«Не включается &lt;шпиндель&gt;»"));
    // The customer's card is the message of the conversation, edited.
    assert!(cards.iter().any(|(method, params)| method == "editmessagetext"
        && params["chat_id"] == CUSTOMER
        && params["message_id"] == 1002));
    let take = data(&to_manager, "Беру");
    assert!(toast(&chat.press(CUSTOMER, 1, &take).await).unwrap().contains("нет"));
    let desk = chat.say(MANAGER, "/desk").await;
    assert!(text(&desk).contains("SRV-2026-000001"));
    assert_eq!(toast(&chat.press(MANAGER, 7, &take).await), Some("Ваше."));
    let engineers = chat.press(MANAGER, 7, &data(&chat.deliver_all().await, "Назначить")).await;
    chat.press(MANAGER, 7, &data(&engineers, "Пётр")).await;
    the_engineer_does_it(&chat).await;
}

async fn the_engineer_does_it(chat: &Chat) {
    let cards = chat.deliver_all().await;
    let accepted = chat.press(ENGINEER, 1, &data(&cards, "Принимаю")).await;
    let started = chat.press(ENGINEER, 1, &data(&accepted, "Начать")).await;
    drop(started);
    let jobs = chat.say(ENGINEER, "/jobs").await;
    let asked = chat.press(ENGINEER, 1, &data(&jobs, "Выполнено")).await;
    assert!(text(&asked).contains("Что сделано"), "{asked:?}");
    let more = chat.say(ENGINEER, "Заменил предохранитель").await;
    let review = chat.press(ENGINEER, 2, &data(&more, "Готово")).await;
    chat.press(ENGINEER, 2, &data(&review, "Следующее ТО")).await;
    assert!(text(&chat.say(ENGINEER, "вчера").await).contains("14.12.2026"));
    let review = chat.say(ENGINEER, "14.12.2026").await;
    let closed = chat.press(ENGINEER, 3, &data(&review, "Закрыть работу")).await;
    assert!(text(&closed).contains("закрыта"));
    let cards = chat.deliver_all().await;
    let done = data(&cards, "Всё работает");
    let closed = chat.press(CUSTOMER, 1002, &done).await;
    assert!(text(&closed).contains("Закрыта"), "{closed:?}");
}

#[tokio::test]
async fn notices_reach_only_those_who_may_see_them() {
    let chat = Chat::start().await;
    let notice = Notice::ConnectionPaused { connection: "amo".into(), reason: "401 <b>".into() };
    deliver(&chat.deps, STRANGER, &notice).await.unwrap();
    assert_eq!(chat.fake.take(), []);
    deliver(&chat.deps, MANAGER, &notice).await.unwrap();
    assert!(text(&chat.fake.take()).contains("401 &lt;b&gt;"));
}

#[tokio::test]
async fn set_up_names_the_commands_of_customers_and_colleagues() {
    let chat = Chat::start().await;
    bot::set_up(&chat.deps).await.unwrap();
    let calls = chat.fake.take();
    let of = |scope: Value| calls.iter().filter(|(_, params)| params["scope"] == scope).count();
    assert_eq!(of(json!({"type": "all_private_chats"})), 3);
    assert_eq!(of(json!({"type": "chat", "chat_id": ENGINEER})), 1);
}
