//! Running hours as the machine's people read them. A reading that can hardly be is asked about once
//! more; who is sure has it kept, for counters are changed and mistakes are mended.

use chrono::{DateTime, Utc};

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CustomerId, MachineId};
use crate::machines::{MAX_HOURS, add_timeline, visible};
use crate::{Dealer, Error, Result};

/// A reading, as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the counter says.
    pub hours: i64,
    /// They were asked whether it is right, and it is.
    pub sure: bool,
}

/// The problems that who is sure may overrule, by the keys of their sentences: fewer hours than
/// before, more than there are in a day.
pub const DOUBTS: [&str; 2] = ["error-hours-back", "error-hours-fast"];

/// Notes a reading.
///
/// # Errors
/// `NotFound` for a machine that is not theirs; `Invalid` with `hours`: one of [`DOUBTS`] for who is
/// not sure, or a number that no counter shows.
pub async fn set_hours(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    id: &MachineId,
    reading: Reading,
) -> Result<()> {
    let now = d.clock.now();
    if !(0..=MAX_HOURS).contains(&reading.hours) {
        return Err(Error::invalid("hours", "error-number"));
    }
    if !visible(tx, customer, id).await? {
        return Err(Error::NotFound);
    }
    // Of two readings the second is compared with the first.
    execute!(tx, "update machine_instances set updated_at = $2 where id = $1", id, now)?;
    let known = fetch_optional!(
        tx,
        (Option<i64>, Option<DateTime<Utc>>),
        "select hours, hours_at from machine_instances where id = $1",
        id
    )?;
    let (known, at) = known.ok_or(Error::NotFound)?;
    if known == Some(reading.hours) {
        return Ok(());
    }
    match doubt(known, at, reading.hours, now) {
        Some(problem) if !reading.sure => return Err(Error::invalid("hours", problem)),
        _ => {}
    }
    execute!(
        tx,
        "update machine_instances set hours = $2, hours_at = $3 where id = $1",
        id,
        reading.hours,
        now
    )?;
    add_timeline(tx, id, now, "hours", &reading.hours.to_string(), None).await
}

/// What speaks against a reading: less than before, or more than a day has hours since.
fn doubt(
    known: Option<i64>,
    at: Option<DateTime<Utc>>,
    hours: i64,
    now: DateTime<Utc>,
) -> Option<&'static str> {
    let known = known?;
    if hours < known {
        return Some(DOUBTS[0]);
    }
    // Begun hours count, and readings are rounded.
    let most = (now - at?).num_hours().max(0) + 1;
    (hours - known > most).then_some(DOUBTS[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_reading_is_doubted_where_it_can_hardly_be() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let after = |hours| at + TimeDelta::hours(hours);
        assert_eq!(doubt(None, None, 5000, at), None, "the first one says what it says");
        assert_eq!(doubt(Some(100), None, 5000, at), None, "nobody knows since when");
        assert_eq!(doubt(Some(100), Some(at), 99, after(1)), Some("error-hours-back"));
        assert_eq!(doubt(Some(100), Some(at), 124, after(24)), None);
        assert_eq!(doubt(Some(100), Some(at), 130, after(24)), Some("error-hours-fast"));
    }
}
