//! The board: a column for each state, each a page by key, and which column a card may go to.

use crate::db::{Executor, Tx, fetch_all};
use crate::ids::{RequestId, StaffId};
use crate::paging::{self, Page};
use crate::requests::book::{OpenRow, desk_requests};
use crate::requests::{OpenRequest, State, advance, take};
use crate::staff::Staff;
use crate::{Dealer, Error, Result, work_orders};

/// Whose requests a board shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    #[default]
    All,
    /// One manager's.
    Of(StaffId),
    /// Those that an engineer goes to.
    Engineers(StaffId),
    /// Those that no manager has.
    Nobodys,
    /// Those whose machine stands still.
    Down,
}

/// The cards of a column, newest first, and the cursor of those below. One statement that an index
/// serves.
pub async fn column(
    db: &mut impl Executor,
    state: State,
    whose: &Whose,
    (before, limit): (Option<&str>, i64),
) -> Result<Page<OpenRequest>> {
    let person = match whose {
        Whose::Of(person) | Whose::Engineers(person) => Some(person),
        _ => None,
    };
    let rows = fetch_all!(
        db,
        OpenRow,
        match whose {
            Whose::All => ALL,
            Whose::Of(_) => OF_MANAGER,
            Whose::Engineers(_) => OF_ENGINEER,
            Whose::Nobodys => NOBODYS,
            Whose::Down => DOWN,
        },
        paging::before(before),
        paging::one_more(limit),
        state,
        person
    )?;
    Ok(cards(rows, limit))
}

/// Open requests to which nobody is sent yet, newest first. One statement, over what is open.
pub async fn unassigned(
    db: &mut impl Executor,
    before: Option<&str>,
    limit: i64,
) -> Result<Page<OpenRequest>> {
    let rows = fetch_all!(
        db,
        OpenRow,
        desk_requests!(
            "where r.id < $1 and r.state not in ('done', 'closed', 'cancelled') and w.id is null
             order by r.id desc limit $2"
        ),
        paging::before(before),
        paging::one_more(limit)
    )?;
    Ok(cards(rows, limit))
}

fn cards(rows: Vec<OpenRow>, limit: i64) -> Page<OpenRequest> {
    let rows: Vec<OpenRequest> = rows.into_iter().map(OpenRequest::from).collect();
    Page::of(rows, limit, |row| row.summary.id.to_string())
}

/// `$4` is there in every variant, so that both engines take the same arguments.
macro_rules! column {
    ($where:literal) => {
        desk_requests!(
            "where r.id < $1 and r.state = $3 and ",
            $where,
            " order by r.id desc limit $2"
        )
    };
}

const ALL: &str = column!("$4 is null");
const OF_MANAGER: &str = column!("r.taken_by = $4");
const OF_ENGINEER: &str = column!("w.engineer_id = $4");
const NOBODYS: &str = column!("r.taken_by is null and $4 is null");
const DOWN: &str = column!("r.machine_down and $4 is null");

/// A manager moves a request, as far as the states allow it: taken, it is theirs; scheduled and done
/// follow from the engineer's job.
///
/// # Errors
/// [`Error::Conflict`]: `no_engineer` when nobody was named who is to come, `open_job` when the
/// engineer has not reported yet, `taken` when another manager was first, `state` for any other way
/// that there is none.
pub async fn shift(
    tx: &mut Tx,
    d: &Dealer,
    manager: &Staff,
    id: &RequestId,
    to: State,
) -> Result<()> {
    if !manager.is_manager() {
        return Err(Error::Forbidden);
    }
    if to == State::Taken {
        return take(tx, d, manager, id).await.map(drop);
    }
    let job = work_orders::of_request(tx, id).await?;
    match (to, &job) {
        (State::Scheduled, None) => return Err(Error::Conflict("no_engineer")),
        (State::Done, Some(job)) if job.state != work_orders::State::Done => {
            return Err(Error::Conflict("open_job"));
        }
        _ => {}
    }
    if advance(tx, d, id, to, None).await? { Ok(()) } else { Err(Error::Conflict("state")) }
}
