//! A Telegram that behaves, so that the demo and the tests need no account and no network.
//!
//! It speaks the Bot API over HTTP as bots see it, keeps the chats of a few people, and lets
//! those people act. Everything is in memory; [`Telegram::to_json`] takes a snapshot.

mod acts;
mod api;
mod body;
mod entities;
mod error;
mod faults;
mod files;
mod init_data;
mod keyboards;
mod launch;
mod message;
mod methods;
mod pressing;
pub mod schema;
mod snapshot;
mod state;
mod ui;
mod updates;
mod view;
mod waiting;
mod webhook;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

pub use crate::telegram::acts::ActError;
pub use crate::telegram::api::Recorded;
pub use crate::telegram::faults::Fault;
pub use crate::telegram::pressing::{CallbackAnswer, Pressed};
pub use crate::telegram::state::PersonSpec;
pub use crate::telegram::view::{
    Button, ChatMessage, ChatView, Command, ContactCard, FileCard, ReplyButton, ReplyKeyboard,
};
pub use crate::telegram::waiting::WaitError;

use crate::telegram::faults::Faults;
use crate::telegram::state::State;

/// Where this Telegram reads the time from.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What the bot is and how patient this Telegram is.
#[derive(Clone)]
pub struct TelegramOptions {
    /// The bot's token, `<bot id>:<secret>`; initData is signed with it.
    pub token: String,
    /// The bot's user name, without `@`.
    pub bot_username: String,
    /// The bot's name as chats show it.
    pub bot_name: String,
    /// The clock for message dates, `auth_date` and the expiry of updates.
    pub now: Now,
    /// The main Mini App, opened by `t.me/<bot>?startapp=…`.
    pub mini_app_url: Option<String>,
    /// How long a pressed button waits for the bot's answer.
    pub callback_wait: Duration,
    /// The first pause between two tries of a webhook; it doubles. Telegram's own is 2 s.
    pub webhook_retry: Duration,
}

impl TelegramOptions {
    /// Options with Telegram's own patience for the bot of this token.
    #[must_use]
    pub fn new(token: impl Into<String>, bot_username: impl Into<String>, now: Now) -> Self {
        Self {
            token: token.into(),
            bot_username: bot_username.into(),
            bot_name: "Мой Парк".to_owned(),
            now,
            mini_app_url: None,
            callback_wait: Duration::from_secs(10),
            webhook_retry: Duration::from_secs(2),
        }
    }

    /// The bot's numeric id, the part of the token before the colon.
    #[must_use]
    pub fn bot_id(&self) -> i64 {
        self.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(1)
    }
}

/// The Telegram of one bot. Clones share everything.
#[derive(Clone)]
pub struct Telegram {
    inner: Arc<Inner>,
}

struct Inner {
    options: TelegramOptions,
    state: Mutex<State>,
    requests: Mutex<Vec<Recorded>>,
    faults: Mutex<Faults>,
    changes: watch::Sender<u64>,
    http: reqwest::Client,
}

impl Telegram {
    /// A Telegram without people, for the bot of `options`.
    ///
    /// # Panics
    /// When the HTTP client for webhooks cannot be made, which only a broken build causes.
    #[must_use]
    pub fn new(options: TelegramOptions) -> Self {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client without special settings can always be made");
        Self {
            inner: Arc::new(Inner {
                options,
                state: Mutex::default(),
                requests: Mutex::default(),
                faults: Mutex::default(),
                changes: watch::Sender::new(0),
                http,
            }),
        }
    }

    /// The bot and the patience this Telegram was made with.
    #[must_use]
    pub fn options(&self) -> &TelegramOptions {
        &self.inner.options
    }

    /// A receiver that is told about every change of a chat, an update or a setting.
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Introduces a person, or changes what is known of them. They have not started the bot.
    pub fn person(&self, person: PersonSpec) {
        self.change(|state| {
            state.people.insert(person.id, person);
        });
    }

    /// Everybody this Telegram knows, by id.
    #[must_use]
    pub fn people(&self) -> Vec<PersonSpec> {
        self.read(|state| state.people.values().cloned().collect())
    }

    /// Lets the next `count` requests of the bot meet `fault`; polling and `getMe` are spared.
    pub fn set_fault(&self, fault: Fault, count: u32) {
        self.faults(|faults| faults.set(None, fault, count));
    }

    /// Lets the next `count` requests of one method meet `fault`.
    pub fn set_fault_on(&self, method: &str, fault: Fault, count: u32) {
        self.faults(|faults| faults.set(Some(method.to_lowercase()), fault, count));
    }

    /// Forgets all faults that were not met yet.
    pub fn clear_faults(&self) {
        self.faults(|faults| *faults = Faults::default());
    }

    /// Every request of the bot since the start or the last [`Telegram::forget_requests`].
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.inner.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requests of one method, its name in any case.
    #[must_use]
    pub fn requests_of(&self, method: &str) -> Vec<Recorded> {
        self.requests()
            .into_iter()
            .filter(|request| request.method.eq_ignore_ascii_case(method))
            .collect()
    }

    /// Empties the record of requests.
    pub fn forget_requests(&self) {
        self.inner.requests.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn now(&self) -> DateTime<Utc> {
        (self.inner.options.now)()
    }

    fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.inner.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let result = act(&mut self.inner.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.inner.changes.send_modify(|version| *version += 1);
        result
    }

    fn faults<T>(&self, act: impl FnOnce(&mut Faults) -> T) -> T {
        act(&mut self.inner.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn record(&self, request: Recorded) {
        // A demo may run for weeks; the record is for looking back a little.
        const KEPT: usize = 20_000;
        let mut requests = self.inner.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() >= KEPT {
            requests.drain(..KEPT / 2);
        }
        requests.push(request);
    }
}

#[cfg(test)]
mod tests;
