//! How fast a connection may be called, over all processes: one row each, moved by one statement
//! per call.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Result;
use crate::db::{Tx, fetch_one};

/// A queue of more than this is none of ours: somebody's clock was wrong when it was written.
const NO_HONEST_QUEUE: TimeDelta = TimeDelta::seconds(60);

/// Takes the next moment at which a call may go, `gap` after the one before it (a leaky bucket,
/// in the form of the generic cell rate algorithm, ITU-T I.371). Whoever comes while others wait
/// gets a moment behind theirs, and may go `ahead` of it: so many calls pass at once after a quiet
/// time. The wait is the caller's.
pub async fn take_turn(
    tx: &mut Tx,
    name: &str,
    (gap, ahead): (TimeDelta, TimeDelta),
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>> {
    let gap = gap.num_microseconds().unwrap_or(i64::MAX / 4);
    let now_micros = now.timestamp_micros();
    // Whole numbers, because the two engines reckon with times differently.
    let (next,): (i64,) = fetch_one!(
        tx,
        (i64,),
        "insert into rates (name, next_at) values ($1, $2)
         on conflict (name) do update
            set next_at = $4 + case when rates.next_at > $3 and rates.next_at < $5
                                    then rates.next_at
                                    else $3 end
      returning next_at",
        name,
        now_micros + gap,
        now_micros,
        gap,
        now_micros + (NO_HONEST_QUEUE + ahead).num_microseconds().unwrap_or(i64::MAX / 4)
    )?;
    let even = DateTime::from_timestamp_micros(next - gap).unwrap_or(now);
    Ok(now.max(even - ahead))
}
