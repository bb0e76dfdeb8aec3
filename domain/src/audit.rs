//! Who did what in the console. Entries are added and read: there is no function that changes or
//! removes one, and `tests/house` keeps it so.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::db::{Executor, Tx, execute, fetch_all};
use crate::ids::{StaffId, new_id};
use crate::paging::{self, Page};
use crate::{Result, sight};

/// Something that somebody does in the console, to be written beside its effect.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// What is done, such as `delivery-retry`: a text's key without `audit-`.
    pub act: &'static str,
    /// What kind of thing it is done to, such as `delivery`: a text's key without `audit-on-`.
    pub subject: &'static str,
    /// Which one.
    pub subject_id: &'a str,
    /// What else is worth knowing; values of secret names are masked.
    pub details: Value,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Entry {
    /// Its id, in the order of happening.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub staff_id: StaffId,
    /// Their name today.
    pub who: String,
    /// What they did.
    pub act: String,
    /// To what kind of thing.
    pub subject: String,
    /// To which one.
    pub subject_id: String,
    /// What else is known, as JSON.
    pub details: String,
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of one person.
    pub staff: Option<StaffId>,
    /// About one thing: its kind, and which one.
    pub subject: Option<(String, String)>,
    /// Older than this one.
    pub before: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// Writes an entry in the transaction of what was done.
pub async fn record(tx: &mut Tx, staff: &StaffId, act: &Act<'_>, now: DateTime<Utc>) -> Result<()> {
    execute!(
        tx,
        "insert into audit_log (id, at, staff_id, act, subject, subject_id, details)
         values ($1, $2, $3, $4, $5, $6, $7)",
        new_id(now),
        now,
        staff,
        act.act,
        act.subject,
        act.subject_id,
        masked(act.details.clone()).to_string()
    )?;
    Ok(())
}

/// Entries, newest first, and the cursor of those that follow. An index for each filter: a page
/// costs the same however long the log is.
pub async fn page(db: &mut impl Executor, filter: &Filter) -> Result<Page<Entry>> {
    let (kind, id) = filter.subject.clone().unzip();
    let rows = fetch_all!(
        db,
        Entry,
        match (&filter.staff, &filter.subject) {
            (None, None) => ALL,
            (Some(_), None) => OF_STAFF,
            (None, Some(_)) => OF_SUBJECT,
            (Some(_), Some(_)) => OF_BOTH,
        },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        filter.staff.as_ref(),
        kind,
        id
    )?;
    Ok(Page::of(rows, filter.limit, |row| row.id.clone()))
}

/// `$3` to `$5` are there in every variant, so that both engines take the same arguments.
macro_rules! entries {
    ($where:literal) => {
        concat!(
            "select a.id, a.at, a.staff_id, s.name as who, a.act, a.subject, a.subject_id, a.details
               from audit_log a join staff s on s.id = a.staff_id
              where a.id < $1 and ",
            $where,
            " order by a.id desc limit $2"
        )
    };
}

const ALL: &str = entries!("coalesce($3, $4, $5) is null");
const OF_STAFF: &str = entries!("a.staff_id = $3 and coalesce($4, $5) is null");
const OF_SUBJECT: &str = entries!("a.subject = $4 and a.subject_id = $5 and $3 is null");
const OF_BOTH: &str = entries!("a.staff_id = $3 and a.subject = $4 and a.subject_id = $5");

/// Details without the values of secret names.
fn masked(details: Value) -> Value {
    let Value::Object(object) = details else { return details };
    let mask = |(name, value): (String, Value)| {
        let value = if sight::is_secret(&name) { sight::MASK.into() } else { value };
        (name, value)
    };
    Value::Object(object.into_iter().map(mask).collect())
}
