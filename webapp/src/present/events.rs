//! What came in, as people see it.

use std::borrow::Cow;

use domain::inbox::{self, EventSummary, ShownEvent};
use domain::outbox;

use crate::present::{fact, mono, short, word};
use crate::ui::Ui;
use crate::views::deliveries::DeskCell;
use crate::views::parts::{Badge, Fact, Tone};

/// An event's state in a word or two.
pub(crate) fn event_badge(ui: Ui, state: inbox::State) -> Badge {
    let tone = match state {
        inbox::State::Processed => Tone::Ok,
        inbox::State::Received | inbox::State::Processing => Tone::Plain,
        inbox::State::Failed => Tone::Danger,
    };
    Badge { tone, text: word(ui, "state-event-", state.as_str()) }
}

/// An event of a list.
pub(crate) fn event_cell(ui: Ui, event: &EventSummary) -> DeskCell {
    let badge = event_badge(ui, event.state);
    let said = [badge.text, ui.when(event.received_at)];
    let error = event.error.as_deref().map(short);
    let said: Vec<Cow<'_, str>> = said.into_iter().map(Cow::Owned).chain(error).collect();
    DeskCell {
        href: format!("/app/desk/events/{}", event.id),
        title: event_title(ui, &event.source),
        note: said.join(" · "),
        tone: badge.tone,
        value: String::new(),
    }
}

/// What came in, in words.
pub(crate) fn event_title(ui: Ui, source: &str) -> String {
    match source {
        outbox::TELEGRAM => ui.s("app-event-telegram").to_owned(),
        crm => ui.with("app-event-crm", "source", crm),
    }
}

/// The facts of an event.
pub(crate) fn event_facts(ui: Ui, shown: &ShownEvent) -> Vec<Fact> {
    let event = &shown.event;
    let waits = event.state == inbox::State::Received;
    let next = waits.then(|| ui.when(event.run_at));
    let done = event.processed_at.filter(|_| !waits).map(|at| ui.when(at));
    let tries = (event.attempts > 0).then(|| event.attempts.to_string());
    let rows = [
        fact(ui, "app-event-came", Some(&ui.when(event.received_at))),
        fact(ui, "app-event-done", done.as_deref()),
        fact(ui, "app-delivery-next", next.as_deref()),
        fact(ui, "app-delivery-tries", tries.as_deref()),
        fact(ui, "app-event-lane", Some(&event.lane)).map(mono),
        fact(ui, "app-delivery-id", Some(event.id.as_str())).map(mono),
    ];
    rows.into_iter().flatten().collect()
}
