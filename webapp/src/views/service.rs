//! Service: the form, the requests, one request.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Badge, CaseCell, Choice, Fact, FileLink, MachineCell, Step},
};

/// The call for service.
#[derive(Template)]
#[template(path = "service.html")]
pub(crate) struct ServicePage {
    pub(crate) ui: Ui,
    pub(crate) client_key: String,
    pub(crate) machines: Vec<Choice>,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) machine_down: bool,
    pub(crate) text: String,
}

/// The reader's requests.
#[derive(Template)]
#[template(path = "requests.html")]
pub(crate) struct RequestsPage {
    pub(crate) ui: Ui,
    pub(crate) open: Vec<CaseCell>,
    pub(crate) past: Vec<CaseCell>,
}

/// One request, as its customer or a manager sees it.
#[derive(Template)]
#[template(path = "request.html")]
pub(crate) struct RequestPage {
    pub(crate) ui: Ui,
    /// Where the way up leads: the customer's list or the desk.
    pub(crate) parent: &'static str,
    pub(crate) number: String,
    pub(crate) opened_at: String,
    pub(crate) badge: Badge,
    pub(crate) kind: String,
    /// How long the machine has stood; empty when it does not.
    pub(crate) clock: String,
    pub(crate) steps: Vec<Step>,
    pub(crate) machine: Option<MachineCell>,
    /// For managers: who asks.
    pub(crate) contact: Vec<Fact>,
    pub(crate) text: String,
    pub(crate) photos: Vec<FileLink>,
    pub(crate) files: Vec<FileLink>,
    /// What the engineer reported; empty until then.
    pub(crate) report: String,
    pub(crate) report_photos: Vec<FileLink>,
    pub(crate) report_files: Vec<FileLink>,
    /// For managers: the choice of engineers is fetched after the page.
    pub(crate) can_assign: bool,
    pub(crate) can_withdraw: bool,
    pub(crate) can_confirm: bool,
    pub(crate) can_take: bool,
}

/// Whom a manager may send.
#[derive(Template)]
#[template(path = "engineers.html")]
pub(crate) struct Engineers {
    pub(crate) ui: Ui,
    pub(crate) number: String,
    pub(crate) engineers: Vec<Choice>,
}
