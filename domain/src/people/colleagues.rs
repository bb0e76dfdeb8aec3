//! What a director does about the people of their company: sees them, invites, takes links back.

use chrono::TimeDelta;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::ids::{CompanyId, CustomerId};
use crate::people::{Inviter, MemberRole, MembershipState, NewInvite, company, invite_member};
use crate::text::clean;
use crate::{Dealer, Error, Money, Result};

/// So many days a colleague has to open their link.
const COLLEAGUE_DAYS: i64 = 7;
/// So many links of one company wait at the most.
const MOST_OPEN: i64 = 20;
/// The longest name of whom a link is for, in characters.
const LONGEST_NOTE: usize = 120;

/// Somebody of a company, as their colleagues see them.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Colleague {
    /// The membership's id.
    pub id: String,
    /// Who.
    pub customer_id: CustomerId,
    /// As they call themselves.
    pub name: String,
    /// What they do there.
    pub role: MemberRole,
    /// Whether it counts yet.
    pub state: MembershipState,
    /// What they may order without their director; none is without a limit.
    pub order_limit: Option<Money>,
    /// Whether the director offers them the company, until they answer.
    pub offered: bool,
}

/// The people of a company, in the order of joining, for one of them; 500 at most. One statement.
///
/// # Errors
/// [`Error::NotFound`] for who is no active member.
pub async fn colleagues(
    db: &mut impl Executor,
    customer: &CustomerId,
    company: &CompanyId,
) -> Result<Vec<Colleague>> {
    let all = fetch_all!(
        db,
        Colleague,
        "select m.id, m.customer_id, c.name, m.role, m.state, m.order_limit,
                o.to_id is not null as offered
           from memberships m
           join customers c on c.id = m.customer_id
           left join director_offers o on o.company_id = m.company_id and o.to_id = m.customer_id
          where m.company_id = $1 and m.state <> 'refused'
          order by m.id
          limit 500",
        company
    )?;
    let active = |one: &&Colleague| one.state == MembershipState::Active;
    match all.iter().filter(active).any(|one| one.customer_id == *customer) {
        true => Ok(all),
        false => Err(Error::NotFound),
    }
}

/// Whether somebody directs a company.
///
/// # Errors
/// [`Error::NotFound`] for who is no active member, [`Error::Forbidden`] for another role.
pub async fn must_direct(tx: &mut Tx, customer: &CustomerId, company: &CompanyId) -> Result<()> {
    let role = fetch_optional!(
        tx,
        (MemberRole,),
        "select role from memberships
          where customer_id = $1 and company_id = $2 and state = 'active'",
        customer,
        company
    )?;
    match role {
        Some((MemberRole::Director,)) => Ok(()),
        Some(_) => Err(Error::Forbidden),
        None => Err(Error::NotFound),
    }
}

/// A director invites a colleague: the token of a one-time link. Another director counts only once the
/// dealer agrees. `note` says for whom it is.
///
/// # Errors
/// As the right to direct lacks; [`Error::Invalid`] without a name, or where too many links wait.
pub async fn invite_colleague(
    tx: &mut Tx,
    d: &Dealer,
    director: &CustomerId,
    into: &CompanyId,
    (role, order_limit): (MemberRole, Option<Money>),
    note: &str,
) -> Result<String> {
    let now = d.clock.now();
    must_direct(tx, director, into).await?;
    company(tx, into).await?.ok_or(Error::NotFound)?;
    if note.trim().is_empty() {
        return Err(Error::invalid("note", "error-required"));
    }
    let note = clean(note, LONGEST_NOTE).ok_or(Error::invalid("note", "error-too-long"))?;
    if order_limit.is_some_and(|limit| limit.as_kopecks() < 0) {
        return Err(Error::invalid("limit", "error-money"));
    }
    let (open,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from invites
          where company_id = $1 and used_at is null and revoked_at is null and expires_at > $2",
        into,
        now
    )?;
    if open >= MOST_OPEN {
        return Err(Error::invalid("note", "error-invites-many"));
    }
    let new = NewInvite {
        company: into,
        role,
        // Nobody decides above a director.
        order_limit: order_limit.filter(|_| role != MemberRole::Director),
        note: &note,
        by: Inviter::Director(director),
    };
    invite_member(tx, &new, now + TimeDelta::days(COLLEAGUE_DAYS), now).await
}

/// A director takes back a link into their company.
///
/// # Errors
/// As the right to direct lacks; [`Error::NotFound`] for a link of another company, a conflict `state`
/// for one that was used, taken back, or has expired.
pub async fn revoke_colleague(
    tx: &mut Tx,
    d: &Dealer,
    director: &CustomerId,
    company: &CompanyId,
    invite: &str,
) -> Result<()> {
    must_direct(tx, director, company).await?;
    let theirs = fetch_optional!(
        tx,
        (String,),
        "select id from invites where id = $1 and company_id = $2",
        invite,
        company
    )?;
    theirs.ok_or(Error::NotFound)?;
    super::revoke_invite(tx, invite, d.clock.now()).await
}

/// What somebody made of links goes with them.
pub(super) async fn end_invites(tx: &mut Tx, d: &Dealer, by: &CustomerId) -> Result<()> {
    execute!(
        tx,
        "update invites set revoked_at = $2
          where invited_by = $1 and used_at is null and revoked_at is null",
        by,
        d.clock.now()
    )?;
    Ok(())
}
