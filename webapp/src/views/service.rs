//! Service: the form, the requests, one request.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Badge, CaseCell, Choice, Fact, FileLink, MachineCell, Message, Step},
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
    pub(crate) alarm: String,
    pub(crate) symptoms: Vec<Choice>,
    /// Which photos are needed: for which kind, and in words.
    pub(crate) photos: Vec<(String, String)>,
    /// For which kinds a part of the form is shown, as `data-when` reads it.
    pub(crate) asks_alarm: String,
    pub(crate) asks_down: String,
    pub(crate) asks_photos: String,
    /// When the form was begun before; empty when it is new.
    pub(crate) kept_at: String,
    pub(crate) kept_machine: String,
    /// Files that have arrived before, as JSON for the script.
    pub(crate) kept: String,
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
    pub(crate) talk: Talk,
}

/// What the reader of a request may say about it besides.
pub(crate) struct Talk {
    /// The request's address behind the reader's door.
    pub(crate) base: String,
    pub(crate) client_key: String,
    /// The reader is its customer.
    pub(crate) own: bool,
    /// The times of a visit between which the customer is to choose.
    pub(crate) windows: Vec<Choice>,
    /// The one that they chose; empty until then.
    pub(crate) visit: String,
    pub(crate) can_offer: bool,
    /// The dealer's date, as fields take it.
    pub(crate) today: String,
    pub(crate) can_rate: bool,
    /// There are stars without a word to them.
    pub(crate) can_comment: bool,
    /// The stars that were given; empty until then.
    pub(crate) rated: String,
    pub(crate) comment: String,
}

/// The thread of a request, fetched after its page; or what is new in it.
#[derive(Template)]
#[template(path = "thread.html")]
pub(crate) struct ThreadPart {
    pub(crate) ui: Ui,
    /// The request's address behind the reader's door.
    pub(crate) base: String,
    /// What the reader has with it.
    pub(crate) mark: String,
    /// Not only what is new.
    pub(crate) whole: bool,
    pub(crate) messages: Vec<Message>,
}

/// Whom a manager may send.
#[derive(Template)]
#[template(path = "engineers.html")]
pub(crate) struct Engineers {
    pub(crate) ui: Ui,
    pub(crate) number: String,
    pub(crate) engineers: Vec<Choice>,
}
