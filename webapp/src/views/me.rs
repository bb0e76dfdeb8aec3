//! The reader's own.

use askama::Template;

use crate::{ui::Ui, views::parts::Fact};

/// Who they are to us, where they belong, what they agreed to.
#[derive(Template)]
#[template(path = "me.html")]
pub(crate) struct MePage {
    pub(crate) ui: Ui,
    pub(crate) known: Vec<Fact>,
    pub(crate) companies: Vec<CompanyView>,
    /// To which text they agreed, when and how; empty where nothing is known.
    pub(crate) consent: String,
    /// The text has changed since.
    pub(crate) due: bool,
}

/// A company of theirs.
pub(crate) struct CompanyView {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Their role, and how many machines it has.
    pub(crate) note: String,
}
