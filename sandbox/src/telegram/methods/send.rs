//! Messages of the bot.

use serde_json::{Value, json};

use crate::telegram::entities::Formatted;
use crate::telegram::error::ApiError;
use crate::telegram::keyboards;
use crate::telegram::message::Message;
use crate::telegram::methods::{Call, bot_user};

impl Call<'_> {
    pub(super) fn send_message(&mut self) -> Result<Value, ApiError> {
        let person = self.recipient()?;
        let text = self.formatted_text()?;
        let mut message = self.new_message(person)?;
        message.set_formatted("text", &text);
        Ok(self.deliver(person, message))
    }

    pub(super) fn copy_message(&mut self) -> Result<Value, ApiError> {
        let person = self.recipient()?;
        let from = self.params.number("from_chat_id").unwrap_or(0);
        let id = self.params.number("message_id").unwrap_or(0);
        let source = self
            .state
            .message(from, id)
            .cloned()
            .ok_or_else(|| ApiError::bad("message to copy not found"))?;
        let mut message = self.new_message(person)?;
        let parts =
            ["text", "entities", "photo", "document", "contact", "caption", "caption_entities"];
        for name in parts {
            if let Some(value) = source.get(name) {
                message.set(name, value.clone());
            }
        }
        if self.params.get("caption").is_some() {
            message.set_formatted("caption", &self.formatted_caption()?);
        }
        let sent = self.deliver(person, message);
        Ok(json!({"message_id": sent["message_id"]}))
    }

    pub(super) fn send_chat_action(&mut self) -> Result<Value, ApiError> {
        let person = self.recipient()?;
        let until = self.now.timestamp() + 5;
        let chat = self.state.chat_mut(person);
        chat.typing_until = until;
        chat.revision += 1;
        Ok(json!(true))
    }

    /// An empty message of the bot, with its reply, spoiler flags and keyboard checked.
    pub(super) fn new_message(&self, person: i64) -> Result<Message, ApiError> {
        let markup = self.params.get("reply_markup");
        keyboards::check(markup)?;
        let chat = self.state.people[&person].chat();
        let mut message = Message::new(bot_user(self.options), chat, self.now.timestamp());
        message.set_inline_keyboard(markup);
        if self.params.flag("protect_content") {
            message.set("has_protected_content", json!(true));
        }
        if let Some(reply) = self.params.get("reply_parameters") {
            let id = reply["message_id"].as_i64().unwrap_or(0);
            match self.state.message(person, id) {
                Some(original) => {
                    let mut original = original.clone();
                    original.remove("reply_to_message");
                    message.set("reply_to_message", original.value());
                }
                None if reply["allow_sending_without_reply"] == true => {}
                None => return Err(ApiError::bad("message to be replied not found")),
            }
        }
        Ok(message)
    }

    /// Puts the message into the chat and its reply keyboard below it.
    pub(super) fn deliver(&mut self, person: i64, message: Message) -> Value {
        let markup = self.params.get("reply_markup").cloned();
        let chat = self.state.chat_mut(person);
        chat.typing_until = 0;
        if let Some(markup) = markup {
            if markup.get("keyboard").is_some() {
                chat.reply_keyboard = Some(markup);
            } else if markup["remove_keyboard"] == true {
                chat.reply_keyboard = None;
            }
        }
        self.state.push_message(person, message).value()
    }

    pub(super) fn formatted_text(&self) -> Result<Formatted, ApiError> {
        let text = self.format("text", "entities")?;
        match text.length() {
            0 => Err(ApiError::bad("message text is empty")),
            1..=4096 => Ok(text),
            _ => Err(ApiError::bad("message is too long")),
        }
    }

    pub(super) fn formatted_caption(&self) -> Result<Formatted, ApiError> {
        let caption = self.format("caption", "caption_entities")?;
        if caption.length() > 1024 {
            return Err(ApiError::bad("message caption is too long"));
        }
        Ok(caption)
    }

    fn format(&self, name: &str, entities: &str) -> Result<Formatted, ApiError> {
        Formatted::parse(
            self.params.text(name).unwrap_or_default(),
            self.params.text("parse_mode"),
            self.params.get(entities),
        )
    }
}
