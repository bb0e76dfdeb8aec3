//! What staff see: the engineer's jobs, the manager's desk.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Badge, CaseCell, Fact, FileLink, MachineCell, Step},
};

/// The engineer's jobs: now, next, done.
#[derive(Template)]
#[template(path = "jobs.html")]
pub(crate) struct JobsPage {
    pub(crate) ui: Ui,
    pub(crate) groups: Vec<JobGroup>,
}

/// Jobs of one kind of day.
pub(crate) struct JobGroup {
    pub(crate) title: String,
    pub(crate) cases: Vec<CaseCell>,
}

/// One job, with its report while it runs.
#[derive(Template)]
#[template(path = "job.html")]
pub(crate) struct JobPage {
    pub(crate) ui: Ui,
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) badge: Badge,
    pub(crate) kind: String,
    /// That the machine stands; empty when it does not.
    pub(crate) clock: String,
    pub(crate) text: String,
    pub(crate) photos: Vec<FileLink>,
    pub(crate) files: Vec<FileLink>,
    pub(crate) steps: Vec<Step>,
    pub(crate) details: Vec<Fact>,
    pub(crate) machine: Option<MachineCell>,
    /// The machine's plate is put on it here.
    pub(crate) can_bind_plate: bool,
    pub(crate) can_report: bool,
    /// What was reported; empty while the job runs.
    pub(crate) result: Vec<Fact>,
    pub(crate) report: String,
    pub(crate) report_photos: Vec<FileLink>,
    pub(crate) report_files: Vec<FileLink>,
    pub(crate) acts: Vec<Act>,
}

/// What the engineer may do now.
pub(crate) struct Act {
    /// The last part of the address: `accept`, `start`, `pause`, `done`.
    pub(crate) path: &'static str,
    pub(crate) label: String,
    /// The one main act of the screen.
    pub(crate) main: bool,
}

/// The manager's desk.
#[derive(Template)]
#[template(path = "desk.html")]
pub(crate) struct DeskPage {
    pub(crate) ui: Ui,
    pub(crate) waiting: Vec<CaseCell>,
    pub(crate) mine: Vec<CaseCell>,
    /// What colleagues have.
    pub(crate) taken: Vec<CaseCell>,
    /// What the site sent and what looks like a robot's work.
    pub(crate) suspected: Vec<CaseCell>,
}
