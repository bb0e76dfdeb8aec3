//! A due maintenance as the person sees it who is reminded of it, and who may answer.

use chrono::NaiveDate;

use crate::db::{Executor, fetch_optional};
use crate::ids::{CustomerId, MachineId, OccurrenceId};
use crate::machines::scope::machine_is_of;
use crate::machines::{self, MachineSummary};
use crate::maintenance::{self, Kit, Occurrence, State};
use crate::{Error, Result};

/// What a reminder says.
#[derive(Clone, Debug, PartialEq)]
pub struct Reminder {
    /// What is due.
    pub occurrence: Occurrence,
    /// Of which machine.
    pub machine: MachineSummary,
    /// What the maintenance takes, where the catalogue has a kit for the model.
    pub kit: Option<Kit>,
}

/// A maintenance that waits for its answer, and what the answers depend on.
#[derive(sqlx::FromRow)]
pub(super) struct Answerable {
    pub(super) machine_id: MachineId,
    pub(super) due_on: NaiveDate,
    state: State,
    planned_on: Option<NaiveDate>,
    pub(super) known_hours: Option<i64>,
    pub(super) made_on: Option<NaiveDate>,
    pub(super) maintenance_months: Option<i64>,
}

/// The reminder of one of the customer's machines; another's is [`Error::NotFound`]. A machine that
/// has another date by now shows as [`State::Superseded`], also before the next round of reminding.
pub async fn reminder(
    db: &mut impl Executor,
    customer: &CustomerId,
    id: &OccurrenceId,
) -> Result<Reminder> {
    let found = find(db, customer, id).await?.ok_or(Error::NotFound)?;
    let machine = machines::find(db, &found.machine_id).await?.ok_or(Error::NotFound)?;
    let kit = match found.standing() {
        State::Open => maintenance::kit(db, &machine.id).await?,
        State::Done | State::Superseded => None,
    };
    let occurrence = Occurrence {
        id: id.clone(),
        state: found.standing(),
        due_on: found.due_on,
        machine_id: found.machine_id,
    };
    Ok(Reminder { occurrence, machine, kit })
}

/// The reminder of what is due next on a machine of the customer; another's, and where nothing is, is
/// [`Error::NotFound`].
pub async fn reminder_of(
    db: &mut impl Executor,
    customer: &CustomerId,
    machine: &MachineId,
) -> Result<Reminder> {
    let due = fetch_optional!(
        db,
        (OccurrenceId, NaiveDate),
        concat!(
            "select o.id, o.due_on
           from occurrences o
           join machine_instances m on m.id = o.machine_id
          where o.machine_id = $2 and o.state = 'open' and o.due_on = m.next_maintenance_on
            and ",
            machine_is_of!("$1")
        ),
        customer,
        machine
    )?;
    let (id, due_on) = due.ok_or(Error::NotFound)?;
    let machine = machines::find(db, machine).await?.ok_or(Error::NotFound)?;
    let kit = maintenance::kit(db, &machine.id).await?;
    let occurrence = Occurrence { id, machine_id: machine.id.clone(), due_on, state: State::Open };
    Ok(Reminder { occurrence, machine, kit })
}

impl Reminder {
    /// The same, while the maintenance waits for an answer.
    ///
    /// # Errors
    /// A conflict is `maintenance_done` after somebody did it, and `maintenance_moved` when the
    /// machine has another date by now.
    pub fn waiting(self) -> Result<Reminder> {
        waits(self.occurrence.state)?;
        Ok(self)
    }
}

/// The customer's maintenance while it waits to be done.
///
/// # Errors
/// Another's is `NotFound`; a conflict is `maintenance_done` after somebody did it, and
/// `maintenance_moved` when the machine has another date by now.
pub(super) async fn answerable(
    db: &mut impl Executor,
    customer: &CustomerId,
    id: &OccurrenceId,
) -> Result<Answerable> {
    let found = find(db, customer, id).await?.ok_or(Error::NotFound)?;
    waits(found.standing())?;
    Ok(found)
}

fn waits(state: State) -> Result<()> {
    match state {
        State::Open => Ok(()),
        State::Done => Err(Error::Conflict("maintenance_done")),
        State::Superseded => Err(Error::Conflict("maintenance_moved")),
    }
}

async fn find(
    db: &mut impl Executor,
    customer: &CustomerId,
    id: &OccurrenceId,
) -> Result<Option<Answerable>> {
    Ok(fetch_optional!(
        db,
        Answerable,
        concat!(
            "select o.machine_id, o.due_on, o.state, m.next_maintenance_on as planned_on,
                m.hours as known_hours, m.made_on, model.maintenance_months
           from occurrences o
           join machine_instances m on m.id = o.machine_id
           join machine_models model on model.id = m.model_id
          where o.id = $2 and ",
            machine_is_of!("$1")
        ),
        customer,
        id
    )?)
}

impl Answerable {
    fn standing(&self) -> State {
        match self.state {
            State::Open if self.planned_on != Some(self.due_on) => State::Superseded,
            state => state,
        }
    }
}
