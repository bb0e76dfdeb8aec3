//! Site leads, as managers see them.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Badge, Fact, FileLink},
};

/// One lead with everything that was sent, newest first.
#[derive(Template)]
#[template(path = "lead.html")]
pub(crate) struct LeadPage {
    pub(crate) ui: Ui,
    pub(crate) number: String,
    pub(crate) opened_at: String,
    pub(crate) badge: Badge,
    pub(crate) contact: Vec<Fact>,
    pub(crate) touches: Vec<TouchView>,
    pub(crate) can_take: bool,
    pub(crate) can_end: bool,
    pub(crate) suspected: bool,
}

/// What a person reads whose browser posted a form of the site by itself. It stands alone: nothing of
/// the Mini App is loaded.
#[derive(Template)]
#[template(path = "sent.html")]
pub(crate) struct SentPage<'a> {
    pub(crate) ui: Ui,
    pub(crate) title: &'a str,
    pub(crate) text: String,
    pub(crate) number: Option<&'a str>,
    /// The page of the site that they came from.
    pub(crate) back: Option<&'a str>,
}

/// One form that was sent.
pub(crate) struct TouchView {
    pub(crate) at: String,
    pub(crate) message: String,
    /// Why it looks like a robot's work; empty when it does not.
    pub(crate) suspicion: String,
    /// Page, tracking, unknown fields.
    pub(crate) facts: Vec<Fact>,
    pub(crate) photos: Vec<FileLink>,
    pub(crate) files: Vec<FileLink>,
}
