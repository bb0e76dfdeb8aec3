//! A manager plans a job: who goes, and when.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{Tx, fetch_optional};
use crate::ids::{RequestId, StaffId};
use crate::outbox::Notice;
use crate::staff::{self, Staff};
use crate::work_orders::{State, WorkOrder, of_request, touch};
use crate::{Dealer, Error, Result, notices, requests};

/// Nobody waits for an engineer for longer than this at a stretch.
const LONGEST: TimeDelta = TimeDelta::days(14);

/// When the engineer is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From this moment.
    pub from: DateTime<Utc>,
    /// Until this one, which is later.
    pub until: DateTime<Utc>,
}

/// Who is to go, and when.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whom the manager names.
    pub engineer_telegram_id: i64,
    /// When they are to come; none while nobody knows.
    pub window: Option<Window>,
}

impl Window {
    /// A window in the dealer's zone.
    ///
    /// # Errors
    /// Names the field `until` when the window ends before it begins, or is longer than two weeks.
    pub fn new(from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Window> {
        if from < until && until - from <= LONGEST {
            return Ok(Window { from, until });
        }
        Err(Error::invalid("until", "error-window"))
    }

    /// A window of one day, by the dealer's clock.
    ///
    /// # Errors
    /// As [`Window::new`], and for times that the day does not have.
    pub fn on(d: &Dealer, day: NaiveDate, from: NaiveTime, until: NaiveTime) -> Result<Window> {
        let at = |time| d.zone.from_local_datetime(&day.and_time(time)).earliest();
        let ends = at(from).zip(at(until)).ok_or(Error::invalid("until", "error-window"))?;
        Window::new(ends.0.to_utc(), ends.1.to_utc())
    }
}

impl WorkOrder {
    /// When the engineer is to come.
    pub fn window(&self) -> Option<Window> {
        Some(Window { from: self.window_from?, until: self.window_until? })
    }
}

/// The window of a job that is put to a day: at the times of its former window, else all the working
/// day. None where the day has no such times, as on the day when clocks are put forward.
pub fn day_window(d: &Dealer, day: NaiveDate, former: Option<Window>) -> Option<Window> {
    let (from, long) = match former {
        Some(window) => (window.from.with_timezone(&d.zone).time(), window.until - window.from),
        None => (d.hours.from, d.hours.to - d.hours.from),
    };
    let from = d.zone.from_local_datetime(&day.and_time(from)).earliest()?.to_utc();
    Some(Window { from, until: from + long })
}

/// Gives a request's job to an engineer for a time, or an unfinished job to another one or for
/// another time. Whoever has it no more hears that.
///
/// # Errors
/// [`Error::Conflict`] `begun` when somebody else is at work on it, `done` when it is reported,
/// `state` when there is nothing left to do.
pub async fn plan(
    tx: &mut Tx,
    d: &Dealer,
    manager: &Staff,
    request: &RequestId,
    plan: &Plan,
) -> Result<WorkOrder> {
    if !manager.is_manager() {
        return Err(Error::Forbidden);
    }
    let Some(job) = of_request(tx, request).await? else {
        let job = requests::assign(tx, d, manager, request, plan.engineer_telegram_id).await?;
        // Without a time of the manager's the one that the customer chose stays.
        let window = plan.window.or(job.window());
        return set(tx, d, &job, (&job.engineer_id, window)).await;
    };
    let engineer = staff::by_telegram(tx, plan.engineer_telegram_id)
        .await?
        .ok_or(Error::invalid("engineer_telegram_id", "error-choice"))?;
    may_change(tx, &job, engineer.id != job.engineer_id).await?;
    if engineer.id == job.engineer_id && plan.window == job.window() {
        return Ok(job);
    }
    let planned = set(tx, d, &job, (&engineer.id, plan.window)).await?;
    touch(tx, d, &planned).await?;
    if engineer.id != job.engineer_id {
        part_with(tx, d, &job).await?;
    }
    Ok(planned)
}

async fn may_change(tx: &mut Tx, job: &WorkOrder, passed_on: bool) -> Result<()> {
    if job.state == State::Done {
        return Err(Error::Conflict("done"));
    }
    if job.state == State::InProgress && passed_on {
        return Err(Error::Conflict("begun"));
    }
    let over = fetch_optional!(
        tx,
        (RequestId,),
        "select id from service_requests
          where id = $1 and state in ('done', 'closed', 'cancelled')",
        &job.request_id
    )?;
    over.map_or(Ok(()), |_| Err(Error::Conflict("state")))
}

/// One conditional update: somebody may have moved the job since it was read.
async fn set(
    tx: &mut Tx,
    d: &Dealer,
    job: &WorkOrder,
    (engineer, window): (&StaffId, Option<Window>),
) -> Result<WorkOrder> {
    let set = fetch_optional!(
        tx,
        WorkOrder,
        concat!(
            "update work_orders
                set state = case when engineer_id = $3 then state else 'assigned' end,
                    engineer_id = $3, window_from = $4, window_until = $5, updated_at = $6
              where id = $1 and state = $2
          returning ",
            columns!()
        ),
        &job.id,
        job.state,
        engineer,
        window.map(|window| window.from),
        window.map(|window| window.until),
        d.clock.now()
    )?;
    set.ok_or(Error::Conflict("state"))
}

/// The card of whoever had the job says that they have it no more.
async fn part_with(tx: &mut Tx, d: &Dealer, job: &WorkOrder) -> Result<()> {
    let chat = fetch_optional!(
        tx,
        (i64,),
        "select telegram_id from staff where id = $1 and active and reachable",
        &job.engineer_id
    )?;
    let Some((chat,)) = chat else { return Ok(()) };
    let at = d.clock.now();
    let once = format!("job-card:{}:passed-on:{}", job.id, at.timestamp_micros());
    let notice = Notice::JobCard { work_order: job.id.clone() };
    notices::to_staff(tx, d, chat, notice, &once).await?;
    Ok(())
}
