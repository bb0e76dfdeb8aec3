//! How an order goes on: each move is one conditional update, so the first one wins.

use crate::db::{Tx, execute};
use crate::ids::{CustomerId, OrderId};
use crate::orders::quotes::may_be_quoted;
use crate::orders::{Order, State, by_number, entity, find, history};
use crate::outbox::{self, Message, Notice};
use crate::staff::{self, Staff};
use crate::{Dealer, Error, Result, approvals, notices, people};

/// «Беру»: the manager takes the order and every card shows who. The first one wins, another gets
/// [`Error::Conflict`]; the same manager again gets the same order.
pub async fn take(tx: &mut Tx, d: &Dealer, staff: &Staff, id: &OrderId) -> Result<Order> {
    if !staff.is_manager() {
        return Err(Error::Forbidden);
    }
    let taken = execute!(
        tx,
        "update orders set taken_by = $2, updated_at = $3
          where id = $1 and taken_by is null
            and state not in ('completed', 'cancelled', 'expired')",
        id,
        &staff.id,
        d.clock.now()
    )?;
    let order = find(tx, id).await?.ok_or(Error::NotFound)?;
    if taken == 1 {
        show(tx, d, &order, "taken").await?;
    } else if order.taken_by.is_none() {
        return Err(Error::Conflict("state"));
    } else if order.taken_by.as_ref() != Some(&staff.id) {
        return Err(Error::Conflict("taken"));
    }
    Ok(order)
}

/// Moves an order on. `from_crm` names the connection that said so: it is not told again, and the
/// others hear of it where twins go together.
/// `false` when the order is there already or the move leads back; nothing has changed then, so a
/// late or repeated event does no harm.
pub async fn advance(
    tx: &mut Tx,
    d: &Dealer,
    id: &OrderId,
    to: State,
    from_crm: Option<&str>,
) -> Result<bool> {
    let order = find(tx, id).await?.ok_or(Error::NotFound)?;
    if !allowed(order.state, to) {
        return Ok(false);
    }
    moved(tx, d, &order, to, from_crm).await
}

/// The customer calls the order off, until it is confirmed; a quote is declined so. Later it is a
/// [`Error::Conflict`]. Called off already, it is answered as it is.
pub async fn cancel(tx: &mut Tx, d: &Dealer, customer: &CustomerId, number: &str) -> Result<Order> {
    let (order, _) = by_number(tx, customer, number).await?;
    let done = match order.state {
        State::Cancelled => return Ok(order),
        State::Placed | State::Quoted | State::AwaitingApproval => {
            moved(tx, d, &order, State::Cancelled, None).await?
        }
        _ => false,
    };
    if !done {
        return Err(Error::Conflict("state"));
    }
    find(tx, &order.id).await?.ok_or(Error::NotFound)
}

/// Promises the cards of an order as they look now: the customer's and each manager's. `occasion`
/// tells this change from others, so that each is shown once.
pub(crate) async fn show(tx: &mut Tx, d: &Dealer, order: &Order, occasion: &str) -> Result<()> {
    show_managers(tx, d, order, occasion).await?;
    tell_customer(tx, d, order, Notice::OrderCard { order: order.id.clone() }, occasion).await
}

/// Promises each manager's card of an order as it looks now.
pub(super) async fn show_managers(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    occasion: &str,
) -> Result<()> {
    let once = format!("staff:{}:{occasion}", entity(&order.id));
    for manager in staff::managers(tx).await? {
        let notice = Notice::StaffOrderCard { order: order.id.clone() };
        notices::to_staff(tx, d, manager, notice, &once).await?;
    }
    Ok(())
}

/// Promises the customer of an order something about it, where the bot reaches them.
pub(super) async fn tell_customer(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    notice: Notice,
    occasion: &str,
) -> Result<()> {
    let customer = people::find(tx, &order.customer_id).await?;
    let chat = customer.filter(|customer| customer.reachable).and_then(|c| c.telegram_id);
    if let Some(chat) = chat {
        let once = format!("{}:{occasion}", entity(&order.id));
        notices::to_customer(tx, d, chat, notice, &once).await?;
    }
    Ok(())
}

/// Forward, any step may be skipped: managers drag a deal straight to the end. Nothing leads back,
/// and what is over stays over.
fn allowed(from: State, to: State) -> bool {
    let step = |state| match state {
        State::Placed => 0,
        State::Quoted => 1,
        State::AwaitingApproval => 2,
        State::Confirmed => 3,
        State::Shipped => 4,
        State::Completed => 5,
        State::Cancelled | State::Expired => 6,
    };
    match to {
        _ if from.is_final() => false,
        State::Expired => step(from) < step(State::Confirmed),
        State::Cancelled => true,
        to => step(to) > step(from),
    }
}

pub(super) async fn moved(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    to: State,
    from_crm: Option<&str>,
) -> Result<bool> {
    if !stepped(tx, d, order, to, from_crm).await? {
        return Ok(false);
    }
    history::note(tx, &order.id, to.as_str(), None, d.clock.now()).await?;
    show(tx, d, order, to.as_str()).await?;
    Ok(true)
}

/// The move itself and what the CRMs hear of it, without a word to people.
pub(super) async fn stepped(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    to: State,
    from_crm: Option<&str>,
) -> Result<bool> {
    let now = d.clock.now();
    let done = execute!(
        tx,
        "update orders set state = $3, updated_at = $4 where id = $1 and state = $2",
        &order.id,
        order.state,
        to,
        now
    )?;
    if done == 0 {
        return Ok(false);
    }
    if order.state == State::AwaitingApproval {
        approvals::own::limit_is_past(tx, d, &order.id).await?;
    }
    if may_be_quoted(order) && to != State::Quoted {
        approvals::discounts::is_past(tx, d, &order.id).await?;
    }
    let case = entity(&order.id);
    for connection in d.routes.hearing(&d.routes.orders, from_crm) {
        let message = Message::CrmOrderState { order: order.id.clone(), state: to };
        let once = format!("{case}:{connection}:{}", to.as_str());
        outbox::enqueue(tx, now, connection, &case, &message, &once).await?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_goes_forward_and_never_back() {
        assert!(allowed(State::Placed, State::Confirmed));
        assert!(allowed(State::Placed, State::Completed));
        assert!(allowed(State::Shipped, State::Cancelled));
        assert!(allowed(State::Quoted, State::Expired));
        assert!(!allowed(State::Confirmed, State::Expired));
        assert!(!allowed(State::Confirmed, State::Placed));
        assert!(!allowed(State::Confirmed, State::Confirmed));
        assert!(!allowed(State::Completed, State::Cancelled));
        assert!(!allowed(State::Cancelled, State::Confirmed));
    }
}
