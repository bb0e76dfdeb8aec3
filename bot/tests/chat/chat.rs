//! People in a chat with the bot, without a server around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bot::{BotDeps, deliver, handle_update};
use chrono::{TimeZone, Utc};
use domain::db::Db;
use domain::outbox::{self, Message};
use domain::staff::Role;
use domain::{Clock, Dealer, dealer, import, staff};
use serde_json::{Value, json};

use crate::fake::{Call, Fake};

pub(crate) const CUSTOMER: i64 = 501;
pub(crate) const MANAGER: i64 = 502;
pub(crate) const ENGINEER: i64 = 503;
pub(crate) const STRANGER: i64 = 504;

pub(crate) const MODELS: &str = "code,name,specification,maintenance_months
16k20,16К20,Мощность=11 кВт,6
";
pub(crate) const MACHINES: &str =
    "serial,model,company,site,phone,commissioned_on,next_maintenance_on
1234,16k20,ООО «Вектор <b>»,\"Цех 2, Тула\",+79001112233,2021-03-01,2026-12-14
0457,16k20,ООО «Вектор <b>»,\"Цех 2, Тула\",+79001112233,2022-03-01,
";

pub(crate) struct Chat {
    pub(crate) deps: BotDeps,
    pub(crate) fake: Fake,
    _folder: tempfile::TempDir,
    next: AtomicU32,
}

impl Chat {
    pub(crate) async fn start() -> Chat {
        let folder = tempfile::tempdir().unwrap();
        let db =
            Db::connect(&format!("sqlite://{}/bot.db", folder.path().display())).await.unwrap();
        db.migrate().await.unwrap();
        let dealer = Arc::new(Dealer {
            clock: Clock::fixed(Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).unwrap()),
            zone: chrono_tz::Europe::Moscow,
            routes: dealer::Routes::default(),
            ladder: dealer::Ladder::default(),
            hours: domain::WorkingHours::default(),
            line: domain::dealer::Line::default(),
            approvals: Vec::new(),
            discount: None,
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

    pub(crate) async fn update(&self, kind: &str, body: Value) -> Vec<Call> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        // As text: the client's type reads an update's kind only from borrowed keys.
        let raw = json!({"update_id": id, kind: body}).to_string();
        let update = serde_json::from_str(&raw).unwrap();
        handle_update(&self.deps, &update).await.unwrap();
        self.fake.take()
    }

    pub(crate) async fn send(&self, who: i64, content: Value) -> Vec<Call> {
        let mut message = json!({
            "message_id": 5, "date": 1, "from": person(who),
            "chat": {"id": who, "type": "private", "first_name": "Иван"},
        });
        message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        self.update("message", message).await
    }

    pub(crate) async fn say(&self, who: i64, text: &str) -> Vec<Call> {
        self.send(who, json!({ "text": text })).await
    }

    pub(crate) async fn press(&self, who: i64, message: i64, data: &str) -> Vec<Call> {
        let message = json!({
            "message_id": message, "date": 1, "text": "…",
            "chat": {"id": who, "type": "private", "first_name": "Иван"},
        });
        let query = json!({
            "id": "7", "from": person(who), "message": message, "chat_instance": "1", "data": data,
        });
        self.update("callback_query", query).await
    }

    pub(crate) async fn link(&self) {
        let contact =
            json!({"phone_number": "79001112233", "first_name": "Иван", "user_id": CUSTOMER});
        self.send(CUSTOMER, json!({ "contact": contact })).await;
    }

    /// Delivers what waits for Telegram; answers the calls.
    pub(crate) async fn deliver_all(&self) -> Vec<Call> {
        let clock = &self.deps.dealer.clock;
        loop {
            let mut tx = self.deps.db.begin().await.unwrap();
            let lease = chrono::TimeDelta::minutes(1);
            let due = outbox::claim(&mut tx, clock, outbox::TELEGRAM, lease).await.unwrap();
            let Some(delivery) = due else { break };
            let done = outbox::Outcome::Delivered(None);
            outbox::settle(&mut tx, &delivery, clock.now(), &done).await.unwrap();
            tx.commit().await.unwrap();
            let Message::Notice { to, notice } = delivery.message().unwrap() else { continue };
            deliver(&self.deps, to, &notice).await.unwrap();
        }
        self.fake.take()
    }
}

pub(crate) fn person(id: i64) -> Value {
    json!({"id": id, "is_bot": false, "first_name": "Иван", "language_code": "ru"})
}

/// The text of the first message that was sent or edited.
pub(crate) fn text(calls: &[Call]) -> &str {
    let shown =
        calls.iter().find(|(method, _)| method.ends_with("message") || method.ends_with("text"));
    shown.and_then(|(_, params)| params["text"].as_str()).unwrap_or_default()
}

/// The callback data of the button whose label begins so, in any of the messages.
pub(crate) fn data(calls: &[Call], label: &str) -> String {
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

pub(crate) fn toast(calls: &[Call]) -> Option<&str> {
    let (_, params) = calls.iter().find(|(method, _)| method == "answercallbackquery")?;
    Some(params["text"].as_str().unwrap_or_default())
}
