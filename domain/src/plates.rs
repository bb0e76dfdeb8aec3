//! Plates: a code on a machine whose address never changes. It opens the passport for the machine's
//! people; anybody else sees what is public and may say that the machine stands.
//!
//! There are two kinds of address. A printed plate's [`Code`] is a row, blank until it is bound to a
//! machine; a machine's own id needs no row and is what its passport shows.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::db::{Db, Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{MachineId, WorkOrderId};
use crate::staff::Staff;
use crate::{Dealer, Error, Result, machines, work_orders};

mod access;
mod code;
mod help;

pub use access::ask_access;
pub(crate) use access::{asker, let_in, settle};
pub use code::Code;
pub use help::{Call, MAX_PHOTOS, call};

/// How long it is kept who looked at a plate.
const SCANS_KEPT: TimeDelta = TimeDelta::days(365);
/// The most plates of one batch.
pub const MAX_BATCH: usize = 1000;

/// A plate that was scanned or typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plate {
    /// As addresses bear it.
    pub code: String,
    /// The machine that it is on; none while it is blank.
    pub machine: Option<MachineId>,
}

/// What anybody may know of the machine behind a plate.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Face {
    /// The model's name.
    pub model: String,
    /// Who makes it.
    pub maker: String,
    /// What kind of machine it is.
    pub category: String,
    /// Its picture, a name among the pictures of the catalogue.
    pub photo: Option<String>,
}

/// A printed plate, for those who print them.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Printed {
    /// Its code.
    pub code: String,
    /// The batch that it was made in.
    pub batch: String,
    /// The serial of the machine that it is on.
    pub serial: Option<String>,
    /// That machine's model.
    pub model: Option<String>,
    /// When it was bound.
    pub bound_at: Option<DateTime<Utc>>,
    /// When it was last looked at.
    pub seen_at: Option<DateTime<Utc>>,
}

/// A batch of plates.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Batch {
    /// Its name.
    pub batch: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// How many plates it has.
    pub plates: i64,
    /// How many of them are on a machine.
    pub bound: i64,
}

/// The plate with this address; what no plate has ever borne is none.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &mut impl Executor, address: &str) -> Result<Option<Plate>> {
    if is_machine_id(address) {
        let id = MachineId::from(address);
        let found = fetch_optional!(
            db,
            (MachineId,),
            "select id from machine_instances where id = $1",
            &id
        )?;
        return Ok(found.map(|(id,)| Plate { code: id.to_string(), machine: Some(id) }));
    }
    let Some(code) = Code::parse(address) else { return Ok(None) };
    let found = fetch_optional!(
        db,
        (String, Option<MachineId>),
        "select code, machine_id from plates where code = $1",
        code.as_str()
    )?;
    Ok(found.map(|(code, machine)| Plate { code, machine }))
}

/// What anybody may know of a machine.
///
/// # Errors
/// `NotFound`.
pub async fn face(db: &mut impl Executor, machine: &MachineId) -> Result<Face> {
    let found = fetch_optional!(
        db,
        Face,
        "select model.name as model, model.maker, model.category, model.photo
           from machine_instances m
           join machine_models model on model.id = m.model_id
          where m.id = $1",
        machine
    )?;
    found.ok_or(Error::NotFound)
}

/// Makes blank plates; answers the batch and the codes in the order of printing.
///
/// # Errors
/// `Invalid` for a number that no batch has.
pub async fn make(tx: &mut Tx, count: usize, now: DateTime<Utc>) -> Result<(String, Vec<String>)> {
    if !(1..=MAX_BATCH).contains(&count) {
        return Err(Error::invalid("count", "error-plates-count"));
    }
    let batch = now.format("%Y%m%d-%H%M%S").to_string();
    let mut made = 0;
    while made < count {
        // A code that another plate bears already is none of ours.
        let inserted = execute!(
            tx,
            "insert into plates (code, batch, made_at) values ($1, $2, $3)
             on conflict (code) do nothing",
            Code::new().as_str(),
            &batch,
            now
        )?;
        made += usize::try_from(inserted).unwrap_or(0);
    }
    let codes = of_batch(tx, &batch).await?;
    Ok((batch, codes))
}

/// The codes of a batch, in the order of printing.
///
/// # Errors
/// When the database fails.
pub async fn of_batch(db: &mut impl Executor, batch: &str) -> Result<Vec<String>> {
    let rows =
        fetch_all!(db, (String,), "select code from plates where batch = $1 order by code", batch)?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// The batches, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn batches(db: &mut impl Executor) -> Result<Vec<Batch>> {
    Ok(fetch_all!(
        db,
        Batch,
        "select batch, min(made_at) as made_at, count(*) as plates, count(machine_id) as bound
           from plates
          group by batch
          order by batch desc
          limit 200"
    )?)
}

/// The plates of a batch, or of all, with what they are on.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &mut impl Executor, batch: Option<&str>) -> Result<Vec<Printed>> {
    Ok(fetch_all!(
        db,
        Printed,
        "select p.code, p.batch, m.serial, model.name as model, p.bound_at,
                (select max(s.at) from plate_scans s where s.code = p.code) as seen_at
           from plates p
           left join machine_instances m on m.id = p.machine_id
           left join machine_models model on model.id = m.model_id
          where p.batch = coalesce($1, p.batch)
          order by p.batch desc, p.code
          limit 10000",
        batch
    )?)
}

/// The printed plates of a machine.
///
/// # Errors
/// When the database fails.
pub async fn of_machine(db: &mut impl Executor, machine: &MachineId) -> Result<Vec<String>> {
    let rows = fetch_all!(
        db,
        (String,),
        "select code from plates where machine_id = $1 order by bound_at, code",
        machine
    )?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// Puts a blank plate on a machine, for good: its address may be known to people already. The same
/// plate on the same machine again changes nothing.
///
/// # Errors
/// `Invalid` for what is no plate's code; a conflict `plate_bound` for one that is on another machine.
pub async fn bind(
    tx: &mut Tx,
    d: &Dealer,
    staff: Option<&Staff>,
    scanned: &str,
    machine: &MachineId,
) -> Result<Code> {
    let now = d.clock.now();
    let code = Code::scanned(scanned).ok_or(Error::invalid("code", "error-plate-code"))?;
    let bound = execute!(
        tx,
        "update plates set machine_id = $2, bound_by = $3, bound_at = $4
          where code = $1 and machine_id is null",
        code.as_str(),
        machine,
        staff.map(|staff| &staff.id),
        now
    )?;
    if bound == 0 {
        return match find(tx, code.as_str()).await? {
            Some(plate) if plate.machine.as_ref() == Some(machine) => Ok(code),
            Some(_) => Err(Error::Conflict("plate_bound")),
            None => Err(Error::invalid("code", "error-plate-code")),
        };
    }
    machines::add_timeline(tx, machine, now, "plate", &code.shown(), Some(code.as_str())).await?;
    Ok(code)
}

/// An engineer puts a plate on the machine of their job.
///
/// # Errors
/// As [`bind`]; `NotFound` for another's job, `Invalid` for one that is about no machine.
pub async fn bind_at_job(
    tx: &mut Tx,
    d: &Dealer,
    staff: &Staff,
    job: &WorkOrderId,
    scanned: &str,
) -> Result<(MachineId, Code)> {
    let job = work_orders::job(tx, staff, job).await?;
    let machine = job.work_order.machine_id.ok_or(Error::invalid("code", "error-plate-machine"))?;
    let code = bind(tx, d, Some(staff), scanned, &machine).await?;
    Ok((machine, code))
}

/// Notes that somebody looked at a plate: once a minute, with who it was where Telegram has named them.
///
/// # Errors
/// When the database fails.
pub async fn scanned(tx: &mut Tx, d: &Dealer, plate: &Plate, who: Option<i64>) -> Result<()> {
    let now = d.clock.now();
    let seconds = now.timestamp();
    let minute = DateTime::from_timestamp(seconds - seconds.rem_euclid(60), 0).unwrap_or(now);
    execute!(
        tx,
        "insert into plate_scans (code, at, telegram_id) values ($1, $2, $3)
         on conflict (code, at, telegram_id) do nothing",
        &plate.code,
        minute,
        who.unwrap_or(0)
    )?;
    Ok(())
}

/// Drops who looked at plates long ago; answers how many rows went.
///
/// # Errors
/// When the database fails.
pub async fn prune(db: &Db, now: DateTime<Utc>) -> Result<u64> {
    let mut tx = db.begin().await?;
    let gone = execute!(&mut tx, "delete from plate_scans where at < $1", now - SCANS_KEPT)?;
    tx.commit().await?;
    Ok(gone)
}

fn is_machine_id(address: &str) -> bool {
    address.len() == 32 && address.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
