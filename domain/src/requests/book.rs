//! Requests as managers have them before them: those that are open, and all of them page by page.

use serde::Serialize;

use crate::Result;
use crate::db::{Executor, fetch_all};
use crate::paging::{self, Page, Standing};
use crate::requests::State;
use crate::requests::read::{RequestSummary, SummaryRow, summary};
use crate::text::{Phone, code_key};

/// A request on the managers' desk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenRequest {
    /// The request.
    #[serde(flatten)]
    pub summary: RequestSummary,
    /// Who asked.
    pub customer_name: String,
    /// For which company.
    pub company: Option<String>,
    /// The manager who has it.
    pub taken_by_name: Option<String>,
    /// The engineer who has its job.
    pub engineer: Option<String>,
    /// How the customer found it, once they said so: 1 to 5.
    pub stars: Option<i64>,
}

/// Which requests; a number, a customer's phone or a machine's serial is searched.
pub type Filter = paging::Filter<Which>;

/// Where requests stand.
pub type Which = Standing<State>;

#[derive(sqlx::FromRow)]
pub(super) struct OpenRow {
    #[sqlx(flatten)]
    summary: SummaryRow,
    customer_name: String,
    company: Option<String>,
    taken_by_name: Option<String>,
    engineer: Option<String>,
    stars: Option<i64>,
}

/// An [`OpenRequest`] is read by this query; the rest of it says which.
macro_rules! desk_requests {
    ($($rest:literal),+) => {
        concat!(
            "select r.id, r.number, r.state, r.kind, r.machine_down, r.machine_id, m.serial,
                    model.name as model_name, r.created_at, r.fixed_at,
                    c.name as customer_name, company.name as company,
                    manager.name as taken_by_name, engineer.name as engineer, rating.stars,
                    exists (select 1 from words said
                             where said.subject = 'request:' || r.id and said.seen_at is null
                               and said.staff_id is null) as unread
               from service_requests r
               join customers c on c.id = r.customer_id
               left join machine_instances m on m.id = r.machine_id
               left join machine_models model on model.id = m.model_id
               left join companies company on company.id = m.company_id
               left join staff manager on manager.id = r.taken_by
               left join work_orders w on w.request_id = r.id
               left join staff engineer on engineer.id = w.engineer_id
               left join request_ratings rating on rating.request_id = r.id ",
            $($rest),+
        )
    };
}

pub(super) use desk_requests;

/// What the managers have before them: requests that are not done, and those that are, but about
/// which the customer wrote or was unhappy and nobody has looked; standstills first, then the longest
/// waiting; 200 at most.
pub async fn open(db: &mut impl Executor) -> Result<Vec<OpenRequest>> {
    let rows = fetch_all!(
        db,
        OpenRow,
        desk_requests!(
            "where r.id in (select id from service_requests
                            where state not in ('done', 'closed', 'cancelled')
                            union all
                           select request_id from request_ratings
                            where stars <= 3 and seen_at is null
                            union all
                           select substr(subject, 9) from words
                            where seen_at is null and staff_id is null
                              and subject like 'request:%')
             order by r.machine_down desc, r.id
             limit 200"
        )
    )?;
    Ok(rows.into_iter().map(OpenRequest::from).collect())
}

/// A page of requests, newest first, and the cursor of the next. One statement that an index serves,
/// so a page costs the same among ten and ten million.
pub async fn page(db: &mut impl Executor, filter: &Filter) -> Result<Page<OpenRequest>> {
    let phone = filter.words.as_deref().and_then(Phone::parse);
    let words = match &phone {
        Some(_) => None,
        None => filter.words.as_deref().map(str::trim),
    };
    let rows = fetch_all!(
        db,
        OpenRow,
        match (&phone, words, filter.which) {
            (Some(_), _, _) => OF_PHONE,
            (None, Some(_), _) => OF_WORDS,
            (None, None, Which::Open) => OPEN,
            (None, None, Which::All) => ALL,
            (None, None, Which::In(_)) => IN_STATE,
        },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        filter.which.state(),
        words.map(str::to_uppercase),
        words.map(code_key),
        phone
    )?;
    let rows: Vec<OpenRequest> = rows.into_iter().map(OpenRequest::from).collect();
    Ok(Page::of(rows, filter.limit, |row| row.summary.id.to_string()))
}

/// `$3` to `$6` are there in every variant, so that both engines take the same arguments.
macro_rules! book {
    ($where:literal) => {
        desk_requests!("where r.id < $1 and ", $where, " order by r.id desc limit $2")
    };
}

const ALL: &str = book!("coalesce($3, $4, $5, $6) is null");
const OPEN: &str =
    book!("r.state not in ('done', 'closed', 'cancelled') and coalesce($3, $4, $5, $6) is null");
const IN_STATE: &str = book!("r.state = $3 and coalesce($4, $5, $6) is null");
const OF_WORDS: &str = book!(
    "r.id in (select id from service_requests where number = $4
              union all
              select q.id from service_requests q
                join machine_instances one on one.id = q.machine_id
               where one.serial_key = $5)
     and coalesce($3, $4, $5, $6) is not null"
);
const OF_PHONE: &str = book!(
    "r.customer_id = (select id from customers where phone = $6)
     and coalesce($3, $4, $5, $6) is not null"
);

impl From<OpenRow> for OpenRequest {
    fn from(row: OpenRow) -> OpenRequest {
        OpenRequest {
            summary: summary(row.summary),
            customer_name: row.customer_name,
            company: row.company,
            taken_by_name: row.taken_by_name,
            engineer: row.engineer,
            stars: row.stars,
        }
    }
}
