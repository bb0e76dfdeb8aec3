//! What a manager must decide: both histories side by side.

use askama::Template;

use crate::assets::Assets;
use crate::ui::Ui;
use crate::views::parts::{Badge, CaseCell, Event, Fact};

/// Everything that waits for the reader's decision.
#[derive(Template)]
#[template(path = "approvals.html")]
pub(crate) struct ApprovalsPage {
    pub(crate) ui: Ui,
    pub(crate) parent: &'static str,
    /// What they decide as a director of their company.
    pub(crate) mine: Vec<CaseCell>,
    pub(crate) cases: Vec<ApprovalView>,
    /// What stands where there is nothing.
    pub(crate) empty: String,
}

/// One case before a director of the company.
#[derive(Template)]
#[template(path = "decision.html")]
pub(crate) struct DecisionPage {
    pub(crate) ui: Ui,
    pub(crate) id: String,
    pub(crate) version: i64,
    /// What kind of thing is asked.
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) badge: Badge,
    /// How it ended; empty while it is open.
    pub(crate) ended: String,
    pub(crate) reason: String,
    pub(crate) words: String,
    pub(crate) facts: Vec<Fact>,
    /// What is ordered.
    pub(crate) lines: Vec<Fact>,
    pub(crate) open: bool,
}

/// The page behind a one-time link: a document of its own, without a script.
#[derive(Template)]
#[template(path = "approve.html")]
pub(crate) struct ApprovePage<'a> {
    pub(crate) ui: Ui,
    pub(crate) lang: &'static str,
    pub(crate) assets: &'a Assets,
    pub(crate) title: String,
    /// What kind of thing is asked.
    pub(crate) kind: String,
    /// What became of an answer, or why it does not count.
    pub(crate) note: String,
    pub(crate) words: String,
    pub(crate) facts: Vec<Fact>,
    /// Whether an answer may be given.
    pub(crate) open: bool,
    pub(crate) action: String,
    /// Word, label, and whether it refuses.
    pub(crate) answers: [(&'static str, String, bool); 3],
}

/// How many wait, on the desk; fetched after it.
#[derive(Template)]
#[template(path = "approvals_waiting.html")]
pub(crate) struct ApprovalsWaiting {
    pub(crate) ui: Ui,
    pub(crate) count: i64,
}

/// One case.
pub(crate) struct ApprovalView {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) asked_at: String,
    pub(crate) rows: Vec<Versus>,
    /// The deal that the claim comes from.
    pub(crate) source: String,
    /// The address of the machine's passport.
    pub(crate) passport: String,
    pub(crate) history: Vec<Event>,
    pub(crate) decisions: Vec<DecisionButton>,
}

/// What the deal says of one thing, and what we know.
pub(crate) struct Versus {
    pub(crate) label: String,
    pub(crate) deal: String,
    pub(crate) ours: String,
    /// A code, in a monospace face.
    pub(crate) mono: bool,
}

impl Versus {
    /// Whether the two disagree.
    pub(crate) fn differs(&self) -> bool {
        self.deal != self.ours
    }
}

/// One way to decide.
pub(crate) struct DecisionButton {
    pub(crate) word: &'static str,
    pub(crate) label: String,
    /// What follows from it.
    pub(crate) ask: String,
    /// Whether it refuses.
    pub(crate) refuses: bool,
}
