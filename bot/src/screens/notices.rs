//! What people are told once: a new passport, a date that draws near, a link to pass on, trouble.

use domain::machines::MachineSummary;
use domain::maintenance::{Occurrence, State};

use crate::button::Button;
use crate::html::{clip, shown};
use crate::screen::Screen;
use crate::voice::Voice;

/// «Ваше оборудование зарегистрировано!»
pub(crate) fn registered(voice: &Voice, machine: &MachineSummary) -> Screen {
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    Screen::new(format!("<b>{}</b>", voice.get("bot-registered")))
        .line(voice.say("bot-registered-where", &[("machine", name.into())]))
        .row([
            voice.open("bot-open-passport", &format!("/machines/{}", machine.id)),
            Some(voice.press("bot-passport-here", &Button::Passport(machine.id.clone()))),
        ])
}

/// A maintenance draws near or is overdue. The days are counted when the message is sent: it may
/// have waited.
pub(crate) fn maintenance(
    voice: &Voice,
    occurrence: &Occurrence,
    machine: &MachineSummary,
) -> Screen {
    let days = (occurrence.due_on - voice.deps.dealer.today()).num_days();
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    let key = match days {
        1.. => "bot-maintenance-due",
        0 => "bot-maintenance-today",
        ..0 => "bot-maintenance-overdue",
    };
    let count = voice.say("days", &[("count", days.abs().into())]);
    let text = voice.say(
        key,
        &[
            ("machine", format!("<b>{name}</b>").into()),
            ("days", count.into()),
            ("date", voice.day(occurrence.due_on).into()),
        ],
    );
    let screen = Screen::new(text);
    if occurrence.state != State::Open {
        return screen;
    }
    let kit = kit_page(voice, machine);
    screen
        .row([
            Some(voice.press("bot-book", &Button::Book(occurrence.id.clone()))),
            kit.and_then(|path| voice.open("bot-kit", &path)),
        ])
        .row([voice.open("bot-open-passport", &format!("/machines/{}", machine.id))])
}

/// The parts for the machine, searched for the kit in the language of the catalogue.
fn kit_page(voice: &Voice, machine: &MachineSummary) -> Option<String> {
    let mut page = voice.deps.page("/parts")?;
    page.query_pairs_mut()
        .append_pair("machine", machine.id.as_str())
        .append_pair("q", voice.get("bot-kit-search"));
    page.query().map(|query| format!("/parts?{query}"))
}

/// To managers: a passport waits for somebody whom the bot has not met.
pub(crate) fn invite(voice: &Voice, machine: &MachineSummary, token: &str) -> Screen {
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    let link = voice.deps.start_link(&format!("i_{token}"));
    Screen::new(voice.say("bot-invite", &[("machine", format!("<b>{name}</b>").into())]))
        .line(shown(&link))
        .line(voice.get("bot-invite-how"))
}

/// To managers: a deal names a serial that is another's.
pub(crate) fn disputed(voice: &Voice, machine: &MachineSummary, source: &str) -> Screen {
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    let holder = machine.company.as_deref().unwrap_or("—");
    Screen::new(voice.say(
        "bot-disputed",
        &[
            ("machine", format!("<b>{name}</b>").into()),
            ("holder", shown(holder).into()),
            ("source", shown(source).into()),
        ],
    ))
    .line(voice.get("bot-disputed-what"))
}

/// To administrators: a connection that was stopped answers again.
pub(crate) fn works(voice: &Voice, connection: &str) -> Screen {
    let name = format!("<b>{}</b>", shown(connection));
    Screen::new(voice.say("bot-works", &[("connection", name.into())]))
}

/// To administrators: a connection stopped.
pub(crate) fn paused(voice: &Voice, connection: &str, reason: &str) -> Screen {
    let name = format!("<b>{}</b>", shown(connection));
    Screen::new(voice.say("bot-paused", &[("connection", name.into())]))
        .line(shown(&clip(reason, 500)))
        .line(voice.get("bot-paused-what"))
}
