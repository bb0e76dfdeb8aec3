//! What happened to a case; nobody edits it.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::approvals::{Approval, Via};
use crate::db::{Executor, Tx, execute, fetch_all};
use crate::ids::{ApprovalId, CustomerId, StaffId, new_id};

/// One thing that happened to a case.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Event {
    /// Which version it happened to.
    pub version: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `opened`, `approved`, `rejected`, `changes_requested`, `reopened`, `withdrawn`, `reminded`,
    /// `escalated`, `expired`.
    pub kind: String,
    /// Who did it; none where it happened by itself.
    pub staff: Option<String>,
    /// For whom, where they stood in for somebody.
    pub for_staff: Option<String>,
    /// By which way.
    pub via: Option<Via>,
    /// The reason, or what changed, as JSON; empty where there is none.
    pub words: String,
}

/// What happened to a case, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn history(db: &mut impl Executor, id: &ApprovalId) -> Result<Vec<Event>> {
    Ok(fetch_all!(
        db,
        Event,
        "select e.version, e.at, e.kind, coalesce(s.name, c.name) as staff, f.name as for_staff,
                e.via, e.words
           from approval_events e
           left join staff s on s.id = e.staff_id
           left join customers c on c.id = e.customer_id
           left join staff f on f.id = e.for_staff
          where e.approval_id = $1
          order by e.id",
        id
    )?)
}

/// Of whom a line of the history tells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct By<'a> {
    pub(super) staff: Option<&'a StaffId>,
    pub(super) customer: Option<&'a CustomerId>,
    pub(super) in_place_of: Option<&'a StaffId>,
    pub(super) via: Option<Via>,
}

/// Writes a line of the history.
pub(super) async fn note(
    tx: &mut Tx,
    approval: &Approval,
    kind: &str,
    by: By<'_>,
    words: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into approval_events (id, approval_id, version, at, kind, staff_id, for_staff, via,
                                      words, customer_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new_id(now),
        &approval.id,
        approval.version,
        now,
        kind,
        by.staff,
        by.in_place_of,
        by.via,
        words,
        by.customer
    )?;
    Ok(())
}
