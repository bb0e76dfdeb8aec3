//! Connections that do not go: because they asked for patience, or because somebody must mend
//! them.
//!
//! A stopped connection is a circuit that stands open. When its pause is over one call probes it,
//! in whatever process: the claim that makes it takes a lease on the connection's row, so two never
//! probe, and a probe that dies frees itself. What the probe comes to closes the circuit or opens
//! it again. All of it is rows, so each worker of each process sees the same.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::checkups::Defects;
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::DeliveryId;
use crate::outbox::{Delivery, MAIL, Message, Notice, TELEGRAM, enqueue, notify};
use crate::{Dealer, Result, staff};

/// What is known of a connection that once had trouble.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Circuit {
    /// The connection's name.
    pub name: String,
    /// Why it is stopped, in the other side's words; none while it goes.
    pub reason: Option<String>,
    /// Since when it is stopped.
    pub opened_at: Option<DateTime<Utc>>,
    /// When one call may probe it.
    pub paused_until: Option<DateTime<Utc>>,
    /// Until when the call under way that probes it holds that right.
    pub probe_until: Option<DateTime<Utc>>,
    /// Until when it rests because the other side asked for patience.
    pub rest_until: Option<DateTime<Utc>>,
    /// What the configuration names and the account lacks.
    #[sqlx(try_from = "String")]
    pub defects: Defects,
    /// Since when it lacks that.
    pub defects_since: Option<DateTime<Utc>>,
    /// Why the last consent came to nothing, where nothing lets us in since.
    pub consent_fault: Option<String>,
    /// When that was.
    pub consent_failed_at: Option<DateTime<Utc>>,
}

/// Whether calls go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CircuitState {
    /// They do.
    Closed,
    /// None does.
    Open,
    /// One does, to see.
    HalfOpen,
}

impl Circuit {
    /// Where it stands.
    pub fn state(&self, now: DateTime<Utc>) -> CircuitState {
        match self.reason {
            None => CircuitState::Closed,
            Some(_) if self.paused_until.is_some_and(|until| until > now) => CircuitState::Open,
            Some(_) => CircuitState::HalfOpen,
        }
    }
}

/// The connections that once had trouble, by name. A row each, so a dozen at most.
pub async fn circuits(db: &mut impl Executor) -> Result<Vec<Circuit>> {
    Ok(fetch_all!(
        db,
        Circuit,
        "select name, reason, opened_at, paused_until, probe_until, rest_until,
                coalesce(defects, '[]') as defects, defects_since, consent_fault, consent_failed_at
           from connections
          order by name"
    )?)
}

/// Until when a stopped connection pauses, and why it is stopped; `None` while it goes.
pub async fn paused(
    db: &mut impl Executor,
    connection: &str,
) -> Result<Option<(DateTime<Utc>, Option<String>)>> {
    Ok(fetch_optional!(
        db,
        (DateTime<Utc>, Option<String>),
        "select paused_until, reason from connections
          where name = $1 and reason is not null and paused_until is not null",
        connection
    )?)
}

/// Stops a connection until a time, with the reason; its queue waits and nothing is lost.
/// `true` when it went before: whoever gets that answer tells the administrators, and of several
/// workers that meet the same trouble one gets it. [`stop`] does both.
pub async fn pause(
    tx: &mut Tx,
    connection: &str,
    until: DateTime<Utc>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let opened = execute!(
        tx,
        "insert into connections (name, paused_until, reason, opened_at, updated_at)
         values ($1, $2, $3, $4, $4)
         on conflict (name) do update
            set paused_until = excluded.paused_until, reason = excluded.reason,
                opened_at = excluded.opened_at, updated_at = excluded.updated_at,
                probe_until = null, probe_id = null
          where connections.reason is null",
        connection,
        until,
        reason,
        now
    )?;
    if opened == 0 {
        execute!(
            tx,
            "update connections
                set paused_until = $2, reason = $3, updated_at = $4,
                    probe_until = null, probe_id = null
              where name = $1 and (paused_until is null or paused_until < $2)",
            connection,
            until,
            reason,
            now
        )?;
    }
    Ok(opened == 1)
}

/// Stops a connection like [`pause`] and tells the administrators, once for each time that it
/// stops. Telegram's own trouble cannot be told in Telegram: it goes by mail where there is mail.
pub async fn stop(
    tx: &mut Tx,
    d: &Dealer,
    connection: &str,
    until: DateTime<Utc>,
    reason: &str,
) -> Result<bool> {
    let now = d.clock.now();
    if !pause(tx, connection, until, reason, now).await? {
        return Ok(false);
    }
    let once = format!("paused:{connection}:{}", now.timestamp_micros());
    let (connection, reason) = (connection.to_owned(), reason.to_owned());
    if connection != TELEGRAM {
        let notice = Notice::ConnectionPaused { connection, reason };
        tell(tx, now, &notice, &once).await?;
    } else if d.routes.mail {
        let entity = format!("connection:{connection}");
        let message = Message::MailStopped { connection, reason };
        enqueue(tx, now, MAIL, &entity, &message, &once).await?;
    }
    Ok(true)
}

/// Lets a connection rest until a time, because it asked for patience: no trouble, so no reason
/// is kept and nobody is told. A longer rest stays what it is.
pub async fn rest(
    tx: &mut Tx,
    connection: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into connections (name, rest_until, updated_at) values ($1, $2, $3)
         on conflict (name) do update
            set rest_until = excluded.rest_until, updated_at = excluded.updated_at
          where connections.rest_until is null or connections.rest_until < excluded.rest_until",
        connection,
        until,
        now
    )?;
    Ok(())
}

/// Ends a stop: somebody mended it, such as by a new consent. `true` when it was stopped. A rest
/// that the other side asked for is kept to its end.
pub async fn resume(tx: &mut Tx, connection: &str, now: DateTime<Utc>) -> Result<bool> {
    let closed = execute!(
        tx,
        "update connections
            set paused_until = null, reason = null, opened_at = null,
                probe_until = null, probe_id = null, updated_at = $2
          where name = $1 and reason is not null",
        connection,
        now
    )?;
    tx.wakes_outbox |= closed == 1;
    Ok(closed == 1)
}

/// The other side answered the probe that `delivery` was. That ends the stop, and the
/// administrators are told once. An attempt that called nobody proves nothing: then the next
/// delivery probes.
pub async fn answered(tx: &mut Tx, delivery: &Delivery, now: DateTime<Utc>) -> Result<bool> {
    let proved = fetch_optional!(
        tx,
        (String,),
        "select c.name
           from connections c
          where c.name = $1 and c.probe_id = $2
            and exists (select 1 from exchanges e where e.delivery_id = $2 and e.attempt = $3)",
        &delivery.connection,
        &delivery.id,
        delivery.attempts
    )?;
    if proved.is_none() || !resume(tx, &delivery.connection, now).await? {
        no_answer(tx, delivery, None, now).await?;
        return Ok(false);
    }
    if delivery.connection != TELEGRAM {
        tell_works(tx, &delivery.connection, now).await?;
    }
    Ok(true)
}

/// Tells the administrators that a connection which was stopped works again.
pub(super) async fn tell_works(tx: &mut Tx, connection: &str, now: DateTime<Utc>) -> Result<()> {
    let once = format!("works:{connection}:{}", now.timestamp_micros());
    let notice = Notice::ConnectionWorks { connection: connection.to_owned() };
    tell(tx, now, &notice, &once).await
}

/// The probe that `delivery` was said nothing of the trouble: the next one may go, `after` a time
/// if one is given. Nobody is told.
pub async fn no_answer(
    tx: &mut Tx,
    delivery: &Delivery,
    after: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "update connections
            set probe_until = null, probe_id = null, updated_at = $3,
                paused_until = coalesce($4, paused_until)
          where name = $1 and probe_id = $2",
        &delivery.connection,
        &delivery.id,
        now,
        after
    )?;
    Ok(())
}

/// Takes the right to probe a stopped connection whose pause is over. Of several that try, one
/// gets it, for `lease`.
pub(super) async fn take_probe(
    tx: &mut Tx,
    connection: &str,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<bool> {
    let taken = execute!(
        tx,
        "update connections set probe_until = $3, probe_id = null, updated_at = $2
          where name = $1 and reason is not null
            and (paused_until is null or paused_until <= $2)
            and (probe_until is null or probe_until <= $2)
            and (rest_until is null or rest_until <= $2)",
        connection,
        now,
        now + lease
    )?;
    Ok(taken == 1)
}

/// Says which delivery probes; none gives the right back.
pub(super) async fn name_probe(
    tx: &mut Tx,
    connection: &str,
    probe: Option<&DeliveryId>,
) -> Result<()> {
    execute!(
        tx,
        "update connections
            set probe_id = $2, probe_until = case when $2 is null then null else probe_until end
          where name = $1",
        connection,
        probe
    )?;
    Ok(())
}

async fn tell(tx: &mut Tx, now: DateTime<Utc>, notice: &Notice, once: &str) -> Result<()> {
    for to in staff::administrators(tx).await? {
        // That is told at any hour.
        notify(tx, now, None, to, notice.clone(), once).await?;
    }
    Ok(())
}
