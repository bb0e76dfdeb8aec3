//! «Записаться на ТО»: who has booked a visit is not reminded of what it is for.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Result;
use crate::db::{Executor, fetch_one};
use crate::ids::{CustomerId, OccurrenceId};

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
pub async fn booking_key(
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

pub(super) use nobody_comes;
