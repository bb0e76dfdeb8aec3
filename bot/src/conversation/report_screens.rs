//! The questions of a job's report.

use crate::button::Button;
use crate::conversation::report::Draft;
use crate::html::{clip, shown};
use crate::screen::Screen;
use crate::voice::Voice;

/// What was done?
pub(crate) fn text(voice: &Voice, draft: &Draft) -> Screen {
    Screen::new(title(voice, draft))
        .maybe(draft.thread.files(voice))
        .line(voice.get("bot-report-describe"))
        .row([Some(voice.press("bot-quit", &Button::Quit(draft.thread.tag())))])
}

/// Is this right? Hours and the next date may be added, where there is a machine.
pub(crate) fn confirm(voice: &Voice, draft: &Draft) -> Screen {
    let tag = draft.thread.tag();
    let hours = draft.hours.map(|hours| voice.say("bot-hours", &[("count", hours.into())]));
    let date = draft
        .next_maintenance_on
        .map(|date| voice.say("bot-next-maintenance", &[("date", voice.date(date).into())]));
    let screen = Screen::new(title(voice, draft))
        .line(shown(&clip(&draft.thread.collected.text, 2500)))
        .maybe(draft.thread.files(voice))
        .maybe(hours)
        .maybe(date)
        .row([Some(voice.press("bot-report-send", &Button::Send(tag.clone())))]);
    let screen = if draft.has_machine {
        screen.row([
            Some(voice.press("bot-report-hours", &Button::ReportHours(tag.clone()))),
            Some(voice.press("bot-report-date", &Button::ReportDate(tag.clone()))),
        ])
    } else {
        screen
    };
    screen.row([Some(voice.press("bot-quit", &Button::Quit(tag)))])
}

/// One more value, to be typed.
pub(crate) fn question(voice: &Voice, key: &str) -> Screen {
    Screen::new(voice.get(key))
}

fn title(voice: &Voice, draft: &Draft) -> String {
    let number = shown(&draft.request_number);
    format!("<b>{}</b>", voice.say("bot-report-title", &[("number", number.into())]))
}
