//! A refusal of what was asked, waiting for its reason: one message.

use domain::approvals::{self, Outcome};
use domain::ids::ApprovalId;
use domain::{Error, text};
use serde::{Deserialize, Serialize};
use teloxide::types::Message;

use crate::button::Button;
use crate::caller::Caller;
use crate::conversation::thread::{Thread, ask as put_question};
use crate::conversation::{Dialogue, clear};
use crate::fault::Fault;
use crate::handlers::approvals::{answer, direct_answer, put, put_directors};
use crate::screens;

/// The answer that waits for its reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// What conversations have in common.
    pub(crate) thread: Thread,
    approval: ApprovalId,
    version: i64,
    outcome: Outcome,
    /// Whether they answer as a director of the customer's company.
    #[serde(default)]
    directs: bool,
}

impl From<Draft> for Dialogue {
    fn from(draft: Draft) -> Dialogue {
        Dialogue::Reason(draft)
    }
}

/// Asks why; a director answers for their company, else it is one of the staff.
pub(crate) async fn ask(
    caller: &Caller,
    (id, version): (&ApprovalId, i64),
    outcome: Outcome,
    directs: bool,
) -> Result<(), Fault> {
    let title = approvals::find(&mut caller.deps().read().await?, id).await?.title;
    let thread = Thread::new(caller.deps().now());
    let quit = caller.voice.press("bot-quit", &Button::Quit(thread.tag()));
    let screen = screens::approvals::ask_reason(&caller.voice, &title, outcome).row([Some(quit)]);
    let draft = Draft { thread, approval: id.clone(), version, outcome, directs };
    put_question(caller, draft, None, &screen).await
}

/// The reason: the answer counts with it, if it still does.
pub(crate) async fn heard(caller: &Caller, draft: Draft, message: &Message) -> Result<(), Fault> {
    let words = message.text().and_then(|words| text::clean(words, usize::MAX));
    let Some(words) = words else { return caller.tell("bot-approval-words").await };
    let case = (&draft.approval, draft.version);
    let reason = Some(words.as_str());
    let answered = match draft.directs {
        true => direct_answer(caller, case, draft.outcome, reason).await,
        false => answer(caller, case, draft.outcome, reason).await,
    };
    if !matches!(answered, Err(Fault::Domain(Error::Invalid(_)))) {
        // Whether it counts or not, there is nothing left to be asked.
        clear(caller).await?;
        match draft.directs {
            true => put_directors(caller, None, &draft.approval).await?,
            false => put(caller, None, &draft.approval).await?,
        }
    }
    answered
}
