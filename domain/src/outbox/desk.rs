//! The delivery desk: what was sent where, what waits and why, and what a person may do about it.

mod acts;
mod exchanges;
mod export;
mod figures;
mod history;
mod prune;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_all, fetch_optional};
use crate::ids::DeliveryId;
use crate::outbox::{Delivery, State};
use crate::sight::Sight;
use crate::{Error, Result};

pub use acts::{Act, ActKind, Retry, cancel, retry};
pub use exchanges::{begin_exchange, end_exchange};
pub use export::{export_columns, export_head, export_rows};
pub use figures::{Connection, Queue, connections, counts, figures};
pub use prune::prune;

pub(crate) use figures::made_at;

impl State {
    /// Every state, in the order in which they are passed.
    pub const ALL: [State; 6] = [
        State::Queued,
        State::Running,
        State::Waiting,
        State::Unknown,
        State::Delivered,
        State::Dead,
    ];

    /// Its word in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Waiting => "waiting",
            State::Unknown => "unknown",
            State::Delivered => "delivered",
            State::Dead => "dead",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// One try of a delivery.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none when the process died in it.
    pub finished_at: Option<DateTime<Utc>>,
    /// The state that it left the delivery in.
    pub outcome: Option<String>,
    /// In words.
    pub detail: Option<String>,
}

/// One call over the wire, raw, secrets masked.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Exchange {
    /// The attempt that made it.
    pub attempt: i64,
    /// HTTP method, or `SMTP`.
    pub method: String,
    /// Where to.
    pub url: String,
    /// The body sent.
    pub request: String,
    /// The answer's status; none when there was no answer.
    pub status: Option<i64>,
    /// The answer's body, or what went wrong.
    pub response: Option<String>,
    /// When it was sent.
    pub started_at: DateTime<Utc>,
    /// When the answer came.
    pub finished_at: Option<DateTime<Utc>>,
    /// When both bodies were dropped, their time being over.
    pub pruned_at: Option<DateTime<Utc>>,
}

/// Which deliveries to show.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<State>,
    /// Only of this connection.
    pub connection: Option<String>,
    /// Only about this entity, such as `order:…`; see [`entity_of`].
    pub entity: Option<String>,
    /// Only what has not been delivered.
    pub open_only: bool,
    /// Only what was promised before this one: the cursor of a page.
    pub before: Option<DeliveryId>,
    /// At most so many, newest first.
    pub limit: i64,
}

/// A delivery of a list, with the number that people know its subject by.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Listed {
    /// The delivery.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The number of the order or request that it is about.
    pub subject: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Listed>,
    /// The cursor of the next page, if there is one.
    pub next: Option<DeliveryId>,
}

/// A delivery with everything that happened to it.
#[derive(Clone, Debug, Serialize)]
pub struct Inspected {
    /// The delivery, with the number of its subject.
    pub listed: Listed,
    /// Its tries, in their order.
    pub attempts: Vec<Attempt>,
    /// Its calls, in their order.
    pub exchanges: Vec<Exchange>,
    /// What people did about it, in its order.
    pub acts: Vec<Act>,
}

/// The select of every list; an id holds an order or a request, never both.
macro_rules! listed {
    ($where:literal) => {
        concat!(
            "select d.id, d.connection, d.entity, d.kind, d.payload, d.state, d.outcome_unknown,
                    d.run_at, d.attempts, d.failures, d.looks, d.last_error, d.created_at, d.updated_at,
                    coalesce(o.number, r.number) as subject
               from deliveries d
               left join orders o on o.id = substr(d.entity, 7)
               left join service_requests r on r.id = substr(d.entity, 9)
              where ",
            $where
        )
    };
}

/// By index `deliveries_entity`.
const OF_ENTITY: &str = listed!(
    "d.entity = $1 and d.id < $2
        and ($3 is null or d.connection = $3)
        and ($4 is null or d.state = $4)
        and (not $5 or d.state <> 'delivered')
      order by d.id desc limit $6"
);
/// By index `deliveries_undelivered`, a walk over what is open or dead.
const UNDELIVERED: &str = listed!(
    "d.state <> 'delivered' and d.id < $1
        and ($2 is null or d.connection = $2)
        and ($3 is null or d.state = $3)
      order by d.id desc limit $4"
);
/// By index `deliveries_connection`.
const OF_CONNECTION: &str = listed!(
    "d.connection = $1 and d.id < $2 and ($3 is null or d.state = $3)
      order by d.id desc limit $4"
);
/// By primary key.
const ALL: &str = listed!("d.id < $1 and ($2 is null or d.state = $2) order by d.id desc limit $3");
const ONE: &str = listed!("d.id = $1");

/// Sorts after every id: they begin with a hexadecimal digit.
const END: &str = "z";

/// Deliveries, newest first.
pub async fn list(db: &mut impl Executor, filter: &Filter) -> Result<Vec<Delivery>> {
    let rows = select(db, filter, filter.limit).await?;
    Ok(rows.into_iter().map(|row| row.delivery).collect())
}

/// One page of deliveries, newest first, as a reader may see it. Cost: the length of the page; a
/// filter by state alone walks what is open or dead.
pub async fn page(db: &mut impl Executor, filter: &Filter, sight: Sight) -> Result<Page> {
    let mut rows = select(db, filter, filter.limit.saturating_add(1)).await?;
    let limit = usize::try_from(filter.limit).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    for row in &mut rows {
        mask_delivery(&mut row.delivery, sight);
    }
    let next = rows.last().filter(|_| more).map(|row| row.delivery.id.clone());
    Ok(Page { rows, next })
}

async fn select(db: &mut impl Executor, filter: &Filter, limit: i64) -> Result<Vec<Listed>> {
    let Filter { state, connection, entity, open_only, before, .. } = filter;
    let before = before.as_ref().map_or(END, DeliveryId::as_str);
    let undelivered = *open_only || state.is_some_and(|state| state != State::Delivered);
    let rows = match (entity, connection) {
        (Some(entity), connection) => {
            fetch_all!(db, Listed, OF_ENTITY, entity, before, connection, state, open_only, limit)
        }
        (None, connection) if undelivered => {
            fetch_all!(db, Listed, UNDELIVERED, before, connection, state, limit)
        }
        (None, Some(connection)) => {
            fetch_all!(db, Listed, OF_CONNECTION, connection, before, state, limit)
        }
        (None, None) => fetch_all!(db, Listed, ALL, before, state, limit),
    };
    Ok(rows?)
}

/// The entity that a person means: by the number of an order or a request, or as it stands in a
/// delivery. What is neither fits no delivery.
pub async fn entity_of(db: &mut impl Executor, words: &str) -> Result<String> {
    let words = words.trim();
    let number = words.to_uppercase();
    let row = fetch_optional!(
        db,
        (String,),
        "select 'order:' || id from orders where number = $1
          union all
         select 'request:' || id from service_requests where number = $1",
        number
    )?;
    Ok(row.map_or_else(|| words.to_owned(), |(entity,)| entity))
}

/// A delivery with its attempts and calls, as they are stored.
pub async fn show(
    db: &mut impl Executor,
    id: &DeliveryId,
) -> Result<(Delivery, Vec<Attempt>, Vec<Exchange>)> {
    let listed = listed(db, id).await?;
    let (attempts, _) = history::of(db, id).await?;
    Ok((listed.delivery, attempts, calls(db, id).await?))
}

/// A delivery as it is stored, with the number of its subject.
pub async fn listed(db: &mut impl Executor, id: &DeliveryId) -> Result<Listed> {
    fetch_optional!(db, Listed, ONE, id)?.ok_or(Error::NotFound)
}

async fn calls(db: &mut impl Executor, id: &DeliveryId) -> Result<Vec<Exchange>> {
    Ok(fetch_all!(
        db,
        Exchange,
        "select attempt, method, url, request, status, response, started_at, finished_at, pruned_at
           from exchanges where delivery_id = $1 order by attempt, id",
        id
    )?)
}

/// A delivery with everything that happened to it, as a reader may see it. Three statements.
pub async fn inspect(db: &mut impl Executor, id: &DeliveryId, sight: Sight) -> Result<Inspected> {
    let mut listed = listed(db, id).await?;
    let (mut attempts, acts) = history::of(db, id).await?;
    let mut exchanges = calls(db, id).await?;
    mask_delivery(&mut listed.delivery, sight);
    for attempt in &mut attempts {
        attempt.detail = attempt.detail.as_deref().map(|words| sight.text(words));
    }
    for exchange in &mut exchanges {
        exchange.url = sight.text(&exchange.url);
        exchange.request = sight.body(&exchange.request);
        exchange.response = exchange.response.as_deref().map(|body| sight.body(body));
    }
    Ok(Inspected { listed, attempts, exchanges, acts })
}

fn mask_delivery(delivery: &mut Delivery, sight: Sight) {
    delivery.payload = sight.text(&delivery.payload);
    delivery.last_error = delivery.last_error.as_deref().map(|words| sight.text(words));
}

#[cfg(test)]
mod tests;
