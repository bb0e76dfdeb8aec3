//! The companies of a customer.

use askama::Template;

use crate::ui::Ui;
use crate::views::parts::{Badge, Choice};

/// What the reader belongs to, and the form to belong to another.
#[derive(Template)]
#[template(path = "company.html")]
pub(crate) struct CompanyPage {
    pub(crate) ui: Ui,
    /// How many cases wait for the reader as a director.
    pub(crate) decisions: usize,
    pub(crate) memberships: Vec<MembershipCell>,
    pub(crate) roles: Vec<Choice>,
}

/// One membership.
pub(crate) struct MembershipCell {
    pub(crate) name: String,
    /// What they do there, and their limit.
    pub(crate) note: String,
    pub(crate) badge: Badge,
}
