//! What people do in their chats. Tests and the demo's page use the same acts.

use serde_json::{Value, json};

use crate::telegram::Telegram;
use crate::telegram::entities::Formatted;
use crate::telegram::files;
use crate::telegram::message::Message;
use crate::telegram::methods::bot_user;
use crate::telegram::state::{PersonSpec, State};

/// Why an act could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActError {
    /// Nobody introduced this person.
    UnknownPerson(i64),
    /// The chat has no such message.
    NoMessage(i64),
    /// The message, or the keyboard, has no such button; these are there.
    NoButton(Vec<String>),
    /// The bot did not answer the callback in time; a client would show a spinner.
    NoAnswer,
}

impl std::fmt::Display for ActError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownPerson(id) => write!(f, "nobody introduced the person {id}"),
            Self::NoMessage(id) => write!(f, "the chat has no message {id}"),
            Self::NoButton(there) => write!(f, "no such button; there are {there:?}"),
            Self::NoAnswer => f.write_str("the bot did not answer the pressed button"),
        }
    }
}

impl std::error::Error for ActError {}

impl Telegram {
    /// Presses «Start», or follows a link `t.me/<bot>?start=payload`. Unblocks the bot.
    /// Returns the number of the message.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn press_start(&self, person: i64, payload: Option<&str>) -> Result<i64, ActError> {
        let text = payload.filter(|payload| !payload.is_empty());
        let text = text.map_or_else(|| "/start".to_owned(), |payload| format!("/start {payload}"));
        self.unblock_bot(person)?;
        self.send_text(person, &text)
    }

    /// Writes a text. Returns the number of the message.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn send_text(&self, person: i64, text: &str) -> Result<i64, ActError> {
        let formatted = Formatted::plain(text);
        self.say(person, |_, message| message.set_formatted("text", &formatted))
    }

    /// Shares the own phone, as the button with `request_contact` does.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn send_contact(&self, person: i64) -> Result<i64, ActError> {
        let own = self.known(person)?;
        self.say(person, |state, message| {
            let mut contact = json!({
                "phone_number": own.phone, "first_name": own.first_name, "user_id": own.id,
            });
            if let Some(last_name) = &own.last_name {
                contact["last_name"] = json!(last_name);
            }
            message.set("contact", contact);
            state.use_up_keyboard(person);
        })
    }

    /// Sends somebody else's contact card; `owner` is their Telegram id if they have one.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn send_foreign_contact(
        &self,
        person: i64,
        phone: &str,
        owner: Option<i64>,
    ) -> Result<i64, ActError> {
        let mut contact = json!({"phone_number": phone, "first_name": "Чужой"});
        if let Some(owner) = owner {
            contact["user_id"] = json!(owner);
        }
        self.say(person, |_, message| message.set("contact", contact))
    }

    /// Sends a photo with an optional caption.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn send_photo(
        &self,
        person: i64,
        bytes: impl Into<bytes::Bytes>,
        caption: Option<&str>,
    ) -> Result<i64, ActError> {
        let caption = Formatted::plain(caption.unwrap_or_default());
        self.say(person, |state, message| {
            let file = files::store(state, bytes.into(), None, "image/jpeg".to_owned());
            message.set("photo", file.photo_sizes());
            message.set_formatted("caption", &caption);
        })
    }

    /// Sends a file.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn send_document(
        &self,
        person: i64,
        name: &str,
        bytes: impl Into<bytes::Bytes>,
        mime: &str,
    ) -> Result<i64, ActError> {
        self.say(person, |state, message| {
            let file = files::store(state, bytes.into(), Some(name.to_owned()), mime.to_owned());
            message.set("document", file.document());
        })
    }

    /// Answers a message of the chat, with a picture where one is given.
    ///
    /// # Errors
    /// When the person is unknown, or the chat has no such message.
    pub fn reply(
        &self,
        person: i64,
        to: i64,
        text: &str,
        picture: Option<bytes::Bytes>,
    ) -> Result<i64, ActError> {
        let known = self.change(|state| {
            let mut original = state.message(person, to)?.clone();
            original.remove("reply_to_message");
            Some(original.value())
        });
        let original = known.ok_or(ActError::NoMessage(to))?;
        let formatted = Formatted::plain(text);
        self.say(person, |state, message| {
            message.set("reply_to_message", original);
            match picture {
                Some(bytes) => {
                    let file = files::store(state, bytes, None, "image/jpeg".to_owned());
                    message.set("photo", file.photo_sizes());
                    message.set_formatted("caption", &formatted);
                }
                None => message.set_formatted("text", &formatted),
            }
        })
    }

    /// Records a voice message.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn send_voice(&self, person: i64, bytes: impl Into<bytes::Bytes>) -> Result<i64, ActError> {
        self.say(person, |state, message| {
            let file = files::store(state, bytes.into(), None, "audio/ogg".to_owned());
            let mut voice = file.document();
            voice["duration"] = json!(3);
            message.set("voice", voice);
        })
    }

    /// Presses a button of the reply keyboard by its label.
    ///
    /// # Errors
    /// When the keyboard is not there or has no such button.
    pub fn press_reply_button(&self, person: i64, label: &str) -> Result<i64, ActError> {
        self.known(person)?;
        let there = self.chat_view(person).reply_keyboard.map(|k| k.rows).unwrap_or_default();
        let all: Vec<_> = there.into_iter().flatten().collect();
        match all.iter().find(|button| button.label == label) {
            Some(button) if button.request_contact => self.send_contact(person),
            Some(_) => {
                let sent = self.send_text(person, label)?;
                self.change(|state| state.use_up_keyboard(person));
                Ok(sent)
            }
            None => Err(ActError::NoButton(all.into_iter().map(|b| b.label).collect())),
        }
    }

    /// Blocks the bot: it is told, and its messages get 403.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn block_bot(&self, person: i64) -> Result<(), ActError> {
        self.set_blocked(person, true)
    }

    /// Unblocks the bot; it is told.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn unblock_bot(&self, person: i64) -> Result<(), ActError> {
        self.set_blocked(person, false)
    }

    /// Allows the bot to write, as a Mini App's `requestWriteAccess` does.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn allow_writing(&self, person: i64) -> Result<i64, ActError> {
        self.say(person, |_, message| {
            message.set("write_access_allowed", json!({"from_request": true}));
        })
    }

    /// Sends data of a Mini App that was opened from a reply keyboard.
    ///
    /// # Errors
    /// When the person is unknown.
    pub fn send_web_app_data(
        &self,
        person: i64,
        button: &str,
        data: &str,
    ) -> Result<i64, ActError> {
        let content = json!({"button_text": button, "data": data});
        self.say(person, |_, message| message.set("web_app_data", content))
    }

    pub(crate) fn known(&self, person: i64) -> Result<PersonSpec, ActError> {
        self.read(|state| state.people.get(&person).cloned()).ok_or(ActError::UnknownPerson(person))
    }

    /// Adds a message of the person and tells the bot.
    fn say(
        &self,
        person: i64,
        fill: impl FnOnce(&mut State, &mut Message),
    ) -> Result<i64, ActError> {
        let known = self.known(person)?;
        let now = self.now();
        Ok(self.change(|state| {
            let mut message = Message::new(known.user(), known.chat(), now.timestamp());
            fill(state, &mut message);
            state.chat_mut(person).started = true;
            let message = state.push_message(person, message);
            state.queue_update(person, now, "message", &message.value());
            message.id()
        }))
    }

    fn set_blocked(&self, person: i64, blocked: bool) -> Result<(), ActError> {
        let known = self.known(person)?;
        let now = self.now();
        let bot = bot_user(self.options());
        self.change(|state| {
            let chat = state.chat_mut(person);
            if chat.blocked == blocked {
                return;
            }
            chat.blocked = blocked;
            chat.revision += 1;
            let change = membership(&known, &bot, now.timestamp(), blocked);
            state.queue_update(person, now, "my_chat_member", &change);
        });
        Ok(())
    }
}

impl State {
    /// A keyboard that serves once is hidden after use.
    fn use_up_keyboard(&mut self, person: i64) {
        let keyboard = &mut self.chat_mut(person).reply_keyboard;
        if keyboard.as_ref().is_some_and(|markup| markup["one_time_keyboard"] == true) {
            *keyboard = None;
        }
    }
}

fn membership(person: &PersonSpec, bot: &Value, date: i64, blocked: bool) -> Value {
    let member = json!({"status": "member", "user": bot});
    let kicked = json!({"status": "kicked", "user": bot, "until_date": 0});
    let (old, new) = if blocked { (member, kicked) } else { (kicked, member) };
    json!({
        "chat": person.chat(), "from": person.user(), "date": date,
        "old_chat_member": old, "new_chat_member": new,
    })
}
