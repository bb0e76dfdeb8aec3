//! Repeatable import of what the dealer keeps in tables: models, parts, machines.
//!
//! A second run of the same file changes nothing. A column that the file does not have leaves what
//! is stored; an empty cell empties it. What a file does not name stays as it is: nothing is ever
//! deleted. A dry run is a transaction that the caller does not commit.

mod machines;
mod models;
mod parts;
mod sheet;

use crate::text::FieldFault;
use crate::{Error, Result};

pub use machines::machines;
pub use models::models;
pub use parts::parts;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Rows that were new.
    pub created: usize,
    /// Rows that brought something new.
    pub changed: usize,
    /// Rows that said what was known.
    pub unchanged: usize,
    /// Lines that could not be taken: the line's number in the file, the column and the key of the
    /// sentence that says why.
    pub refused: Vec<(usize, FieldFault)>,
}

/// What one line did.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Created,
    Changed,
    Unchanged,
}

impl Report {
    /// Counts a line; only what the line cannot be blamed for goes on as an error.
    fn note(&mut self, line: usize, outcome: Result<Change>) -> Result<()> {
        match outcome {
            Ok(Change::Created) => self.created += 1,
            Ok(Change::Changed) => self.changed += 1,
            Ok(Change::Unchanged) => self.unchanged += 1,
            Err(Error::Invalid(fault)) => self.refused.push((line, fault)),
            Err(other) => return Err(other),
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
