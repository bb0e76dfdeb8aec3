//! «Сделали сами»: the customer's people did a maintenance: running hours, photos and words, each
//! for those who have them.

use domain::ids::OccurrenceId;
use domain::maintenance::{self, DoneOurselves};
use domain::{Error, dialogues};
use serde::{Deserialize, Serialize};
use teloxide::types::{Message, MessageId};

use crate::button::Tag;
use crate::caller::Caller;
use crate::conversation::thread::{Collecting, Thread, ask, collect, number};
use crate::conversation::{Dialogue, clear, load, own_screens as screens};
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{Toast, maintenance as reminders};
use crate::screen::Screen;
use crate::voice::Voice;

/// Where the conversation stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// What it has in common with others.
    #[serde(flatten)]
    pub(crate) thread: Thread,
    step: Step,
    occurrence: OccurrenceId,
    /// The machine's name.
    pub(crate) machine: String,
    /// Running hours, once told.
    pub(crate) hours: Option<i64>,
    /// The reminder that it began at: its buttons are of no use afterwards.
    card: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Hours,
    Files,
    Confirm,
}

impl Collecting for Draft {
    fn thread_mut(&mut self) -> &mut Thread {
        &mut self.thread
    }

    fn ask_for_files(&mut self) -> bool {
        true
    }

    fn ask_for_words(&self, _voice: &Voice) -> Option<Screen> {
        None
    }

    fn more(&self, voice: &Voice) -> Screen {
        self.thread.more(voice, "bot-own-files")
    }

    fn ask_to_confirm(&mut self) -> bool {
        let ready = matches!(self.step, Step::Files | Step::Confirm);
        if ready {
            self.step = Step::Confirm;
        }
        ready
    }

    fn summary(&self, voice: &Voice) -> Screen {
        screens::confirm(voice, self)
    }
}

impl From<Draft> for Dialogue {
    fn from(draft: Draft) -> Dialogue {
        Dialogue::Own(draft)
    }
}

/// Begins, for the maintenance `id` of the machine of that name. `card` is the reminder that was
/// answered; it stays until all is told.
pub(crate) async fn begin(
    caller: &Caller,
    id: &OccurrenceId,
    machine: String,
    card: Option<MessageId>,
) -> Result<(), Fault> {
    let draft = Draft {
        thread: Thread::new(caller.deps().now()),
        step: Step::Hours,
        occurrence: id.clone(),
        machine,
        hours: None,
        card: card.map(|message| message.0),
    };
    let screen = screens::hours(&caller.voice, &draft);
    ask(caller, draft, None, &screen).await
}

/// A message came in the middle of it.
pub(crate) async fn heard(
    caller: &Caller,
    mut draft: Draft,
    message: &Message,
) -> Result<(), Fault> {
    match draft.step {
        Step::Hours => {
            let hours = number(message).ok_or(Error::invalid("hours", "error-number"))?;
            let (deps, customer) = (caller.deps(), &caller.customer()?.id);
            let mut db = deps.read().await?;
            let id = &draft.occurrence;
            maintenance::check_hours(&mut db, &deps.dealer, customer, id, hours).await?;
            drop(db);
            draft.hours = Some(hours);
            files(caller, draft, None).await
        }
        Step::Files => collect(caller, draft, message).await,
        Step::Confirm => caller.tell("bot-use-buttons").await,
    }
}

/// The person does not know the hours.
pub(crate) async fn skip_hours(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
) -> Result<Toast, Fault> {
    let draft = match load(caller).await? {
        Some(Dialogue::Own(draft)) if draft.thread.tag() == *tag => draft,
        _ => return Err(Fault::StaleButton),
    };
    if draft.step == Step::Hours {
        files(caller, draft, pressed).await?;
    }
    Ok(None)
}

/// Tells it. Where somebody was first, the reminder shows that.
pub(crate) async fn send(
    caller: &Caller,
    pressed: Option<MessageId>,
    draft: Draft,
) -> Result<Toast, Fault> {
    if draft.step != Step::Confirm {
        return Err(Fault::StaleButton);
    }
    let (deps, customer, id) = (caller.deps(), &caller.customer()?.id, &draft.occurrence);
    let told = DoneOurselves {
        files: draft.thread.collected.fetch(caller).await?,
        note: draft.thread.collected.text.clone(),
        hours: draft.hours,
    };
    let mut tx = deps.begin().await?;
    let done = maintenance::done_ourselves(&mut tx, &deps.dealer, customer, id, &told).await;
    let next = match done {
        Ok(next) => next,
        Err(Error::Conflict(why)) => {
            drop(tx);
            clear(caller).await?;
            return reminders::overtaken(caller, pressed, id, why).await;
        }
        Err(error) => return Err(error.into()),
    };
    dialogues::clear(&mut tx, caller.chat.0).await?;
    commit(tx).await?;
    caller.show(pressed, &screens::sent(&caller.voice, &draft, next)).await?;
    reminders::retire(caller, draft.card.map(MessageId), id).await?;
    Ok(None)
}

async fn files(caller: &Caller, mut draft: Draft, instead: Option<MessageId>) -> Result<(), Fault> {
    draft.step = Step::Files;
    let screen = draft.more(&caller.voice);
    ask(caller, draft, instead, &screen).await
}
