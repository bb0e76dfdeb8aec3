//! What an administrator changes about the dealer's people in the console, written into the audit
//! log in the same transaction. Somebody must stay who can do it.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::audit::{self, Act};
use crate::db::{Tx, fetch_one};
use crate::ids::StaffId;
use crate::sign_in;
use crate::staff::{self, Role, Staff};
use crate::{Error, Result};

/// Grants a role, or changes it for somebody who has one.
///
/// # Errors
/// [`Error::Invalid`] where the id is nobody's; [`Error::Conflict`] `last_administrator`.
pub async fn grant(
    tx: &mut Tx,
    by: &Staff,
    (telegram_id, role, name): (i64, Role, &str),
    now: DateTime<Utc>,
) -> Result<Staff> {
    if telegram_id <= 0 {
        return Err(Error::invalid("telegram_id", "error-telegram-id"));
    }
    let before = staff::by_telegram(tx, telegram_id).await?;
    let granted = staff::add(tx, telegram_id, role, name, now).await?;
    somebody_administers(tx).await?;
    let was = before.map(|before| before.role);
    let details = json!({ "name": name, "role": role, "was": was });
    let act =
        Act { act: "staff-grant", subject: "staff", subject_id: granted.id.as_str(), details };
    audit::record(tx, &by.id, &act, now).await?;
    Ok(granted)
}

/// Takes the role away and ends every session. Their history stays.
///
/// # Errors
/// [`Error::NotFound`] where they have none; [`Error::Conflict`] `last_administrator`.
pub async fn revoke(tx: &mut Tx, by: &Staff, id: &StaffId, now: DateTime<Utc>) -> Result<()> {
    let gone = staff::find(tx, id).await?.filter(|staff| staff.active).ok_or(Error::NotFound)?;
    staff::remove(tx, gone.telegram_id).await?;
    somebody_administers(tx).await?;
    let details = json!({ "name": gone.name, "was": gone.role });
    let act = Act { act: "staff-revoke", subject: "staff", subject_id: id.as_str(), details };
    audit::record(tx, &by.id, &act, now).await?;
    sign_in::end(tx, id, None, &by.id, now).await?;
    Ok(())
}

async fn somebody_administers(tx: &mut Tx) -> Result<()> {
    let left: (i64,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from staff where active and role = 'administrator'"
    )?;
    if left.0 == 0 { Err(Error::Conflict("last_administrator")) } else { Ok(()) }
}
