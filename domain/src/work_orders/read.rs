//! Jobs as engineers, managers and workers read them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_all, fetch_optional};
use crate::files::{self, StoredFile};
use crate::ids::{MachineId, StaffId, WorkOrderId};
use crate::requests::Kind;
use crate::staff::Staff;
use crate::text::Phone;
use crate::work_orders::{State, WorkOrder};
use crate::{Error, Result};

/// The machine of a job: id, serial, model name, site.
pub type JobMachine = (MachineId, String, String, Option<String>);

/// A job as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobSummary {
    /// Its id.
    pub id: WorkOrderId,
    /// Where it stands.
    pub state: State,
    /// The number of its request.
    pub request_number: String,
    /// What is asked.
    pub kind: Kind,
    /// Whether the machine stands still.
    pub machine_down: bool,
    /// The machine.
    pub machine: Option<JobMachine>,
    /// Who asked.
    pub customer_name: String,
    /// When it was assigned.
    pub created_at: DateTime<Utc>,
}

/// A job with everything that the engineer needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Job {
    /// The job.
    pub work_order: WorkOrder,
    /// The number of its request.
    pub request_number: String,
    /// What is asked.
    pub kind: Kind,
    /// Whether the machine stands still.
    pub machine_down: bool,
    /// In the customer's words.
    pub text: String,
    /// The machine.
    pub machine: Option<JobMachine>,
    /// Who asked.
    pub customer_name: String,
    /// Where to call.
    pub phone: Option<Phone>,
    /// The machine's company.
    pub company: Option<String>,
    /// What the customer sent along.
    pub files: Vec<StoredFile>,
    /// What the engineer sent with the report.
    pub report_files: Vec<StoredFile>,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: WorkOrderId,
    state: State,
    request_number: String,
    kind: Kind,
    machine_down: bool,
    machine_id: Option<MachineId>,
    serial: Option<String>,
    model_name: Option<String>,
    site: Option<String>,
    customer_name: String,
    created_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    #[sqlx(flatten)]
    work_order: WorkOrder,
    request_number: String,
    kind: Kind,
    machine_down: bool,
    text: String,
    serial: Option<String>,
    model_name: Option<String>,
    site: Option<String>,
    customer_name: String,
    phone: Option<Phone>,
    company: Option<String>,
}

macro_rules! jobs {
    ($condition:literal) => {
        concat!(
            "select w.id, w.request_id, w.machine_id, w.engineer_id, w.state, w.report, w.hours,
                    w.next_maintenance_on, w.window_from, w.window_until, w.created_at,
                w.updated_at, w.done_at,
                    r.number as request_number, r.kind, r.machine_down, r.text,
                    m.serial, model.name as model_name, site.name as site,
                    c.name as customer_name, c.phone, company.name as company
               from work_orders w
               join service_requests r on r.id = w.request_id
               join customers c on c.id = r.customer_id
               left join machine_instances m on m.id = w.machine_id
               left join machine_models model on model.id = m.model_id
               left join sites site on site.id = m.site_id
               left join companies company on company.id = m.company_id
              where ",
            $condition
        )
    };
}

/// The engineer's jobs: all open ones, standstills first, then the newest 20 done ones. A job
/// whose request was called off or closed elsewhere is not shown.
pub async fn list(db: &mut impl Executor, engineer: &StaffId) -> Result<Vec<JobSummary>> {
    let rows = fetch_all!(
        db,
        SummaryRow,
        "select w.id, w.state, r.number as request_number, r.kind, r.machine_down,
                w.machine_id, m.serial, model.name as model_name, site.name as site,
                c.name as customer_name, w.created_at
           from (select id from work_orders where engineer_id = $1 and state <> 'done'
                 union all
                 select id
                   from (select id
                           from work_orders
                          where engineer_id = $1 and state = 'done'
                          order by id desc
                          limit 20) newest) mine
           join work_orders w on w.id = mine.id
           join service_requests r on r.id = w.request_id
           join customers c on c.id = r.customer_id
           left join machine_instances m on m.id = w.machine_id
           left join machine_models model on model.id = m.model_id
           left join sites site on site.id = m.site_id
          where w.state = 'done' or r.state not in ('closed', 'cancelled')
          order by case when w.state = 'done' then 2 when r.machine_down then 0 else 1 end,
                   w.id desc",
        engineer
    )?;
    let summary = |row: SummaryRow| JobSummary {
        id: row.id,
        state: row.state,
        request_number: row.request_number,
        kind: row.kind,
        machine_down: row.machine_down,
        machine: machine(row.machine_id, row.serial, row.model_name, row.site),
        customer_name: row.customer_name,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(summary).collect())
}

/// A job for those who may see it: its engineer, and every manager. [`Error::NotFound`] for others.
pub async fn job(db: &mut impl Executor, staff: &Staff, id: &WorkOrderId) -> Result<Job> {
    if staff.is_manager() {
        return load(db, id).await;
    }
    let row =
        fetch_optional!(db, JobRow, jobs!("w.id = $1 and w.engineer_id = $2"), id, &staff.id)?;
    complete(db, row).await
}

/// Any job, for workers.
pub async fn load(db: &mut impl Executor, id: &WorkOrderId) -> Result<Job> {
    let row = fetch_optional!(db, JobRow, jobs!("w.id = $1"), id)?;
    complete(db, row).await
}

async fn complete(db: &mut impl Executor, row: Option<JobRow>) -> Result<Job> {
    let row = row.ok_or(Error::NotFound)?;
    let files = files::of(db, &format!("request:{}", row.work_order.request_id)).await?;
    let report_files = files::of(db, &format!("work_order:{}", row.work_order.id)).await?;
    let machine_id = row.work_order.machine_id.clone();
    Ok(Job {
        machine: machine(machine_id, row.serial, row.model_name, row.site),
        work_order: row.work_order,
        request_number: row.request_number,
        kind: row.kind,
        machine_down: row.machine_down,
        text: row.text,
        customer_name: row.customer_name,
        phone: row.phone,
        company: row.company,
        files,
        report_files,
    })
}

fn machine(
    id: Option<MachineId>,
    serial: Option<String>,
    model_name: Option<String>,
    site: Option<String>,
) -> Option<JobMachine> {
    Some((id?, serial?, model_name?, site))
}
