//! Short conversations: calling for service, reporting a job, telling of a maintenance that one did
//! oneself. Where one stands is in the database, so a restart between two questions loses nothing.
//!
//! Each step first says what comes next and then keeps where it stands: an update that is worked
//! on again after a crash asks twice rather than skipping a question.

mod collect;
pub(crate) mod own;
mod own_screens;
pub(crate) mod reason;
pub(crate) mod report;
mod report_screens;
pub(crate) mod service;
mod service_screens;
mod thread;
pub(crate) mod word;

use chrono::TimeDelta;
use domain::dialogues;
use serde::{Deserialize, Serialize};
use teloxide::types::{Message, MessageId};

use crate::button::Tag;
use crate::caller::Caller;
use crate::conversation::thread::Thread;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{Toast, settings};
use crate::screen::Screen;

/// After so long a conversation is forgotten: what is written then is about something else.
const IDLE: TimeDelta = TimeDelta::hours(24);

/// What is being talked about.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub(crate) enum Dialogue {
    /// A call for service.
    Service(service::Draft),
    /// A report of a job.
    Report(report::Draft),
    /// A maintenance that the customer's people did.
    Own(own::Draft),
    /// A refusal of what was asked, which waits for its reason.
    Reason(reason::Draft),
    /// A message about a request.
    Word(word::Draft),
}

impl Dialogue {
    fn thread(&self) -> &Thread {
        match self {
            Dialogue::Service(draft) => &draft.thread,
            Dialogue::Report(draft) => &draft.thread,
            Dialogue::Own(draft) => &draft.thread,
            Dialogue::Reason(draft) => &draft.thread,
            Dialogue::Word(draft) => &draft.thread,
        }
    }

    fn thread_mut(&mut self) -> &mut Thread {
        match self {
            Dialogue::Service(draft) => &mut draft.thread,
            Dialogue::Report(draft) => &mut draft.thread,
            Dialogue::Own(draft) => &mut draft.thread,
            Dialogue::Reason(draft) => &mut draft.thread,
            Dialogue::Word(draft) => &mut draft.thread,
        }
    }
}

/// Any message that is no command: an answer in a conversation, or words out of the blue.
pub(crate) async fn message(caller: Caller, message: Message) -> Result<(), Fault> {
    if word::replied(&caller, &message).await? {
        return Ok(());
    }
    match load(&caller).await? {
        Some(Dialogue::Service(draft)) => service::heard(&caller, draft, &message).await,
        Some(Dialogue::Report(draft)) => report::heard(&caller, draft, &message).await,
        Some(Dialogue::Own(draft)) => own::heard(&caller, draft, &message).await,
        Some(Dialogue::Reason(draft)) => reason::heard(&caller, draft, &message).await,
        Some(Dialogue::Word(draft)) => word::heard(&caller, draft, &message).await,
        None if caller.viewer.customer.is_none() && caller.viewer.staff.is_none() => {
            Err(Fault::Stranger)
        }
        None if caller.viewer.customer.is_none() => settings::help(&caller).await,
        None => caller.tell("bot-hint").await,
    }
}

/// `/cancel`.
pub(crate) async fn cancel(caller: &Caller) -> Result<(), Fault> {
    let ended = clear(caller).await?;
    caller.tell(if ended { "bot-left" } else { "bot-nothing-to-cancel" }).await
}

/// «Готово»: no more files.
pub(crate) async fn files_done(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
) -> Result<Toast, Fault> {
    match load(caller).await?.filter(|dialogue| dialogue.thread().tag() == *tag) {
        Some(Dialogue::Service(draft)) => thread::confirm(caller, pressed, draft).await,
        Some(Dialogue::Report(draft)) => thread::confirm(caller, pressed, draft).await,
        Some(Dialogue::Own(draft)) => thread::confirm(caller, pressed, draft).await,
        Some(Dialogue::Reason(_) | Dialogue::Word(_)) | None => Err(Fault::StaleButton),
    }
}

/// «Отправить», «Закрыть работу».
pub(crate) async fn send(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
) -> Result<Toast, Fault> {
    match load(caller).await? {
        Some(other) if other.thread().tag() != *tag => Err(Fault::StaleButton),
        Some(Dialogue::Service(draft)) => service::send(caller, pressed, draft).await,
        Some(Dialogue::Report(draft)) => report::send(caller, pressed, draft).await,
        Some(Dialogue::Own(draft)) => own::send(caller, pressed, draft).await,
        Some(Dialogue::Reason(_) | Dialogue::Word(_)) => Err(Fault::StaleButton),
        // The second tap of a double tap.
        None => Ok(Some(caller.voice.get("bot-sent-before").to_owned())),
    }
}

/// «Отмена» inside a conversation.
pub(crate) async fn quit(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
) -> Result<Toast, Fault> {
    let current = load(caller).await?;
    if current.is_some_and(|dialogue| dialogue.thread().tag() == *tag) {
        clear(caller).await?;
    }
    caller.show(pressed, &Screen::new(caller.voice.get("bot-left"))).await?;
    Ok(None)
}

/// Ends the conversation; `false` when there was none.
pub(crate) async fn clear(caller: &Caller) -> Result<bool, Fault> {
    let mut tx = caller.deps().begin().await?;
    let ended = dialogues::clear(&mut tx, caller.chat.0).await?;
    commit(tx).await?;
    Ok(ended)
}

async fn load(caller: &Caller) -> Result<Option<Dialogue>, Fault> {
    let deps = caller.deps();
    let not_before = deps.now() - IDLE;
    Ok(dialogues::get(&mut deps.read().await?, caller.chat.0, not_before).await?)
}

async fn save(caller: &Caller, dialogue: &Dialogue) -> Result<(), Fault> {
    let deps = caller.deps();
    let mut tx = deps.begin().await?;
    dialogues::set(&mut tx, caller.chat.0, dialogue, deps.now()).await?;
    Ok(commit(tx).await?)
}
