//! One try of a delivery: taken by one worker, settled by the same one, or freed when it died.

use chrono::{DateTime, TimeDelta, Utc};

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::DeliveryId;
use crate::outbox::{Delivery, Outcome, State, circuit};
use crate::text::storable;
use crate::{Clock, Result};

/// What is due in connection $1 at $2: per entity only its oldest. The walk goes over what is open
/// in this connection, oldest first, with one probe each; history costs nothing. What is held for a
/// person's quiet hours keeps nobody behind it waiting.
macro_rules! due {
    () => {
        "select d.id
           from deliveries d
          where d.connection = $1
            and d.state in ('queued', 'waiting', 'unknown')
            and d.run_at <= $2
            and not exists (select 1
                              from deliveries older
                             where older.connection = d.connection
                               and older.entity = d.entity
                               and older.id < d.id
                               and older.state in ('queued', 'running', 'waiting', 'unknown')
                               and (older.held_until is null or older.held_until <= $2))"
    };
}

/// Whether a claim would find something: asked without a lock, so that an idle worker does not
/// queue for the one writer. A connection that pauses, rests or is just being probed has nothing.
pub async fn due(db: &mut impl Executor, connection: &str, now: DateTime<Utc>) -> Result<bool> {
    let found = fetch_optional!(
        db,
        (DeliveryId,),
        concat!(
            due!(),
            " and not exists (select 1
                                from connections c
                               where c.name = $1
                                 and (c.rest_until > $2
                                      or c.reason is not null
                                         and (c.paused_until > $2 or c.probe_until > $2)))
             order by d.id
             limit 1"
        ),
        connection,
        now
    )?;
    Ok(found.is_some())
}

/// Takes the oldest due delivery of a connection for `lease`, and writes its attempt down before
/// anything is called. What waited out a 429 is thereby first in its queue. Of a stopped
/// connection nothing is taken until its pause is over, and then one delivery that probes it.
pub async fn claim(
    tx: &mut Tx,
    clock: &Clock,
    connection: &str,
    lease: TimeDelta,
) -> Result<Option<Delivery>> {
    let now = clock.now();
    let probe = circuit::take_probe(tx, connection, now, lease).await?;
    // The outer conditions repeat the inner ones: under PostgreSQL two workers may choose the same
    // row, and only the re-check after the lock makes the second one miss.
    let claimed = fetch_optional!(
        tx,
        Delivery,
        concat!(
            "update deliveries
                set state = 'running', attempts = attempts + 1, lease_until = $3, updated_at = $2
              where id = (",
            due!(),
            " and ($4 or not exists (select 1
                                       from connections c
                                      where c.name = $1
                                        and (c.reason is not null or c.rest_until > $2)))
               order by d.id
               limit 1)
                and state in ('queued', 'waiting', 'unknown')
                and run_at <= $2
          returning id, connection, entity, kind, payload, state, outcome_unknown, run_at,
                    attempts, failures, looks, last_error, created_at, updated_at"
        ),
        connection,
        now,
        now + lease,
        probe
    )?;
    if probe {
        circuit::name_probe(tx, connection, claimed.as_ref().map(|delivery| &delivery.id)).await?;
    }
    let Some(delivery) = claimed else { return Ok(None) };
    execute!(
        tx,
        "insert into attempts (delivery_id, number, started_at) values ($1, $2, $3)",
        &delivery.id,
        delivery.attempts,
        // Not when it was asked for: a claim may wait for another's commit, and whoever reads must
        // see that this one began after the one before it had ended.
        clock.now()
    )?;
    Ok(Some(Delivery { probe, ..delivery }))
}

/// Ends the attempt that `delivery` is in. `false`: the lease was lost and another has it now,
/// nothing was changed.
pub async fn settle(
    tx: &mut Tx,
    delivery: &Delivery,
    now: DateTime<Utc>,
    outcome: &Outcome,
) -> Result<bool> {
    let (state, at, words) = match outcome {
        Outcome::Delivered(words) => (State::Delivered, now, words.clone()),
        Outcome::Retry { at, why } | Outcome::Failed { at, why } => {
            (State::Waiting, *at, Some(why.clone()))
        }
        Outcome::Unknown { at, why } | Outcome::Absent { at, why } => {
            (State::Unknown, *at, Some(why.clone()))
        }
        Outcome::Dead { why } => (State::Dead, now, Some(why.clone())),
    };
    let unknown = match outcome {
        Outcome::Unknown { .. } | Outcome::Absent { .. } => true,
        Outcome::Delivered(_) => false,
        _ => delivery.outcome_unknown,
    };
    let failed = matches!(outcome, Outcome::Failed { .. } | Outcome::Unknown { .. });
    let looks = match outcome {
        Outcome::Unknown { .. } => 0,
        Outcome::Absent { .. } => delivery.looks + 1,
        _ => delivery.looks,
    };
    let words = words.map(|words| storable(&words).into_owned());
    let settled = execute!(
        tx,
        "update deliveries
            set state = $3, outcome_unknown = $4, run_at = $5, last_error = $6,
                failures = $8, looks = $9, lease_until = null, updated_at = $7
          where id = $1 and attempts = $2 and state = 'running'",
        &delivery.id,
        delivery.attempts,
        state,
        unknown,
        at,
        &words,
        now,
        delivery.failures + i64::from(failed),
        looks
    )?;
    if settled == 1 {
        execute!(
            tx,
            "update attempts set finished_at = $3, outcome = $4, detail = $5
              where delivery_id = $1 and number = $2",
            &delivery.id,
            delivery.attempts,
            now,
            state,
            &words
        )?;
        // What waited behind this one may go now.
        tx.wakes_outbox = true;
    }
    Ok(settled == 1)
}

/// Frees deliveries whose worker died: nobody knows how far it came, so they become `unknown` and
/// are looked at after `grace`. Answers how many.
pub async fn reap(tx: &mut Tx, now: DateTime<Utc>, grace: TimeDelta) -> Result<u64> {
    let reaped = execute!(
        tx,
        "update deliveries
            set state = 'unknown', outcome_unknown = true, looks = 0, run_at = $2,
                lease_until = null, last_error = 'worker lost', updated_at = $1
          where state = 'running' and lease_until <= $1",
        now,
        now + grace
    )?;
    tx.wakes_outbox |= reaped > 0;
    Ok(reaped)
}
