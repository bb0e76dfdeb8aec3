//! Changes of messages that the bot sent.

use serde_json::{Value, json};

use crate::telegram::error::ApiError;
use crate::telegram::keyboards;
use crate::telegram::message::Message;
use crate::telegram::methods::Call;

impl Call<'_> {
    pub(super) fn edit_text(&mut self) -> Result<Value, ApiError> {
        let (person, mut message) = self.own_message("edit")?;
        let text = self.formatted_text()?;
        if message.get("text").is_none() {
            return Err(ApiError::bad("there is no text in the message to edit"));
        }
        message.set_formatted("text", &text);
        self.replace(person, message)
    }

    pub(super) fn edit_caption(&mut self) -> Result<Value, ApiError> {
        let (person, mut message) = self.own_message("edit")?;
        let caption = self.formatted_caption()?;
        if message.get("photo").is_none() && message.get("document").is_none() {
            return Err(ApiError::bad("there is no caption in the message to edit"));
        }
        message.set_formatted("caption", &caption);
        self.replace(person, message)
    }

    pub(super) fn edit_reply_markup(&mut self) -> Result<Value, ApiError> {
        let (person, message) = self.own_message("edit")?;
        self.replace(person, message)
    }

    pub(super) fn delete_message(&mut self) -> Result<Value, ApiError> {
        let (person, message) = self.own_message("delete")?;
        self.remove(person, &[message.id()]);
        Ok(json!(true))
    }

    pub(super) fn delete_messages(&mut self) -> Result<Value, ApiError> {
        let person = self.recipient()?;
        let ids = self.params.get("message_ids").and_then(Value::as_array);
        let ids: Vec<i64> = ids.into_iter().flatten().filter_map(Value::as_i64).collect();
        // Messages that are not there are skipped, as the real method does.
        self.remove(person, &ids);
        Ok(json!(true))
    }

    fn remove(&mut self, person: i64, ids: &[i64]) {
        let chat = self.state.chat_mut(person);
        chat.messages.retain(|message| !ids.contains(&message.id()));
        chat.revision += 1;
    }

    /// The message that the request names; only the bot's own can be edited.
    fn own_message(&self, verb: &str) -> Result<(i64, Message), ApiError> {
        let person = self.recipient()?;
        let id = self.params.number("message_id").unwrap_or(0);
        let message = self
            .state
            .message(person, id)
            .ok_or_else(|| ApiError::bad(format!("message to {verb} not found")))?;
        if verb == "edit" && !message.is_bots() {
            return Err(ApiError::bad("message can't be edited"));
        }
        Ok((person, message.clone()))
    }

    fn replace(&mut self, person: i64, mut message: Message) -> Result<Value, ApiError> {
        let markup = self.params.get("reply_markup");
        keyboards::check(markup)?;
        if markup.is_some_and(|markup| markup.get("inline_keyboard").is_none()) {
            return Err(ApiError::bad("inline keyboard expected"));
        }
        message.set_inline_keyboard(markup);
        let chat = self.state.chat_mut(person);
        let kept = chat.messages.iter_mut().find(|kept| kept.id() == message.id());
        let kept = kept.ok_or_else(|| ApiError::bad("message to edit not found"))?;
        if *kept == message {
            return Err(ApiError::bad(
                "message is not modified: specified new message content and reply markup are \
                 exactly the same as a current content and reply markup of the message",
            ));
        }
        message.set("edit_date", json!(self.now.timestamp()));
        *kept = message.clone();
        chat.revision += 1;
        Ok(message.value())
    }
}
