//! «Записаться на ТО»: who has booked a visit is not reminded of what it is for.

use chrono::{DateTime, TimeDelta, Utc};

use crate::db::{Executor, Tx, fetch_one};
use crate::ids::{CustomerId, OccurrenceId};
use crate::maintenance::Reminder;
use crate::requests::{self, Kind, NewRequest, ServiceRequest};
use crate::{Dealer, Result};

/// How long a visit is expected after it was booked for a maintenance whose date is over. Longer
/// open, it has been forgotten, and its person hears of the maintenance again.
const EXPECTED_FOR: TimeDelta = TimeDelta::days(14);

/// Whether nobody is to come for the maintenance of the machine `o.machine_id` on `o.due_on`, as
/// `$today` and [`booked_since`] tell: a visit counts until it is done or called off, and its
/// maintenance's date is over. One index probe.
macro_rules! nobody_comes {
    ($today:literal, $since:literal) => {
        concat!(
            "not exists (select 1
                           from service_requests visit
                          where visit.machine_id = o.machine_id
                            and visit.kind = 'maintenance'
                            and visit.state not in ('done', 'closed', 'cancelled')
                            and (o.due_on >= ",
            $today,
            " or visit.created_at > ",
            $since,
            "))"
        )
    };
}

/// Since when a visit must be booked for a date that is over.
pub(super) fn booked_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - EXPECTED_FOR
}

/// The key under which a person books a visit for a maintenance: the same until that visit is
/// called off, so that a second tap books nothing and a second thought does.
async fn booking_key(
    db: &mut impl Executor,
    customer: &CustomerId,
    id: &OccurrenceId,
) -> Result<String> {
    let key = format!("maintenance:{id}");
    let (called_off,): (i64,) = fetch_one!(
        db,
        (i64,),
        "select count(*)
           from service_requests
          where customer_id = $1 and client_key like $2 and state = 'cancelled'",
        customer,
        format!("{key}%")
    )?;
    Ok(if called_off == 0 { key } else { format!("{key}:{called_off}") })
}

/// Books a visit for a due maintenance, with a text that says so: once per maintenance and person,
/// however often asked, and again when it was called off. `false` where it was booked before.
///
/// # Errors
/// A conflict `maintenance_done` or `maintenance_moved` when it is no longer open.
pub async fn book(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    reminder: &Reminder,
    text: String,
) -> Result<(ServiceRequest, bool)> {
    let reminder = reminder.clone().waiting()?;
    let form = NewRequest {
        client_key: booking_key(tx, customer, &reminder.occurrence.id).await?,
        machine_id: Some(reminder.machine.id),
        kind: Kind::Maintenance,
        machine_down: false,
        text,
        files: Vec::new(),
    };
    requests::create(tx, d, customer, &form).await
}

pub(super) use nobody_comes;
