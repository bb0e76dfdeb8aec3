//! Requests as people and workers read them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_all, fetch_optional};
use crate::files::StoredFile;
use crate::ids::{CustomerId, MachineId, RequestId};
use crate::people::chosen_company;
use crate::requests::{Kind, Offer, Rating, ServiceRequest, State};
use crate::text::Phone;
use crate::work_orders::{self, WorkOrder};
use crate::{Error, Result};

/// A request as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequestSummary {
    /// Its id.
    pub id: RequestId,
    /// `SRV-2026-000045`.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// What is asked.
    pub kind: Kind,
    /// Whether the machine stands still.
    pub machine_down: bool,
    /// The machine: id, serial, model name.
    pub machine: Option<(MachineId, String, String)>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When it was reported done.
    pub fixed_at: Option<DateTime<Utc>>,
    /// Whether the other side wrote something that its reader has not seen.
    pub unread: bool,
}

/// A request with everything that a card, a page or a deal says of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequestCase {
    /// The request.
    pub request: ServiceRequest,
    /// The machine: id, serial, model name.
    pub machine: Option<(MachineId, String, String)>,
    /// Who asked.
    pub customer_name: String,
    /// Where to call.
    pub phone: Option<Phone>,
    /// The machine's company, else the customer's first.
    pub company: Option<String>,
    /// What was sent along.
    pub files: Vec<StoredFile>,
    /// The engineer's name, once assigned.
    pub engineer: Option<String>,
    /// The name of the manager who has it.
    pub taken_by_name: Option<String>,
    /// The engineer's job.
    pub work_order: Option<WorkOrder>,
    /// What the engineer sent with the report.
    pub report_files: Vec<StoredFile>,
    /// The times of a visit that were offered.
    pub offer: Offer,
    /// How the customer found it, once they said so.
    pub rating: Option<Rating>,
}

#[derive(sqlx::FromRow)]
pub(super) struct SummaryRow {
    id: RequestId,
    number: String,
    state: State,
    kind: Kind,
    machine_down: bool,
    machine_id: Option<MachineId>,
    serial: Option<String>,
    model_name: Option<String>,
    created_at: DateTime<Utc>,
    fixed_at: Option<DateTime<Utc>>,
    unread: bool,
}

#[derive(sqlx::FromRow)]
struct CaseRow {
    #[sqlx(flatten)]
    request: ServiceRequest,
    serial: Option<String>,
    model_name: Option<String>,
    customer_name: String,
    phone: Option<Phone>,
    company: Option<String>,
    engineer: Option<String>,
    taken_by_name: Option<String>,
    windows: Option<String>,
    window_offer: Option<i64>,
    window_chosen: Option<i64>,
    stars: Option<i64>,
    rating_comment: Option<String>,
}

#[derive(sqlx::FromRow)]
struct FileRow {
    owner: String,
    #[sqlx(flatten)]
    file: StoredFile,
}

macro_rules! cases {
    ($condition:literal) => {
        concat!(
            "select r.id, r.number, r.customer_id, r.machine_id, r.kind, r.machine_down, r.text,
                    r.state, r.taken_by, r.created_at, r.updated_at, r.fixed_at,
                    m.serial, model.name as model_name, c.name as customer_name, c.phone,
                    coalesce(company.name,
                             (select theirs.name
                                from memberships member
                                join companies theirs on theirs.id = member.company_id
                               where member.customer_id = r.customer_id
                                 and member.state = 'active'
                               order by theirs.id
                               limit 1)) as company,
                    engineer.name as engineer, manager.name as taken_by_name,
                    r.windows, r.window_offer, r.window_chosen,
                    rating.stars, rating.comment as rating_comment
               from service_requests r
               join customers c on c.id = r.customer_id
               left join machine_instances m on m.id = r.machine_id
               left join machine_models model on model.id = m.model_id
               left join companies company on company.id = m.company_id
               left join work_orders w on w.request_id = r.id
               left join staff engineer on engineer.id = w.engineer_id
               left join staff manager on manager.id = r.taken_by
               left join request_ratings rating on rating.request_id = r.id
              where ",
            $condition
        )
    };
}

macro_rules! requests_of {
    ($($where:expr),*) => {
        concat!(
            "select r.id, r.number, r.state, r.kind, r.machine_down, r.machine_id, m.serial,
                    model.name as model_name, r.created_at, r.fixed_at,
                    exists (select 1 from words w
                             where w.subject = 'request:' || r.id and w.seen_at is null
                               and w.staff_id is not null) as unread
               from service_requests r
               left join machine_instances m on m.id = r.machine_id
               left join machine_models model on model.id = m.model_id
              where r.customer_id = $1",
            $($where,)*
            " order by r.id desc limit 50"
        )
    };
}

/// The customer's newest 50 requests, newest first.
pub async fn list(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<RequestSummary>> {
    let rows = fetch_all!(db, SummaryRow, requests_of!(""), customer)?;
    Ok(rows.into_iter().map(summary).collect())
}

/// Those about machines of the company that the customer looks at, and those about none of a company.
pub async fn shown(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<RequestSummary>> {
    let rows = fetch_all!(
        db,
        SummaryRow,
        requests_of!(
            " and (m.company_id is null or m.company_id = coalesce(",
            chosen_company!("$1"),
            ", m.company_id))"
        ),
        customer
    )?;
    Ok(rows.into_iter().map(summary).collect())
}

/// The customer's request of this number; another's is [`Error::NotFound`].
pub async fn by_number(
    db: &mut impl Executor,
    customer: &CustomerId,
    number: &str,
) -> Result<RequestCase> {
    let row = fetch_optional!(
        db,
        CaseRow,
        cases!("r.number = $2 and r.customer_id = $1"),
        customer,
        number
    )?;
    complete(db, row).await
}

/// Any request by number, for managers.
pub async fn by_number_for_staff(db: &mut impl Executor, number: &str) -> Result<RequestCase> {
    let row = fetch_optional!(db, CaseRow, cases!("r.number = $1"), number)?;
    complete(db, row).await
}

/// Any request by id, for workers.
pub async fn load(db: &mut impl Executor, id: &RequestId) -> Result<RequestCase> {
    let row = fetch_optional!(db, CaseRow, cases!("r.id = $1"), id)?;
    complete(db, row).await
}

pub(super) fn summary(row: SummaryRow) -> RequestSummary {
    RequestSummary {
        id: row.id,
        number: row.number,
        state: row.state,
        kind: row.kind,
        machine_down: row.machine_down,
        machine: machine(row.machine_id, row.serial, row.model_name),
        created_at: row.created_at,
        fixed_at: row.fixed_at,
        unread: row.unread,
    }
}

async fn complete(db: &mut impl Executor, row: Option<CaseRow>) -> Result<RequestCase> {
    let row = row.ok_or(Error::NotFound)?;
    let work_order = work_orders::of_request(db, &row.request.id).await?;
    let (files, report_files) = sent(db, &row.request.id, work_order.as_ref()).await?;
    let offer = Offer::read(row.windows.as_deref(), row.window_offer, row.window_chosen)?;
    let comment = row.rating_comment.unwrap_or_default();
    Ok(RequestCase {
        offer,
        rating: row.stars.map(|stars| Rating { stars, comment }),
        machine: machine(row.request.machine_id.clone(), row.serial, row.model_name),
        request: row.request,
        customer_name: row.customer_name,
        phone: row.phone,
        company: row.company,
        files,
        engineer: row.engineer,
        taken_by_name: row.taken_by_name,
        work_order,
        report_files,
    })
}

/// What came with the request, and what came with its report.
async fn sent(
    db: &mut impl Executor,
    request: &RequestId,
    job: Option<&WorkOrder>,
) -> Result<(Vec<StoredFile>, Vec<StoredFile>)> {
    let asked = format!("request:{request}");
    let reported = job.map(|job| format!("work_order:{}", job.id));
    let rows = fetch_all!(
        db,
        FileRow,
        "select a.owner, f.id, f.name, f.content_type, f.size, f.sha256
           from attachments a
           join files f on f.id = a.file_id
          where a.owner in ($1, $2)
          order by a.position, f.id",
        &asked,
        &reported
    )?;
    let (asked, reported): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.owner == asked);
    let files = |rows: Vec<FileRow>| rows.into_iter().map(|row| row.file).collect();
    Ok((files(asked), files(reported)))
}

fn machine(
    id: Option<MachineId>,
    serial: Option<String>,
    model_name: Option<String>,
) -> Option<(MachineId, String, String)> {
    Some((id?, serial?, model_name?))
}
