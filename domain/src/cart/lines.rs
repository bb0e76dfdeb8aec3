//! What is changed of a line where it lies: pieces, machine, note; and what moved is confirmed.

use crate::cart::{MAX_QUANTITY, get, lock, offered, set};
use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CustomerId, MachineId, PartId};
use crate::text::clean;
use crate::{Dealer, Error, Result};

/// What the customer says of a line.
#[derive(Clone, Debug)]
pub struct Described<'a> {
    /// The machine that it is for from now on.
    pub machine: Option<&'a MachineId>,
    /// Their words, up to 300 characters.
    pub note: Option<&'a str>,
}

/// Sets how many pieces a line holds; 0 takes it out. Unlike [`set`] it confirms no price: whoever
/// steps the number of a line may not have read what changed.
pub async fn set_quantity(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    part: &PartId,
    machine: Option<&MachineId>,
    quantity: i64,
) -> Result<()> {
    if !(1..=MAX_QUANTITY).contains(&quantity) {
        return set(tx, d, customer, part, machine, quantity).await;
    }
    lock(tx, customer).await?;
    let kept = execute!(
        tx,
        "update cart_items set quantity = $4
          where customer_id = $1 and part_id = $2 and machine_id = $3",
        customer,
        part,
        machine.map_or("", MachineId::as_str),
        quantity
    )?;
    match kept {
        0 => set(tx, d, customer, part, machine, quantity).await,
        _ => Ok(()),
    }
}

/// Says for which machine a line is, and what else there is to say of it. Where a line of the part
/// for that machine lies there already, the two become one. An unknown line, and a machine that the
/// customer may not see, are [`Error::NotFound`].
pub async fn describe(
    tx: &mut Tx,
    customer: &CustomerId,
    part: &PartId,
    machine: Option<&MachineId>,
    said: &Described<'_>,
) -> Result<()> {
    let note = match said.note.map(str::trim).filter(|note| !note.is_empty()) {
        Some(note) => clean(note, 300).ok_or(Error::invalid("note", "error-too-long"))?,
        None => String::new(),
    };
    lock(tx, customer).await?;
    let (from, to) =
        (machine.map_or("", MachineId::as_str), said.machine.map_or("", MachineId::as_str));
    let line = fetch_optional!(
        tx,
        (i64,),
        "select quantity from cart_items
          where customer_id = $1 and part_id = $2 and machine_id = $3",
        customer,
        part,
        from
    )?;
    let (quantity,) = line.ok_or(Error::NotFound)?;
    if from != to {
        offered(tx, customer, part, said.machine).await?;
        join(tx, customer, part, (from, to), quantity).await?;
    }
    execute!(
        tx,
        "update cart_items set note = $4
          where customer_id = $1 and part_id = $2 and machine_id = $3",
        customer,
        part,
        to,
        note
    )?;
    Ok(())
}

async fn join(
    tx: &mut Tx,
    customer: &CustomerId,
    part: &PartId,
    (from, to): (&str, &str),
    quantity: i64,
) -> Result<()> {
    let joined = execute!(
        tx,
        "update cart_items
            set quantity = case when quantity + $4 > $5 then $5 else quantity + $4 end
          where customer_id = $1 and part_id = $2 and machine_id = $3",
        customer,
        part,
        to,
        quantity,
        MAX_QUANTITY
    )?;
    if joined == 0 {
        execute!(
            tx,
            "update cart_items set machine_id = $4
              where customer_id = $1 and part_id = $2 and machine_id = $3",
            customer,
            part,
            from,
            to
        )?;
        return Ok(());
    }
    execute!(
        tx,
        "delete from cart_items where customer_id = $1 and part_id = $2 and machine_id = $3",
        customer,
        part,
        from
    )?;
    Ok(())
}

/// The customer has read what changed in the cart of this [`mark`](crate::cart::Cart::mark). One that
/// changed again meanwhile is an [`Error::Conflict`].
pub async fn confirm(tx: &mut Tx, customer: &CustomerId, mark: &str) -> Result<()> {
    lock(tx, customer).await?;
    if get(tx, customer).await?.mark() != mark {
        return Err(Error::Conflict("cart_changed"));
    }
    execute!(
        tx,
        "update cart_items
            set seen_price = (select p.price from parts p where p.id = cart_items.part_id),
                seen_stock = (select p.stock from parts p where p.id = cart_items.part_id)
          where customer_id = $1",
        customer
    )?;
    Ok(())
}
