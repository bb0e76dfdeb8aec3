//! The rows of people: made, claimed by whom they waited for, and merged where two are one person.

use chrono::{DateTime, Utc};

use crate::db::{Tx, execute};
use crate::ids::CustomerId;
use crate::people::{Customer, Profile, find};
use crate::text::Phone;
use crate::texts::Lang;
use crate::{Error, Result};

/// A new row of a person.
pub(super) async fn insert(
    tx: &mut Tx,
    profile: Option<&Profile>,
    phone: Option<&Phone>,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Customer> {
    let id = CustomerId::new(now);
    let language = Lang::from_code(profile.and_then(|p| p.language_code.as_deref()));
    execute!(
        tx,
        "insert into customers (id, telegram_id, phone, name, language, reachable, created_at,
                                updated_at)
         values ($1, $2, $3, $4, $5, true, $6, $6)",
        &id,
        profile.map(|p| p.telegram_id),
        phone,
        name,
        language,
        now
    )?;
    find(tx, &id).await?.ok_or(Error::NotFound)
}

/// The row that waited is this person's.
pub(super) async fn claim(
    tx: &mut Tx,
    id: &CustomerId,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "update customers
            set telegram_id = $2, language = $3, reachable = true, updated_at = $4,
                name = case when name = '' then $5 else name end
          where id = $1",
        id,
        profile.telegram_id,
        Lang::from_code(profile.language_code.as_deref()),
        now,
        &profile.name
    )?;
    Ok(())
}

/// Two rows turn out to be one person: everything of `from` becomes `into`'s, and `from` goes.
pub(super) async fn merge(tx: &mut Tx, from: &CustomerId, into: &CustomerId) -> Result<()> {
    for statement in [
        "update machine_instances set customer_id = $2 where customer_id = $1",
        "update orders set customer_id = $2 where customer_id = $1",
        "update service_requests set customer_id = $2 where customer_id = $1",
        "update consents set customer_id = $2 where customer_id = $1",
        "update customer_phones set customer_id = $2 where customer_id = $1",
        "update invites set customer_id = $2 where customer_id = $1",
        "update invites set invited_by = $2 where invited_by = $1",
        "delete from director_offers where (from_id = $1 or to_id = $1) and $2 = $2",
        "delete from reminders where customer_id = $1 and $2 = $2",
        "delete from snoozes where customer_id = $1 and $2 = $2",
        "update own_maintenances set customer_id = $2 where customer_id = $1",
        "update memberships set customer_id = $2
          where customer_id = $1
            and company_id not in (select company_id from memberships where customer_id = $2)",
        "delete from memberships where customer_id = $1 and $2 = $2",
        "update machine_guests set customer_id = $2
          where customer_id = $1
            and machine_id not in (select machine_id from machine_guests where customer_id = $2)",
        "delete from machine_guests where customer_id = $1 and $2 = $2",
        "update machine_claims set customer_id = $2
          where customer_id = $1
            and serial_key not in (select serial_key from machine_claims where customer_id = $2)",
        "delete from machine_claims where customer_id = $1 and $2 = $2",
        "delete from cart_items where customer_id = $1 and $2 = $2",
        "delete from name_starts where kind = 'customer' and id = $1 and $2 = $2",
        "delete from service_drafts where customer_id = $1 and $2 = $2",
        "update approvals set decided_customer = $2 where decided_customer = $1",
        "update approval_events set customer_id = $2 where customer_id = $1",
        "delete from customers where id = $1 and $2 = $2",
    ] {
        execute!(tx, statement, from, into)?;
    }
    Ok(())
}
