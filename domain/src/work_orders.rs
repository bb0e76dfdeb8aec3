//! Work orders: the engineer's job for a request, from assignment to report.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{MachineId, RequestId, StaffId, WorkOrderId};
use crate::requests::{self, ServiceRequest};
use crate::staff::Staff;
use crate::{Dealer, Error, Result};

/// The columns of a [`WorkOrder`].
macro_rules! columns {
    () => {
        "id, request_id, machine_id, engineer_id, state, report, hours, next_maintenance_on,
         window_from, window_until, created_at, updated_at, done_at"
    };
}

mod board;
mod book;
mod done;
mod plan;
mod read;

pub use board::{board, passed_on};
pub use book::{Filter, Listed, Which, page};
pub use done::*;
pub use plan::{Plan, Window, day_window, plan};
pub use read::*;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// A manager named the engineer.
    Assigned,
    /// The engineer said yes.
    Accepted,
    /// On the way.
    EnRoute,
    /// At work.
    InProgress,
    /// Interrupted.
    Paused,
    /// Reported.
    Done,
}

impl State {
    /// Its name in the contract and in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Assigned => "assigned",
            State::Accepted => "accepted",
            State::EnRoute => "en_route",
            State::InProgress => "in_progress",
            State::Paused => "paused",
            State::Done => "done",
        }
    }
}

/// An engineer's job.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct WorkOrder {
    /// Its id.
    pub id: WorkOrderId,
    /// The request that it answers.
    pub request_id: RequestId,
    /// The machine, if the request named one.
    pub machine_id: Option<MachineId>,
    /// Whose job it is.
    pub engineer_id: StaffId,
    /// Where it stands.
    pub state: State,
    /// What was done, in the engineer's words; empty until then.
    pub report: String,
    /// Running hours as read.
    pub hours: Option<i64>,
    /// The next maintenance that was agreed.
    pub next_maintenance_on: Option<NaiveDate>,
    /// When the engineer is to come, from; both ends or none.
    pub window_from: Option<DateTime<Utc>>,
    /// And until.
    pub window_until: Option<DateTime<Utc>>,
    /// When it was assigned.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was reported.
    pub done_at: Option<DateTime<Utc>>,
}

/// The engineer takes the job on.
pub async fn accept(
    tx: &mut Tx,
    d: &Dealer,
    engineer: &Staff,
    id: &WorkOrderId,
) -> Result<WorkOrder> {
    let accepted = fetch_optional!(
        tx,
        WorkOrder,
        concat!(
            "update work_orders set state = 'accepted', updated_at = $3
          where id = $1 and engineer_id = $2 and state = 'assigned'
      returning ",
            columns!()
        ),
        id,
        &engineer.id,
        d.clock.now()
    )?;
    let job = own(tx, engineer, id, accepted).await?;
    touch(tx, d, &job).await?;
    Ok(job)
}

/// The engineer begins, or goes on after a pause: the request is in progress.
pub async fn start(
    tx: &mut Tx,
    d: &Dealer,
    engineer: &Staff,
    id: &WorkOrderId,
) -> Result<WorkOrder> {
    let started = fetch_optional!(
        tx,
        WorkOrder,
        concat!(
            "update work_orders set state = 'in_progress', updated_at = $3
          where id = $1 and engineer_id = $2
            and state in ('assigned', 'accepted', 'en_route', 'paused')
      returning ",
            columns!()
        ),
        id,
        &engineer.id,
        d.clock.now()
    )?;
    let job = own(tx, engineer, id, started).await?;
    let to = requests::State::InProgress;
    if !requests::advance(tx, d, &job.request_id, to, None).await? {
        touch(tx, d, &job).await?;
    }
    Ok(job)
}

/// The engineer interrupts the work.
pub async fn pause(
    tx: &mut Tx,
    d: &Dealer,
    engineer: &Staff,
    id: &WorkOrderId,
) -> Result<WorkOrder> {
    let paused = fetch_optional!(
        tx,
        WorkOrder,
        concat!(
            "update work_orders set state = 'paused', updated_at = $3
          where id = $1 and engineer_id = $2 and state = 'in_progress'
      returning ",
            columns!()
        ),
        id,
        &engineer.id,
        d.clock.now()
    )?;
    let job = own(tx, engineer, id, paused).await?;
    touch(tx, d, &job).await?;
    Ok(job)
}

/// The job of a request, if somebody has it.
pub async fn of_request(db: &mut impl Executor, id: &RequestId) -> Result<Option<WorkOrder>> {
    Ok(fetch_optional!(
        db,
        WorkOrder,
        concat!(
            "select ",
            columns!(),
            "
           from work_orders where request_id = $1"
        ),
        id
    )?)
}

/// Makes the job of a request, for the time that its customer has chosen by now; [`Error::Conflict`]
/// `assigned` when another was first.
pub(crate) async fn insert(
    tx: &mut Tx,
    d: &Dealer,
    request: &ServiceRequest,
    engineer: &StaffId,
) -> Result<WorkOrder> {
    let now = d.clock.now();
    let visit = requests::visit_ahead(tx, d, &request.id).await?;
    let inserted = execute!(
        tx,
        "insert into work_orders (id, request_id, machine_id, engineer_id, state, window_from,
                                  window_until, created_at, updated_at)
         values ($1, $2, $3, $4, 'assigned', $5, $6, $7, $7)
         on conflict (request_id) do nothing",
        WorkOrderId::new(now),
        &request.id,
        request.machine_id.as_ref(),
        engineer,
        visit.map(|window| window.from),
        visit.map(|window| window.until),
        now
    )?;
    if inserted == 0 {
        return Err(Error::Conflict("assigned"));
    }
    of_request(tx, &request.id).await?.ok_or(Error::NotFound)
}

/// The moved job, or why it did not move: it is another's, or its state does not allow it.
async fn own(
    tx: &mut Tx,
    engineer: &Staff,
    id: &WorkOrderId,
    moved: Option<WorkOrder>,
) -> Result<WorkOrder> {
    if let Some(job) = moved {
        return Ok(job);
    }
    let known = fetch_optional!(
        tx,
        (WorkOrderId,),
        "select id from work_orders where id = $1 and engineer_id = $2",
        id,
        &engineer.id
    )?;
    Err(known.map_or(Error::NotFound, |_| Error::Conflict("state")))
}

/// The request's own state stays, but its cards must show the job's new one.
async fn touch(tx: &mut Tx, d: &Dealer, job: &WorkOrder) -> Result<()> {
    execute!(
        tx,
        "update service_requests set updated_at = $2 where id = $1",
        &job.request_id,
        d.clock.now()
    )?;
    requests::tell_cards(tx, d, &job.request_id).await
}

#[cfg(test)]
mod tests;
