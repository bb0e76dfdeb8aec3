//! One-time links: a row that waits becomes the person's who opens its link first.

use chrono::{DateTime, TimeDelta, Utc};

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CompanyId, CustomerId, StaffId, new_id, new_token, token_hash};
use crate::people::{
    Channel, Customer, MemberRole, Profile, by_telegram, claim, find, insert, join, merge,
    note_consent,
};
use crate::{Error, Result};

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

/// Makes a one-time link's token that leads into a company as `role`; valid `days`. `note` says for
/// whom, `by` who made it.
pub async fn invite_member(
    tx: &mut Tx,
    (company, role): (&CompanyId, MemberRole),
    (note, by): (&str, &StaffId),
    days: i64,
    now: DateTime<Utc>,
) -> Result<String> {
    let token = new_token();
    execute!(
        tx,
        "insert into invites (id, token_hash, company_id, role, note, made_by, expires_at,
                              created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(now),
        token_hash(&token),
        company,
        role,
        note,
        by,
        now + TimeDelta::days(days),
        now
    )?;
    Ok(token)
}

/// Uses an invite, once: the waiting row becomes this person's, or they become a member of the
/// company that it leads into. A used, expired, revoked or unknown token, and a row that has found
/// its person meanwhile, are [`Error::NotFound`].
pub async fn accept_invite(
    tx: &mut Tx,
    token: &str,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<Customer> {
    let used = fetch_optional!(
        tx,
        (Option<CustomerId>, Option<CompanyId>, Option<MemberRole>),
        "update invites set used_at = $2
          where token_hash = $1 and used_at is null and revoked_at is null and expires_at > $2
      returning customer_id, company_id, role",
        token_hash(token),
        now
    )?;
    let (waiting, company, role) = used.ok_or(Error::NotFound)?;
    let customer = match (&waiting, &company) {
        (Some(waiting), _) => become_known(tx, waiting, profile, now).await?,
        (None, Some(_)) => match by_telegram(tx, profile.telegram_id).await? {
            Some(known) => known,
            None => insert(tx, Some(profile), None, &profile.name, now).await?,
        },
        (None, None) => return Err(Error::NotFound),
    };
    if let Some((company, role)) = company.zip(role) {
        join(tx, &customer.id, &company, role, now).await?;
    }
    note_consent(tx, &customer.id, Channel::Bot, now).await?;
    find(tx, &customer.id).await?.ok_or(Error::NotFound)
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
