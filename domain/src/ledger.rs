//! What we wrote into a CRM ourselves and what we have seen there, facet by facet, so that our own
//! echo changes nothing, and neither does what comes late or what was followed before.
//!
//! A write is noted before it is made ([`begin`]) and completed with the CRM's own time of it
//! ([`done`]): an echo may come before the answer. Only the newest write to a facet counts, because
//! an event is followed by reading the entity as it is now; while it is under way, or fails, the
//! one before it may still be what stands there. Once somebody else's value was seen there, ours no
//! longer stands: the same value after it is theirs, not an echo. What we make ourselves, and what
//! we adopt, is known from the start ([`meet`]).

use chrono::{DateTime, TimeDelta, Utc};

use crate::Result;
use crate::db::{Tx, execute};
use crate::ids::token_hash;

mod look;

pub use look::{Facet, Look, heard, look, meet};

/// So long a write without an answer counts as under way: what is seen meanwhile may be older.
const UNDER_WAY: TimeDelta = TimeDelta::minutes(15);

/// An entity of theirs.
#[derive(Clone, Copy, Debug)]
pub struct Their<'a> {
    /// The connection's name.
    pub connection: &'a str,
    /// `lead`, `contact`, `company`.
    pub kind: &'a str,
    /// Its id there.
    pub id: &'a str,
}

/// Notes that `value` is about to be written to a facet, such as `status`.
pub async fn begin(
    tx: &mut Tx,
    their: Their<'_>,
    facet: &str,
    value: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into crm_writes (connection, their_kind, their_id, facet, value_hash, written_at,
                                 their_at, stands)
         values ($1, $2, $3, $4, $5, $6, null, true)
         on conflict (connection, their_kind, their_id, facet) do update
            set former_hash = case when crm_writes.their_at is null then crm_writes.former_hash
                                   when crm_writes.stands then crm_writes.value_hash end,
                value_hash = excluded.value_hash, written_at = excluded.written_at,
                their_at = null, stands = true",
        their.connection,
        their.kind,
        their.id,
        facet,
        token_hash(value),
        now
    )?;
    Ok(())
}

/// Completes the write to a facet that is under way: `their_at` is the CRM's time of it, Unix
/// seconds.
pub async fn done(tx: &mut Tx, their: Their<'_>, facet: &str, their_at: i64) -> Result<()> {
    execute!(
        tx,
        "update crm_writes set their_at = $5, former_hash = null
          where connection = $1 and their_kind = $2 and their_id = $3 and facet = $4
            and their_at is null",
        their.connection,
        their.kind,
        their.id,
        facet,
        their_at
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
