//! The questions about a maintenance that the customer's people did.

use chrono::NaiveDate;

use crate::button::Button;
use crate::conversation::own::Draft;
use crate::html::{clip, shown};
use crate::screen::Screen;
use crate::voice::Voice;

/// How many hours has it run?
pub(crate) fn hours(voice: &Voice, draft: &Draft) -> Screen {
    let tag = draft.thread.tag();
    Screen::new(title(voice, draft)).line(voice.get("bot-report-ask-hours")).row([
        Some(voice.press("bot-own-no-hours", &Button::SkipHours(tag.clone()))),
        Some(voice.press("bot-quit", &Button::Quit(tag))),
    ])
}

/// Is this right?
pub(crate) fn confirm(voice: &Voice, draft: &Draft) -> Screen {
    let tag = draft.thread.tag();
    let hours = draft.hours.map(|hours| voice.say("bot-hours", &[("count", hours.into())]));
    Screen::new(title(voice, draft))
        .maybe(hours)
        .filled(shown(&clip(&draft.thread.collected.text, 2500)))
        .maybe(draft.thread.files(voice))
        .row([
            Some(voice.press("bot-send", &Button::Send(tag.clone()))),
            Some(voice.press("bot-quit", &Button::Quit(tag))),
        ])
}

/// It is told; when the next one is.
pub(crate) fn sent(voice: &Voice, draft: &Draft, next: Option<NaiveDate>) -> Screen {
    let machine = ("machine", shown(&draft.machine).into());
    Screen::new(match next {
        Some(next) => voice.say("bot-own-sent", &[machine, ("date", voice.day(next).into())]),
        None => voice.say("bot-own-sent-no-date", &[machine]),
    })
}

fn title(voice: &Voice, draft: &Draft) -> String {
    let machine = shown(&draft.machine);
    format!("<b>{}</b>", voice.say("bot-own-title", &[("machine", machine.into())]))
}
