//! What a run did, or would do.

use serde::{Deserialize, Serialize};

use crate::catalogue::Place;
use crate::text::FieldFault;
use crate::{Error, Result};

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What was new.
    pub created: usize,
    /// What was known and is different now.
    pub changed: usize,
    /// What was known and is the same.
    pub unchanged: usize,
    /// What is no longer sold: the source said so, or no longer names it.
    #[serde(default)]
    pub switched_off: usize,
    /// What could not be taken: where it stands, the field and the key of the sentence that says why.
    #[serde(skip)]
    pub refused: Vec<(Place, FieldFault)>,
}

/// What became of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was new.
    Created,
    /// It brought something new.
    Changed,
    /// It said what was known.
    Unchanged,
    /// It is no longer sold.
    SwitchedOff,
}

impl Report {
    /// Counts a row; only what the row cannot be blamed for goes on as an error.
    ///
    /// # Errors
    /// Anything but [`Error::Invalid`].
    pub fn note(&mut self, place: Place, outcome: Result<Change>) -> Result<()> {
        match outcome {
            Ok(Change::Created) => self.created += 1,
            Ok(Change::Changed) => self.changed += 1,
            Ok(Change::Unchanged) => self.unchanged += 1,
            Ok(Change::SwitchedOff) => self.switched_off += 1,
            Err(Error::Invalid(fault)) => self.refused.push((place, fault)),
            Err(other) => return Err(other),
        }
        Ok(())
    }
}
