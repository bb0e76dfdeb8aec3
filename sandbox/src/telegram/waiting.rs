//! Waiting for what the bot does, for tests.

use std::time::Duration;

use crate::telegram::Telegram;
use crate::telegram::view::ChatMessage;

/// What was waited for did not come; says what the chat shows instead.
#[derive(Clone, Debug)]
pub struct WaitError {
    /// The chat when patience ended.
    pub chat: Vec<ChatMessage>,
}

impl std::fmt::Display for WaitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("what was waited for did not come; the chat shows:")?;
        for message in &self.chat {
            let who = if message.from_bot { "bot" } else { "person" };
            write!(f, "\n  {} {who}: {:?} {:?}", message.id, message.text, message.labels())?;
        }
        Ok(())
    }
}

impl std::error::Error for WaitError {}

impl Telegram {
    /// Waits until a message of the chat fits, also one that is there already or gets edited.
    ///
    /// # Errors
    /// When none fits within `patience`.
    pub async fn wait_for(
        &self,
        person: i64,
        fits: impl Fn(&ChatMessage) -> bool,
        patience: Duration,
    ) -> Result<ChatMessage, WaitError> {
        self.wait_after(person, 0, fits, patience).await
    }

    /// Waits for a fitting message with a number above `after`; pass what an act returned.
    ///
    /// # Errors
    /// When none fits within `patience`.
    pub async fn wait_after(
        &self,
        person: i64,
        after: i64,
        fits: impl Fn(&ChatMessage) -> bool,
        patience: Duration,
    ) -> Result<ChatMessage, WaitError> {
        let found = |chat: &[ChatMessage]| {
            chat.iter().rfind(|message| message.id > after && fits(message)).cloned()
        };
        self.wait_chat(person, found, patience).await
    }

    /// Waits until `look` finds something in the whole chat.
    ///
    /// # Errors
    /// When it finds nothing within `patience`.
    pub async fn wait_chat<T>(
        &self,
        person: i64,
        look: impl Fn(&[ChatMessage]) -> Option<T>,
        patience: Duration,
    ) -> Result<T, WaitError> {
        let mut changes = self.changed();
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            changes.mark_unchanged();
            let chat = self.chat(person);
            if let Some(found) = look(&chat) {
                return Ok(found);
            }
            if tokio::time::timeout_at(deadline, changes.changed()).await.is_err() {
                return Err(WaitError { chat });
            }
        }
    }
}
