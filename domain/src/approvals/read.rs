//! Cases as lists show them.

use crate::approvals::{Approval, State, approvals};
use crate::db::{Executor, fetch_all};
use crate::ids::{ApprovalId, StaffId};
use crate::{Dealer, Result};

/// So many wait for one person at most: more at once were never seen.
const MINE: i64 = 200;

/// What waits for a person's answer, also where they stand in for somebody today; the longest first.
///
/// # Errors
/// When the database fails.
pub async fn mine(db: &mut impl Executor, d: &Dealer, staff: &StaffId) -> Result<Vec<Approval>> {
    Ok(fetch_all!(
        db,
        Approval,
        approvals!(
            "where state = 'open'
               and id in (select x.approval_id
                            from approval_deciders x
                           where x.state = 'asked'
                             and (x.staff_id = $1
                                  or x.staff_id in (select u.staff_id
                                                      from staff_substitutes u
                                                     where u.substitute_id = $1
                                                       and u.from_on <= $2 and u.to_on >= $2)))
             order by asked_at, id
             limit $3"
        ),
        staff,
        d.today(),
        MINE
    )?)
}

/// Cases, the newest first: of one state or of all, those before a cursor.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &mut impl Executor,
    state: Option<State>,
    before: Option<&ApprovalId>,
    limit: i64,
) -> Result<Vec<Approval>> {
    Ok(fetch_all!(
        db,
        Approval,
        approvals!(
            "where ($1 is null or state = $1) and ($2 is null or id < $2)
             order by id desc
             limit $3"
        ),
        state.map(State::as_str),
        before.map(ApprovalId::as_str),
        limit
    )?)
}
