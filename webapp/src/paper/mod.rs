//! What is printed: plates in sheets, passports. Drawn by us, for a page and for the command line.

pub(crate) mod passport;
pub mod pdf;
pub(crate) mod qr;
pub mod sheet;
