//! What we wrote into a CRM ourselves and what we have seen there, so that our own echo changes
//! nothing, and neither does what comes late.
//!
//! A write is noted before it is made ([`begin`]) and completed with the CRM's own time of it
//! ([`done`]): an echo may come before the answer. Only the newest write to a facet counts, because
//! an event is followed by reading the entity as it is now; while it is under way, or fails, the
//! one before it may still be what stands there. Once somebody else's value was seen there, ours no
//! longer stands: the same value after it is theirs, not an echo.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Result;
use crate::db::{Tx, execute, fetch_optional};
use crate::ids::token_hash;

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

/// What a state of theirs is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Not seen before.
    New,
    /// Exactly what was followed last time.
    Known,
    /// Older than what was followed last time.
    Late,
}

#[derive(sqlx::FromRow)]
struct Write {
    value_hash: String,
    former_hash: Option<String>,
    written_at: DateTime<Utc>,
    their_at: Option<i64>,
    stands: bool,
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

/// Completes every write to the entity that is under way: `their_at` is the CRM's time of it, Unix
/// seconds.
pub async fn done(tx: &mut Tx, their: Their<'_>, their_at: i64) -> Result<()> {
    execute!(
        tx,
        "update crm_writes set their_at = $4, former_hash = null
          where connection = $1 and their_kind = $2 and their_id = $3 and their_at is null",
        their.connection,
        their.kind,
        their.id,
        their_at
    )?;
    Ok(())
}

/// Whether `value`, as it stood there at `their_at` (Unix seconds), is what we wrote and nobody
/// has changed since. A value of somebody else's ends our write's standing.
pub async fn is_echo(
    tx: &mut Tx,
    their: Their<'_>,
    facet: &str,
    value: &str,
    their_at: Option<i64>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let write = fetch_optional!(
        tx,
        Write,
        "select value_hash, former_hash, written_at, their_at, stands from crm_writes
          where connection = $1 and their_kind = $2 and their_id = $3 and facet = $4",
        their.connection,
        their.kind,
        their.id,
        facet
    )?;
    let Some(write) = write else { return Ok(false) };
    let seen = token_hash(value);
    if write.value_hash == seen {
        return Ok(write.stands);
    }
    if write.former_hash.as_ref() == Some(&seen) {
        return Ok(true);
    }
    // While a write is under way, what is seen may be older than it; not so what was seen after it.
    let stands = write.stands
        && match write.their_at {
            Some(ours) => their_at.is_some_and(|seen| seen < ours),
            None => now - write.written_at <= UNDER_WAY,
        };
    execute!(
        tx,
        "update crm_writes set stands = $6, former_hash = null
          where connection = $1 and their_kind = $2 and their_id = $3 and facet = $4
            and written_at = $5",
        their.connection,
        their.kind,
        their.id,
        facet,
        write.written_at,
        stands
    )?;
    Ok(false)
}

/// Remembers that the entity was seen with `content`, as it stood at `their_at` (Unix seconds), and
/// says what that is to us. Call it in the transaction that follows it.
pub async fn see(tx: &mut Tx, their: Their<'_>, their_at: i64, content: &str) -> Result<Sight> {
    let known = fetch_optional!(
        tx,
        (i64, String),
        "select their_at, value_hash from crm_seen
          where connection = $1 and their_kind = $2 and their_id = $3",
        their.connection,
        their.kind,
        their.id
    )?;
    let hash = token_hash(content);
    match known {
        Some((at, _)) if their_at < at => return Ok(Sight::Late),
        Some((at, old)) if their_at == at && old == hash => return Ok(Sight::Known),
        _ => {}
    }
    execute!(
        tx,
        "insert into crm_seen (connection, their_kind, their_id, their_at, value_hash)
         values ($1, $2, $3, $4, $5)
         on conflict (connection, their_kind, their_id) do update
            set their_at = excluded.their_at, value_hash = excluded.value_hash",
        their.connection,
        their.kind,
        their.id,
        their_at,
        hash
    )?;
    Ok(Sight::New)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;
    use crate::db::Db;

    const DEAL: Their<'static> = Their { connection: "amo", kind: "lead", id: "1" };

    async fn empty() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let db = Db::connect(&url).await.unwrap();
        db.migrate().await.unwrap();
        (folder, db)
    }

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
    }

    #[tokio::test]
    async fn an_echo_is_known_and_a_change_back_is_not_taken_for_one() {
        let (_folder, db) = empty().await;
        let mut tx = db.begin().await.unwrap();
        let now = noon();
        assert!(!is_echo(&mut tx, DEAL, "status", "5", Some(90), now).await.unwrap());
        begin(&mut tx, DEAL, "status", "5", now).await.unwrap();
        assert!(
            is_echo(&mut tx, DEAL, "status", "5", Some(100), now).await.unwrap(),
            "no answer yet"
        );
        assert!(!is_echo(&mut tx, DEAL, "status", "4", Some(99), now).await.unwrap());
        assert!(
            is_echo(&mut tx, DEAL, "status", "5", Some(100), now).await.unwrap(),
            "4 was before"
        );
        done(&mut tx, DEAL, 100).await.unwrap();
        assert!(is_echo(&mut tx, DEAL, "status", "5", Some(100), now).await.unwrap());
        assert!(!is_echo(&mut tx, DEAL, "status", "4", Some(98), now).await.unwrap());
        assert!(
            is_echo(&mut tx, DEAL, "status", "5", Some(130), now).await.unwrap(),
            "4 came late"
        );
        assert!(!is_echo(&mut tx, DEAL, "status", "6", Some(140), now).await.unwrap());
        // The next write is under way, and fails: what stood there before it is still ours.
        begin(&mut tx, DEAL, "status", "7", now).await.unwrap();
        done(&mut tx, DEAL, 145).await.unwrap();
        begin(&mut tx, DEAL, "status", "8", now).await.unwrap();
        begin(&mut tx, DEAL, "status", "8", now).await.unwrap();
        assert!(is_echo(&mut tx, DEAL, "status", "7", Some(145), now).await.unwrap());
        assert!(!is_echo(&mut tx, DEAL, "status", "6", Some(147), now).await.unwrap());
        let back = is_echo(&mut tx, DEAL, "status", "7", Some(148), now).await.unwrap();
        assert!(!back, "a manager moved it away and back");
        let back = is_echo(&mut tx, DEAL, "status", "5", Some(150), now).await.unwrap();
        assert!(!back, "a manager moved it away and back");
        assert!(!is_echo(&mut tx, DEAL, "field:1", "5", Some(150), now).await.unwrap());
    }

    #[tokio::test]
    async fn what_comes_late_is_seen_to_be_late() {
        let (_folder, db) = empty().await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(see(&mut tx, DEAL, 100, "a").await.unwrap(), Sight::New);
        assert_eq!(see(&mut tx, DEAL, 100, "a").await.unwrap(), Sight::Known);
        assert_eq!(see(&mut tx, DEAL, 100, "b").await.unwrap(), Sight::New, "in the same second");
        assert_eq!(see(&mut tx, DEAL, 99, "a").await.unwrap(), Sight::Late);
        assert_eq!(see(&mut tx, DEAL, 101, "b").await.unwrap(), Sight::New);
    }
}
