//! The companies of a customer.

use askama::Template;

use crate::ui::Ui;
use crate::views::parts::{Badge, Choice};

/// What the reader belongs to, which of it they look at, and the form to belong to another.
#[derive(Template)]
#[template(path = "company.html")]
pub(crate) struct CompanyPage {
    pub(crate) ui: Ui,
    /// How many cases wait for the reader as a director.
    pub(crate) decisions: usize,
    pub(crate) memberships: Vec<MembershipCell>,
    /// All of them, and each; empty for who has one.
    pub(crate) looks: Vec<Choice>,
    pub(crate) roles: Vec<Choice>,
}

/// One membership.
pub(crate) struct MembershipCell {
    /// Empty while it does not count.
    pub(crate) href: String,
    pub(crate) name: String,
    /// What they do there, and their limit.
    pub(crate) note: String,
    pub(crate) badge: Badge,
}

/// One company with its people.
#[derive(Template)]
#[template(path = "colleagues.html")]
pub(crate) struct ColleaguesPage {
    pub(crate) ui: Ui,
    pub(crate) id: String,
    pub(crate) name: String,
    /// The director offers it to the reader.
    pub(crate) offered: bool,
    pub(crate) people: Vec<ColleagueCell>,
    /// The reader is a director of it.
    pub(crate) directs: bool,
    pub(crate) invites: Vec<InviteCell>,
    /// The link that was just made; it is shown once.
    pub(crate) link: String,
    /// Where Telegram asks whom to send it to.
    pub(crate) share: String,
    pub(crate) roles: Vec<Choice>,
    /// To whom the company may be passed on.
    pub(crate) heirs: Vec<Choice>,
}

/// Somebody of the company.
pub(crate) struct ColleagueCell {
    pub(crate) name: String,
    /// What they do there, their limit, whether it counts yet.
    pub(crate) note: String,
}

/// A link that waits.
pub(crate) struct InviteCell {
    pub(crate) id: String,
    /// For whom.
    pub(crate) name: String,
    /// As what, and until when.
    pub(crate) note: String,
}
