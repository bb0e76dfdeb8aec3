//! Site leads in the chat: the managers' card, and their line on the desk.

use domain::leads::{LeadCase, OpenLead, State};

use crate::button::Button;
use crate::html::shown;
use crate::screen::Screen;
use crate::screens::{dotted, people, quote, since};
use crate::voice::{Voice, press};

/// The managers' card: who, what they wrote last, where they came from, who has it.
pub(crate) fn staff_card(voice: &Voice, case: &LeadCase) -> Screen {
    let (lead, last) = (&case.lead, case.last());
    let new = lead.state == State::New;
    let key = if new { "bot-new-lead" } else { "bot-lead" };
    let title = voice.say(key, &[("number", lead.number.as_str().into())]);
    let state = voice.get(&format!("state-lead-{}", lead.state.as_str())).to_owned();
    let taken = case.taken_by_name.as_deref();
    let taken = taken.map(|name| voice.say("bot-taken-by", &[("name", shown(name).into())]));
    let written = last.message.as_deref().map(|message| quote(voice, message));
    let count = case.touches.iter().map(|touch| touch.files.len()).sum();
    let files = (count > 0).then(|| format!("📎 {}", voice.count("files-count", count)));
    let again =
        (case.touches.len() > 1).then(|| voice.count("bot-lead-touches", case.touches.len()));
    let source = last.tracking.utm_source.as_deref();
    let source =
        source.map(|source| voice.say("bot-lead-source", &[("source", shown(source).into())]));
    let take = waits(lead.state, case.taken_by_name.as_deref())
        .then(|| voice.press("bot-take", &Button::TakeLead(lead.id.clone())));
    let email = last.email.as_ref().map(|email| shown(email.as_str()));
    Screen::new(format!("<b>{title}</b>"))
        .maybe(written)
        .maybe(files)
        .filled(dotted([Some(people(None, &last.name, last.phone.as_ref())), email]))
        .filled(dotted([source, again]))
        .filled(dotted([(!new).then_some(state), taken]))
        .row([take, voice.open("bot-open", &format!("/desk/leads/{}", lead.number))])
}

/// A lead on the desk.
pub(crate) fn line(voice: &Voice, open: &OpenLead) -> String {
    let lead = &open.lead;
    let taken = open.taken_by_name.as_deref();
    let line = [
        Some(shown(&lead.number)),
        Some(shown(&lead.name)),
        Some(since(voice, lead.touched_at)),
        taken.map(|name| voice.say("bot-taken-by", &[("name", shown(name).into())])),
    ];
    format!("• {}", dotted(line))
}

/// The buttons of a lead on the desk.
pub(crate) fn row(voice: &Voice, screen: Screen, open: &OpenLead) -> Screen {
    let lead = &open.lead;
    let show = press(&lead.number, &Button::StaffLead(lead.id.clone()));
    let take = waits(lead.state, open.taken_by_name.as_deref());
    let take = take.then(|| voice.press("bot-take", &Button::TakeLead(lead.id.clone())));
    screen.row([Some(show), take])
}

/// The CRM may have taken it before anybody was named here.
fn waits(state: State, taken_by: Option<&str>) -> bool {
    state == State::New || (state == State::Taken && taken_by.is_none())
}
