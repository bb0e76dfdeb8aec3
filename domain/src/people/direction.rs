//! A director passes the company on: offered to a colleague, who takes it or not. The company has one
//! director less only when it has one more.

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CompanyId, CustomerId, new_id};
use crate::outbox::Notice;
use crate::people::{colleagues, find};
use crate::{Dealer, Error, Result, notices};

/// Offers the company to a colleague; an earlier offer ends. They hear of it in their chat.
///
/// # Errors
/// As the right to direct lacks; [`Error::NotFound`] for who is no active member, a conflict `director`
/// for who directs it already.
pub async fn offer_direction(
    tx: &mut Tx,
    d: &Dealer,
    director: &CustomerId,
    company: &CompanyId,
    membership: &str,
) -> Result<()> {
    colleagues::must_direct(tx, director, company).await?;
    let to = fetch_optional!(
        tx,
        (CustomerId, bool),
        "select customer_id, role = 'director' from memberships
          where id = $1 and company_id = $2 and state = 'active'",
        membership,
        company
    )?;
    let (to, directs) = to.ok_or(Error::NotFound)?;
    if directs {
        return Err(Error::Conflict("director"));
    }
    let now = d.clock.now();
    execute!(
        tx,
        "insert into director_offers (company_id, from_id, to_id, offered_at)
         values ($1, $2, $3, $4)
         on conflict (company_id) do update
            set from_id = excluded.from_id, to_id = excluded.to_id,
                offered_at = excluded.offered_at",
        company,
        director,
        &to,
        now
    )?;
    let notice = Notice::DirectorOffer { company: company.clone() };
    tell(tx, d, &to, notice, &format!("director:{company}:{}", new_id(now))).await
}

/// Takes the company over: who offered it buys for it from now on.
///
/// # Errors
/// A conflict `offer_gone` where nobody offers it to them, or who did may no longer.
pub async fn take_direction(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    company: &CompanyId,
) -> Result<()> {
    let from = answered(tx, customer, company).await?;
    // Both rows or none: whoever left, or was given another role meanwhile, passes nothing on.
    let resigned = execute!(
        tx,
        "update memberships set role = 'buyer'
          where customer_id = $1 and company_id = $2 and state = 'active' and role = 'director'",
        &from,
        company
    )?;
    let taken = execute!(
        tx,
        "update memberships set role = 'director', order_limit = null
          where customer_id = $1 and company_id = $2 and state = 'active'",
        customer,
        company
    )?;
    if (resigned, taken) != (1, 1) {
        return Err(Error::Conflict("offer_gone"));
    }
    answer(tx, d, &from, company, true).await
}

/// Declines; the director stays.
///
/// # Errors
/// A conflict `offer_gone` where nobody offers it to them.
pub async fn decline_direction(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    company: &CompanyId,
) -> Result<()> {
    let from = answered(tx, customer, company).await?;
    answer(tx, d, &from, company, false).await
}

/// Ends every offer from or to somebody who goes.
pub(super) async fn end_offers(
    tx: &mut Tx,
    customer: &CustomerId,
    company: Option<&CompanyId>,
) -> Result<()> {
    execute!(
        tx,
        "delete from director_offers
          where (from_id = $1 or to_id = $1) and ($2 is null or company_id = $2)",
        customer,
        company
    )?;
    Ok(())
}

/// Ends the offer to somebody; who made it.
async fn answered(tx: &mut Tx, customer: &CustomerId, company: &CompanyId) -> Result<CustomerId> {
    let from = fetch_optional!(
        tx,
        (CustomerId,),
        "delete from director_offers where company_id = $1 and to_id = $2 returning from_id",
        company,
        customer
    )?;
    from.map(|(from,)| from).ok_or(Error::Conflict("offer_gone"))
}

async fn answer(
    tx: &mut Tx,
    d: &Dealer,
    to: &CustomerId,
    company: &CompanyId,
    taken: bool,
) -> Result<()> {
    let notice = Notice::DirectorAnswer { company: company.clone(), taken };
    let once = format!("director:{company}:{}", new_id(d.clock.now()));
    tell(tx, d, to, notice, &once).await
}

async fn tell(tx: &mut Tx, d: &Dealer, to: &CustomerId, notice: Notice, once: &str) -> Result<()> {
    let person = find(tx, to).await?.filter(|person| person.reachable);
    if let Some(chat) = person.and_then(|person| person.telegram_id) {
        notices::to_customer(tx, d, chat, notice, once).await?;
    }
    Ok(())
}
