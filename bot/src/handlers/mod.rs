//! What people may say and press, by what it is about.

pub(crate) mod approvals;
pub(crate) mod commands;
pub(crate) mod console;
pub(crate) mod desk;
pub(crate) mod disputes;
pub(crate) mod jobs;
pub(crate) mod leads;
pub(crate) mod machines;
pub(crate) mod maintenance;
pub(crate) mod orders;
pub(crate) mod plates;
pub(crate) mod presses;
pub(crate) mod reach;
pub(crate) mod requests;
pub(crate) mod settings;
pub(crate) mod start;

use domain::cards;
use teloxide::types::MessageId;

use crate::caller::Caller;
use crate::deliver::{point_below, remember_card};
use crate::fault::Fault;
use crate::screen::Screen;

/// What a press answers: a short line over the chat, or nothing but the end of the waiting.
pub(crate) type Toast = Option<String>;

/// Whether the message that bears a pressed button is the live card of that case.
pub(crate) async fn is_card(
    caller: &Caller,
    key: &str,
    pressed: Option<MessageId>,
) -> Result<bool, Fault> {
    let known = known_card(caller, key).await?;
    Ok(known.is_some() && known == pressed)
}

async fn known_card(caller: &Caller, key: &str) -> Result<Option<MessageId>, Fault> {
    let known = cards::get(&mut caller.deps().read().await?, key, caller.chat.0).await?;
    Ok(known.and_then(|id| Some(MessageId(i32::try_from(id).ok()?))))
}

/// Shows a card that was asked for: where it stands, when the button was on it; else as a new
/// message, which is the card from then on; the one that was the card points at it.
pub(crate) async fn open_card(
    caller: &Caller,
    key: &str,
    pressed: Option<MessageId>,
    screen: &Screen,
) -> Result<(), Fault> {
    let known = known_card(caller, key).await?;
    let shown = caller.show(pressed.filter(|_| known == pressed), screen).await?;
    if known != Some(shown) {
        remember_card(caller.deps(), caller.chat, key, shown).await?;
        if let Some(old) = known {
            point_below(caller.deps(), caller.chat, old, &caller.voice).await;
        }
    }
    Ok(())
}
