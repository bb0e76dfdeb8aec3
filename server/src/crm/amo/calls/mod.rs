//! The calls that we make: one method each, the bodies that they send, and how they can fail.

mod catalogue;
pub mod client;
pub(super) mod drive;
pub mod error;
pub mod fields;
mod people;
pub(super) mod transport;
pub mod write;

#[cfg(test)]
mod tests;
