//! What this Telegram remembers. Everything here survives a restart through the snapshot.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::telegram::files::StoredFile;
use crate::telegram::message::Message;
use crate::telegram::pressing::CallbackAnswer;

/// A person with a Telegram account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSpec {
    /// The user id, which is the id of the private chat too.
    pub id: i64,
    /// First name; Telegram wants one.
    pub first_name: String,
    /// Last name.
    pub last_name: Option<String>,
    /// User name without `@`.
    pub username: Option<String>,
    /// IETF tag of the client's language, such as `ru`.
    pub language_code: Option<String>,
    /// The phone of the account, as Telegram sends it: often without `+`.
    pub phone: String,
}

impl PersonSpec {
    /// The Bot API's `User`.
    pub(crate) fn user(&self) -> Value {
        let mut user = self.names();
        user.insert("is_bot".to_owned(), json!(false));
        if let Some(language) = &self.language_code {
            user.insert("language_code".to_owned(), json!(language));
        }
        Value::Object(user)
    }

    /// The Bot API's `Chat` of the private chat.
    pub(crate) fn chat(&self) -> Value {
        let mut chat = self.names();
        chat.insert("type".to_owned(), json!("private"));
        Value::Object(chat)
    }

    fn names(&self) -> Map<String, Value> {
        let mut names = Map::new();
        names.insert("id".to_owned(), json!(self.id));
        names.insert("first_name".to_owned(), json!(self.first_name));
        if let Some(last_name) = &self.last_name {
            names.insert("last_name".to_owned(), json!(last_name));
        }
        if let Some(username) = &self.username {
            names.insert("username".to_owned(), json!(username));
        }
        names
    }
}

/// The private chat of one person with the bot.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Chat {
    pub(crate) messages: Vec<Message>,
    pub(crate) last_message: i64,
    pub(crate) reply_keyboard: Option<Value>,
    pub(crate) started: bool,
    pub(crate) blocked: bool,
    /// Unix seconds until which the bot «types».
    pub(crate) typing_until: i64,
    /// Grows with every visible change, so that a page knows what to fetch.
    pub(crate) revision: u64,
}

/// An update that the bot has not taken yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct QueuedUpdate {
    pub(crate) id: i64,
    /// Order is kept within one person.
    pub(crate) person: i64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: String,
    pub(crate) body: Value,
}

/// A pressed button that waits for `answerCallbackQuery`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Callback {
    pub(crate) at: DateTime<Utc>,
    pub(crate) answer: Option<CallbackAnswer>,
}

/// Commands for one scope and language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CommandSet {
    pub(crate) scope: Value,
    pub(crate) language: String,
    pub(crate) commands: Value,
}

/// The webhook that the bot asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) secret: Option<String>,
    pub(crate) last_error: Option<String>,
    pub(crate) last_error_at: Option<i64>,
}

/// The whole memory.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    pub(crate) people: BTreeMap<i64, PersonSpec>,
    pub(crate) chats: BTreeMap<i64, Chat>,
    pub(crate) files: BTreeMap<String, StoredFile>,
    pub(crate) queue: VecDeque<QueuedUpdate>,
    pub(crate) callbacks: BTreeMap<String, Callback>,
    pub(crate) commands: Vec<CommandSet>,
    /// Menu buttons by chat; 0 is the default for everybody.
    pub(crate) menu_buttons: BTreeMap<i64, Value>,
    pub(crate) hook: Hook,
    pub(crate) allowed_updates: Vec<String>,
    pub(crate) last_update: i64,
    /// Source of file, callback and media group ids.
    pub(crate) counter: u64,
    /// The poll that owns the queue; an older one is told so with 409.
    #[serde(skip)]
    pub(crate) poll: u64,
}

impl State {
    /// The next number for an id that must be unique.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// The chat of a person, made when it is not there.
    pub(crate) fn chat_mut(&mut self, person: i64) -> &mut Chat {
        self.chats.entry(person).or_default()
    }

    /// Adds a message at the end of a chat, giving it its number.
    pub(crate) fn push_message(&mut self, person: i64, mut message: Message) -> Message {
        let chat = self.chat_mut(person);
        chat.last_message += 1;
        chat.revision += 1;
        message.set("message_id", json!(chat.last_message));
        chat.messages.push(message.clone());
        message
    }

    /// A message of a chat.
    pub(crate) fn message(&self, person: i64, id: i64) -> Option<&Message> {
        self.chats.get(&person)?.messages.iter().find(|message| message.id() == id)
    }
}
