//! The delivery desk: what goes out and comes in, and what a person may do about it.

use askama::Template;

use crate::ui::Ui;
use crate::views::parts::{Badge, Event, Fact, Tone};

/// A delivery, an event or a connection as a cell.
pub(crate) struct DeskCell {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) tone: Tone,
    /// At the right: a count, or nothing.
    pub(crate) value: String,
}

impl DeskCell {
    /// What went well has no cloud over it.
    pub(crate) fn icon(&self) -> &'static str {
        match self.tone {
            Tone::Ok => "check",
            _ => "cloud",
        }
    }
}

/// A choice of a filter.
pub(crate) struct Chip {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) on: bool,
}

/// What did not reach the outside, or could not be understood from it; fetched after the desk.
#[derive(Template)]
#[template(path = "troubles.html")]
pub(crate) struct Troubles {
    pub(crate) ui: Ui,
    pub(crate) cells: Vec<DeskCell>,
}

/// Where the goods come from; fetched after the desk.
#[derive(Template)]
#[template(path = "sources.html")]
pub(crate) struct Sources {
    pub(crate) ui: Ui,
    pub(crate) cells: Vec<DeskCell>,
}

/// The list of deliveries.
#[derive(Template)]
#[template(path = "deliveries.html")]
pub(crate) struct DeliveriesPage {
    pub(crate) ui: Ui,
    /// Not there while the list is narrowed to one order or request.
    pub(crate) connections: Vec<DeskCell>,
    pub(crate) states: Vec<Chip>,
    /// What the search holds.
    pub(crate) entity: String,
    /// The connection that the list is narrowed to, by name and in words; and the way back.
    pub(crate) narrowed: Option<(String, String, String)>,
    pub(crate) cells: Vec<DeskCell>,
    /// The address of the next page.
    pub(crate) more: Option<String>,
    pub(crate) export: String,
    /// Given up and may be tried again, where the reader may do that.
    pub(crate) dead: i64,
}

/// One delivery with everything that happened to it.
#[derive(Template)]
#[template(path = "delivery.html")]
pub(crate) struct DeliveryPage {
    pub(crate) ui: Ui,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) badge: Badge,
    pub(crate) facts: Vec<Fact>,
    pub(crate) error: String,
    pub(crate) tries: Vec<Try>,
    pub(crate) acts: Vec<Event>,
    pub(crate) can_retry: bool,
    pub(crate) can_cancel: bool,
}

/// One try with its calls.
pub(crate) struct Try {
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) tone: Tone,
    pub(crate) calls: Vec<Call>,
}

/// One call, raw.
pub(crate) struct Call {
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) note: String,
    pub(crate) tone: Tone,
    pub(crate) request: String,
    pub(crate) response: String,
    /// Both bodies were dropped by age.
    pub(crate) dropped: bool,
}

/// What a delivery or an event would do.
#[derive(Template)]
#[template(path = "plan.html")]
pub(crate) struct PlanPage {
    pub(crate) ui: Ui,
    pub(crate) parent: String,
    pub(crate) lead: String,
    pub(crate) steps: Vec<PlanStep>,
}

/// One thing that would be done.
pub(crate) struct PlanStep {
    pub(crate) title: String,
    pub(crate) fields: Vec<PlanField>,
    pub(crate) text: String,
}

/// One field of it.
pub(crate) struct PlanField {
    pub(crate) label: String,
    pub(crate) was: String,
    pub(crate) value: String,
}

/// The list of inbound events.
#[derive(Template)]
#[template(path = "events.html")]
pub(crate) struct EventsPage {
    pub(crate) ui: Ui,
    pub(crate) states: Vec<Chip>,
    pub(crate) cells: Vec<DeskCell>,
    pub(crate) more: Option<String>,
}

/// One inbound event, raw.
#[derive(Template)]
#[template(path = "event.html")]
pub(crate) struct EventPage {
    pub(crate) ui: Ui,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) badge: Badge,
    pub(crate) facts: Vec<Fact>,
    pub(crate) error: String,
    pub(crate) body: String,
    pub(crate) dropped: bool,
    pub(crate) acts: Vec<Event>,
    pub(crate) can_retry: bool,
}
