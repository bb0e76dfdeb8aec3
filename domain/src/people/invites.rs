//! One-time links: a row that waits becomes the person's who opens its link first, or they become a
//! member of the company that it leads into.

use chrono::{DateTime, TimeDelta, Utc};

use crate::approvals::own;
use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CompanyId, CustomerId, StaffId, new_id, new_token, token_hash};
use crate::people::{
    Channel, Customer, MemberRole, Profile, by_telegram, claim, company, find, insert, join_within,
    merge, note_consent,
};
use crate::{Dealer, Error, Money, Result};

/// A link into a company.
#[derive(Clone, Copy, Debug)]
pub struct NewInvite<'a> {
    /// Which company.
    pub company: &'a CompanyId,
    /// As what.
    pub role: MemberRole,
    /// What they may order there without their director; none is without a limit.
    pub order_limit: Option<Money>,
    /// For whom, in words.
    pub note: &'a str,
    /// Who makes it.
    pub by: Inviter<'a>,
}

/// Who makes a link into a company.
#[derive(Clone, Copy, Debug)]
pub enum Inviter<'a> {
    /// The dealer's manager.
    Staff(&'a StaffId),
    /// The company's director.
    Director(&'a CustomerId),
}

/// Who came by a link, and where it led them.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Who.
    pub customer: Customer,
    /// The company that they belong to now, or will.
    pub joined: Option<Joined>,
}

/// A company that a link led into.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Its name.
    pub company: String,
    /// As what.
    pub role: MemberRole,
    /// The director who invited them; none where the dealer did.
    pub by: Option<String>,
    /// Whether it counts only once the dealer agrees.
    pub waits: bool,
}

/// Makes a one-time link's token for a customer row that waits for its person; valid `days`.
pub async fn invite(
    tx: &mut Tx,
    customer: &CustomerId,
    days: i64,
    now: DateTime<Utc>,
) -> Result<String> {
    let token = new_token();
    execute!(
        tx,
        "insert into invites (id, token_hash, customer_id, expires_at, created_at)
         values ($1, $2, $3, $4, $5)",
        new_id(now),
        token_hash(&token),
        customer,
        now + TimeDelta::days(days),
        now
    )?;
    Ok(token)
}

/// Makes a one-time link's token that leads into a company, valid until a time. Whether the inviter may
/// is the caller's to know.
pub async fn invite_member(
    tx: &mut Tx,
    new: &NewInvite<'_>,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<String> {
    let token = new_token();
    let (staff, director) = match new.by {
        Inviter::Staff(staff) => (Some(staff), None),
        Inviter::Director(director) => (None, Some(director)),
    };
    execute!(
        tx,
        "insert into invites (id, token_hash, company_id, role, order_limit, note, made_by,
                              invited_by, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new_id(now),
        token_hash(&token),
        new.company,
        new.role,
        new.order_limit,
        new.note,
        staff,
        director,
        until,
        now
    )?;
    Ok(token)
}

#[derive(sqlx::FromRow)]
struct Used {
    customer_id: Option<CustomerId>,
    company_id: Option<CompanyId>,
    role: Option<MemberRole>,
    order_limit: Option<Money>,
    invited_by: Option<CustomerId>,
}

/// Uses an invite, once: the waiting row becomes this person's, or they become a member of the
/// company that it leads into. A used, expired, revoked or unknown token, a row that has found
/// its person meanwhile, and a director's link after their time are [`Error::NotFound`].
pub async fn accept_invite(
    tx: &mut Tx,
    d: &Dealer,
    token: &str,
    profile: &Profile,
) -> Result<Accepted> {
    let now = d.clock.now();
    let used = fetch_optional!(
        tx,
        Used,
        "update invites set used_at = $2
          where token_hash = $1 and used_at is null and revoked_at is null and expires_at > $2
            and (invited_by is null
                 or exists (select 1 from memberships m
                             where m.customer_id = invites.invited_by
                               and m.company_id = invites.company_id
                               and m.state = 'active' and m.role = 'director'))
      returning customer_id, company_id, role, order_limit, invited_by",
        token_hash(token),
        now
    )?
    .ok_or(Error::NotFound)?;
    let customer = match (&used.customer_id, &used.company_id) {
        (Some(waiting), _) => become_known(tx, waiting, profile, now).await?,
        (None, Some(_)) => match by_telegram(tx, profile.telegram_id).await? {
            Some(known) => known,
            None => insert(tx, Some(profile), None, &profile.name, now).await?,
        },
        (None, None) => return Err(Error::NotFound),
    };
    let joined = match (&used.company_id, used.role) {
        (Some(into), Some(role)) => Some(let_in(tx, d, &customer, (into, role), &used).await?),
        _ => None,
    };
    note_consent(tx, &customer.id, Channel::Bot, now).await?;
    let customer = find(tx, &customer.id).await?.ok_or(Error::NotFound)?;
    Ok(Accepted { customer, joined })
}

/// They belong to the company now. A director's word makes no director: the dealer is asked.
async fn let_in(
    tx: &mut Tx,
    d: &Dealer,
    customer: &Customer,
    (into, role): (&CompanyId, MemberRole),
    used: &Used,
) -> Result<Joined> {
    let name = company(tx, into).await?.ok_or(Error::NotFound)?.name;
    let by = match &used.invited_by {
        Some(by) => find(tx, by).await?.map(|by| by.name),
        None => None,
    };
    let waits = role == MemberRole::Director && used.invited_by.is_some();
    if waits {
        own::ask_to_join(tx, d, customer, into, role).await?;
    } else {
        let terms = (role, used.order_limit);
        join_within(tx, &customer.id, into, terms, d.clock.now()).await?;
    }
    Ok(Joined { company: name, role, by, waits })
}

/// The row that waited is this person's from now on.
async fn become_known(
    tx: &mut Tx,
    waiting: &CustomerId,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<Customer> {
    let waiting = find(tx, waiting).await?.ok_or(Error::NotFound)?;
    if waiting.telegram_id.is_some_and(|id| id != profile.telegram_id) {
        return Err(Error::NotFound);
    }
    Ok(match by_telegram(tx, profile.telegram_id).await? {
        Some(known) if known.id == waiting.id => known,
        Some(known) => {
            merge(tx, &waiting.id, &known.id).await?;
            known
        }
        None => {
            claim(tx, &waiting.id, profile, now).await?;
            waiting
        }
    })
}
