//! «Напомнить позже»: a person chooses when they want to hear of a due maintenance again.

use chrono::{Days, Months, NaiveDate};

use crate::db::{Tx, execute};
use crate::ids::{CustomerId, OccurrenceId};
use crate::maintenance::ladder;
use crate::maintenance::reminder::answerable;
use crate::{Dealer, Result};

/// When to remind again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// In three days.
    ThreeDays,
    /// In a week.
    Week,
    /// In a month.
    Month,
}

impl Later {
    /// What may be chosen `days` before the date (negative: after it). A month is of use only while
    /// the date is more than a week ahead.
    pub fn offered(days: i64) -> &'static [Later] {
        const ALL: &[Later] = &[Later::ThreeDays, Later::Week, Later::Month];
        if days > 7 { ALL } else { &ALL[..2] }
    }

    /// The day on which the person is reminded again: not after the date itself, or a week from
    /// today where that is later, and on a working day, because on others nobody is reminded.
    pub fn until(self, today: NaiveDate, due_on: NaiveDate) -> NaiveDate {
        let latest = due_on.max(today + Days::new(7));
        let wished = match self {
            Later::ThreeDays => today + Days::new(3),
            Later::Week => today + Days::new(7),
            Later::Month => today.checked_add_months(Months::new(1)).unwrap_or(latest),
        };
        let day = wished.min(latest);
        day.iter_days().find(|day| ladder::is_working(*day)).unwrap_or(day)
    }
}

/// Lets a person rest from a due maintenance; answers the day on which they are reminded again. The
/// last wish counts.
///
/// # Errors
/// Another's maintenance is `NotFound`; one that is no longer open is a conflict,
/// `maintenance_done` or `maintenance_moved`.
pub async fn later(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    id: &OccurrenceId,
    later: Later,
) -> Result<NaiveDate> {
    let due = answerable(tx, customer, id).await?;
    let until = later.until(d.today(), due.due_on);
    execute!(
        tx,
        "insert into snoozes (occurrence_id, customer_id, until_on) values ($1, $2, $3)
         on conflict (occurrence_id, customer_id) do update set until_on = excluded.until_on",
        id,
        customer,
        until
    )?;
    Ok(until)
}

/// The day has come. `false`: somebody else has seen to it.
pub(super) async fn wake(tx: &mut Tx, id: &OccurrenceId, customer: &CustomerId) -> Result<bool> {
    let woken = execute!(
        tx,
        "delete from snoozes where occurrence_id = $1 and customer_id = $2",
        id,
        customer
    )?;
    Ok(woken == 1)
}
