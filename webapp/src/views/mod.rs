//! What each page shows, as plain data: the templates know neither the domain nor the database.

pub(crate) mod approvals;
pub(crate) mod cart;
pub(crate) mod catalogue;
pub(crate) mod company;
pub(crate) mod deliveries;
pub(crate) mod leads;
pub(crate) mod me;
pub(crate) mod orders;
pub(crate) mod park;
pub(crate) mod parts;
pub(crate) mod plates;
pub(crate) mod service;
pub(crate) mod shell;
pub(crate) mod work;

/// What the file chooser offers; the server judges by content.
pub(crate) const FILE_KINDS: &str = ".pdf,.doc,.docx,.xls,.xlsx,.jpg,.jpeg,.png,.gif,.txt,image/jpeg,image/png,image/gif,audio/*,video/mp4,video/quicktime,video/webm";
