//! The planner's view: who goes where on which day.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, fetch_all, fetch_optional};
use crate::ids::{StaffId, WorkOrderId};
use crate::work_orders::Listed;
use crate::work_orders::book::listed_jobs;

/// More jobs than these are nobody's week; the list shows all.
const MOST: i64 = 1000;

/// The open jobs whose window begins within a span, and those without a window, earliest first. Two
/// statements that an index serves each.
pub async fn board(
    db: &mut impl Executor,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Listed>> {
    let mut jobs = fetch_all!(
        db,
        Listed,
        listed_jobs!(
            "where w.state <> 'done' and r.state not in ('done', 'closed', 'cancelled')
               and w.window_from >= $1 and w.window_from < $2
             order by w.window_from, w.id limit $3"
        ),
        from,
        until,
        MOST
    )?;
    jobs.extend(fetch_all!(
        db,
        Listed,
        listed_jobs!(
            "where w.state <> 'done' and r.state not in ('done', 'closed', 'cancelled')
               and w.window_from is null
             order by w.id limit $1"
        ),
        MOST
    )?);
    Ok(jobs)
}

/// The number of the request of a job that is another's now; none where the job is this person's, or
/// there is no such job.
pub async fn passed_on(
    db: &mut impl Executor,
    former: &StaffId,
    id: &WorkOrderId,
) -> Result<Option<String>> {
    let row = fetch_optional!(
        db,
        (String,),
        "select r.number
           from work_orders w
           join service_requests r on r.id = w.request_id
          where w.id = $1 and w.engineer_id <> $2",
        id,
        former
    )?;
    Ok(row.map(|(number,)| number))
}
