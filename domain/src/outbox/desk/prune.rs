//! Raw bodies live for a while; what they were about stays.

use chrono::{DateTime, Utc};

use crate::db::{Db, Tx, execute, fetch_all};
use crate::{Result, settings};

/// Rows of one transaction: whoever orders meanwhile waits for no more than this.
const BATCH: i64 = 500;

/// Drops the raw bodies of calls and events that were made before a time, in batches of their own
/// transactions. Answers how many.
pub async fn prune(db: &Db, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
    let mut pruned = 0;
    loop {
        let mut tx = db.begin().await?;
        let (calls, more_calls) = prune_before(&mut tx, Raw::Exchanges, before, now).await?;
        let (events, more_events) = prune_before(&mut tx, Raw::Events, before, now).await?;
        tx.commit().await?;
        pruned += calls + events;
        if !more_calls && !more_events {
            return Ok(pruned);
        }
    }
}

/// Where raw bodies stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Raw {
    /// Calls of deliveries.
    Exchanges,
    /// What came in.
    Events,
}

/// Drops one batch: how many bodies, and whether another batch may follow. How far the last one
/// came stands in `settings`, so what was pruned years ago is never walked over again; two
/// processes at once do the same thing twice.
async fn prune_before(
    tx: &mut Tx,
    what: Raw,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(u64, bool)> {
    let cursor = match what {
        Raw::Exchanges => "pruned:exchanges",
        Raw::Events => "pruned:inbound_events",
    };
    let from = settings::get(tx, cursor).await?.unwrap_or_default();
    // Both texts walk the primary key, whose order is that of time.
    let batch = match what {
        Raw::Exchanges => fetch_all!(
            tx,
            (String, DateTime<Utc>),
            "select id, started_at from exchanges where id > $1 order by id limit $2",
            &from,
            BATCH
        )?,
        Raw::Events => fetch_all!(
            tx,
            (String, DateTime<Utc>),
            "select id, received_at from inbound_events where id > $1 order by id limit $2",
            &from,
            BATCH
        )?,
    };
    let old: Vec<&str> =
        batch.iter().take_while(|(_, at)| *at < before).map(|(id, _)| id.as_str()).collect();
    let Some(last) = old.last() else { return Ok((0, false)) };
    let pruned = match what {
        Raw::Exchanges => execute!(
            tx,
            "update exchanges set request = '', response = null, pruned_at = $3
              where id > $1 and id <= $2",
            &from,
            last,
            now
        )?,
        // What still waits keeps its body: it could not be understood without.
        Raw::Events => execute!(
            tx,
            "update inbound_events set body = $3, pruned_at = $4
              where id > $1 and id <= $2 and state in ('processed', 'failed')",
            &from,
            last,
            Vec::<u8>::new(),
            now
        )?,
    };
    settings::put(tx, cursor, last).await?;
    Ok((pruned, i64::try_from(old.len()) == Ok(BATCH)))
}
