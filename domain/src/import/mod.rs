//! Repeatable import of what the dealer keeps in tables: models, parts, machines.
//!
//! A second run of the same file changes nothing. A column that the file does not have leaves what
//! is stored; an empty cell empties it. What a file does not name stays as it is: nothing is ever
//! deleted. A dry run is a transaction that the caller does not commit; of parts, it is a
//! [`crate::catalogue::Plan`] that nobody writes.

mod machines;
mod models;
mod parts;
mod sheet;
mod yml;

pub use crate::catalogue::{Place, Report};
pub use machines::machines;
pub use models::models;
pub use parts::{parts, parts_csv};
pub use yml::parts_yml;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
