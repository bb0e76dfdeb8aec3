//! Customers who decide: the directors of the company that a case is about. They sit in no seat, for
//! those are the staff's; who is a director is looked up when they look and when they answer.

use crate::approvals::decide::{Settled, may_count, settle, worded};
use crate::approvals::{
    Approval, By, Kind, Outcome, Refusal, State, Via, approvals, find, note, own,
};
use crate::db::{Executor, Tx, fetch_all, fetch_optional};
use crate::ids::{ApprovalId, CustomerId, OrderId};
use crate::orders::{self, OrderLine};
use crate::{Dealer, Error, Result};

/// So many wait for one director at most: more at once were never seen.
const MOST: i64 = 100;

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

/// What a director answers.
#[derive(Clone, Debug)]
pub struct DirectorAnswer<'a> {
    /// Their answer; a director sends nothing back for changes, that is a «no».
    pub outcome: Outcome,
    /// Why; a «no» must have it.
    pub reason: Option<&'a str>,
    /// The version that they saw; none where their card does not know.
    pub version: Option<i64>,
    /// By which way.
    pub via: Via,
}

/// A case as a director of the company sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ForDirector {
    /// The case.
    pub approval: Approval,
    /// The name of who decided.
    pub decided_by: Option<String>,
    /// What is ordered, where it is about an order.
    pub lines: Vec<OrderLine>,
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

/// The cases that are the customer's `$1` to decide: of their company, and not what they ask themselves.
/// Who directs beside them is the dealer's to say.
macro_rules! theirs {
    () => {
        "(kind in ('membership', 'plate_access')
          and exists (select 1
                        from memberships asks
                        join memberships m on m.company_id = asks.company_id
                                          and m.role = 'director' and m.state = 'active'
                       where asks.id = approvals.subject
                         and (kind = 'plate_access' or asks.role <> 'director')
                         and m.customer_id = $1 and asks.customer_id <> $1)
          or kind = 'order_limit'
          and exists (select 1
                        from orders asks
                        join memberships m on m.company_id = asks.company_id
                                          and m.role = 'director' and m.state = 'active'
                       where asks.id = approvals.subject
                         and m.customer_id = $1 and asks.customer_id <> $1))"
    };
}

/// The directors who may decide a case and whom the bot reaches: never whoever asks. None for what is no
/// business of theirs.
///
/// # Errors
/// When the database fails.
pub async fn directors(db: &mut impl Executor, approval: &Approval) -> Result<Vec<Director>> {
    let sql = match approval.kind {
        Kind::Membership => directors!("(select * from memberships where role <> 'director')"),
        Kind::PlateAccess => directors!("memberships"),
        Kind::OrderLimit => directors!("orders"),
        _ => return Ok(Vec::new()),
    };
    Ok(fetch_all!(db, Director, sql, &approval.subject)?)
}

/// Whether a case is somebody's to decide as a director.
///
/// # Errors
/// When the database fails.
pub async fn directs(
    db: &mut impl Executor,
    approval: &Approval,
    customer: &CustomerId,
) -> Result<bool> {
    let sql = concat!("select id from approvals where id = $2 and ", theirs!());
    Ok(fetch_optional!(db, (ApprovalId,), sql, customer, &approval.id)?.is_some())
}

/// What waits for a director's answer, the longest first; nothing for those who direct nothing. One
/// statement over what is open (index `approvals_open`).
///
/// # Errors
/// When the database fails.
pub async fn waiting_for_director(
    db: &mut impl Executor,
    customer: &CustomerId,
) -> Result<Vec<Approval>> {
    Ok(fetch_all!(
        db,
        Approval,
        approvals!("where state = 'open' and ", theirs!(), " order by asked_at, id limit $2"),
        customer,
        MOST
    )?)
}

/// A case with what a director is to know of it. Three statements, a fourth where it was decided.
///
/// # Errors
/// `NotFound`, also for what is another company's.
pub async fn for_director(
    db: &mut impl Executor,
    customer: &CustomerId,
    id: &ApprovalId,
) -> Result<ForDirector> {
    let sql = approvals!("where id = $2 and ", theirs!());
    let approval = fetch_optional!(db, Approval, sql, customer, id)?.ok_or(Error::NotFound)?;
    let lines = match (approval.kind, &approval.subject) {
        (Kind::OrderLimit, Some(order)) => {
            orders::lines(db, &OrderId::from(order.as_str())).await?
        }
        _ => Vec::new(),
    };
    let decided_by = approval.decider(db).await?;
    Ok(ForDirector { approval, decided_by, lines })
}

/// Whether a director's answer would count now; asked before they are asked for its reason.
///
/// # Errors
/// As [`decide_as_director`], but for the reason.
pub async fn directable(
    db: &mut impl Executor,
    d: &Dealer,
    customer: &CustomerId,
    id: &ApprovalId,
) -> Result<Approval> {
    let approval = find(db, id).await?;
    if !directs(db, &approval, customer).await? {
        return Err(Refusal::Stranger.into());
    }
    may_count(d, &approval, approval.version)?;
    Ok(approval)
}

/// Takes the answer of a director; it decides. Answers where the case then stands.
///
/// # Errors
/// [`crate::Error::Refused`] says why it does not count; `Invalid` where the reason is too long. Nothing
/// is to be committed then.
pub async fn decide_as_director(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    id: &ApprovalId,
    answer: &DirectorAnswer<'_>,
) -> Result<State> {
    own::lock(tx, d, id).await?;
    let approval = directable(tx, d, customer, id).await?;
    may_count(d, &approval, answer.version.unwrap_or(approval.version))?;
    let reason = worded(answer.outcome, answer.reason)?;
    let state = match answer.outcome {
        Outcome::Approve => State::Approved,
        Outcome::Reject | Outcome::Changes => State::Rejected,
    };
    let by = By { customer: Some(customer), via: Some(answer.via), ..By::default() };
    let words = reason.as_deref().unwrap_or_default();
    note(tx, &approval, state.as_str(), by, words, d.clock.now()).await?;
    let by = Settled { staff: None, customer: Some(customer), reason: reason.as_deref() };
    settle(tx, d, &approval, state, by).await
}
