//! «Выполнено»: the job, the request, the machine, its plan and the CRM move together.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};

use crate::db::{Tx, execute, fetch_optional};
use crate::files::{self, Accepted, MAX_FILES};
use crate::ids::{MachineId, WorkOrderId};
use crate::machines::{self, MAX_HOURS};
use crate::outbox::{self, Message};
use crate::requests::{self, Kind, words};
use crate::staff::Staff;
use crate::work_orders::{State, WorkOrder, touch};
use crate::{Dealer, Error, Result};

/// What the engineer reports, as it came: checked inside.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was done.
    pub report: String,
    /// Running hours as read.
    pub hours: Option<i64>,
    /// The next maintenance that was agreed. Without one, a maintenance counts on by the model's
    /// months.
    pub next_maintenance_on: Option<NaiveDate>,
    /// Photos and documents, already on disk.
    pub files: Vec<Accepted>,
}

/// What the job is about.
#[derive(sqlx::FromRow)]
struct Subject {
    #[sqlx(flatten)]
    job: WorkOrder,
    kind: Kind,
    number: String,
    known_hours: Option<i64>,
    planned_on: Option<NaiveDate>,
    maintenance_months: Option<i64>,
}

/// Ends a job in one transaction. The same report again answers the same job, so that a phone which
/// lost the answer may repeat; another report is [`Error::Conflict`] `done`.
pub async fn done(
    tx: &mut Tx,
    d: &Dealer,
    engineer: &Staff,
    id: &WorkOrderId,
    report: &Report,
) -> Result<WorkOrder> {
    let subject = subject(tx, engineer, id).await?.ok_or(Error::NotFound)?;
    let text = words("report", &report.report, 4000)?;
    if subject.job.state == State::Done {
        return repeated(subject.job, &text, report);
    }
    check(d, &subject, report)?;
    let now = d.clock.now();
    let planned = next_date(d, &subject, report);
    let Some(job) = settle(tx, &subject.job, (&text, report.hours, planned), now).await? else {
        return Err(Error::Conflict("done"));
    };
    files::attach(tx, &format!("work_order:{id}"), &report.files, now).await?;
    if let Some(machine) = &job.machine_id {
        visit(tx, d, machine, &subject, (&job, &text)).await?;
    }
    if !requests::advance(tx, d, &job.request_id, requests::State::Done, None).await? {
        // The CRM was first with the state; the visit is news all the same.
        touch(tx, d, &job).await?;
    }
    for connection in &d.routes.requests {
        let message = Message::CrmVisit { work_order: id.clone() };
        let entity = format!("request:{}", job.request_id);
        // A re-opened job is reported again: each report is its own visit.
        let once = format!("visit:{id}:{}:{connection}", now.timestamp_micros());
        outbox::enqueue(tx, now, connection, &entity, &message, &once).await?;
    }
    Ok(job)
}

async fn subject(tx: &mut Tx, engineer: &Staff, id: &WorkOrderId) -> Result<Option<Subject>> {
    Ok(fetch_optional!(
        tx,
        Subject,
        "select w.id, w.request_id, w.machine_id, w.engineer_id, w.state, w.report, w.hours,
                w.next_maintenance_on, w.window_from, w.window_until, w.created_at,
                w.updated_at, w.done_at,
                r.kind, r.number, m.hours as known_hours, m.next_maintenance_on as planned_on,
                model.maintenance_months
           from work_orders w
           join service_requests r on r.id = w.request_id
           left join machine_instances m on m.id = w.machine_id
           left join machine_models model on model.id = m.model_id
          where w.id = $1 and w.engineer_id = $2",
        id,
        &engineer.id
    )?)
}

fn repeated(job: WorkOrder, text: &str, report: &Report) -> Result<WorkOrder> {
    let same_date = report.next_maintenance_on.is_none()
        || report.next_maintenance_on == job.next_maintenance_on;
    if job.report == text && job.hours == report.hours && same_date {
        return Ok(job);
    }
    Err(Error::Conflict("done"))
}

fn check(d: &Dealer, subject: &Subject, report: &Report) -> Result<()> {
    if report.files.len() > MAX_FILES {
        return Err(Error::invalid("files", "error-files-many"));
    }
    if let Some(hours) = report.hours {
        if !(0..=MAX_HOURS).contains(&hours) {
            return Err(Error::invalid("hours", "error-number"));
        }
        if subject.known_hours.is_some_and(|known| hours < known) {
            return Err(Error::invalid("hours", "error-hours-back"));
        }
    }
    if report.next_maintenance_on.is_some_and(|date| date < d.today()) {
        return Err(Error::invalid("next_maintenance_on", "error-date-past"));
    }
    Ok(())
}

/// The date that the machine has after this visit, if the visit says anything about it.
fn next_date(d: &Dealer, subject: &Subject, report: &Report) -> Option<NaiveDate> {
    let by_model = || {
        let months =
            u32::try_from(subject.maintenance_months?).ok().filter(|months| *months > 0)?;
        d.today().checked_add_months(Months::new(months))
    };
    let maintained = subject.kind == Kind::Maintenance && subject.job.machine_id.is_some();
    report.next_maintenance_on.or_else(|| if maintained { by_model() } else { None })
}

async fn settle(
    tx: &mut Tx,
    job: &WorkOrder,
    (report, hours, planned): (&str, Option<i64>, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<Option<WorkOrder>> {
    Ok(fetch_optional!(
        tx,
        WorkOrder,
        concat!(
            "update work_orders
            set state = 'done', report = $2, hours = $3, next_maintenance_on = $4,
                done_at = $5, updated_at = $5
          where id = $1 and state <> 'done'
      returning ",
            columns!()
        ),
        &job.id,
        report,
        hours,
        planned,
        now
    )?)
}

/// What the visit changes on the machine: its history, hours, next date and open maintenance.
async fn visit(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    subject: &Subject,
    (job, text): (&WorkOrder, &str),
) -> Result<()> {
    let now = d.clock.now();
    let first_line: String = text.lines().next().unwrap_or_default().chars().take(160).collect();
    let title = format!("{} · {first_line}", subject.number);
    let reference = format!("work_order:{}:{}", job.id, now.timestamp_micros());
    machines::add_timeline(tx, machine, now, "visit", &title, Some(&reference)).await?;
    execute!(
        tx,
        "update machine_instances
            set hours = coalesce($2, hours), next_maintenance_on = $3, updated_at = $4,
                hours_at = case when coalesce($2, -1) < 0 then hours_at else $4 end
          where id = $1",
        machine,
        job.hours,
        job.next_maintenance_on.or_else(|| kept_date(d, subject)),
        now
    )?;
    machines::plan_changed(tx, d, machine).await?;
    if subject.kind == Kind::Maintenance {
        execute!(
            tx,
            "update occurrences set state = 'done' where machine_id = $1 and state = 'open'",
            machine
        )?;
    }
    Ok(())
}

/// Without a new date the old one stays, unless this visit was the maintenance it stood for:
/// nobody is to be reminded of what was just done.
fn kept_date(d: &Dealer, subject: &Subject) -> Option<NaiveDate> {
    let ahead = d.ladder.steps.iter().copied().max().unwrap_or(0);
    let horizon = d.today() + Days::new(u64::try_from(ahead).unwrap_or(0));
    let fulfilled = subject.kind == Kind::Maintenance;
    subject.planned_on.filter(|date| !fulfilled || *date > horizon)
}
