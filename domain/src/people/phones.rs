//! The phones of a customer: the one that they go by, and further ones that a CRM's contact tells.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::CustomerId;
use crate::people::{self, Customer, Profile};
use crate::text::Phone;

/// More phones than this are no person's: a list that somebody pasted.
const MOST: usize = 10;

/// Finds a customer by phone: whoever goes by it, else whose further phone it is.
pub async fn by_phone(db: &mut impl Executor, phone: &Phone) -> Result<Option<Customer>> {
    Ok(fetch_optional!(
        db,
        Customer,
        "select id, telegram_id, phone, name, email, language, reachable
           from customers
          where id in (select id from customers where phone = $1
                        union all
                       select customer_id from customer_phones where phone = $1)
          order by case when phone = $1 then 0 else 1 end
          limit 1",
        phone
    )?)
}

/// The phones of a contact that is this customer's, as a connection tells them now: each of them
/// finds the customer. Those that it told before and no longer tells are dropped; another
/// customer's stay theirs.
pub async fn know_phones(
    tx: &mut Tx,
    customer: &CustomerId,
    connection: &str,
    phones: &[Phone],
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "delete from customer_phones where customer_id = $1 and connection = $2",
        customer,
        connection
    )?;
    for phone in phones.iter().take(MOST) {
        keep_phone(tx, customer, connection, Some(phone), now).await?;
    }
    Ok(())
}

/// The further phones of a customer.
pub async fn further_phones(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<Phone>> {
    let rows = fetch_all!(
        db,
        (Phone,),
        "select phone from customer_phones where customer_id = $1 order by phone",
        customer
    )?;
    Ok(rows.into_iter().map(|(phone,)| phone).collect())
}

/// The further phones that the person has proved to be theirs; those that a CRM's contact tells may
/// be a colleague's.
pub(super) async fn own(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<Phone>> {
    let rows = fetch_all!(
        db,
        (Phone,),
        "select phone from customer_phones where customer_id = $1 and connection = ''",
        customer
    )?;
    Ok(rows.into_iter().map(|(phone,)| phone).collect())
}

/// Keeps a further phone, unless somebody goes by it or has it already.
pub(super) async fn keep_phone(
    tx: &mut Tx,
    customer: &CustomerId,
    connection: &str,
    phone: Option<&Phone>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(phone) = phone else { return Ok(()) };
    if by_phone(tx, phone).await?.is_some() {
        return Ok(());
    }
    execute!(
        tx,
        "insert into customer_phones (phone, customer_id, connection, known_at)
         values ($1, $2, $3, $4)
         on conflict (phone) do nothing",
        phone,
        customer,
        connection,
        now
    )?;
    Ok(())
}

/// Whose row the owner of this phone may claim. A further phone of somebody whom the bot has met is
/// only the CRM's word against that of the phone's owner: it goes to them.
pub(super) async fn claimable(
    tx: &mut Tx,
    phone: &Phone,
    profile: &Profile,
) -> Result<Option<Customer>> {
    let Some(holder) = by_phone(tx, phone).await? else { return Ok(None) };
    let met_another = holder.telegram_id.is_some_and(|id| id != profile.telegram_id);
    if !met_another || holder.phone.as_ref() == Some(phone) {
        return Ok(Some(holder));
    }
    execute!(tx, "delete from customer_phones where phone = $1", phone)?;
    Ok(None)
}

/// The customer goes by this phone now.
pub(super) async fn set_phone(
    tx: &mut Tx,
    id: &CustomerId,
    phone: &Phone,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(tx, "delete from customer_phones where phone = $1", phone)?;
    execute!(tx, "update customers set phone = $2, updated_at = $3 where id = $1", id, phone, now)?;
    Ok(())
}

/// Somebody of whom no more is known than how they call themselves: the phone that they gave is
/// another's.
pub(crate) async fn unknown(tx: &mut Tx, name: &str, now: DateTime<Utc>) -> Result<Customer> {
    people::insert(tx, None, None, name, now).await
}
