//! Whether a CRM's account still has what our configuration names. Looked at each night and by
//! command; what is found is told to the administrators once, and again only when it changes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::outbox::Notice;
use crate::{Dealer, Result, notices, staff};

mod defect;

pub use defect::{Defect, Named, Right};

/// What the last look found; empty where all is well. What a later version of this program wrote
/// and this one cannot read is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Defects(pub Vec<Defect>);

impl From<String> for Defects {
    fn from(kept: String) -> Defects {
        let all: Vec<serde_json::Value> = serde_json::from_str(&kept).unwrap_or_default();
        Defects(all.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect())
    }
}

#[derive(sqlx::FromRow)]
struct Kept {
    #[sqlx(try_from = "String")]
    defects: Defects,
    defects_since: Option<DateTime<Utc>>,
}

/// Takes the look at a connection for a day of the dealer's; `false` when it was taken already, by
/// whatever process.
pub async fn take(
    tx: &mut Tx,
    connection: &str,
    day: NaiveDate,
    now: DateTime<Utc>,
) -> Result<bool> {
    let taken = execute!(
        tx,
        "insert into connections (name, checked_on, updated_at) values ($1, $2, $3)
         on conflict (name) do update set checked_on = excluded.checked_on
          where connections.checked_on is null or connections.checked_on < excluded.checked_on",
        connection,
        day,
        now
    )?;
    Ok(taken == 1)
}

/// What the last look at a connection found, and since when that stands.
pub async fn of(
    db: &mut impl Executor,
    connection: &str,
) -> Result<(Vec<Defect>, Option<DateTime<Utc>>)> {
    let kept = fetch_optional!(
        db,
        Kept,
        "select coalesce(defects, '[]') as defects, defects_since
           from connections
          where name = $1",
        connection
    )?;
    Ok(kept.map(|kept| (kept.defects.0, kept.defects_since)).unwrap_or_default())
}

/// Keeps what a look found. `true` when it is not what the look before found: then, and only then,
/// the administrators are told, also that all is well again. Limits that we do without
/// ([`Defect::is_grave`]) are not kept.
pub async fn keep(tx: &mut Tx, d: &Dealer, connection: &str, found: &[Defect]) -> Result<bool> {
    let now = d.clock.now();
    let grave: Vec<&Defect> = found.iter().filter(|defect| defect.is_grave()).collect();
    let text = (!grave.is_empty()).then(|| serde_json::to_string(&grave)).transpose()?;
    execute!(
        tx,
        "insert into connections (name, updated_at) values ($1, $2) on conflict (name) do nothing",
        connection,
        now
    )?;
    let changed = execute!(
        tx,
        "update connections set defects = $2, defects_since = $3
          where name = $1 and coalesce(defects, '') <> coalesce($2, '')",
        connection,
        &text,
        text.as_ref().map(|_| now)
    )?;
    if changed == 0 {
        return Ok(false);
    }
    let once = format!("mapping:{connection}:{}", now.timestamp_micros());
    for administrator in staff::administrators(tx).await? {
        let defects = grave.iter().map(|defect| (*defect).clone()).collect();
        let notice = Notice::Mapping { connection: connection.to_owned(), defects };
        notices::to_staff(tx, d, administrator, notice, &once).await?;
    }
    Ok(true)
}
