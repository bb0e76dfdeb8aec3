//! Who of the staff is whom in a portal: by the e-mail or the phone that both know, or by a code that
//! the bot gives to the one and the other enters. Whoever decides in the portal decides as themselves.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{StaffId, new_token, token_hash};
use crate::staff::{self, Staff};
use crate::text::{Email, Phone};
use crate::{Error, Result};

/// So long a code may be entered.
const CODE_LIFE: TimeDelta = TimeDelta::minutes(15);

/// Characters of a code, in two groups.
const CODE_LENGTH: usize = 8;

/// How a person was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum How {
    /// Both have this e-mail.
    Email,
    /// Both have this phone.
    Phone,
    /// They entered the code that the bot had given to them.
    Code,
}

/// A person as the portal knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalUser {
    /// Their id there.
    pub id: i64,
    /// Their e-mail, by which they sign in there.
    pub email: Option<Email>,
    /// Their phones; they write them into their profile themselves.
    pub phones: Vec<Phone>,
    /// False for those who were dismissed.
    pub active: bool,
}

/// One of the staff who is known in a portal.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Known {
    /// Who.
    pub staff_id: StaffId,
    /// Their id in the portal.
    pub portal_user: i64,
    /// How they were recognised.
    pub how: How,
    /// When.
    pub matched_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Reach {
    id: StaffId,
    email: Option<String>,
    phone: Option<String>,
}

/// Matches the staff to the people of a portal, and forgets those who were dismissed there; how many
/// are newly known. Whoever is known stays who they are. An e-mail counts before a phone: it is what
/// people are invited to a portal by, while a phone they write themselves; so a phone tells nothing
/// where e-mails differ. What several people have in common tells nothing either.
pub async fn match_all(
    tx: &mut Tx,
    connection: &str,
    users: &[PortalUser],
    now: DateTime<Utc>,
) -> Result<usize> {
    for gone in users.iter().filter(|user| !user.active) {
        execute!(
            tx,
            "delete from staff_portal_users where connection = $1 and portal_user = $2",
            connection,
            gone.id
        )?;
    }
    let people = unknown(tx, connection).await?;
    let known = all(tx, connection).await?;
    let free =
        |user: &&PortalUser| user.active && known.iter().all(|known| known.portal_user != user.id);
    let free: Vec<&PortalUser> = users.iter().filter(free).collect();
    let mut found = Vec::new();
    for person in &people {
        let email = person.email.as_deref().and_then(Email::parse);
        let phone = person.phone.as_deref().and_then(Phone::parse);
        let by_email = |user: &PortalUser| email.is_some() && user.email == email;
        let by_phone = |user: &PortalUser| {
            let said = phone.as_ref().is_some_and(|phone| user.phones.contains(phone));
            said && (email.is_none() || user.email.is_none())
        };
        let matched = only(&free, by_email).map(|user| (user, How::Email));
        found.extend(
            matched
                .or_else(|| only(&free, by_phone).map(|user| (user, How::Phone)))
                .map(|(user, how)| (&person.id, user, how)),
        );
    }
    // One user of the portal for two of the staff is a mistake of one of them.
    let mut claims: BTreeMap<i64, usize> = BTreeMap::new();
    for (_, user, _) in &found {
        *claims.entry(*user).or_default() += 1;
    }
    let mut matched = 0;
    for (staff, user, how) in found.into_iter().filter(|(_, user, _)| claims.get(user) == Some(&1))
    {
        know(tx, connection, (staff, user), how, now).await?;
        matched += 1;
    }
    Ok(matched)
}

/// A code by which a member of staff says who they are in a portal; good for fifteen minutes, once.
pub async fn issue_code(tx: &mut Tx, staff: &StaffId, now: DateTime<Utc>) -> Result<String> {
    let code = new_token()[..CODE_LENGTH].to_uppercase();
    execute!(
        tx,
        "insert into staff_link_codes (staff_id, code_hash, expires_at) values ($1, $2, $3)
         on conflict (staff_id) do update
            set code_hash = excluded.code_hash, expires_at = excluded.expires_at",
        staff,
        token_hash(&code),
        now + CODE_LIFE
    )?;
    let (first, second) = code.split_at(CODE_LENGTH / 2);
    Ok(format!("{first}-{second}"))
}

/// The person of the portal who enters a code is the member of staff whom the bot gave it; what was
/// known of either before ends.
///
/// # Errors
/// [`Error::NotFound`] for a code that was never given, was used, or is too old.
pub async fn claim_code(
    tx: &mut Tx,
    connection: &str,
    portal_user: i64,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Staff> {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let used = fetch_optional!(
        tx,
        (StaffId,),
        "delete from staff_link_codes where code_hash = $1 and expires_at > $2
      returning staff_id",
        token_hash(&typed.to_uppercase()),
        now
    )?;
    let (id,) = used.ok_or(Error::NotFound)?;
    let staff = staff::find(tx, &id).await?.filter(|staff| staff.active).ok_or(Error::NotFound)?;
    know(tx, connection, (&id, portal_user), How::Code, now).await?;
    Ok(staff)
}

/// Which active member of staff a person of the portal is.
pub async fn staff_of(
    db: &mut impl Executor,
    connection: &str,
    portal_user: i64,
) -> Result<Option<Staff>> {
    let found = fetch_optional!(
        db,
        (StaffId,),
        "select staff_id from staff_portal_users where connection = $1 and portal_user = $2",
        connection,
        portal_user
    )?;
    let Some((id,)) = found else { return Ok(None) };
    Ok(staff::find(db, &id).await?.filter(|staff| staff.active))
}

/// Who a member of staff is in a portal.
pub async fn user_of(
    db: &mut impl Executor,
    connection: &str,
    staff: &StaffId,
) -> Result<Option<i64>> {
    let found = fetch_optional!(
        db,
        (i64,),
        "select portal_user from staff_portal_users where connection = $1 and staff_id = $2",
        connection,
        staff
    )?;
    Ok(found.map(|(user,)| user))
}

/// Everybody who is known in a portal.
pub async fn all(db: &mut impl Executor, connection: &str) -> Result<Vec<Known>> {
    Ok(fetch_all!(
        db,
        Known,
        "select staff_id, portal_user, how, matched_at from staff_portal_users
          where connection = $1 order by staff_id",
        connection
    )?)
}

/// The active staff whom a portal does not know yet.
async fn unknown(db: &mut impl Executor, connection: &str) -> Result<Vec<Reach>> {
    Ok(fetch_all!(
        db,
        Reach,
        "select s.id, s.email, s.phone from staff s
          where s.active and not exists (select 1 from staff_portal_users p
                                          where p.connection = $1 and p.staff_id = s.id)
          order by s.id",
        connection
    )?)
}

async fn know(
    tx: &mut Tx,
    connection: &str,
    (staff, user): (&StaffId, i64),
    how: How,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "delete from staff_portal_users
          where connection = $1 and (portal_user = $2 or staff_id = $3)",
        connection,
        user,
        staff
    )?;
    execute!(
        tx,
        "insert into staff_portal_users (connection, portal_user, staff_id, how, matched_at)
         values ($1, $2, $3, $4, $5)",
        connection,
        user,
        staff,
        how,
        now
    )?;
    Ok(())
}

/// The only one who fits.
fn only(users: &[&PortalUser], fits: impl Fn(&PortalUser) -> bool) -> Option<i64> {
    let mut fitting = users.iter().filter(|user| fits(user));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first.id)
}

#[cfg(test)]
mod tests;
