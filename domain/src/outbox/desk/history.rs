//! What happened to a delivery: its tries and what people did, in one statement.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, fetch_all};
use crate::ids::DeliveryId;
use crate::outbox::{Act, ActKind, Attempt};

/// A try, or an act where there is no number.
#[derive(sqlx::FromRow)]
struct Row {
    number: Option<i64>,
    at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    what: Option<String>,
    words: Option<String>,
    who: Option<String>,
}

/// The tries and the acts, each in their order.
pub(super) async fn of(
    db: &mut impl Executor,
    id: &DeliveryId,
) -> Result<(Vec<Attempt>, Vec<Act>)> {
    let rows = fetch_all!(
        db,
        Row,
        "select number, started_at as at, finished_at, outcome as what, detail as words,
                cast(null as text) as who
           from attempts
          where delivery_id = $1
          union all
         select cast(null as bigint), a.at, cast(null as timestamptz), a.act, a.reason, s.name
           from delivery_acts a
           left join staff s on s.id = a.staff_id
          where a.delivery_id = $1
          order by 2, 1",
        id
    )?;
    let (mut attempts, mut acts) = (Vec::new(), Vec::new());
    for Row { number, at, finished_at, what, words, who } in rows {
        match number {
            Some(number) => attempts.push(Attempt {
                number,
                started_at: at,
                finished_at,
                outcome: what,
                detail: words,
            }),
            None => {
                let cancelled = what.as_deref() == Some("cancel");
                let act = if cancelled { ActKind::Cancel } else { ActKind::Retry };
                acts.push(Act { at, act, who, reason: words });
            }
        }
    }
    Ok((attempts, acts))
}
