//! What maintenance is due, and who is reminded: each machine, person and step once. A reminder has
//! four answers: a visit (a [`crate::requests`]), the [`kit`], [`done_ourselves`], [`later()`].

use chrono::NaiveDate;
use serde::Serialize;

use crate::db::{Executor, fetch_optional};
use crate::ids::{MachineId, OccurrenceId};
use crate::machines::{self, MachineSummary};
use crate::{Error, Result};

mod asked;
mod kit;
mod ladder;
mod later;
mod own;
mod reminder;
mod tick;
mod visit;

pub use kit::*;
pub use later::*;
pub use own::*;
pub use reminder::*;
pub use tick::tick;
pub use visit::book;

/// Where a due maintenance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// It is to be done.
    Open,
    /// A visit did it, or the customer's own people.
    Done,
    /// The machine's date was moved: another one stands for it.
    Superseded,
}

/// A maintenance of a machine on a date.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Occurrence {
    /// Its id.
    pub id: OccurrenceId,
    /// Which machine.
    pub machine_id: MachineId,
    /// The date.
    pub due_on: NaiveDate,
    /// Where it stands.
    pub state: State,
}

/// A due maintenance and its machine, for workers.
pub async fn load(
    db: &mut impl Executor,
    id: &OccurrenceId,
) -> Result<(Occurrence, MachineSummary)> {
    let occurrence = fetch_optional!(
        db,
        Occurrence,
        "select id, machine_id, due_on, state from occurrences where id = $1",
        id
    )?
    .ok_or(Error::NotFound)?;
    let machine = machines::find(db, &occurrence.machine_id).await?.ok_or(Error::NotFound)?;
    Ok((occurrence, machine))
}

#[cfg(test)]
mod tests;
