//! Calls that are no deliveries, such as polls and the following of hints: they keep to the circuit
//! as deliveries do.

use chrono::{DateTime, TimeDelta, Utc};

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::DeliveryId;
use crate::outbox::circuit::{self, resume, take_probe};
use crate::{Dealer, Result};

/// Whether a connection may be called: it is not stopped, and does not rest because the other side
/// asked for patience.
pub async fn goes(db: &mut impl Executor, connection: &str, now: DateTime<Utc>) -> Result<bool> {
    let held = fetch_optional!(
        db,
        (String,),
        "select name from connections where name = $1 and (reason is not null or rest_until > $2)",
        connection,
        now
    )?;
    Ok(held.is_none())
}

/// Takes the right to probe a stopped connection whose pause is over by a call that is no delivery.
/// Where a delivery is due, that one will be the probe.
pub async fn take_bare_probe(
    tx: &mut Tx,
    connection: &str,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<bool> {
    let due = fetch_optional!(
        tx,
        (DeliveryId,),
        "select id from deliveries
          where connection = $1 and state in ('queued', 'waiting', 'unknown') and run_at <= $2
          limit 1",
        connection,
        now
    )?;
    if due.is_some() {
        return Ok(false);
    }
    take_probe(tx, connection, now, lease).await
}

/// The other side answered a probe that was no delivery: that ends the stop, and the administrators
/// are told once.
pub async fn bare_probe_answered(tx: &mut Tx, d: &Dealer, connection: &str) -> Result<bool> {
    let now = d.clock.now();
    if !resume(tx, connection, now).await? {
        return Ok(false);
    }
    circuit::tell_works(tx, connection, now).await?;
    Ok(true)
}

/// The probe said nothing of the trouble: the next one may go at `after`.
pub async fn bare_probe_unanswered(
    tx: &mut Tx,
    connection: &str,
    after: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "update connections set probe_until = null, paused_until = $2, updated_at = $3
          where name = $1 and reason is not null and probe_id is null and probe_until is not null",
        connection,
        after,
        now
    )?;
    Ok(())
}
