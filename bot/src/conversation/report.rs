//! «Выполнено»: the engineer's report as a conversation: words, photos, then hours and the next
//! date for those who have them.

use chrono::NaiveDate;
use domain::ids::WorkOrderId;
use domain::work_orders::{self, Report, State};
use domain::{Error, dialogues};
use serde::{Deserialize, Serialize};
use teloxide::types::{Message, MessageId};

use crate::button::Tag;
use crate::caller::Caller;
use crate::conversation::thread::{Collecting, Thread, ask, collect, number};
use crate::conversation::{Dialogue, load, report_screens as screens};
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::Toast;
use crate::screen::Screen;
use crate::voice::Voice;

/// Where the conversation stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// What it has in common with others.
    #[serde(flatten)]
    pub(crate) thread: Thread,
    step: Step,
    work_order: WorkOrderId,
    /// The number of the request that the job answers.
    pub(crate) request_number: String,
    /// Whether hours and dates make sense.
    pub(crate) has_machine: bool,
    /// Running hours, once told.
    pub(crate) hours: Option<i64>,
    /// The next maintenance, once told.
    pub(crate) next_maintenance_on: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Text,
    Files,
    Confirm,
    Hours,
    Date,
}

impl Collecting for Draft {
    fn thread_mut(&mut self) -> &mut Thread {
        &mut self.thread
    }

    fn ask_for_files(&mut self) -> bool {
        std::mem::replace(&mut self.step, Step::Files) == Step::Files
    }

    fn ask_for_words(&self, voice: &Voice) -> Option<Screen> {
        Some(screens::text(voice, self))
    }

    fn more(&self, voice: &Voice) -> Screen {
        self.thread.more(voice, "bot-report-files")
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
        Dialogue::Report(draft)
    }
}

/// Begins the report of one's own job.
pub(crate) async fn begin(caller: &Caller, id: &WorkOrderId) -> Result<Toast, Fault> {
    let engineer = caller.staff()?;
    let job = work_orders::job(&mut caller.deps().read().await?, engineer, id).await?;
    if job.work_order.engineer_id != engineer.id {
        return Err(Error::NotFound.into());
    }
    if job.work_order.state == State::Done {
        return Err(Error::Conflict("done").into());
    }
    let draft = Draft {
        thread: Thread::new(caller.deps().now()),
        step: Step::Text,
        work_order: id.clone(),
        request_number: job.request_number,
        has_machine: job.machine.is_some(),
        hours: None,
        next_maintenance_on: None,
    };
    let screen = screens::text(&caller.voice, &draft);
    ask(caller, draft, None, &screen).await?;
    Ok(None)
}

/// A message came in the middle of it.
pub(crate) async fn heard(
    caller: &Caller,
    mut draft: Draft,
    message: &Message,
) -> Result<(), Fault> {
    match draft.step {
        Step::Text | Step::Files => collect(caller, draft, message).await,
        Step::Confirm => caller.tell("bot-use-buttons").await,
        Step::Hours => {
            draft.hours = Some(number(message).ok_or(Error::invalid("hours", "error-number"))?);
            review(caller, draft, None).await
        }
        Step::Date => {
            let date = date(message.text().unwrap_or_default(), caller.deps().dealer.today());
            draft.next_maintenance_on =
                Some(date.ok_or(Error::invalid("next_maintenance_on", "bot-error-date"))?);
            review(caller, draft, None).await
        }
    }
}

/// Closes the job.
pub(crate) async fn send(
    caller: &Caller,
    pressed: Option<MessageId>,
    draft: Draft,
) -> Result<Toast, Fault> {
    if draft.step != Step::Confirm {
        return Err(Fault::StaleButton);
    }
    let (deps, engineer) = (caller.deps(), caller.staff()?);
    let report = Report {
        files: draft.thread.collected.fetch(caller).await?,
        report: draft.thread.collected.text,
        hours: draft.hours,
        next_maintenance_on: draft.next_maintenance_on,
    };
    let mut tx = deps.begin().await?;
    work_orders::done(&mut tx, &deps.dealer, engineer, &draft.work_order, &report).await?;
    dialogues::clear(&mut tx, caller.chat.0).await?;
    commit(tx).await?;
    let number = [("number", draft.request_number.into())];
    caller.show(pressed, &Screen::new(caller.voice.say("bot-report-sent", &number))).await?;
    Ok(None)
}

/// The engineer wants to tell the running hours.
pub(crate) async fn ask_hours(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
) -> Result<Toast, Fault> {
    question(caller, pressed, tag, Step::Hours, "bot-report-ask-hours").await
}

/// The engineer wants to tell the next maintenance date.
pub(crate) async fn ask_date(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
) -> Result<Toast, Fault> {
    question(caller, pressed, tag, Step::Date, "bot-report-ask-date").await
}

async fn question(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
    step: Step,
    key: &str,
) -> Result<Toast, Fault> {
    let mut draft = match load(caller).await? {
        Some(Dialogue::Report(draft)) if draft.thread.tag() == *tag => draft,
        _ => return Err(Fault::StaleButton),
    };
    if draft.step != Step::Confirm {
        return Ok(None);
    }
    draft.step = step;
    let screen = screens::question(&caller.voice, key);
    ask(caller, draft, pressed, &screen).await?;
    Ok(None)
}

async fn review(
    caller: &Caller,
    mut draft: Draft,
    instead: Option<MessageId>,
) -> Result<(), Fault> {
    draft.step = Step::Confirm;
    let screen = screens::confirm(&caller.voice, &draft);
    ask(caller, draft, instead, &screen).await
}

/// `14.12.2026`, `14.12`, `2026-12-14`: a date from today on. Without a year it is the next such
/// day.
fn date(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    use chrono::Datelike;
    let text = text.trim();
    let whole = NaiveDate::parse_from_str(text, "%d.%m.%Y")
        .or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d"))
        .ok();
    let short = || {
        let (day, month) = text.split_once('.')?;
        let (day, month) = (day.parse().ok()?, month.parse().ok()?);
        let on = |year| NaiveDate::from_ymd_opt(year, month, day);
        on(today.year()).filter(|date| *date >= today).or_else(|| on(today.year() + 1))
    };
    whole.or_else(short).filter(|date| *date >= today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_engineers_write_them() {
        let on = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let today = on(2026, 11, 21);
        assert_eq!(date("14.12.2026", today), Some(on(2026, 12, 14)));
        assert_eq!(date(" 2027-05-01 ", today), Some(on(2027, 5, 1)));
        assert_eq!(date("14.12", today), Some(on(2026, 12, 14)));
        assert_eq!(date("1.3", today), Some(on(2027, 3, 1)));
        for text in ["", "завтра", "31.02", "14.12.2020", "12/14/2026", "14.12.99999"] {
            assert_eq!(date(text, today), None, "{text}");
        }
    }
}
