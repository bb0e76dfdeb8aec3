//! What somebody does in each of their companies, and what they may order there alone.

use crate::db::{Executor, Tx, fetch_all, fetch_optional};
use crate::ids::{CompanyId, CustomerId};
use crate::people::{MemberRole, MembershipState};
use crate::text::Inn;
use crate::{Error, Money, Result};

impl MembershipState {
    /// As the keys of texts have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            MembershipState::Pending => "pending",
            MembershipState::Active => "active",
            MembershipState::Refused => "refused",
        }
    }
}

/// One membership, as those see it who may change its limit.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Membership {
    /// Its id.
    pub id: String,
    /// The company.
    pub company_id: CompanyId,
    /// Its name.
    pub company: String,
    /// What the member does there.
    pub role: MemberRole,
    /// Whether it counts.
    pub state: MembershipState,
    /// What they may order without their director; none is without a limit.
    pub order_limit: Option<Money>,
    /// How many machines the company has.
    pub machines: i64,
    /// Whether the director offers them the company, until they answer.
    pub offered: bool,
}

/// Every membership of a customer, also those that do not count, in the order of asking. One statement.
///
/// # Errors
/// When the database fails.
pub async fn memberships(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<Membership>> {
    Ok(fetch_all!(
        db,
        Membership,
        "select m.id, m.company_id, c.name as company, m.role, m.state, m.order_limit,
                (select count(*) from machine_instances i where i.company_id = c.id) as machines,
                o.to_id is not null as offered
           from memberships m
           join companies c on c.id = m.company_id
           left join director_offers o on o.company_id = c.id and o.to_id = m.customer_id
          where m.customer_id = $1
          order by m.id",
        customer
    )?)
}

/// Bounds what a member may order without their director; none takes the bound away. Orders that were
/// placed stay as they are. Answers whose membership it is.
///
/// # Errors
/// `NotFound`.
pub async fn set_order_limit(
    tx: &mut Tx,
    membership: &str,
    limit: Option<Money>,
) -> Result<CustomerId> {
    let row = fetch_optional!(
        tx,
        (CustomerId,),
        "update memberships set order_limit = $2 where id = $1 returning customer_id",
        membership,
        limit
    )?;
    row.map(|(customer,)| customer).ok_or(Error::NotFound)
}

/// What a member of a company may order without their director; none is without a limit.
///
/// # Errors
/// When the database fails.
pub async fn order_limit(
    db: &mut impl Executor,
    customer: &CustomerId,
    company: &CompanyId,
) -> Result<Option<Money>> {
    let row = fetch_optional!(
        db,
        (Option<Money>,),
        "select order_limit from memberships
          where customer_id = $1 and company_id = $2 and state = 'active'",
        customer,
        company
    )?;
    Ok(row.and_then(|(limit,)| limit))
}

/// Whether the bot reaches a director of the company beside this member.
///
/// # Errors
/// When the database fails.
pub async fn has_director(
    db: &mut impl Executor,
    company: &CompanyId,
    member: &CustomerId,
) -> Result<bool> {
    let row = fetch_optional!(
        db,
        (CustomerId,),
        "select c.id
           from memberships m
           join customers c on c.id = m.customer_id
          where m.company_id = $1 and m.role = 'director' and m.state = 'active' and c.id <> $2
            and c.reachable and c.telegram_id is not null
          limit 1",
        company,
        member
    )?;
    Ok(row.is_some())
}

/// The company of this INN, for whoever wants to belong to it.
///
/// # Errors
/// When the database fails.
pub async fn company_by_inn(db: &mut impl Executor, inn: &Inn) -> Result<Option<CompanyId>> {
    let row = fetch_optional!(db, (CompanyId,), "select id from companies where inn = $1", inn)?;
    Ok(row.map(|(id,)| id))
}
