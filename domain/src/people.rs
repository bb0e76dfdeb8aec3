//! Customers, their companies and memberships: who somebody is and what they belong to.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::CustomerId;
use crate::text::Phone;
use crate::texts::Lang;
use crate::{Error, Result};

mod book;
mod colleagues;
mod companies;
mod consents;
mod direction;
mod forget;
mod invites;
mod invites_book;
mod leaving;
mod members;
mod memberships;
pub(crate) mod names;
mod phones;
mod rows;
mod switch;

pub use book::{Filter, Listed, Which, page};
pub use colleagues::{Colleague, colleagues, invite_colleague, must_direct, revoke_colleague};
pub use companies::*;
pub use consents::*;
pub use direction::{decline_direction, offer_direction, take_direction};
pub use forget::forget;
pub use invites::*;
pub use invites_book::{Invite, InviteState, InvitesWhich, invites, open_invites, revoke_invite};
pub use leaving::*;
pub use members::*;
pub use memberships::*;
pub use names::{catch_up, catch_up_briefly};
pub use phones::*;
use rows::{claim, insert, merge};
pub(crate) use switch::chosen_company;
pub use switch::{Choice, choices, choose};

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
