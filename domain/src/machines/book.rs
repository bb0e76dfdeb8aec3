//! All machines as the managers' list shows them: newest first, page by page.

use crate::Result;
use crate::db::{Executor, fetch_all};
use crate::ids::CompanyId;
use crate::machines::{MachineSummary, summaries};
use crate::paging::{self, Page};
use crate::text::code_key;

/// Which machines; a serial is searched, however it is written.
pub type Filter = paging::Filter<Which>;

/// How machines stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// However they do.
    #[default]
    All,
    /// Those that stand still.
    Down,
}

/// A page of machines and the cursor of the next. One statement that an index serves; of each row
/// the open requests are looked at.
pub async fn page(db: &mut impl Executor, filter: &Filter) -> Result<Page<MachineSummary>> {
    let serial = filter.words.as_deref().map(code_key);
    let rows = fetch_all!(
        db,
        MachineSummary,
        match (&serial, filter.which) {
            (Some(_), _) => OF_SERIAL,
            (None, Which::Down) => DOWN,
            (None, Which::All) => ALL,
        },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        serial
    )?;
    let rows = rows.into_iter().map(MachineSummary::with_state).collect();
    Ok(Page::of(rows, filter.limit, |row: &MachineSummary| row.id.to_string()))
}

/// The newest machines of a company, at most `limit`, and whether there are more.
pub async fn of_company(
    db: &mut impl Executor,
    company: &CompanyId,
    limit: i64,
) -> Result<Page<MachineSummary>> {
    let rows = fetch_all!(
        db,
        MachineSummary,
        OF_COMPANY,
        paging::before(None),
        paging::one_more(limit),
        company
    )?;
    let rows = rows.into_iter().map(MachineSummary::with_state).collect();
    Ok(Page::of(rows, limit, |row: &MachineSummary| row.id.to_string()))
}

/// `$3` is there in every variant, so that both engines take the same arguments.
macro_rules! book {
    ($where:literal) => {
        concat!(
            summaries!(concat!(
                "(select * from machine_instances where id < $1 and ",
                $where,
                " order by id desc limit $2) m"
            )),
            " order by m.id desc"
        )
    };
}

const ALL: &str = book!("$3 is null");
const OF_COMPANY: &str = book!("company_id = $3");
const OF_SERIAL: &str = book!("serial_key = $3");
const DOWN: &str = book!(
    "$3 is null and id in (select machine_id from service_requests
                            where machine_down and state not in ('done', 'closed', 'cancelled'))"
);
