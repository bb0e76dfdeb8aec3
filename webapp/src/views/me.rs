//! The reader's own.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Choice, Fact},
};

/// Who they are to us, what they agreed to.
#[derive(Template)]
#[template(path = "me.html")]
pub(crate) struct MePage {
    pub(crate) ui: Ui,
    pub(crate) known: Vec<Fact>,
    /// To which text they agreed, when and how; empty where nothing is known.
    pub(crate) consent: String,
    /// The text has changed since.
    pub(crate) due: bool,
}

/// What the reader wants to hear in the chat, and when not.
#[derive(Template)]
#[template(path = "notifications.html")]
pub(crate) struct NotificationsPage {
    pub(crate) ui: Ui,
    /// The page that it is a part of.
    pub(crate) parent: &'static str,
    /// What can be switched off, by its name in the form; empty for staff.
    pub(crate) kinds: Vec<(&'static str, Choice)>,
    /// When quiet hours begin, as `HH:MM`; empty without them.
    pub(crate) quiet_from: String,
    /// When they end.
    pub(crate) quiet_to: String,
    /// Whether the reader is one of the staff.
    pub(crate) staff: bool,
}
