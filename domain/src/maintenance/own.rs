//! «Сделали сами»: the customer's own people did a maintenance. Machine, plan, managers and CRM
//! move together.

use std::collections::BTreeSet;

use chrono::{DateTime, Months, NaiveDate, Utc};

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::files::{self, Accepted, MAX_FILES, StoredFile};
use crate::ids::{CustomerId, OccurrenceId};
use crate::machines::{self, MAX_HOURS, MachineSummary};
use crate::maintenance::reminder::{Answerable, answerable};
use crate::maintenance::{self, Occurrence};
use crate::outbox::{self, Message, Notice};
use crate::text::{Phone, clean};
use crate::texts::{Lang, Texts};
use crate::{Dealer, Error, Result, notices, staff};

/// The most running hours between two readings: more than two years around the clock. What is
/// above is a slip of the finger.
const MAX_GROWTH: i64 = 20_000;

/// The most that the note may hold, in characters.
const MAX_NOTE: usize = 4000;

/// What the customer's people tell, as it came: checked inside.
#[derive(Clone, Debug, Default)]
pub struct DoneOurselves {
    /// Running hours as read.
    pub hours: Option<i64>,
    /// What was done, in their words; may be empty.
    pub note: String,
    /// Photos and documents, already on disk.
    pub files: Vec<Accepted>,
}

/// A maintenance that the customer's people did, with what managers and a CRM are told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnMaintenance {
    /// Which one.
    pub occurrence: Occurrence,
    /// Of which machine.
    pub machine: MachineSummary,
    /// Who told us, and what.
    pub told: Told,
    /// Photos and documents, in the order of sending.
    pub files: Vec<StoredFile>,
}

/// What was told of a maintenance, and by whom.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Told {
    /// The person.
    pub customer_id: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Their phone.
    pub phone: Option<Phone>,
    /// Running hours as read.
    pub hours: Option<i64>,
    /// What was done, in their words; may be empty.
    pub note: String,
    /// The next maintenance by the model's months; `None` where the model has none.
    pub next_maintenance_on: Option<NaiveDate>,
    /// When they told us.
    pub done_at: DateTime<Utc>,
}

/// Ends a due maintenance in one transaction: nobody is reminded of it any more, the machine has
/// the hours and its next date, the managers and the CRMs are told. Answers the next date; `None`
/// where the model has no months to count by, and then the machine has no date.
///
/// # Errors
/// Another's maintenance is `NotFound`; a conflict is `maintenance_done` when somebody was first
/// and `maintenance_moved` when the machine has another date by now; `Invalid` names the field
/// `hours`, `note` or `files`.
pub async fn done_ourselves(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    id: &OccurrenceId,
    told: &DoneOurselves,
) -> Result<Option<NaiveDate>> {
    let due = answerable(tx, customer, id).await?;
    if let Some(hours) = told.hours {
        plausible(d, &due, hours)?;
    }
    let note = clean(&told.note, usize::MAX).unwrap_or_default();
    if note.chars().count() > MAX_NOTE {
        return Err(Error::invalid("note", "error-too-long"));
    }
    if told.files.len() > MAX_FILES {
        return Err(Error::invalid("files", "error-files-many"));
    }
    let closed =
        execute!(tx, "update occurrences set state = 'done' where id = $1 and state = 'open'", id)?;
    if closed == 0 {
        return Err(Error::Conflict("maintenance_done"));
    }
    let now = d.clock.now();
    let next = next_date(d, &due);
    execute!(
        tx,
        "insert into own_maintenances (occurrence_id, customer_id, hours, note,
                                       next_maintenance_on, done_at)
         values ($1, $2, $3, $4, $5, $6)",
        id,
        customer,
        told.hours,
        &note,
        next,
        now
    )?;
    files::attach(tx, &owner(id), &told.files, now).await?;
    write_machine(tx, d, &due, id, (told.hours, &note, next)).await?;
    promise(tx, d, id).await?;
    Ok(next)
}

/// Whether a machine of the customer may have run so many hours, before all of it is told.
///
/// # Errors
/// As [`done_ourselves`] would answer.
pub async fn check_hours(
    db: &mut impl Executor,
    d: &Dealer,
    customer: &CustomerId,
    id: &OccurrenceId,
    hours: i64,
) -> Result<()> {
    plausible(d, &answerable(db, customer, id).await?, hours)
}

/// What was told of a maintenance that the customer's people did, for workers and staff; any other
/// is [`Error::NotFound`].
pub async fn own(db: &mut impl Executor, id: &OccurrenceId) -> Result<OwnMaintenance> {
    let told = fetch_optional!(
        db,
        Told,
        "select own.customer_id, c.name as customer_name, c.phone, own.hours, own.note,
                own.next_maintenance_on, own.done_at
           from own_maintenances own
           join customers c on c.id = own.customer_id
          where own.occurrence_id = $1",
        id
    )?
    .ok_or(Error::NotFound)?;
    let (occurrence, machine) = maintenance::load(db, id).await?;
    let files = files::of(db, &owner(id)).await?;
    Ok(OwnMaintenance { occurrence, machine, told, files })
}

/// Hours never go back, do not leap, and no machine has run longer than it exists.
fn plausible(d: &Dealer, due: &Answerable, hours: i64) -> Result<()> {
    if !(0..=MAX_HOURS).contains(&hours) {
        return Err(Error::invalid("hours", "error-number"));
    }
    if due.known_hours.is_some_and(|known| hours < known) {
        return Err(Error::invalid("hours", "error-hours-back"));
    }
    let leaps = due.known_hours.is_some_and(|known| hours - known > MAX_GROWTH);
    let age = due.made_on.map(|made| (d.today() - made).num_days().max(0) + 1);
    if leaps || age.is_some_and(|days| hours > days * 24) {
        return Err(Error::invalid("hours", "error-hours-many"));
    }
    Ok(())
}

fn next_date(d: &Dealer, due: &Answerable) -> Option<NaiveDate> {
    let months = u32::try_from(due.maintenance_months?).ok().filter(|months| *months > 0)?;
    d.today().checked_add_months(Months::new(months))
}

/// The machine's hours, next date and history.
async fn write_machine(
    tx: &mut Tx,
    d: &Dealer,
    due: &Answerable,
    id: &OccurrenceId,
    (hours, note, next): (Option<i64>, &str, Option<NaiveDate>),
) -> Result<()> {
    let now = d.clock.now();
    execute!(
        tx,
        "update machine_instances
            set hours = coalesce($2, hours), next_maintenance_on = $3, updated_at = $4,
                hours_at = case when coalesce($2, -1) < 0 then hours_at else $4 end
          where id = $1",
        &due.machine_id,
        hours,
        next,
        now
    )?;
    machines::plan_changed(tx, d, &due.machine_id).await?;
    let title = Texts::of(Lang::Ru).get("timeline-own-maintenance");
    let first_line: String = note.lines().next().unwrap_or_default().chars().take(160).collect();
    let title =
        if first_line.is_empty() { title.to_owned() } else { format!("{title} · {first_line}") };
    machines::add_timeline(tx, &due.machine_id, now, "own_maintenance", &title, Some(&owner(id)))
        .await
}

/// Managers hear of it, and every CRM that hears of maintenance: what the reminder made there is
/// closed, in order after it.
async fn promise(tx: &mut Tx, d: &Dealer, id: &OccurrenceId) -> Result<()> {
    let now = d.clock.now();
    let connections: BTreeSet<&String> =
        d.routes.reminders.iter().chain(&d.routes.requests).collect();
    for connection in connections {
        let message = Message::CrmMaintenanceDone { occurrence: id.clone() };
        let once = format!("{}:done:{connection}", owner(id));
        outbox::enqueue(tx, now, connection, &owner(id), &message, &once).await?;
    }
    for manager in staff::managers(tx).await? {
        let notice = Notice::MaintenanceDone { occurrence: id.clone() };
        notices::to_staff(tx, d, manager, notice, &format!("maintenance-done:{id}")).await?;
    }
    Ok(())
}

/// Whose files and history it is, and what the outbox keeps in order.
fn owner(id: &OccurrenceId) -> String {
    format!("occurrence:{id}")
}
