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
use crate::deliver::remember_card;
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
    let known = cards::get(&mut caller.deps().read().await?, key, caller.chat.0).await?;
    Ok(known.is_some() && known == pressed.map(|id| i64::from(id.0)))
}

/// Shows a card that was asked for: where it stands, when the button was on it; else as a new
/// message, which is the card from then on.
pub(crate) async fn open_card(
    caller: &Caller,
    key: &str,
    pressed: Option<MessageId>,
    screen: &Screen,
) -> Result<(), Fault> {
    let on_card = is_card(caller, key, pressed).await?;
    let shown = caller.show(pressed.filter(|_| on_card), screen).await?;
    if !on_card || Some(shown) != pressed {
        remember_card(caller.deps(), caller.chat, key, shown).await?;
    }
    Ok(())
}
