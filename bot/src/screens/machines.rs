//! The park and the passport in the chat.

use domain::ids::MachineId;
use domain::machines::{MachineState, MachineSummary, Passport};

use crate::button::Button;
use crate::html::shown;
use crate::screen::Screen;
use crate::screens::{dotted, standstill};
use crate::voice::{Voice, press};

/// As many machines have a line in the chat; the Mini App shows them all.
const LINES: usize = 40;
/// As many have a button.
const BUTTONS: usize = 24;

/// The park: machines by site with state and next maintenance.
pub(crate) fn park(voice: &Voice, machines: &[MachineSummary]) -> Screen {
    let app = voice.open("bot-open-park", "/park");
    if machines.is_empty() {
        let service = voice.press("bot-call-service", &Button::Service(None));
        return Screen::new(voice.get("bot-park-empty")).row([Some(service)]).row([app]);
    }
    let title = voice.count("machines-count", machines.len());
    let mut screen = Screen::new(voice.say("bot-park-title", &[("machines", title.into())]));
    let mut site: Option<&Option<String>> = None;
    for machine in machines.iter().take(LINES) {
        if site != Some(&machine.site) {
            site = Some(&machine.site);
            let name = machine.site.as_deref().or(machine.company.as_deref());
            let name = name.unwrap_or(voice.get("bot-park-no-site"));
            screen = screen.line("").line(format!("<b>{}</b>", shown(name)));
        }
        screen = screen.line(line(voice, machine));
    }
    if machines.len() > LINES {
        screen = screen.line("").line(voice.count("bot-park-more", machines.len() - LINES));
    }
    for pair in machines[..machines.len().min(BUTTONS)].chunks(2) {
        screen = screen.row(pair.iter().map(|machine| {
            let name = voice.machine(&machine.model_name, &machine.serial);
            Some(press(&name, &Button::Passport(machine.id.clone())))
        }));
    }
    screen.row([app])
}

/// A machine in one line: `🔴 1М63Б № 0457 · стоит 3 ч`.
fn line(voice: &Voice, machine: &MachineSummary) -> String {
    let sign = sign(machine.state);
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    let state = match (machine.state, machine.down_since) {
        (MachineState::Down, Some(from)) => {
            voice.say("bot-down-for", &[("lasted", voice.lasted(from, None).into())])
        }
        (MachineState::Down, None) => voice.get("state-machine-down").to_owned(),
        (MachineState::Working, _) => voice.get("state-machine-working").to_owned(),
    };
    let due = machine.next_maintenance_on.map(|on| maintenance(voice, on));
    format!("{sign} {}", dotted([Some(name), Some(state), due]))
}

/// «ТО 14 декабря», or that it has passed.
fn maintenance(voice: &Voice, on: chrono::NaiveDate) -> String {
    let overdue = on < voice.deps.dealer.today();
    let key = if overdue { "bot-maintenance-overdue-on" } else { "bot-maintenance-on" };
    voice.say(key, &[("date", voice.date(on).into())])
}

fn sign(state: MachineState) -> &'static str {
    match state {
        MachineState::Working => "🟢",
        MachineState::Down => "🔴",
    }
}

/// The passport as text, for those who do not open the Mini App.
pub(crate) fn passport(voice: &Voice, passport: &Passport) -> Screen {
    let (machine, model) = (&passport.machine, &passport.model);
    let name = voice.machine_html(&model.name, &machine.serial);
    let state = match passport.down_since {
        Some(from) => standstill(voice, from, None),
        None => voice.get("state-machine-working").to_owned(),
    };
    let about = dotted([Some(shown(&model.category)), Some(shown(&machine.configuration))]);
    let place =
        dotted([passport.company.as_deref().map(shown), passport.site.as_deref().map(shown)]);
    let mut screen = Screen::new(format!("<b>{name}</b>")).filled(about).filled(place);
    screen = screen.line(format!("{} {state}", sign(passport.state)));
    screen = facts(voice, screen, passport);
    screen = specification(screen, passport);
    screen = history(voice, screen, passport);
    buttons(voice, screen, &machine.id, passport.documents.len())
}

fn facts(voice: &Voice, screen: Screen, passport: &Passport) -> Screen {
    let machine = &passport.machine;
    let mut screen = screen.line("");
    let dates = [
        ("bot-made-on", machine.made_on),
        ("bot-shipped-on", machine.shipped_on),
        ("bot-commissioned-on", machine.commissioned_on),
        ("bot-warranty-until", machine.warranty_until),
        ("bot-next-maintenance", machine.next_maintenance_on),
    ];
    for (key, date) in dates {
        let said = date.map(|date| voice.say(key, &[("date", voice.date(date).into())]));
        screen = screen.maybe(said);
    }
    let hours = machine.hours.map(|hours| voice.say("bot-hours", &[("count", hours.into())]));
    let months = passport.model.maintenance_months;
    let rule = months.map(|months| voice.say("bot-rule-months", &[("count", months.into())]));
    screen.maybe(rule).maybe(hours)
}

fn specification(screen: Screen, passport: &Passport) -> Screen {
    const ROWS: usize = 15;
    if passport.model.specification.is_empty() {
        return screen;
    }
    let rows = passport.model.specification.iter().take(ROWS);
    rows.fold(screen.line(""), |screen, (name, value)| {
        screen.line(format!("{}: {}", shown(name), shown(value)))
    })
}

fn history(voice: &Voice, screen: Screen, passport: &Passport) -> Screen {
    const EVENTS: usize = 5;
    if passport.timeline.is_empty() {
        return screen;
    }
    let screen = screen.line("").line(format!("<b>{}</b>", voice.get("bot-history")));
    passport.timeline.iter().take(EVENTS).fold(screen, |screen, event| {
        let day = voice.date(event.at.with_timezone(&voice.deps.dealer.zone).date_naive());
        let title = shown(&event.title);
        let title = match event.kind.as_str() {
            "order" => voice.say("bot-history-order", &[("title", title.into())]),
            "hours" => voice.say("bot-history-hours", &[("title", title.into())]),
            "plate" => voice.say("bot-history-plate", &[("title", title.into())]),
            _ => title,
        };
        screen.line(format!("{day} — {title}"))
    })
}

fn buttons(voice: &Voice, screen: Screen, id: &MachineId, documents: usize) -> Screen {
    let papers = (documents > 0)
        .then(|| press(&voice.count("bot-documents", documents), &Button::Documents(id.clone())));
    screen
        .row([
            voice.open("bot-parts", &format!("/parts?machine={id}")),
            Some(voice.press("bot-call-service", &Button::Service(Some(id.clone())))),
        ])
        .row([voice.open("bot-open-passport", &format!("/machines/{id}")), papers])
}

/// The documents of a machine, each a button that sends it.
pub(crate) fn documents(voice: &Voice, passport: &Passport) -> Screen {
    const MOST: usize = 30;
    let name = voice.machine_html(&passport.model.name, &passport.machine.serial);
    let screen = Screen::new(voice.say("bot-documents-title", &[("machine", name.into())]));
    passport.documents.iter().take(MOST).fold(screen, |screen, document| {
        let title = dotted([Some(document.title.clone()), Some(document.revision.clone())]);
        screen.row([Some(press(&title, &Button::Document(document.file_id.clone())))])
    })
}
