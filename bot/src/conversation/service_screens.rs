//! The questions of a call for service.

use domain::machines::MachineSummary;
use domain::requests::Kind;

use crate::button::Button;
use crate::conversation::service::Draft;
use crate::html::{clip, shown};
use crate::screen::Screen;
use crate::voice::{Voice, press};

/// As many machines are offered as buttons; typing a serial finds the others.
const OFFERED: usize = 20;

/// Which machine?
pub(crate) fn machine(voice: &Voice, draft: &Draft, machines: &[MachineSummary]) -> Screen {
    let tag = draft.thread.tag();
    let mut screen = Screen::new(format!("<b>{}</b>", voice.get("bot-service-which-machine")));
    if machines.len() > OFFERED {
        screen = screen.line(voice.get("bot-service-type-serial"));
    }
    for pair in machines[..machines.len().min(OFFERED)].chunks(2) {
        screen = screen.row(pair.iter().map(|machine| {
            let name = voice.machine(&machine.model_name, &machine.serial);
            Some(press(&name, &Button::ServiceMachine(tag.clone(), Some(machine.id.clone()))))
        }));
    }
    screen.row([
        Some(voice.press("bot-service-no-machine", &Button::ServiceMachine(tag.clone(), None))),
        Some(voice.press("bot-quit", &Button::Quit(tag))),
    ])
}

/// What is needed?
pub(crate) fn kind(voice: &Voice, draft: &Draft) -> Screen {
    let tag = draft.thread.tag();
    let screen =
        so_far(voice, draft).line(format!("<b>{}</b>", voice.get("bot-service-what-kind")));
    let kinds: Vec<Kind> = Kind::ALL.to_vec();
    kinds
        .chunks(2)
        .fold(screen, |screen, pair| {
            screen.row(pair.iter().map(|kind| {
                let key = format!("kind-{}", kind.as_str());
                Some(voice.press(&key, &Button::ServiceKind(tag.clone(), *kind)))
            }))
        })
        .row([Some(voice.press("bot-quit", &Button::Quit(tag)))])
}

/// Does the machine stand still?
pub(crate) fn down(voice: &Voice, draft: &Draft) -> Screen {
    let tag = draft.thread.tag();
    so_far(voice, draft)
        .line(format!("<b>{}</b>", voice.get("bot-service-is-down")))
        .row([
            Some(voice.press("bot-yes-down", &Button::ServiceDown(tag.clone(), true))),
            Some(voice.press("bot-no-works", &Button::ServiceDown(tag.clone(), false))),
        ])
        .row([Some(voice.press("bot-quit", &Button::Quit(tag)))])
}

/// In your own words?
pub(crate) fn text(voice: &Voice, draft: &Draft) -> Screen {
    so_far(voice, draft)
        .maybe(draft.thread.files(voice))
        .line(voice.get("bot-service-describe"))
        .row([Some(voice.press("bot-quit", &Button::Quit(draft.thread.tag())))])
}

/// Is this right?
pub(crate) fn confirm(voice: &Voice, draft: &Draft) -> Screen {
    let tag = draft.thread.tag();
    let words = shown(&clip(&draft.thread.collected.text, 2500));
    Screen::new(format!("<b>{}</b>", voice.get("bot-service-check")))
        .line(about(voice, draft))
        .line(words)
        .maybe(draft.thread.files(voice))
        .row([
            Some(voice.press("bot-send", &Button::Send(tag.clone()))),
            Some(voice.press("bot-quit", &Button::Quit(tag))),
        ])
}

/// What has been answered, as the first line of the next question.
fn so_far(voice: &Voice, draft: &Draft) -> Screen {
    let about = about(voice, draft);
    if about.is_empty() { Screen::default() } else { Screen::new(about) }
}

fn about(voice: &Voice, draft: &Draft) -> String {
    let machine = draft.machine.as_ref().map(|(_, name)| shown(name));
    let kind = draft.kind.map(|kind| voice.get(&format!("kind-{}", kind.as_str())).to_owned());
    let down = draft.down.then(|| voice.get("machine-down").to_owned());
    [machine, kind, down].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
