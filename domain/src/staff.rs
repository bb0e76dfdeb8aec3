//! The dealer's people. A role is granted by an administrator, never chosen by its bearer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::StaffId;
use crate::text::{Email, Phone};
use crate::texts::Lang;
use crate::{Error, Result};

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    /// Takes jobs and reports.
    Engineer,
    /// Takes requests and orders, assigns jobs, sees the desk.
    Manager,
    /// A manager who is also told of broken connections.
    Administrator,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 3] = [Role::Engineer, Role::Manager, Role::Administrator];

    /// As commands and files say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Engineer => "engineer",
            Role::Manager => "manager",
            Role::Administrator => "administrator",
        }
    }
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// Their Telegram id.
    pub telegram_id: i64,
    /// What they may do.
    pub role: Role,
    /// How colleagues and customers see them.
    pub name: String,
    /// The language they are spoken to in.
    pub language: Lang,
    /// False after removal.
    pub active: bool,
}

impl Staff {
    /// Whether they decide on requests and orders.
    pub fn is_manager(&self) -> bool {
        matches!(self.role, Role::Manager | Role::Administrator)
    }

    /// Whether they repair what did not get through.
    pub fn is_administrator(&self) -> bool {
        self.role == Role::Administrator
    }
}

/// Grants a role, or changes it for somebody who has one.
pub async fn add(
    tx: &mut Tx,
    telegram_id: i64,
    role: Role,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Staff> {
    execute!(
        tx,
        "insert into staff (id, telegram_id, role, name, language, active, reachable, created_at)
         values ($1, $2, $3, $4, 'ru', true, true, $5)
         on conflict (telegram_id) do update
            set role = excluded.role, name = excluded.name, active = true",
        StaffId::new(now),
        telegram_id,
        role,
        name,
        now
    )?;
    by_telegram(tx, telegram_id).await?.ok_or(Error::NotFound)
}

/// By what else than Telegram a member of staff is known: an e-mail, a phone. What is not given stays
/// as it was; `false` when they have no role.
pub async fn set_reach(
    tx: &mut Tx,
    telegram_id: i64,
    email: Option<&Email>,
    phone: Option<&Phone>,
) -> Result<bool> {
    let changed = execute!(
        tx,
        "update staff set email = coalesce($2, email), phone = coalesce($3, phone)
          where telegram_id = $1 and active",
        telegram_id,
        email.map(Email::as_str),
        phone.map(Phone::as_str)
    )?;
    Ok(changed == 1)
}

/// Takes the role away. Their history stays; `false` when they had none.
pub async fn remove(tx: &mut Tx, telegram_id: i64) -> Result<bool> {
    let removed = execute!(
        tx,
        "update staff set active = false where telegram_id = $1 and active",
        telegram_id
    )?;
    Ok(removed == 1)
}

/// Everybody active, in the order of joining.
pub async fn list(db: &mut impl Executor) -> Result<Vec<Staff>> {
    Ok(fetch_all!(
        db,
        Staff,
        "select id, telegram_id, role, name, language, active
           from staff where active order by id"
    )?)
}

/// The active member of staff with this Telegram id.
pub async fn by_telegram(db: &mut impl Executor, telegram_id: i64) -> Result<Option<Staff>> {
    Ok(fetch_optional!(
        db,
        Staff,
        "select id, telegram_id, role, name, language, active
           from staff where telegram_id = $1 and active",
        telegram_id
    )?)
}

/// A member of staff by id, active or not: history names people who have left.
pub async fn find(db: &mut impl Executor, id: &StaffId) -> Result<Option<Staff>> {
    Ok(fetch_optional!(
        db,
        Staff,
        "select id, telegram_id, role, name, language, active from staff where id = $1",
        id
    )?)
}

/// Where a member of staff is written to by e-mail, if that is known.
pub async fn email(db: &mut impl Executor, id: &StaffId) -> Result<Option<String>> {
    let row = fetch_optional!(db, (Option<String>,), "select email from staff where id = $1", id)?;
    Ok(row.and_then(|(email,)| email))
}

/// The Telegram ids of those who decide on requests and orders, as far as the bot may write to
/// them.
pub async fn managers(db: &mut impl Executor) -> Result<Vec<i64>> {
    let rows = fetch_all!(
        db,
        (i64,),
        "select telegram_id from staff
          where active and reachable and role in ('manager', 'administrator') order by id"
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The Telegram ids of those who are told of broken connections: administrators, or the managers
/// where nobody is administrator.
pub async fn administrators(db: &mut impl Executor) -> Result<Vec<i64>> {
    let rows = fetch_all!(
        db,
        (i64,),
        "select telegram_id from staff
          where active and reachable and role = 'administrator' order by id"
    )?;
    if rows.is_empty() {
        return managers(db).await;
    }
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
