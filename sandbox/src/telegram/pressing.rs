//! Pressing inline buttons: the callback goes to the bot, its answer comes back to the person.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::telegram::acts::ActError;
use crate::telegram::state::Callback;
use crate::telegram::{Telegram, view};

/// What the bot answered to a pressed button.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackAnswer {
    /// The text of the toast or alert.
    pub text: Option<String>,
    /// An alert that must be closed, instead of a toast.
    pub show_alert: bool,
    /// A link that the client opens.
    pub url: Option<String>,
}

/// What pressing an inline button led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The bot answered the callback.
    Answered(CallbackAnswer),
    /// The client opens this link.
    Url(String),
    /// The client opens this page as a Mini App.
    MiniApp(String),
}

impl Pressed {
    /// The text of the answer, if the bot gave one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Answered(answer) => answer.text.as_deref(),
            Self::Url(_) | Self::MiniApp(_) => None,
        }
    }
}

impl Telegram {
    /// Presses the inline button with this label or callback data and waits for the answer.
    ///
    /// # Errors
    /// When there is no such message or button, or the bot stays silent.
    pub async fn press_button(
        &self,
        person: i64,
        message: i64,
        button: &str,
    ) -> Result<Pressed, ActError> {
        let there = self.read(|state| state.message(person, message).map(view::buttons));
        let there = there.ok_or(ActError::NoMessage(message))?;
        let all = || there.iter().flatten();
        let found = all()
            .find(|known| known.data.as_deref() == Some(button))
            .or_else(|| all().find(|known| known.label == button))
            .ok_or_else(|| ActError::NoButton(all().map(|b| b.label.clone()).collect()))?;
        if let Some(url) = &found.url {
            return Ok(Pressed::Url(url.clone()));
        }
        if let Some(url) = &found.web_app {
            return Ok(Pressed::MiniApp(url.clone()));
        }
        let data = found.data.clone().unwrap_or_default();
        self.press_data(person, message, &data).await.map(Pressed::Answered)
    }

    /// Sends a callback with any data, also data that no button has: clients can be changed.
    ///
    /// # Errors
    /// When person or message are unknown, or the bot stays silent.
    pub async fn press_data(
        &self,
        person: i64,
        message: i64,
        data: &str,
    ) -> Result<CallbackAnswer, ActError> {
        let id = self.start_callback(person, message, data)?;
        let mut changes = self.changed();
        let deadline = tokio::time::Instant::now() + self.options().callback_wait;
        loop {
            changes.mark_unchanged();
            let answer = self.read(|state| state.callbacks.get(&id).and_then(|c| c.answer.clone()));
            if let Some(answer) = answer {
                return Ok(answer);
            }
            if tokio::time::timeout_at(deadline, changes.changed()).await.is_err() {
                return Err(ActError::NoAnswer);
            }
        }
    }

    fn start_callback(&self, person: i64, message: i64, data: &str) -> Result<String, ActError> {
        let known = self.known(person)?;
        let now = self.now();
        self.change(|state| {
            let pressed =
                state.message(person, message).cloned().ok_or(ActError::NoMessage(message))?;
            // Clients show an answer for a moment only; old ones serve nobody.
            state.callbacks.retain(|_, callback| (now - callback.at).num_seconds() <= 150);
            let id = format!("{}{:06}", known.id, state.next_number());
            let query = json!({
                "id": id,
                "from": known.user(),
                "message": pressed.value(),
                "chat_instance": format!("-{}", known.id),
                "data": data,
            });
            state.callbacks.insert(id.clone(), Callback { at: now, answer: None });
            state.queue_update(person, now, "callback_query", &query);
            Ok(id)
        })
    }
}
