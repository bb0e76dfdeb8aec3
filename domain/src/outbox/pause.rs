//! Connections that rest: because they asked for patience, or because somebody must mend them.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};

/// Stops a connection until a time, with the reason; its queue waits and nothing is lost.
/// `true` when it was not paused before: tell the administrators now, once.
pub async fn pause(
    tx: &mut Tx,
    connection: &str,
    until: DateTime<Utc>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let was = fetch_optional!(
        tx,
        (Option<String>,),
        "select reason from connections where name = $1",
        connection
    )?;
    execute!(
        tx,
        "insert into connections (name, paused_until, reason, updated_at)
         values ($1, $2, $3, $4)
         on conflict (name) do update
            set paused_until = excluded.paused_until, reason = excluded.reason,
                updated_at = excluded.updated_at",
        connection,
        until,
        reason,
        now
    )?;
    Ok(was.is_none_or(|(reason,)| reason.is_none()))
}

/// Lets a connection rest until a time, because it asked for patience: no trouble, so no reason
/// is kept and nobody is told. A pause with a reason stays what it is.
pub async fn rest(
    tx: &mut Tx,
    connection: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into connections (name, paused_until, updated_at) values ($1, $2, $3)
         on conflict (name) do update
            set paused_until = excluded.paused_until, updated_at = excluded.updated_at",
        connection,
        until,
        now
    )?;
    Ok(())
}

/// Ends a pause: the connection answered again. A rest that it asked for is kept to its end, also
/// when a call that was under way comes back well.
pub async fn resume(tx: &mut Tx, connection: &str, now: DateTime<Utc>) -> Result<()> {
    execute!(
        tx,
        "update connections set paused_until = null, reason = null, updated_at = $2
          where name = $1 and (reason is not null or paused_until <= $2)",
        connection,
        now
    )?;
    Ok(())
}

/// Until when a connection rests, and why if it is in trouble.
pub async fn paused(
    db: &mut impl Executor,
    connection: &str,
) -> Result<Option<(DateTime<Utc>, Option<String>)>> {
    Ok(fetch_optional!(
        db,
        (DateTime<Utc>, Option<String>),
        "select paused_until, reason from connections
          where name = $1 and paused_until is not null",
        connection
    )?)
}
