//! The newest deals and leads of an account, as rules see them: what a dry run of a rule looks at.
//! A page asks no CRM, so the reading is promised and its outcome kept.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::approvals::deals::DealFacts;
use crate::approvals::rules::Entity;
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::outbox::{self, Message, State};
use crate::{Dealer, Result};

/// So many deals or leads are read, the newest.
pub const SIZE: usize = 100;

/// For so long a reading is as good as new, unless somebody wants another.
const FRESH: TimeDelta = TimeDelta::minutes(10);

/// What was read is of use to a dry run for so long; then it goes, for people are named in it.
const LIFE: TimeDelta = TimeDelta::days(2);

/// One deal or lead, with the names that the account has for its ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sampled {
    /// What a rule sees.
    pub facts: DealFacts,
    /// The name of its stage.
    pub stage: String,
    /// The name of its pipeline; empty where there are none.
    pub pipeline: String,
    /// The name of the responsible person; empty when not known.
    pub responsible: String,
}

/// What was read of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// When it was last asked for.
    pub asked_at: DateTime<Utc>,
    /// When it was last read; none before the first time.
    pub read_at: Option<DateTime<Utc>>,
    /// Where the last asking stands; none once its row is gone.
    pub promise: Option<State>,
    /// The newest first.
    pub deals: Vec<Sampled>,
}

impl Sample {
    /// Whether a reading is awaited.
    pub fn is_awaited(&self) -> bool {
        !matches!(self.promise, None | Some(State::Delivered | State::Dead))
    }

    /// Whether the last reading came to nothing.
    pub fn has_failed(&self) -> bool {
        self.promise == Some(State::Dead)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    asked_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
    promise: Option<State>,
    deals: String,
}

/// Has the newest deals or leads of a connection read, unless that was done just now, or is under way;
/// `anew`: also when it was done just now.
///
/// # Errors
/// When the database fails.
pub async fn ask(
    tx: &mut Tx,
    d: &Dealer,
    (connection, entity): (&str, Entity),
    anew: bool,
) -> Result<()> {
    let now = d.clock.now();
    if let Some(sample) = of(tx, connection, entity).await? {
        let fresh = sample.read_at.is_some_and(|at| now - at < FRESH);
        if sample.is_awaited() || fresh && !anew {
            return Ok(());
        }
    }
    let lane = format!("sample:{}", entity.as_str());
    let once = format!("{lane}:{connection}:{}", now.timestamp_millis());
    execute!(
        tx,
        "insert into rule_samples (connection, entity, asked_at, promise) values ($1, $2, $3, $4)
         on conflict (connection, entity)
         do update set asked_at = excluded.asked_at, promise = excluded.promise",
        connection,
        entity,
        now,
        &once
    )?;
    outbox::enqueue(tx, now, connection, &lane, &Message::CrmSample { entity }, &once).await?;
    Ok(())
}

/// What was last read; none where nobody has asked.
///
/// # Errors
/// When the database fails.
pub async fn of(
    db: &mut impl Executor,
    connection: &str,
    entity: Entity,
) -> Result<Option<Sample>> {
    let row = fetch_optional!(
        db,
        Row,
        "select s.asked_at, s.read_at, d.state as promise, s.deals
           from rule_samples s
           left join deliveries d on d.dedup_key = s.promise
          where s.connection = $1 and s.entity = $2",
        connection,
        entity
    )?;
    let read = |row: Row| {
        Ok(Sample {
            asked_at: row.asked_at,
            read_at: row.read_at,
            promise: row.promise,
            deals: serde_json::from_str(&row.deals)?,
        })
    };
    row.map(read).transpose()
}

/// Keeps what was read.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    tx: &mut Tx,
    (connection, entity): (&str, Entity),
    deals: &[Sampled],
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "update rule_samples set read_at = $3, deals = $4 where connection = $1 and entity = $2",
        connection,
        entity,
        now,
        serde_json::to_string(deals)?
    )?;
    Ok(())
}

/// Lets go of what was read long ago.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    Ok(execute!(
        tx,
        "delete from rule_samples where asked_at < $1 and (read_at is null or read_at < $1)",
        now - LIFE
    )?)
}
