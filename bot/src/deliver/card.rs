//! The live card of a case in a chat: one message, edited in place. Where an edit would not be
//! noticed, it is sent anew and takes the place of the old one.

use domain::outbox::Notice;
use domain::{Error, cards};
use teloxide::types::{ChatId, MessageId};

use crate::deps::{BotDeps, commit};
use crate::fault::SendError;
use crate::screen::{self, Edited, Screen};
use crate::voice::Voice;

/// Where a card goes in a chat.
pub(super) struct Place {
    /// The message that it is in.
    known: Option<MessageId>,
    /// Whether it is sent anew all the same.
    anew: bool,
}

impl Place {
    pub(super) async fn of(
        deps: &BotDeps,
        chat: ChatId,
        key: &str,
        notice: &Notice,
    ) -> Result<Place, Error> {
        let known = cards::sent(&mut deps.read().await?, key, chat.0).await?;
        let known = known.and_then(|(id, at)| Some((MessageId(i32::try_from(id).ok()?), at)));
        let anew = match known {
            Some((_, at)) => cards::is_sent_anew(notice, at, deps.now()),
            None => notice.asks(),
        };
        Ok(Place { known: known.map(|(id, _)| id), anew })
    }

    /// The message that is edited.
    pub(super) fn edited(&self) -> Option<MessageId> {
        self.known.filter(|_| !self.anew)
    }
}

/// Shows a card: edits the message that it is in this chat, or sends it and remembers where.
pub(super) async fn put_card(
    deps: &BotDeps,
    chat: ChatId,
    key: &str,
    (screen, voice): (&Screen, &Voice),
    notice: &Notice,
) -> Result<(), SendError> {
    let place = Place::of(deps, chat, key, notice).await?;
    if let Some(message) = place.edited() {
        let edited = screen::edit(&deps.bot, chat, message, screen).await;
        match edited.map_err(SendError::from) {
            Ok(Edited::Done) => return Ok(()),
            Ok(Edited::Gone) => {}
            // The same edit twice is one edit, so a lost answer needs no looking.
            Err(SendError::Unknown(why)) => return Err(SendError::Retry(why)),
            Err(error) => return Err(error),
        }
    }
    let sent = screen::send(&deps.bot, chat, screen).await?;
    remember_card(deps, chat, key, sent).await?;
    if let Some(old) = place.known.filter(|_| place.anew) {
        point_below(deps, chat, old, voice).await;
    }
    Ok(())
}

/// A card that another message has replaced says so, and has no buttons any more.
pub(crate) async fn point_below(deps: &BotDeps, chat: ChatId, old: MessageId, voice: &Voice) {
    let moved = Screen::new(voice.get("bot-card-below"));
    // The new card is there: what becomes of the old one decides nothing.
    if let Err(error) = screen::edit(&deps.bot, chat, old, &moved).await {
        tracing::debug!(%error, "the card that was replaced stays as it was");
    }
}

/// From now on this message is the card.
pub(crate) async fn remember_card(
    deps: &BotDeps,
    chat: ChatId,
    key: &str,
    message: MessageId,
) -> Result<(), Error> {
    let mut tx = deps.begin().await?;
    cards::put(&mut tx, key, chat.0, i64::from(message.0), deps.now()).await?;
    commit(tx).await
}
