//! Customers, their companies and memberships: who somebody is and what they belong to.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::CustomerId;
use crate::text::Phone;
use crate::texts::Lang;
use crate::{Dealer, Error, Result, approvals, leads};

mod book;
mod companies;
mod consents;
mod invites;
mod invites_book;
mod leaving;
mod members;
mod memberships;
pub(crate) mod names;
mod phones;

pub use book::{Filter, Listed, Which, page};
pub use companies::*;
pub use consents::*;
pub use invites::*;
pub use invites_book::{Invite, InviteState, InvitesWhich, invites, revoke_invite};
pub use leaving::*;
pub use members::*;
pub use memberships::*;
pub use names::{catch_up, catch_up_briefly};
pub use phones::*;

/// A person on the customer's side.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Customer {
    /// Their id.
    pub id: CustomerId,
    /// Their Telegram id, once the bot has met them.
    pub telegram_id: Option<i64>,
    /// Their phone, once known.
    pub phone: Option<Phone>,
    /// As they call themselves.
    pub name: String,
    /// Their e-mail.
    pub email: Option<String>,
    /// The language they are spoken to in.
    pub language: Lang,
    /// False after Telegram said that they blocked the bot.
    pub reachable: bool,
}

/// A person's Telegram profile as the door verified it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The Telegram id.
    pub telegram_id: i64,
    /// First and last name.
    pub name: String,
    /// `language_code`, if the client sent one.
    pub language_code: Option<String>,
}

/// Finds a customer by Telegram id.
pub async fn by_telegram(db: &mut impl Executor, telegram_id: i64) -> Result<Option<Customer>> {
    Ok(fetch_optional!(
        db,
        Customer,
        "select id, telegram_id, phone, name, email, language, reachable
           from customers where telegram_id = $1",
        telegram_id
    )?)
}

/// A customer by id.
pub async fn find(db: &mut impl Executor, id: &CustomerId) -> Result<Option<Customer>> {
    Ok(fetch_optional!(
        db,
        Customer,
        "select id, telegram_id, phone, name, email, language, reachable
           from customers where id = $1",
        id
    )?)
}

/// Links a Telegram account to the customer with this phone: the row that a deal or an import made,
/// or a new one. Call it only for a contact whose `user_id` is the sender's own.
///
/// A phone that another Telegram account has already claimed stays theirs: [`Error::Conflict`]. One
/// that only a CRM says is another's further phone is the sender's, who has proved it.
pub async fn link(
    tx: &mut Tx,
    profile: &Profile,
    phone: &Phone,
    now: DateTime<Utc>,
) -> Result<Customer> {
    let known = by_telegram(tx, profile.telegram_id).await?;
    let of_phone = claimable(tx, phone, profile).await?;
    let customer = match (known, of_phone) {
        (Some(known), Some(of_phone)) if known.id == of_phone.id => known,
        (_, Some(of_phone)) if of_phone.telegram_id.is_some_and(|id| id != profile.telegram_id) => {
            return Err(Error::Conflict("phone_taken"));
        }
        (Some(known), Some(of_phone)) => {
            merge(tx, &of_phone.id, &known.id).await?;
            set_phone(tx, &known.id, phone, now).await?;
            keep_phone(tx, &known.id, "", of_phone.phone.as_ref(), now).await?;
            known
        }
        (Some(known), None) => {
            set_phone(tx, &known.id, phone, now).await?;
            known
        }
        (None, Some(of_phone)) => {
            claim(tx, &of_phone.id, profile, now).await?;
            of_phone
        }
        (None, None) => insert(tx, Some(profile), Some(phone), &profile.name, now).await?,
    };
    note_consent(tx, &customer.id, Channel::Bot, now).await?;
    find(tx, &customer.id).await?.ok_or(Error::NotFound)
}

/// The customer with this phone, made if the bot and the desk have never heard of them. An empty
/// name means that nobody knows it yet: the person brings their own when the bot meets them.
pub async fn ensure_by_phone(
    tx: &mut Tx,
    phone: &Phone,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Customer> {
    if let Some(customer) = by_phone(tx, phone).await? {
        return Ok(customer);
    }
    insert(tx, None, Some(phone), name, now).await
}

/// Changes the language of whoever has this Telegram id, customer and staff alike.
pub async fn set_language(tx: &mut Tx, telegram_id: i64, language: Lang) -> Result<()> {
    execute!(
        tx,
        "update customers set language = $2 where telegram_id = $1",
        telegram_id,
        language
    )?;
    execute!(tx, "update staff set language = $2 where telegram_id = $1", telegram_id, language)?;
    Ok(())
}

/// Records whether Telegram lets the bot write to this person; whether that is news of one of the
/// staff. [`crate::reach`] is the way in.
pub(crate) async fn set_reachable(tx: &mut Tx, telegram_id: i64, reachable: bool) -> Result<bool> {
    execute!(
        tx,
        "update customers set reachable = $2 where telegram_id = $1 and reachable <> $2",
        telegram_id,
        reachable
    )?;
    let staff = execute!(
        tx,
        "update staff set reachable = $2 where telegram_id = $1 and reachable <> $2",
        telegram_id,
        reachable
    )?;
    Ok(staff == 1)
}

/// What a CRM contact says now. Only what is given changes; a phone that is another's is left.
pub async fn update_from_crm(
    tx: &mut Tx,
    id: &CustomerId,
    name: Option<&str>,
    phone: Option<&Phone>,
    email: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "update customers
            set name = coalesce($2, name), email = coalesce($3, email), updated_at = $4
          where id = $1",
        id,
        name,
        email,
        now
    )?;
    if let Some(phone) = phone
        && by_phone(tx, phone).await?.is_none_or(|holder| holder.id == *id)
    {
        set_phone(tx, id, phone, now).await?;
    }
    Ok(())
}

/// Erases what the law lets erase: the person. Orders and requests stay as the firm's documents,
/// without a name, phone, e-mail or Telegram id; of site leads from their phones only figures stay.
pub async fn forget(tx: &mut Tx, d: &Dealer, telegram_id: i64) -> Result<bool> {
    let Some(customer) = by_telegram(tx, telegram_id).await? else { return Ok(false) };
    let now = d.clock.now();
    let mut phones = phones::own(tx, &customer.id).await?;
    phones.extend(customer.phone);
    for phone in phones {
        leads::forget(tx, d, &phone).await?;
    }
    approvals::own::forget(tx, d, &customer.id).await?;
    execute!(tx, "delete from cart_items where customer_id = $1", &customer.id)?;
    execute!(tx, "update orders set contact = '' where customer_id = $1", &customer.id)?;
    execute!(tx, "delete from memberships where customer_id = $1", &customer.id)?;
    execute!(tx, "delete from customer_phones where customer_id = $1", &customer.id)?;
    execute!(tx, "delete from machine_guests where customer_id = $1", &customer.id)?;
    execute!(tx, "delete from plate_scans where telegram_id = $1", telegram_id)?;
    execute!(tx, "delete from dialogues where chat_id = $1", telegram_id)?;
    names::forget(tx, names::CUSTOMER, customer.id.as_str()).await?;
    execute!(tx, "delete from service_drafts where customer_id = $1", &customer.id)?;
    // The CRM keeps its contact; what changes there must not bring the person back here.
    execute!(tx, "delete from crm_links where entity = $1", format!("customer:{}", customer.id))?;
    execute!(
        tx,
        "update customers
            set telegram_id = null, phone = null, name = '—', email = null, reachable = false,
                updated_at = $2
          where id = $1",
        &customer.id,
        now
    )?;
    Ok(true)
}

async fn insert(
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

async fn claim(tx: &mut Tx, id: &CustomerId, profile: &Profile, now: DateTime<Utc>) -> Result<()> {
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
async fn merge(tx: &mut Tx, from: &CustomerId, into: &CustomerId) -> Result<()> {
    for statement in [
        "update machine_instances set customer_id = $2 where customer_id = $1",
        "update orders set customer_id = $2 where customer_id = $1",
        "update service_requests set customer_id = $2 where customer_id = $1",
        "update consents set customer_id = $2 where customer_id = $1",
        "update customer_phones set customer_id = $2 where customer_id = $1",
        "update invites set customer_id = $2 where customer_id = $1",
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
