//! A message, kept as the very JSON that the Bot API shows, so that nothing is translated twice.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::telegram::entities::Formatted;

/// One message of a private chat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Message {
    fields: Map<String, Value>,
}

impl Message {
    /// A message of `from` in `chat`, at unix seconds `date`, without content.
    pub(crate) fn new(from: Value, chat: Value, date: i64) -> Self {
        let mut message = Self::default();
        // The number is given when the message enters its chat.
        message.set("message_id", json!(0));
        message.set("from", from);
        message.set("chat", chat);
        message.set("date", json!(date));
        message
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.fields.remove(name);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    pub(crate) fn id(&self) -> i64 {
        self.number("message_id")
    }

    pub(crate) fn number(&self, name: &str) -> i64 {
        self.get(name).and_then(Value::as_i64).unwrap_or(0)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(crate) fn is_bots(&self) -> bool {
        self.get("from").and_then(|from| from["is_bot"].as_bool()).unwrap_or(false)
    }

    /// Puts a formatted text into `text` or `caption`, with its entities beside it.
    pub(crate) fn set_formatted(&mut self, name: &str, formatted: &Formatted) {
        let entities = if name == "text" { "entities" } else { "caption_entities" };
        self.remove(entities);
        if formatted.text.is_empty() {
            self.remove(name);
            return;
        }
        self.set(name, json!(formatted.text));
        if !formatted.entities.is_empty() {
            self.set(entities, json!(formatted.entities));
        }
    }

    /// Sets or takes away the inline keyboard; other keyboards are no part of a message.
    pub(crate) fn set_inline_keyboard(&mut self, markup: Option<&Value>) {
        match markup.filter(|markup| has_buttons(markup)) {
            Some(markup) => self.set("reply_markup", markup.clone()),
            None => self.remove("reply_markup"),
        }
    }

    pub(crate) fn value(&self) -> Value {
        Value::Object(self.fields.clone())
    }
}

fn has_buttons(markup: &Value) -> bool {
    markup["inline_keyboard"]
        .as_array()
        .is_some_and(|rows| rows.iter().any(|row| row.as_array().is_some_and(|r| !r.is_empty())))
}
