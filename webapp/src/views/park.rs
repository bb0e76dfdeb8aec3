//! «Мой парк» and the passport of one machine.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Badge, Choice, Event, Fact, FileLink, MachineCell, Tone},
};

/// The machines of the reader's companies.
#[derive(Template)]
#[template(path = "park.html")]
pub(crate) struct ParkPage {
    pub(crate) ui: Ui,
    /// The company that is looked at, or that all are; empty for who has one.
    pub(crate) looks: String,
    /// What is searched; empty for all.
    pub(crate) query: String,
    /// There are enough machines to search among.
    pub(crate) can_search: bool,
    /// Not known yet: see [`Tiles`].
    pub(crate) cart_count: i64,
    pub(crate) open_orders: i64,
    pub(crate) open_requests: i64,
    /// How many cases wait for the reader as a director.
    pub(crate) decisions: usize,
    pub(crate) attention: Vec<MachineCell>,
    pub(crate) sites: Vec<SiteMachines>,
    /// The address of the next page.
    pub(crate) next: Option<String>,
}

/// The ways on from the park with what is open on each; fetched after the page, which is so quick
/// to come.
#[derive(Template)]
#[template(path = "tiles.html")]
pub(crate) struct Tiles {
    pub(crate) ui: Ui,
    pub(crate) cart_count: i64,
    pub(crate) open_orders: i64,
    pub(crate) open_requests: i64,
}

/// The machines of one place.
pub(crate) struct SiteMachines {
    pub(crate) name: String,
    pub(crate) machines: Vec<MachineCell>,
}

/// The digital passport.
#[derive(Template)]
#[template(path = "passport.html")]
pub(crate) struct PassportPage {
    pub(crate) ui: Ui,
    pub(crate) id: String,
    pub(crate) model: String,
    pub(crate) serial: String,
    pub(crate) name: String,
    pub(crate) site: String,
    pub(crate) photo: Option<String>,
    pub(crate) badges: Vec<Badge>,
    /// «Станок стоит 3 ч», or empty.
    pub(crate) stands: String,
    pub(crate) next: Option<NextMaintenance>,
    pub(crate) hours: String,
    pub(crate) dates: Vec<Fact>,
    /// Whether the warranty holds, in words.
    pub(crate) warranty: String,
    /// The passport as a file.
    pub(crate) pdf: FileLink,
    pub(crate) configuration: String,
    pub(crate) specification: Vec<Fact>,
    pub(crate) documents: Vec<FileLink>,
    pub(crate) timeline: Vec<Event>,
    pub(crate) plate: PlateView,
    /// Staff read the hours, the machine's people note them.
    pub(crate) can_note_hours: bool,
}

/// A machine that the dealer did not sell.
#[derive(Template)]
#[template(path = "claim.html")]
pub(crate) struct ClaimPage {
    pub(crate) ui: Ui,
    pub(crate) models: Vec<Choice>,
    /// It was sent.
    pub(crate) asked: bool,
    /// The machine is known: what was asked for is access.
    pub(crate) access: bool,
}

/// A reading that can hardly be, asked about once more.
#[derive(Template)]
#[template(path = "hours.html")]
pub(crate) struct HoursPage {
    pub(crate) ui: Ui,
    pub(crate) id: String,
    pub(crate) hours: i64,
    pub(crate) doubt: String,
}

/// When the machine is due, and why then.
pub(crate) struct NextMaintenance {
    pub(crate) date: String,
    pub(crate) level: String,
    /// The rule, and what the date was counted from.
    pub(crate) why: Vec<String>,
    pub(crate) tone: Tone,
    /// It waits for an answer.
    pub(crate) is_due: bool,
}

/// A due maintenance and its answers.
#[derive(Template)]
#[template(path = "maintenance.html")]
pub(crate) struct DuePage {
    pub(crate) ui: Ui,
    /// The machine's.
    pub(crate) id: String,
    pub(crate) machine: String,
    pub(crate) date: String,
    pub(crate) level: String,
    pub(crate) tone: Tone,
    /// The kit with its sum; empty where the catalogue has none.
    pub(crate) kit: String,
    pub(crate) kit_parts: String,
    pub(crate) later: Vec<Choice>,
}

/// The plate's address and its code, drawn by us.
pub(crate) struct PlateView {
    pub(crate) url: String,
    pub(crate) picture: String,
}
