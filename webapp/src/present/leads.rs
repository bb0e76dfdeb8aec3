//! Site leads as managers see them.

use domain::leads::{LeadCase, OpenLead, State, Touch};
use domain::text::Phone;

use crate::auth::Caller;
use crate::present::{Eye, fact, files, word};
use crate::ui::Ui;
use crate::views::leads::TouchView;
use crate::views::parts::{Badge, CaseCell, Fact, Tone};

/// A lead's state in a word.
pub(crate) fn lead_badge(ui: Ui, state: State) -> Badge {
    let tone = match state {
        State::New => Tone::Warning,
        State::Suspected => Tone::Danger,
        State::Taken | State::Converted => Tone::Ok,
        State::Rejected => Tone::Plain,
    };
    Badge { tone, text: word(ui, "state-lead-", state.as_str()) }
}

/// A lead on the desk: who asks stands first.
pub(crate) fn open_lead_cell(eye: &Eye, open: &OpenLead) -> CaseCell {
    let (ui, lead) = (eye.ui, &open.lead);
    let who = [Some(lead.name.as_str()), open.taken_by_name.as_deref()];
    let who: Vec<&str> = who.into_iter().flatten().collect();
    let said = [who.join(", "), ui.s("app-lead-kind").to_owned(), ui.when(lead.touched_at)];
    CaseCell {
        href: format!("/app/desk/leads/{}", lead.number),
        number: lead.number.clone(),
        note: said.join(" · "),
        badge: lead_badge(ui, lead.state),
        clock: String::new(),
        total: None,
    }
}

/// Who asks, who has it.
pub(crate) fn lead_contact(ui: Ui, case: &LeadCase) -> Vec<Fact> {
    let lead = &case.lead;
    let phone = lead.phone.as_ref().map(Phone::shown);
    let rows = [
        fact(ui, "app-request-customer", Some(&lead.name)),
        fact(ui, "app-request-phone", phone.as_deref()).map(|fact| Fact { mono: true, ..fact }),
        fact(ui, "app-lead-email", lead.email.as_ref().map(|email| email.as_str())),
        fact(ui, "app-lead-form", Some(&lead.form)),
        fact(ui, "app-request-manager", case.taken_by_name.as_deref()),
    ];
    rows.into_iter().flatten().collect()
}

/// One form that was sent, with every field of it.
pub(crate) fn touch(caller: &Caller, touch: &Touch) -> TouchView {
    let ui = caller.ui;
    let (photos, others) = files(caller, &touch.files);
    let known = [
        fact(ui, "app-lead-page", touch.page.as_deref()),
        fact(ui, "app-lead-referrer", touch.referrer.as_deref()),
    ];
    // Their names are the site's own.
    let named = |name: &str, value: &str| Fact {
        label: name.to_owned(),
        value: value.to_owned(),
        mono: false,
    };
    let tracking = touch.tracking.pairs().map(|(name, value)| named(name, value));
    let extra = touch.extra.iter().map(|(name, value)| named(name, value));
    TouchView {
        at: ui.when(touch.created_at),
        message: touch.message.clone().unwrap_or_default(),
        suspicion: touch
            .suspicion
            .map(|why| word(ui, "app-lead-suspicion-", why.as_str()))
            .unwrap_or_default(),
        facts: known.into_iter().flatten().chain(tracking).chain(extra).collect(),
        photos,
        files: others,
    }
}
