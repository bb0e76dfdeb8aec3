//! What every conversation has: a name for its buttons, the message with its question, and the
//! words and files that it collects.

use chrono::{DateTime, Utc};
use domain::ids::new_id;
use serde::{Deserialize, Serialize};
use teloxide::types::{Message, MessageId};

use crate::button::{Button, Tag};
use crate::caller::Caller;
use crate::conversation::collect::{Collected, Got};
use crate::conversation::{Dialogue, save};
use crate::fault::Fault;
use crate::handlers::Toast;
use crate::screen::Screen;
use crate::voice::Voice;

/// The part of a draft that is the same whatever is talked about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Thread {
    /// Names the conversation, and what comes of it: sent twice, it is one.
    pub(crate) key: String,
    /// The message with the question, to be edited when its answer is a press or a file.
    prompt: Option<i32>,
    /// Words and files.
    pub(crate) collected: Collected,
}

/// A conversation that collects words and files at one of its steps.
pub(crate) trait Collecting: Into<Dialogue> + Send + Sync {
    /// What it has in common with others.
    fn thread_mut(&mut self) -> &mut Thread;
    /// Moves to the step that asks for more files; `true` when it stood there already.
    fn ask_for_files(&mut self) -> bool;
    /// The question for words; `None` where a file alone is enough.
    fn ask_for_words(&self, voice: &Voice) -> Option<Screen>;
    /// The question for more files.
    fn more(&self, voice: &Voice) -> Screen;
    /// Moves to the step that shows all of it; `false` where something is still to be asked.
    fn ask_to_confirm(&mut self) -> bool;
    /// All of it, before it is sent.
    fn summary(&self, voice: &Voice) -> Screen;
}

impl Thread {
    /// A new conversation.
    pub(crate) fn new(now: DateTime<Utc>) -> Thread {
        Thread { key: new_id(now), prompt: None, collected: Collected::default() }
    }

    /// What its buttons are marked with.
    pub(crate) fn tag(&self) -> Tag {
        Tag::of(&self.key)
    }

    /// How many files were sent, if any.
    pub(crate) fn files(&self, voice: &Voice) -> Option<String> {
        let count = self.collected.files.len();
        (count > 0).then(|| format!("📎 {}", voice.count("files-count", count)))
    }

    /// The question for more files, in the words of `key`.
    pub(crate) fn more(&self, voice: &Voice, key: &str) -> Screen {
        Screen::new(voice.get(key)).maybe(self.files(voice)).row([
            Some(voice.press("bot-files-done", &Button::FilesDone(self.tag()))),
            Some(voice.press("bot-quit", &Button::Quit(self.tag()))),
        ])
    }

    fn prompt(&self) -> Option<MessageId> {
        self.prompt.map(MessageId)
    }
}

/// Asks the next question, in place of `instead` where one is given, and keeps where the
/// conversation stands.
pub(crate) async fn ask(
    caller: &Caller,
    dialogue: impl Into<Dialogue>,
    instead: Option<MessageId>,
    screen: &Screen,
) -> Result<(), Fault> {
    let mut dialogue = dialogue.into();
    let asked = caller.show(instead, screen).await?;
    dialogue.thread_mut().prompt = Some(asked.0);
    save(caller, &dialogue).await
}

/// Takes words and files of a message and asks for more.
pub(crate) async fn collect<D: Collecting>(
    caller: &Caller,
    mut draft: D,
    message: &Message,
) -> Result<(), Fault> {
    let got = draft.thread_mut().collected.take(caller, message).await?;
    let thread = draft.thread_mut();
    let (prompt, silent) = (thread.prompt(), thread.collected.text.is_empty());
    let words = draft.ask_for_words(&caller.voice).filter(|_| silent && got == Got::File);
    match (got, words) {
        (Got::Nothing, _) => caller.tell("bot-words-or-files").await,
        (_, Some(screen)) => ask(caller, draft, prompt, &screen).await,
        (got, None) => {
            // Under new words the question comes anew; a file only moves its count.
            let asked = draft.ask_for_files() && got == Got::File;
            let screen = draft.more(&caller.voice);
            ask(caller, draft, prompt.filter(|_| asked), &screen).await
        }
    }
}

/// Shows all of it once more before it is sent.
pub(crate) async fn confirm<D: Collecting>(
    caller: &Caller,
    pressed: Option<MessageId>,
    mut draft: D,
) -> Result<Toast, Fault> {
    if !draft.ask_to_confirm() {
        return Err(Fault::StaleButton);
    }
    let screen = draft.summary(&caller.voice);
    ask(caller, draft, pressed, &screen).await?;
    Ok(None)
}

/// A whole number as people type it: `4200`, `4 200`. Negative ones are none.
pub(crate) fn number(message: &Message) -> Option<i64> {
    let typed: String = message.text().unwrap_or_default().split_whitespace().collect();
    typed.parse().ok().filter(|number: &i64| *number >= 0)
}
