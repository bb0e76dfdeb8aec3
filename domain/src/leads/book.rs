//! All leads as the console lists them: newest first, page by page.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Result;
use crate::db::{Executor, fetch_all};
use crate::ids::StaffId;
use crate::leads::read::leads;
use crate::leads::{OpenLead, State};
use crate::paging::{self, Page, Standing};
use crate::text::Phone;

/// Sources that brought nobody for so long are not offered as a filter.
const SOURCES_KEPT: TimeDelta = TimeDelta::days(90);

/// Which leads; a number or a phone is searched.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Where they stand, what is searched, and the page.
    pub page: paging::Filter<Standing<State>>,
    /// Whose they are.
    pub manager: Option<StaffId>,
    /// By which `utm_source` they came.
    pub source: Option<String>,
    /// First asked before this moment.
    pub older_than: Option<DateTime<Utc>>,
}

/// A page of leads, newest first, and the cursor of the next. One statement, which goes through the
/// index of what narrows most; of those who asked lately it passes over as many as there are.
pub async fn page(db: &mut impl Executor, filter: &Filter) -> Result<Page<OpenLead>> {
    let asked = &filter.page;
    let words = asked.words.as_deref().map(str::trim);
    let phone = words.and_then(Phone::parse);
    let rows = fetch_all!(
        db,
        OpenLead,
        match (words, &filter.source, &filter.manager, asked.which) {
            (Some(_), ..) => OF_WORDS,
            (None, Some(_), ..) => OF_SOURCE,
            (None, None, Some(_), _) => OF_MANAGER,
            (None, None, None, Standing::In(_)) => IN_STATE,
            (None, None, None, Standing::Open) => OPEN,
            (None, None, None, Standing::All) => ALL,
        },
        paging::before(asked.before.as_deref()),
        paging::one_more(asked.limit),
        asked.which.state(),
        filter.manager.as_ref(),
        filter.source.as_deref(),
        words.map(str::to_uppercase),
        phone,
        asked.which == Standing::Open,
        filter.older_than
    )?;
    Ok(Page::of(rows, asked.limit, |row| row.lead.id.to_string()))
}

/// `$3` to `$9` are there in every variant, so that both engines take the same arguments.
macro_rules! book {
    ($where:literal) => {
        leads!(concat!(
            "where l.id < $1
               and ($3 is null or l.state = $3)
               and ($4 is null or l.taken_by = $4)
               and ($8 = false or l.state in ('suspected', 'new', 'taken'))
               and ($9 is null or l.created_at < $9)
               and ",
            $where,
            " order by l.id desc limit $2"
        ))
    };
}

const ALL: &str = book!("coalesce($5, $6, $7) is null");
const OPEN: &str =
    book!("l.state in ('suspected', 'new', 'taken') and coalesce($5, $6, $7) is null");
const IN_STATE: &str = book!("l.state = $3 and coalesce($5, $6, $7) is null");
const OF_MANAGER: &str = book!("l.taken_by = $4 and coalesce($5, $6, $7) is null");
const OF_SOURCE: &str = book!(
    "l.id in (select lead_id from lead_touches where utm_source = $5)
     and coalesce($6, $7) is null"
);
const OF_WORDS: &str = book!(
    "l.id in (select id from leads where number = $6
              union all
              select id from leads where phone = $7)
     and (coalesce($5, $6, $7) is not null)"
);

/// The sources that brought somebody in the last ninety days, by name.
pub async fn sources(db: &mut impl Executor, now: DateTime<Utc>) -> Result<Vec<String>> {
    // Ids are UUIDv7: their first 48 bits tell the millisecond (RFC 9562, 5.7).
    let since = format!("{:012x}", (now - SOURCES_KEPT).timestamp_millis());
    let rows = fetch_all!(
        db,
        (String,),
        "select distinct utm_source from lead_touches
          where id >= $1 and utm_source is not null
          order by utm_source
          limit 100",
        since
    )?;
    Ok(rows.into_iter().map(|(source,)| source).collect())
}
