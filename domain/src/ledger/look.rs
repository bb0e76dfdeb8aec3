//! Looking at an entity of theirs: what in it is news.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::token_hash;
use crate::ledger::{Their, UNDER_WAY};

/// What an entity says in one respect: its name, such as `status` or `field:712640`, and its value.
pub type Facet = (String, String);

/// What a look at an entity found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    late: bool,
    origins: BTreeMap<String, Origin>,
}

/// Whose word a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// We wrote it, and nobody has changed it since.
    Ours,
    /// It was seen before.
    Known,
    /// Somebody else wrote it since the last look.
    News,
}

impl Look {
    /// Whether something newer was seen before: this is an old answer.
    pub fn is_late(&self) -> bool {
        self.late
    }

    /// Whether anything in it is somebody else's word that was not seen before.
    pub fn has_news(&self) -> bool {
        self.origins.values().any(|origin| *origin == Origin::News)
    }

    /// Whether this facet is.
    pub fn is_news(&self, facet: &str) -> bool {
        self.origins.get(facet) == Some(&Origin::News)
    }

    /// Whether this facet is our own word.
    pub fn is_ours(&self, facet: &str) -> bool {
        self.origins.get(facet) == Some(&Origin::Ours)
    }
}

#[derive(sqlx::FromRow)]
struct Write {
    facet: String,
    value_hash: String,
    former_hash: Option<String>,
    written_at: DateTime<Utc>,
    their_at: Option<i64>,
    stands: bool,
}

/// When the newest state that was seen stood there, Unix seconds, and its facets' marks.
type Seen = (i64, BTreeMap<String, String>);

/// Remembers that the entity was seen to say this, as it stood at `their_at` (Unix seconds), and
/// tells what of it is news. Call it in the transaction that follows the news: what is not followed
/// is not seen.
pub async fn look(
    tx: &mut Tx,
    their: Their<'_>,
    their_at: i64,
    facets: &[Facet],
    now: DateTime<Utc>,
) -> Result<Look> {
    let seen = seen(tx, their).await?;
    let late = seen.as_ref().is_some_and(|(at, _)| their_at < *at);
    let mut known = seen.map(|(_, known)| known).unwrap_or_default();
    let writes = writes(tx, their).await?;
    let mut origins = BTreeMap::new();
    for (facet, value) in facets {
        let write = writes.iter().find(|write| write.facet == *facet);
        let hash = token_hash(value);
        let mark = mark(&hash);
        let (origin, stands) = judge(write, known.get(facet) == Some(&mark), &hash, their_at, now);
        if let Some(write) = write.filter(|write| !late && write.stands)
            && origin != Origin::Ours
        {
            doubt(tx, their, write, stands).await?;
        }
        origins.insert(facet.clone(), origin);
        known.insert(facet.clone(), mark);
    }
    if !late {
        keep(tx, their, their_at, &known).await?;
    }
    Ok(Look { late, origins })
}

/// The entity is said to have had `value` at `their_at` (Unix seconds), whatever it has now: moved
/// away and back before we look, it was somebody else's word all the same.
pub async fn heard(
    tx: &mut Tx,
    their: Their<'_>,
    facet: &str,
    value: &str,
    their_at: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let seen = seen(tx, their).await?;
    if seen.as_ref().is_some_and(|(at, _)| their_at < *at) {
        return Ok(());
    }
    let writes = writes(tx, their).await?;
    let write = writes.iter().find(|write| write.facet == facet);
    // Before our write, or while it is under way: then what it says may be older.
    if write.is_some_and(|write| write.stands && write.their_at.is_none_or(|ours| their_at < ours))
    {
        return Ok(());
    }
    let hash = token_hash(value);
    if judge(write, false, &hash, their_at, now).0 == Origin::Ours {
        return Ok(());
    }
    if let Some(write) = write.filter(|write| write.stands) {
        doubt(tx, their, write, false).await?;
    }
    let Some((at, mut known)) = seen else { return Ok(()) };
    if known.get(facet) == Some(&mark(&hash)) {
        return Ok(());
    }
    // What was known of it is past, and what it has now is to be followed, be it the same.
    known.remove(facet);
    keep(tx, their, at, &known).await
}

/// Takes what an entity says for known, where it was never seen: because we made it so, or because
/// it was there before we had to do with it. `their_at` is the time of it there, Unix seconds; 0
/// where nobody told.
pub async fn meet(tx: &mut Tx, their: Their<'_>, their_at: i64, facets: &[Facet]) -> Result<()> {
    let known: BTreeMap<&str, String> =
        facets.iter().map(|(facet, value)| (facet.as_str(), mark(&token_hash(value)))).collect();
    execute!(
        tx,
        "insert into crm_seen (connection, their_kind, their_id, their_at, facets)
         values ($1, $2, $3, $4, $5)
         on conflict (connection, their_kind, their_id) do nothing",
        their.connection,
        their.kind,
        their.id,
        their_at,
        serde_json::to_string(&known)?
    )?;
    Ok(())
}

/// Whose word a value is, and whether our write of its facet still stands then.
fn judge(
    write: Option<&Write>,
    known: bool,
    hash: &str,
    their_at: i64,
    now: DateTime<Utc>,
) -> (Origin, bool) {
    let by_sight = if known { Origin::Known } else { Origin::News };
    let Some(write) = write.filter(|write| write.stands) else { return (by_sight, false) };
    if write.value_hash == hash || write.former_hash.as_deref() == Some(hash) {
        return (Origin::Ours, true);
    }
    match write.their_at {
        // Read before our write was there.
        Some(ours) if their_at < ours => (by_sight, true),
        // What was known before our write was put back by somebody.
        Some(_) => (Origin::News, false),
        None => (by_sight, now - write.written_at <= UNDER_WAY),
    }
}

/// Enough of a hash to tell a change by.
fn mark(hash: &str) -> String {
    hash.chars().take(16).collect()
}

async fn seen(db: &mut impl Executor, their: Their<'_>) -> Result<Option<Seen>> {
    let row = fetch_optional!(
        db,
        (i64, String),
        "select their_at, facets from crm_seen
          where connection = $1 and their_kind = $2 and their_id = $3",
        their.connection,
        their.kind,
        their.id
    )?;
    let Some((at, facets)) = row else { return Ok(None) };
    Ok(Some((at, serde_json::from_str(&facets)?)))
}

async fn writes(db: &mut impl Executor, their: Their<'_>) -> Result<Vec<Write>> {
    Ok(fetch_all!(
        db,
        Write,
        "select facet, value_hash, former_hash, written_at, their_at, stands from crm_writes
          where connection = $1 and their_kind = $2 and their_id = $3",
        their.connection,
        their.kind,
        their.id
    )?)
}

/// Another value than ours was seen. Unless our write is only under way, it no longer `stands`; and
/// what stood there before it does not come back as ours. A write that was begun anew meanwhile is
/// left alone.
async fn doubt(tx: &mut Tx, their: Their<'_>, write: &Write, stands: bool) -> Result<()> {
    execute!(
        tx,
        "update crm_writes set stands = $6, former_hash = null
          where connection = $1 and their_kind = $2 and their_id = $3 and facet = $4
            and written_at = $5",
        their.connection,
        their.kind,
        their.id,
        &write.facet,
        write.written_at,
        stands
    )?;
    Ok(())
}

async fn keep(
    tx: &mut Tx,
    their: Their<'_>,
    their_at: i64,
    known: &BTreeMap<String, String>,
) -> Result<()> {
    execute!(
        tx,
        "insert into crm_seen (connection, their_kind, their_id, their_at, facets)
         values ($1, $2, $3, $4, $5)
         on conflict (connection, their_kind, their_id) do update
            set their_at = excluded.their_at, facets = excluded.facets",
        their.connection,
        their.kind,
        their.id,
        their_at,
        serde_json::to_string(known)?
    )?;
    Ok(())
}
