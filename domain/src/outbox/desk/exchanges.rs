//! The calls of a delivery, each kept before it is made.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Tx, execute};
use crate::ids::new_id;
use crate::outbox::Delivery;
use crate::text::storable;

/// Writes a call down before it is made; answers the id to complete it with.
pub async fn begin_exchange(
    tx: &mut Tx,
    delivery: &Delivery,
    method: &str,
    url: &str,
    request: &str,
    now: DateTime<Utc>,
) -> Result<String> {
    let id = new_id(now);
    execute!(
        tx,
        "insert into exchanges (id, delivery_id, attempt, method, url, request, started_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &id,
        &delivery.id,
        delivery.attempts,
        method,
        url,
        storable(request).as_ref(),
        now
    )?;
    Ok(id)
}

/// Completes a call with its answer.
pub async fn end_exchange(
    tx: &mut Tx,
    id: &str,
    status: Option<i64>,
    response: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "update exchanges set status = $2, response = $3, finished_at = $4 where id = $1",
        id,
        status,
        storable(response).as_ref(),
        now
    )?;
    Ok(())
}
