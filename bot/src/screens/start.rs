//! Greetings, help, and the questions about language and being forgotten.

use domain::machines::{MachineState, MachineSummary};
use domain::people::Joined;
use domain::staff::{Role, Staff};
use domain::texts::Lang;

use crate::button::Button;
use crate::html::shown;
use crate::screen::Screen;
use crate::voice::{Voice, press};

/// What a customer has with us, at a glance.
pub(crate) fn summary(voice: &Voice, companies: &[String], machines: &[MachineSummary]) -> Screen {
    if machines.is_empty() {
        return Screen::new(voice.get("bot-nothing-yet"))
            .row([voice.open("bot-open-app", "")])
            .row([Some(voice.press("bot-call-service", &Button::Service(None)))]);
    }
    let count = voice.count("machines-count", machines.len());
    let company = companies.first().map(|name| shown(name));
    let mut screen = match company {
        Some(name) => Screen::new(
            voice.say("bot-found-company", &[("company", name.into()), ("machines", count.into())]),
        ),
        None => Screen::new(voice.say("bot-found", &[("machines", count.into())])),
    };
    for machine in machines.iter().filter(|machine| machine.state == MachineState::Down).take(3) {
        let name = voice.machine_html(&machine.model_name, &machine.serial);
        let lasted = machine.down_since.map(|from| voice.lasted(from, None)).unwrap_or_default();
        let args = [("lasted", lasted.into())];
        screen = screen.line(format!("🔴 {name} · {}", voice.say("bot-down-for", &args)));
    }
    let next = machines
        .iter()
        .filter_map(|machine| Some((machine.next_maintenance_on?, machine)))
        .min_by_key(|(on, _)| *on);
    let next = next.map(|(on, machine)| {
        let name = voice.machine_html(&machine.model_name, &machine.serial);
        let late = (voice.deps.dealer.today() - on).num_days();
        let days = voice.say("days", &[("count", late.into())]);
        let date = voice.date(on);
        let args = [("machine", name.into()), ("date", date.into()), ("days", days.into())];
        let key = if late > 0 { "bot-late-maintenance" } else { "bot-nearest-maintenance" };
        voice.say(key, &args)
    });
    screen.maybe(next).row([voice.open("bot-open-app", "")]).row([
        Some(voice.press("bot-park-here", &Button::Park)),
        Some(voice.press("bot-call-service", &Button::Service(None))),
    ])
}

/// Which company a link led into, as what, and who invited them.
pub(crate) fn joined(voice: &Voice, joined: &Joined) -> String {
    let role = voice.get(&format!("member-{}", joined.role.as_str())).to_owned();
    let company = shown(&joined.company);
    let args = [("company", company.into()), ("role", role.into())];
    let text = voice.say(if joined.waits { "bot-joining" } else { "bot-joined" }, &args);
    let by =
        joined.by.as_deref().map(|by| voice.say("bot-joined-by", &[("name", shown(by).into())]));
    [Some(text), by].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The greeting of a colleague.
pub(crate) fn staff(voice: &Voice, staff: &Staff) -> Screen {
    let (key, button, page) = match staff.role {
        Role::Engineer => ("bot-hello-engineer", "bot-open-jobs", "/jobs"),
        Role::Manager => ("bot-hello-manager", "bot-open-desk", "/desk"),
        Role::Administrator => ("bot-hello-administrator", "bot-open-desk", "/desk"),
    };
    Screen::new(voice.say(key, &[("name", shown(&staff.name).into())]))
        .row([voice.open(button, page)])
}

/// What the bot can do for this person.
pub(crate) fn help(voice: &Voice, staff: Option<&Staff>) -> Screen {
    let mut screen = Screen::new(voice.get("bot-help"));
    if let Some(staff) = staff {
        let key = if staff.is_manager() { "bot-help-manager" } else { "bot-help-engineer" };
        screen = screen.line("").line(voice.get(key));
    }
    screen
        .row([voice.open("bot-open-app", "")])
        .row([voice.open("bot-notifications", "/notifications")])
}

/// Which language to speak. Each names itself.
pub(crate) fn languages(voice: &Voice) -> Screen {
    Screen::new(voice.get("bot-which-language")).row([
        Some(press(voice.get("bot-language-ru"), &Button::Language(Lang::Ru))),
        Some(press(voice.get("bot-language-en"), &Button::Language(Lang::En))),
    ])
}

/// Whether they really want to be forgotten, and what that takes.
pub(crate) fn ask_forget(voice: &Voice) -> Screen {
    Screen::new(voice.get("bot-ask-forget")).row([
        Some(voice.press("bot-yes-forget", &Button::Forget(true))),
        Some(voice.press("bot-no-forget", &Button::Forget(false))),
    ])
}
