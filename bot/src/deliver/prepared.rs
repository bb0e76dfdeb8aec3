//! A notice as it would reach its person now, before it is sent.

use domain::outbox::Notice;
use domain::viewer;
use domain::{Error, reach};
use serde_json::{Value, json};
use teloxide::types::ChatId;

use crate::deliver::card::{Place, put_card};
use crate::deliver::compose;
use crate::deps::{BotDeps, commit};
use crate::fault::SendError;
use crate::html;
use crate::screen::{self, Screen};
use crate::voice::Voice;

/// What replaces a secret where a message is kept.
const MASK: &str = "***";

/// A notice in the words of its person.
#[derive(Debug)]
pub struct Prepared {
    to: i64,
    /// The card that it is, if it is one.
    key: Option<String>,
    screen: Screen,
    voice: Voice,
    notice: Notice,
    /// The message that is edited.
    shown: Option<i32>,
    /// What lets a person in and stands in no record.
    secret: Option<String>,
}

/// Composes a notice for the person with the Telegram id `to`; nothing is sent. `None`: they may not
/// see it, or not any more.
///
/// # Errors
/// When the database fails.
pub async fn prepare(
    deps: &BotDeps,
    to: i64,
    notice: &Notice,
) -> Result<Option<Prepared>, SendError> {
    let mut db = deps.read().await?;
    let viewer = viewer::find(&mut db, to).await?;
    let voice = Voice::new(deps, viewer.language().unwrap_or_default());
    let (key, screen) = match compose(&mut db, &voice, &viewer, notice).await {
        Ok(composed) => composed,
        Err(Error::NotFound | Error::Forbidden) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    drop(db);
    let shown = match &key {
        Some(key) => Place::of(deps, ChatId(to), key, notice).await?.edited(),
        None => None,
    };
    let secret = match notice {
        Notice::InviteReady { token, .. } => Some(token.clone()),
        _ => None,
    };
    Ok(Some(Prepared {
        to,
        key,
        screen,
        voice,
        notice: notice.clone(),
        shown: shown.map(|message| message.0),
        secret,
    }))
}

impl Prepared {
    /// Sends it: as a live card where the case has one, else as a message. A person out of reach is put
    /// on record.
    ///
    /// # Errors
    /// Why it did not reach them.
    pub async fn send(&self, deps: &BotDeps) -> Result<(), SendError> {
        let chat = ChatId(self.to);
        let sent = match &self.key {
            Some(key) => put_card(deps, chat, key, (&self.screen, &self.voice), &self.notice).await,
            None => {
                let sent = screen::send(&deps.bot, chat, &self.screen).await;
                sent.map(drop).map_err(SendError::from)
            }
        };
        if let Err(SendError::Unreachable(_)) = &sent {
            let mut tx = deps.begin().await?;
            reach::note(&mut tx, &deps.dealer, self.to, false).await?;
            commit(tx).await?;
        }
        sent
    }

    /// Whether a message that is there is edited.
    #[must_use]
    pub fn edits(&self) -> bool {
        self.shown.is_some()
    }

    /// Its text, as it may be kept.
    #[must_use]
    pub fn text(&self) -> String {
        let text = self.screen.text();
        match &self.secret {
            Some(secret) => text.replace(secret.as_str(), MASK),
            None => text,
        }
    }

    /// The same without the marks of HTML.
    #[must_use]
    pub fn plain(&self) -> String {
        html::plain(&self.text())
    }

    /// What stands on its buttons, row by row.
    #[must_use]
    pub fn buttons(&self) -> Vec<Vec<String>> {
        self.screen.labels()
    }

    /// The call that sends it, as it may be kept: what the buttons carry is for their person alone.
    #[must_use]
    pub fn call(&self) -> Value {
        let method = if self.edits() { "editMessageText" } else { "sendMessage" };
        let mut call = json!({
            "method": method,
            "chat_id": self.to,
            "text": self.text(),
            "parse_mode": "HTML",
            "buttons": self.buttons(),
        });
        if let Some(message) = self.shown {
            call["message_id"] = message.into();
        }
        call
    }
}
