//! What a story to an account consists of: whom it is about, where it hangs, what is found there.

use domain::files::StoredFile;

use crate::worker::policy::Look;

/// A story that is being told to an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling<'a> {
    /// What it is about: `order:…`, `request:…`.
    pub(crate) entity: &'a str,
    /// Whether an earlier try may have done a part of it.
    pub(crate) look: Look,
}

/// What a note or a file hangs on there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A deal.
    Deal(i64),
    /// A lead, where the CRM has such a thing beside deals.
    Lead(i64),
    /// A contact.
    Contact(i64),
}

/// Files that belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bundle<'a> {
    /// Whose they are here: `request:…`.
    pub(crate) owner: &'a str,
    /// Our number of the case, which people read.
    pub(crate) number: &'a str,
    /// They themselves; at least one.
    pub(crate) files: &'a [StoredFile],
}

/// A contact that is there.
#[derive(Clone, Debug)]
pub(crate) struct Found<C> {
    /// Its id.
    pub(crate) id: i64,
    /// Whether it belongs to a company already.
    pub(crate) employed: bool,
    /// As the account told it.
    pub(crate) contact: C,
}
