//! How the queues and their connections stand: for the desk, for the doctor, for `/metrics`.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::Result;
use crate::db::{Executor, fetch_all};
use crate::outbox::{CircuitState, State, circuits};

/// The deliveries of one connection in one state other than delivered.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Queue {
    /// The connection.
    pub connection: String,
    /// The state.
    pub state: State,
    /// How many.
    pub count: i64,
    /// The id of the oldest; see [`Queue::since`].
    oldest: String,
}

/// A connection with what waits for it.
#[derive(Clone, Debug, Serialize)]
pub struct Connection {
    /// Its name.
    pub name: String,
    /// Whether calls get through.
    pub standing: CircuitState,
    /// Since when it is stopped.
    pub since: Option<DateTime<Utc>>,
    /// Until when it rests; for one that is stopped, when it is probed next.
    pub until: Option<DateTime<Utc>>,
    /// Why it is stopped, in the words of the other side.
    pub reason: Option<String>,
    /// How many deliveries are open: queued, running, waiting or unknown.
    pub open: i64,
    /// How many were given up.
    pub dead: i64,
    /// When the oldest open one was promised.
    pub oldest: Option<DateTime<Utc>>,
}

impl Queue {
    /// When the oldest was promised: its id holds the time.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        made_at(&self.oldest)
    }
}

/// When an id was made: the first 48 bits of a UUIDv7 are Unix milliseconds (RFC 9562, 5.7).
pub(crate) fn made_at(id: &str) -> Option<DateTime<Utc>> {
    let millis = i64::from_str_radix(id.get(..12)?, 16).ok()?;
    DateTime::from_timestamp_millis(millis)
}

/// What is open or dead, by connection and state. Read from the index `deliveries_figures`
/// alone: what was delivered costs nothing.
pub async fn figures(db: &mut impl Executor) -> Result<Vec<Queue>> {
    Ok(fetch_all!(db, Queue, FIGURES)?)
}

pub(super) const FIGURES: &str = "select connection, state, count(*) as count, min(id) as oldest
       from deliveries
      where state <> 'delivered'
      group by connection, state
      order by connection, state";

/// How many deliveries of each connection stand in each state that is not `delivered`.
pub async fn counts(db: &mut impl Executor) -> Result<Vec<(String, State, i64)>> {
    let queues = figures(db).await?;
    Ok(queues.into_iter().map(|queue| (queue.connection, queue.state, queue.count)).collect())
}

/// Every connection that has something undelivered or that ever rested, by name. Two statements.
pub async fn connections(db: &mut impl Executor, now: DateTime<Utc>) -> Result<Vec<Connection>> {
    let mut all: BTreeMap<String, Connection> = BTreeMap::new();
    for queue in figures(db).await? {
        let connection =
            all.entry(queue.connection.clone()).or_insert_with(|| calm(&queue.connection));
        match queue.state {
            State::Dead => connection.dead += queue.count,
            _ => {
                connection.open += queue.count;
                let since = queue.since();
                connection.oldest = [connection.oldest, since].into_iter().flatten().min();
            }
        }
    }
    for circuit in circuits(db).await? {
        let connection = all.entry(circuit.name.clone()).or_insert_with(|| calm(&circuit.name));
        connection.standing = circuit.state(now);
        connection.since = circuit.opened_at;
        let rests = circuit.rest_until.filter(|until| *until > now);
        connection.until = circuit.paused_until.filter(|_| circuit.reason.is_some()).max(rests);
        connection.reason = circuit.reason;
    }
    Ok(all.into_values().collect())
}

fn calm(name: &str) -> Connection {
    Connection {
        name: name.to_owned(),
        standing: CircuitState::Closed,
        since: None,
        until: None,
        reason: None,
        open: 0,
        dead: 0,
        oldest: None,
    }
}

impl Connection {
    /// The age of what waits longest; none when nothing waits.
    pub fn age(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.oldest.map(|oldest| now - oldest)
    }
}
