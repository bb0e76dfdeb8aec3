//! Calls for service that were begun and not sent. They are kept here and not on the phone: Telegram's
//! web views forget, a phone breaks in a workshop, and who began on one goes on at the desk. One per
//! person and machine; sending it, or its person, drops it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{CustomerId, MachineId};
use crate::requests::Kind;
use crate::{Error, Result};

/// A draft that nobody has touched for so long is not offered.
const KEPT: TimeDelta = TimeDelta::days(30);
/// The most that one may hold, in bytes of JSON.
const MOST: usize = 32 * 1024;

/// What was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// About which machine.
    pub machine_id: Option<MachineId>,
    /// Which help.
    pub kind: Option<Kind>,
    /// Whether the machine stands still.
    pub machine_down: bool,
    /// The code on the screen.
    pub alarm: String,
    /// Names of symptoms.
    pub symptoms: Vec<String>,
    /// In their words.
    pub text: String,
    /// Files that have arrived, by [`crate::files::Resumed`].
    pub uploads: Vec<String>,
}

impl Draft {
    /// Whether there is nothing in it that would be a pity to lose.
    pub fn is_empty(&self) -> bool {
        self.alarm.trim().is_empty()
            && self.symptoms.is_empty()
            && self.text.trim().is_empty()
            && self.uploads.is_empty()
    }
}

/// Keeps a draft in place of the one before; an empty one drops it.
pub async fn keep_draft(
    tx: &mut Tx,
    customer: &CustomerId,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<()> {
    drop_draft(tx, customer, draft.machine_id.as_ref()).await?;
    if draft.is_empty() {
        return Ok(());
    }
    let body = serde_json::to_string(draft)?;
    if body.len() > MOST {
        return Err(Error::invalid("text", "error-too-long"));
    }
    execute!(
        tx,
        "insert into service_drafts (customer_id, machine_id, body, updated_at)
         values ($1, $2, $3, $4)
         on conflict (customer_id, machine_id) do update
            set body = excluded.body, updated_at = excluded.updated_at",
        customer,
        key(draft.machine_id.as_ref()),
        body,
        now
    )?;
    Ok(())
}

/// The draft for a machine, or without one the newest of the person, and when it was touched.
pub async fn draft(
    db: &mut impl Executor,
    customer: &CustomerId,
    machine: Option<&MachineId>,
    now: DateTime<Utc>,
) -> Result<Option<(Draft, DateTime<Utc>)>> {
    let found = fetch_optional!(
        db,
        (String, DateTime<Utc>),
        "select body, updated_at from service_drafts
          where customer_id = $1 and (machine_id = $2 or cast($2 as text) is null)
            and updated_at >= $3
          order by updated_at desc
          limit 1",
        customer,
        machine,
        now - KEPT
    )?;
    // What an older version wrote and this one cannot read counts as none.
    Ok(found.and_then(|(body, at)| Some((serde_json::from_str(&body).ok()?, at))))
}

/// The draft was sent, or its person wants to begin anew. One that was begun before the machine was
/// chosen is the same.
pub async fn drop_draft(
    tx: &mut Tx,
    customer: &CustomerId,
    machine: Option<&MachineId>,
) -> Result<()> {
    execute!(
        tx,
        "delete from service_drafts where customer_id = $1 and machine_id in ($2, '')",
        customer,
        key(machine)
    )?;
    Ok(())
}

/// Removes what nobody has touched for a month.
pub async fn prune_drafts(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    execute!(tx, "delete from service_drafts where updated_at < $1", now - KEPT)?;
    Ok(())
}

fn key(machine: Option<&MachineId>) -> &str {
    machine.map_or("", MachineId::as_str)
}
