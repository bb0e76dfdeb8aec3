//! Cases as the console lists them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::Result;
use crate::approvals::{Kind, State};
use crate::db::{Executor, fetch_all, fetch_one};
use crate::ids::{ApprovalId, StaffId};
use crate::money::Money;
use crate::staff::Staff;

/// A case of a list.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Summary {
    /// Its id.
    pub id: ApprovalId,
    /// What is asked.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// What it is about, in a line; empty for a dispute.
    pub title: String,
    /// The sum.
    pub amount: Option<Money>,
    /// Who asks, by name.
    pub requester_name: String,
    /// The rule that it met.
    pub rule_name: Option<String>,
    /// When this version was asked.
    pub asked_at: DateTime<Utc>,
    /// Until when it is to be decided.
    pub deadline_at: Option<DateTime<Utc>>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Whom it waits for, by name.
    pub awaits: Option<String>,
}

/// Which cases.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In one state.
    pub state: Option<State>,
    /// Only those that ask somebody, or asked them.
    pub asks: Option<StaffId>,
    /// Older than this one.
    pub before: Option<ApprovalId>,
    /// At most so many.
    pub limit: i64,
}

impl Filter {
    /// What a reader may see: managers any case, others what they are asked.
    #[must_use]
    pub fn seen_by(self, reader: &Staff) -> Filter {
        if reader.is_manager() { self } else { Filter { asks: Some(reader.id.clone()), ..self } }
    }
}

/// Cases, the newest first, and the cursor of those that follow. Walks the primary key backwards:
/// a dealer has some thousands of cases a year, of which a page reads its own, and for what is rare
/// the rest.
///
/// # Errors
/// When the database fails.
pub async fn page(
    db: &mut impl Executor,
    filter: &Filter,
) -> Result<(Vec<Summary>, Option<ApprovalId>)> {
    let rows = fetch_all!(
        db,
        Summary,
        "select a.id, a.kind, a.state, a.title, a.amount, a.requester_name, a.rule_name,
                a.asked_at, a.deadline_at, a.decided_at, s.name as decided_by,
                (select min(w.name)
                   from approval_deciders d join staff w on w.id = d.staff_id
                  where d.approval_id = a.id and d.state = 'asked' and a.state = 'open') as awaits
           from approvals a
           left join staff s on s.id = a.decided_by
          where a.id < $1
            and ($2 is null or a.state = $2)
            and ($3 is null or exists (select 1 from approval_deciders d
                                        where d.approval_id = a.id and d.staff_id = $3))
          order by a.id desc
          limit $4",
        filter.before.as_ref().map_or("z", ApprovalId::as_str),
        filter.state,
        filter.asks.as_ref(),
        filter.limit + 1
    )?;
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    let rows: Vec<Summary> = rows.into_iter().take(limit).collect();
    let next = rows.last().filter(|_| more).map(|row| row.id.clone());
    Ok((rows, next))
}

/// How many open cases ask somebody now.
///
/// # Errors
/// When the database fails.
pub async fn asked_of(db: &mut impl Executor, staff: &StaffId) -> Result<i64> {
    let row: (i64,) = fetch_one!(
        db,
        (i64,),
        "select count(distinct d.approval_id)
           from approval_deciders d join approvals a on a.id = d.approval_id
          where d.staff_id = $1 and d.state = 'asked' and a.state = 'open'",
        staff
    )?;
    Ok(row.0)
}
