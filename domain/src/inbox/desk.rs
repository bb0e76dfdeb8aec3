//! Stored events on the desk: what came in, raw, why it failed, and having it processed again.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{EventId, StaffId};
use crate::inbox::{EventSummary, State};
use crate::outbox::{Act, ActKind, TELEGRAM, made_at};
use crate::sight::Sight;
use crate::{Error, Result};

impl State {
    /// Every state, in the order in which they are passed.
    pub const ALL: [State; 4] =
        [State::Received, State::Processing, State::Processed, State::Failed];

    /// Its word in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Processing => "processing",
            State::Processed => "processed",
            State::Failed => "failed",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Which events to show.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only from this source.
    pub source: Option<String>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only what came before this one: the cursor of a page.
    pub before: Option<EventId>,
    /// At most so many, newest first.
    pub limit: i64,
}

/// One page of events.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// Newest first.
    pub rows: Vec<EventSummary>,
    /// The cursor of the next page, if there is one.
    pub next: Option<EventId>,
}

/// An event with its body.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct StoredEvent {
    /// Its id.
    pub id: EventId,
    /// `telegram`, or the name of a CRM connection.
    pub source: String,
    /// What it stays in order with.
    pub lane: String,
    /// As it came.
    #[serde(skip)]
    pub body: Vec<u8>,
    /// Where it stands.
    pub state: State,
    /// How often it was taken up.
    pub attempts: i64,
    /// When it is taken up next, while it waits.
    pub run_at: DateTime<Utc>,
    /// What went wrong.
    pub error: Option<String>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// When it was last settled.
    pub processed_at: Option<DateTime<Utc>>,
    /// When its body was dropped, its time being over.
    pub pruned_at: Option<DateTime<Utc>>,
}

/// An event as a reader may see it.
#[derive(Clone, Debug, Serialize)]
pub struct ShownEvent {
    /// The event.
    #[serde(flatten)]
    pub event: StoredEvent,
    /// Its body, readable.
    pub body: String,
    /// What people did about it, in its order.
    pub acts: Vec<Act>,
}

impl StoredEvent {
    /// Whether it may be processed again: what failed, and a CRM's hint at any time, for it says
    /// only where to look. What a person wrote in the chat is not answered twice.
    pub fn may_retry(&self) -> bool {
        let again = match self.state {
            State::Failed => true,
            State::Processed => self.source != TELEGRAM,
            State::Received | State::Processing => false,
        };
        again && self.pruned_at.is_none()
    }
}

/// Sorts after every id: they begin with a hexadecimal digit.
const END: &str = "z";

/// One page of events, newest first. Cost: the length of the page, by the indexes
/// `inbound_unprocessed` and `inbound_source`, else the primary key.
pub async fn events(
    db: &mut impl Executor,
    filter: &EventFilter,
    sight: Sight,
) -> Result<EventPage> {
    let before = filter.before.as_ref().map_or(END, EventId::as_str);
    let EventFilter { source, state, .. } = filter;
    let limit = filter.limit.saturating_add(1);
    let rows = match (state, source) {
        (Some(state), source) if *state != State::Processed => fetch_all!(
            db,
            EventSummary,
            "select id, source, state, error, received_at
               from inbound_events
              where state <> 'processed' and id < $1 and state = $2
                and ($3 is null or source = $3)
              order by id desc limit $4",
            before,
            state,
            source,
            limit
        ),
        (state, Some(source)) => fetch_all!(
            db,
            EventSummary,
            "select id, source, state, error, received_at
               from inbound_events
              where source = $1 and id < $2 and ($3 is null or state = $3)
              order by id desc limit $4",
            source,
            before,
            state,
            limit
        ),
        (state, None) => fetch_all!(
            db,
            EventSummary,
            "select id, source, state, error, received_at
               from inbound_events
              where id < $1 and ($2 is null or state = $2)
              order by id desc limit $3",
            before,
            state,
            limit
        ),
    };
    let mut rows = rows?;
    let limit = usize::try_from(filter.limit).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    for row in &mut rows {
        row.error = row.error.as_deref().map(|words| sight.text(words));
    }
    let next = rows.last().filter(|_| more).map(|row| row.id.clone());
    Ok(EventPage { rows, next })
}

/// An event as it is stored.
pub async fn event(db: &mut impl Executor, id: &EventId) -> Result<StoredEvent> {
    let found = fetch_optional!(
        db,
        StoredEvent,
        "select id, source, lane, body, state, attempts, run_at, error, received_at, processed_at,
                pruned_at
           from inbound_events where id = $1",
        id
    )?;
    found.ok_or(Error::NotFound)
}

/// An event with its body and what people did about it, as a reader may see it. Two statements.
pub async fn inspect(db: &mut impl Executor, id: &EventId, sight: Sight) -> Result<ShownEvent> {
    let mut event = event(db, id).await?;
    let acts = fetch_all!(
        db,
        Act,
        "select a.at, a.act, s.name as who, a.reason
           from event_acts a
           left join staff s on s.id = a.staff_id
          where a.event_id = $1
          order by a.at",
        id
    )?;
    event.error = event.error.as_deref().map(|words| sight.text(words));
    let body = sight.body(&String::from_utf8_lossy(&event.body));
    Ok(ShownEvent { event, body, acts })
}

/// Has an event processed again. `by` is the member of staff, none for a command. `false` when it
/// waits or runs already, so a double tap does no harm.
///
/// # Errors
/// [`Error::Conflict`] where [`StoredEvent::may_retry`] says no.
pub async fn retry(
    tx: &mut Tx,
    id: &EventId,
    by: Option<&StaffId>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let event = event(tx, id).await?;
    if matches!(event.state, State::Received | State::Processing) {
        return Ok(false);
    }
    if !event.may_retry() {
        return Err(Error::Conflict(if event.pruned_at.is_some() {
            "pruned"
        } else {
            "processed"
        }));
    }
    let queued = execute!(
        tx,
        "update inbound_events set state = 'received', run_at = $2, error = null
          where id = $1 and state = $3",
        id,
        now,
        event.state
    )?;
    if queued == 1 {
        execute!(
            tx,
            "insert into event_acts (event_id, at, act, staff_id) values ($1, $2, $3, $4)
             on conflict (event_id, at, act) do nothing",
            id,
            now,
            ActKind::Retry,
            by
        )?;
        tx.wakes_inbox = true;
    }
    Ok(queued == 1)
}

/// What waits from one source.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Lag {
    /// The source.
    pub source: String,
    /// How many events wait.
    pub count: i64,
    oldest: String,
}

impl Lag {
    /// When the oldest came: its id holds the time.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        made_at(&self.oldest)
    }
}

/// What waits, by source. Read from the index `inbound_lane` alone: what was processed costs
/// nothing.
pub async fn lags(db: &mut impl Executor) -> Result<Vec<Lag>> {
    Ok(fetch_all!(
        db,
        Lag,
        "select source, count(*) as count, min(id) as oldest
           from inbound_events
          where state in ('received', 'processing')
          group by source
          order by source"
    )?)
}
