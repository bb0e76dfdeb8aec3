//! Whose the machine of a won deal is, and how they hear of it.

use chrono::{DateTime, Utc};

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CompanyId, CustomerId, MachineId};
use crate::machines::Registration;
use crate::outbox::Notice;
use crate::people::{self, Customer};
use crate::staff::Staff;
use crate::text::{Phone, clean};
use crate::{Dealer, Error, Result, notices, staff};

/// For how many days the link to a waiting passport is good.
const INVITE_DAYS: i64 = 14;

/// Who the deal says it is: by Telegram id, else by one of the phones.
pub(super) async fn find_owner(tx: &mut Tx, form: &Registration) -> Result<Option<Customer>> {
    if let Some(telegram_id) = form.telegram_id
        && let Some(customer) = people::by_telegram(tx, telegram_id).await?
    {
        return Ok(Some(customer));
    }
    for phone in form.phones() {
        if let Some(customer) = people::by_phone(tx, phone).await? {
            return Ok(Some(customer));
        }
    }
    Ok(None)
}

/// The same, made if only the phone is known; each phone of theirs finds them from now on.
pub(super) async fn ensure_owner(
    tx: &mut Tx,
    form: &Registration,
    now: DateTime<Utc>,
) -> Result<Option<Customer>> {
    let owner = match (find_owner(tx, form).await?, &form.phone) {
        (Some(owner), _) => owner,
        (None, None) => return Ok(None),
        (None, Some(phone)) => {
            let name = form.customer_name.as_deref().and_then(|name| clean(name, 200));
            people::ensure_by_phone(tx, phone, &name.unwrap_or_default(), now).await?
        }
    };
    // The Telegram id may be one person's and the contact another's: the mechanic's and the boss's.
    let is_theirs = |phone: &Phone| owner.phone.as_ref() == Some(phone);
    if !form.further_phones.is_empty() && form.phones().any(is_theirs) {
        let phones: Vec<Phone> = form.phones().cloned().collect();
        people::know_phones(tx, &owner.id, &form.connection, &phones, now).await?;
    }
    Ok(Some(owner))
}

/// Whether a machine of this person, or of this company, is the customer's.
pub(super) async fn owns(
    tx: &mut Tx,
    owner: &Customer,
    (customer, company): (Option<&CustomerId>, Option<&CompanyId>),
) -> Result<bool> {
    if customer == Some(&owner.id) {
        return Ok(true);
    }
    let companies = people::companies_of(tx, &owner.id).await?;
    Ok(companies.iter().any(|(id, _, _)| Some(id) == company))
}

pub(in crate::machines) async fn first_company(
    tx: &mut Tx,
    customer: &CustomerId,
) -> Result<Option<CompanyId>> {
    let companies = people::companies_of(tx, customer).await?;
    Ok(companies.into_iter().next().map(|(id, _, _)| id))
}

/// Tells the owner, or asks the managers to pass a link on. `occasion` names how it became theirs:
/// each is told once.
pub(super) async fn announce(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    owner: Option<&Customer>,
    occasion: &str,
) -> Result<()> {
    let Some(owner) = owner else { return Ok(()) };
    let now = d.clock.now();
    if let Some(chat) = owner.telegram_id {
        let notice = Notice::MachineRegistered { machine: machine.clone() };
        notices::to_customer(tx, d, chat, notice, &format!("registered:{machine}{occasion}"))
            .await?;
        return Ok(());
    }
    let token = people::invite(tx, &owner.id, INVITE_DAYS, now).await?;
    for manager in staff::managers(tx).await? {
        let notice = Notice::InviteReady { machine: machine.clone(), token: token.clone() };
        notices::to_staff(tx, d, manager, notice, &format!("invite:{machine}{occasion}")).await?;
    }
    Ok(())
}

/// «Новая ссылка»: makes another one-time link to a passport that waits for its owner, and ends
/// those before it. Answers its token.
///
/// # Errors
/// A conflict `owner_met` when the owner has come meanwhile; `NotFound` where nobody is awaited.
pub async fn renew_invite(
    tx: &mut Tx,
    d: &Dealer,
    manager: &Staff,
    machine: &MachineId,
) -> Result<String> {
    if !manager.is_manager() {
        return Err(Error::Forbidden);
    }
    let owner = fetch_optional!(
        tx,
        (CustomerId, Option<i64>),
        "select c.id, c.telegram_id
           from machine_instances m
           join customers c on c.id = m.customer_id
          where m.id = $1",
        machine
    )?;
    let (owner, met) = owner.ok_or(Error::NotFound)?;
    if met.is_some() {
        return Err(Error::Conflict("owner_met"));
    }
    let now = d.clock.now();
    execute!(
        tx,
        "update invites set expires_at = $2
          where customer_id = $1 and used_at is null and expires_at > $2",
        &owner,
        now
    )?;
    people::invite(tx, &owner, INVITE_DAYS, now).await
}
