//! The memory as JSON and back, so that a demo continues where it stopped.

use serde_json::Value;

use crate::telegram::state::State;
use crate::telegram::{Telegram, TelegramOptions};

impl Telegram {
    /// Everything this Telegram remembers: people, chats, files, updates that nobody took,
    /// commands, menu buttons and the webhook. Faults and the record of requests are left out.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.read(|state| serde_json::to_value(state).unwrap_or_default())
    }

    /// A Telegram that goes on from a snapshot of [`Telegram::to_json`].
    ///
    /// # Errors
    /// When the snapshot does not have the form that this version writes.
    pub fn from_json(
        options: TelegramOptions,
        snapshot: &Value,
    ) -> Result<Self, serde_json::Error> {
        let restored: State = serde::Deserialize::deserialize(snapshot)?;
        let telegram = Self::new(options);
        telegram.change(|state| *state = restored);
        Ok(telegram)
    }
}
