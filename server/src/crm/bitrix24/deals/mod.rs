//! What we tell the portal: deals and leads with their people, files, comments and rows.

pub(crate) mod account;
pub(crate) mod compose;
mod contact;
mod disk;
mod echo;
mod feed;
mod files;
mod firm;
pub(crate) mod items;
mod leads;
pub(crate) mod moves;
mod probe;
pub(crate) mod rows;
