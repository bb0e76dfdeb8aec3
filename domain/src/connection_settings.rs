//! What people changed of a connection's settings at the console, over what the configuration says,
//! and what its account was last seen to have. What keys and values mean is the server's business.

use chrono::{DateTime, Utc};

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::StaffId;
use crate::{Error, Result};

/// One setting that was changed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Changed {
    /// Which.
    pub key: String,
    /// What stands there now; empty for nothing.
    pub value: String,
    /// The name of whoever changed it.
    pub who: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// A change of one setting: its key, and the value, or `None` for what the configuration says.
pub type Edit = (String, Option<String>);

/// What was changed of a connection, by key.
pub async fn changes(db: &mut impl Executor, connection: &str) -> Result<Vec<Changed>> {
    Ok(fetch_all!(
        db,
        Changed,
        "select c.key, c.value, s.name as who, c.changed_at
           from connection_settings c join staff s on s.id = c.staff_id
          where c.connection = $1
          order by c.key",
        connection
    )?)
}

/// Which version of a connection's settings is in force; 0 before the first change.
pub async fn version(db: &mut impl Executor, connection: &str) -> Result<i64> {
    let found = fetch_optional!(
        db,
        (i64,),
        "select version from connection_accounts where connection = $1",
        connection
    )?;
    Ok(found.map_or(0, |(version,)| version))
}

/// Changes settings of a connection, all or none.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed them since `version`.
pub async fn change(
    tx: &mut Tx,
    connection: &str,
    version: i64,
    edits: &[Edit],
    (staff, now): (&StaffId, DateTime<Utc>),
) -> Result<()> {
    begin(tx, connection).await?;
    let first = execute!(
        tx,
        "update connection_accounts set version = version + 1
          where connection = $1 and version = $2",
        connection,
        version
    )?;
    if first == 0 {
        return Err(Error::Conflict("mapping"));
    }
    for (key, value) in edits {
        match value {
            Some(value) => execute!(
                tx,
                "insert into connection_settings (connection, key, value, staff_id, changed_at)
                 values ($1, $2, $3, $4, $5)
                 on conflict (connection, key) do update
                    set value = excluded.value, staff_id = excluded.staff_id,
                        changed_at = excluded.changed_at",
                connection,
                key,
                value,
                staff,
                now
            )?,
            None => execute!(
                tx,
                "delete from connection_settings where connection = $1 and key = $2",
                connection,
                key
            )?,
        };
    }
    Ok(())
}

/// Keeps what an account was seen to have.
pub async fn keep_seen(
    tx: &mut Tx,
    connection: &str,
    seen: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    begin(tx, connection).await?;
    execute!(
        tx,
        "update connection_accounts set seen = $2, seen_at = $3 where connection = $1",
        connection,
        seen,
        now
    )?;
    Ok(())
}

/// What an account was last seen to have, and when; `None` before the first look.
pub async fn seen(
    db: &mut impl Executor,
    connection: &str,
) -> Result<Option<(String, DateTime<Utc>)>> {
    Ok(fetch_optional!(
        db,
        (String, DateTime<Utc>),
        "select seen, seen_at from connection_accounts
          where connection = $1 and seen is not null and seen_at is not null",
        connection
    )?)
}

/// When each account was last seen.
pub async fn all_seen(db: &mut impl Executor) -> Result<Vec<(String, DateTime<Utc>)>> {
    Ok(fetch_all!(
        db,
        (String, DateTime<Utc>),
        "select connection, seen_at from connection_accounts
          where seen_at is not null order by connection"
    )?)
}

async fn begin(tx: &mut Tx, connection: &str) -> Result<()> {
    execute!(
        tx,
        "insert into connection_accounts (connection) values ($1) on conflict (connection) do nothing",
        connection
    )?;
    Ok(())
}
