//! Invites as the console lists them: whom each is for, what it opens, what became of it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all};
use crate::ids::{CompanyId, CustomerId};
use crate::paging::{self, Page};
use crate::people::MemberRole;
use crate::{Error, Money, Result};

/// A one-time link, without its token, which nobody can read again.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Invite {
    /// Its id.
    pub id: String,
    /// The customer whose row waits; none where whoever comes is new.
    pub customer_id: Option<CustomerId>,
    /// Their name.
    pub customer_name: Option<String>,
    /// The company that it leads into.
    pub company_id: Option<CompanyId>,
    /// Its name.
    pub company_name: Option<String>,
    /// As what.
    pub role: Option<MemberRole>,
    /// Whom it was made for, in words.
    pub note: String,
    /// What they may order there without their director; none is without a limit.
    pub order_limit: Option<Money>,
    /// Who made it.
    pub made_by: Option<String>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What became of an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteState {
    /// It waits for its person.
    Open,
    /// It has brought somebody.
    Used,
    /// It was taken back.
    Revoked,
    /// Its time has passed.
    Expired,
}

impl Invite {
    /// What became of it by `now`.
    pub fn state(&self, now: DateTime<Utc>) -> InviteState {
        match (self.used_at, self.revoked_at) {
            (Some(_), _) => InviteState::Used,
            (None, Some(_)) => InviteState::Revoked,
            (None, None) if self.expires_at <= now => InviteState::Expired,
            (None, None) => InviteState::Open,
        }
    }
}

/// Which invites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvitesWhich {
    /// Those that nobody has used or taken back.
    #[default]
    Waiting,
    /// All.
    All,
}

/// A page of invites, newest first: of one company, or all. One statement that an index serves.
pub async fn invites(
    db: &mut impl Executor,
    filter: &paging::Filter<InvitesWhich>,
    company: Option<&CompanyId>,
) -> Result<Page<Invite>> {
    let rows = fetch_all!(
        db,
        Invite,
        match (company, filter.which) {
            (Some(_), _) => OF_COMPANY,
            (None, InvitesWhich::Waiting) => WAITING,
            (None, InvitesWhich::All) => ALL,
        },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        company
    )?;
    Ok(Page::of(rows, filter.limit, |row| row.id.clone()))
}

/// `$3` is there in every variant, so that both engines take the same arguments.
macro_rules! book {
    ($where:literal) => {
        concat!(
            "select i.id, i.customer_id, c.name as customer_name, i.company_id,
                    f.name as company_name, i.role, i.order_limit, i.note,
                    coalesce(s.name, d.name) as made_by, i.expires_at, i.used_at, i.revoked_at,
                    i.created_at
               from invites i
               left join customers c on c.id = i.customer_id
               left join companies f on f.id = i.company_id
               left join staff s on s.id = i.made_by
               left join customers d on d.id = i.invited_by
              where i.id < $1 and ",
            $where,
            " order by i.id desc limit $2"
        )
    };
}

const ALL: &str = book!("$3 is null");
const WAITING: &str = book!("i.used_at is null and i.revoked_at is null and $3 is null");
const OF_COMPANY: &str = book!("i.company_id = $3");

const OPEN: &str =
    book!("i.company_id = $3 and i.used_at is null and i.revoked_at is null and i.expires_at > $4");

/// The links into a company that still open it, newest first; 100 at most. One statement.
///
/// # Errors
/// When the database fails.
pub async fn open_invites(
    db: &mut impl Executor,
    company: &CompanyId,
    now: DateTime<Utc>,
) -> Result<Vec<Invite>> {
    Ok(fetch_all!(db, Invite, OPEN, paging::before(None), 100_i64, company, now)?)
}

/// Takes an invite back: its link opens nothing from now on.
///
/// # Errors
/// [`Error::Conflict`] `state` when it was used, taken back, or has expired.
pub async fn revoke_invite(tx: &mut Tx, id: &str, now: DateTime<Utc>) -> Result<()> {
    let revoked = execute!(
        tx,
        "update invites set revoked_at = $2
          where id = $1 and used_at is null and revoked_at is null and expires_at > $2",
        id,
        now
    )?;
    if revoked == 1 { Ok(()) } else { Err(Error::Conflict("state")) }
}
