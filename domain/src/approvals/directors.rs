//! Customers who decide: the directors of the company that a case is about. They sit in no seat, for
//! those are the staff's; who is a director is looked up when they answer.

use crate::approvals::decide::{Settled, may_count, settle};
use crate::approvals::{Approval, By, Kind, Outcome, Refusal, State, Via, find, note};
use crate::db::{Executor, Tx, execute, fetch_all};
use crate::ids::{ApprovalId, CustomerId};
use crate::{Dealer, Result};

/// A director who may decide and whom the bot reaches.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Director {
    /// The customer.
    pub customer_id: CustomerId,
    /// Their name.
    pub name: String,
    /// Their Telegram id.
    pub telegram_id: i64,
}

macro_rules! directors {
    ($of:literal) => {
        concat!(
            "select c.id as customer_id, c.name, c.telegram_id
               from ",
            $of,
            " asks
               join memberships m on m.company_id = asks.company_id
                                 and m.role = 'director' and m.state = 'active'
               join customers c on c.id = m.customer_id
              where asks.id = $1 and c.id <> asks.customer_id
                and c.reachable and c.telegram_id is not null
              order by c.id"
        )
    };
}

/// The directors who may decide a case: never whoever asks. None for what is no business of theirs.
///
/// # Errors
/// When the database fails.
pub async fn directors(db: &mut impl Executor, approval: &Approval) -> Result<Vec<Director>> {
    let sql = match approval.kind {
        Kind::Membership | Kind::PlateAccess => directors!("memberships"),
        Kind::OrderLimit => directors!("orders"),
        _ => return Ok(Vec::new()),
    };
    Ok(fetch_all!(db, Director, sql, &approval.subject)?)
}

/// Whether somebody is one of them.
///
/// # Errors
/// When the database fails.
pub async fn directs(
    db: &mut impl Executor,
    approval: &Approval,
    customer: &CustomerId,
) -> Result<bool> {
    Ok(directors(db, approval).await?.iter().any(|one| one.customer_id == *customer))
}

/// Takes the answer of a director; it decides. Answers where the case then stands.
///
/// # Errors
/// [`crate::Error::Refused`] says why it does not count. Nothing is to be committed then.
pub async fn decide_as_director(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    id: &ApprovalId,
    outcome: Outcome,
) -> Result<State> {
    // The lock of the case: of two answers the second sees what the first has done.
    execute!(tx, "update approvals set updated_at = $2 where id = $1", id, d.clock.now())?;
    let approval = find(tx, id).await?;
    if !directs(tx, &approval, customer).await? {
        return Err(Refusal::Stranger.into());
    }
    may_count(d, &approval, approval.version)?;
    let state = match outcome {
        Outcome::Approve => State::Approved,
        Outcome::Reject | Outcome::Changes => State::Rejected,
    };
    let by = By { customer: Some(customer), via: Some(Via::Telegram), ..By::default() };
    note(tx, &approval, state.as_str(), by, "", d.clock.now()).await?;
    let by = Settled { staff: None, customer: Some(customer), reason: None };
    settle(tx, d, &approval, state, by).await
}
