//! All jobs as the console lists them: newest first, page by page; an engineer's own, or everybody's.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::Result;
use crate::db::{Executor, fetch_all};
use crate::ids::{StaffId, WorkOrderId};
use crate::paging::{self, Page, Standing};
use crate::requests::Kind;
use crate::text::{Phone, code_key};
use crate::work_orders::{State, Window};

/// A job of the list.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Listed {
    /// Its id.
    pub id: WorkOrderId,
    /// Where it stands.
    pub state: State,
    /// The number of its request.
    pub number: String,
    /// What is asked.
    pub kind: Kind,
    /// Whether the machine stands still.
    pub machine_down: bool,
    /// The machine's serial.
    pub serial: Option<String>,
    /// Its model.
    pub model_name: Option<String>,
    /// Where it stands.
    pub site: Option<String>,
    /// Who asked.
    pub customer_name: String,
    /// For which company.
    pub company: Option<String>,
    /// Whose job it is.
    pub engineer: String,
    /// Their Telegram id.
    pub engineer_telegram_id: i64,
    /// When they are to come, from.
    pub window_from: Option<DateTime<Utc>>,
    /// And until.
    pub window_until: Option<DateTime<Utc>>,
    /// When it was assigned.
    pub created_at: DateTime<Utc>,
}

impl Listed {
    /// When the engineer is to come.
    pub fn window(&self) -> Option<Window> {
        Some(Window { from: self.window_from?, until: self.window_until? })
    }
}

/// Which jobs; a request's number, a customer's phone or a machine's serial is searched.
pub type Filter = paging::Filter<Which>;

/// Where jobs stand.
pub type Which = Standing<State>;

/// A [`Listed`] is read by this query; the rest of it says which.
macro_rules! listed_jobs {
    ($($rest:literal),+) => {
        concat!(
            "select w.id, w.state, r.number, r.kind, r.machine_down, m.serial,
                    model.name as model_name, site.name as site, c.name as customer_name,
                    company.name as company, engineer.name as engineer,
                    engineer.telegram_id as engineer_telegram_id, w.window_from, w.window_until,
                    w.created_at
               from work_orders w
               join service_requests r on r.id = w.request_id
               join customers c on c.id = r.customer_id
               join staff engineer on engineer.id = w.engineer_id
               left join machine_instances m on m.id = w.machine_id
               left join machine_models model on model.id = m.model_id
               left join sites site on site.id = m.site_id
               left join companies company on company.id = m.company_id ",
            $($rest),+
        )
    };
}
pub(super) use listed_jobs;

/// A page of jobs, newest first, and the cursor of the next: of one engineer, or everybody's. One
/// statement that an index serves.
pub async fn page(
    db: &mut impl Executor,
    filter: &Filter,
    engineer: Option<&StaffId>,
) -> Result<Page<Listed>> {
    let phone = filter.words.as_deref().and_then(Phone::parse);
    let words = match &phone {
        Some(_) => None,
        None => filter.words.as_deref().map(str::trim),
    };
    let statements = match engineer {
        Some(_) => &OWN,
        None => &EVERYBODYS,
    };
    let rows = fetch_all!(
        db,
        Listed,
        match (&phone, words, filter.which) {
            (Some(_), _, _) => statements[4],
            (None, Some(_), _) => statements[3],
            (None, None, Which::Open) => statements[0],
            (None, None, Which::All) => statements[1],
            (None, None, Which::In(_)) => statements[2],
        },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        filter.which.state(),
        words.map(str::to_uppercase),
        words.map(code_key),
        phone,
        engineer
    )?;
    Ok(Page::of(rows, filter.limit, |row| row.id.to_string()))
}

/// The statements for what is open, all, in a state, found by words, and found by phone. `$3` to `$7`
/// are there in every variant, so that both engines take the same arguments.
macro_rules! book {
    ($whose:literal) => {
        [
            listed_jobs!(
                "where w.id < $1 and ",
                $whose,
                " and w.state <> 'done' and r.state not in ('closed', 'cancelled')
                  and coalesce($3, $4, $5, $6) is null order by w.id desc limit $2"
            ),
            listed_jobs!(
                "where w.id < $1 and ",
                $whose,
                " and coalesce($3, $4, $5, $6) is null order by w.id desc limit $2"
            ),
            listed_jobs!(
                "where w.id < $1 and ",
                $whose,
                " and w.state = $3 and coalesce($4, $5, $6) is null order by w.id desc limit $2"
            ),
            listed_jobs!(
                "where w.id < $1 and ",
                $whose,
                " and w.request_id in (select id from service_requests where number = $4
                                       union all
                                       select q.id from service_requests q
                                         join machine_instances one on one.id = q.machine_id
                                        where one.serial_key = $5)
                  and coalesce($3, $4, $5, $6) is not null order by w.id desc limit $2"
            ),
            listed_jobs!(
                "where w.id < $1 and ",
                $whose,
                " and w.request_id in (select id from service_requests
                                        where customer_id = (select id from customers
                                                              where phone = $6))
                  and coalesce($3, $4, $5, $6) is not null order by w.id desc limit $2"
            ),
        ]
    };
}

const OWN: [&str; 5] = book!("w.engineer_id = $7");
const EVERYBODYS: [&str; 5] = book!("$7 is null");
