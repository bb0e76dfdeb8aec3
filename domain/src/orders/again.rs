//! What an earlier order is good for: its lines once more, and how it was sent and paid.

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{CompanyId, CustomerId};
use crate::machines::scope::machine_is_of;
use crate::orders::{DeliveryWay, by_number};
use crate::text::Inn;
use crate::{Dealer, Error, Result, cart};

/// How an order travels, and who pays.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Details {
    /// How the goods travel.
    pub delivery: DeliveryWay,
    /// Where to; may be empty.
    pub address: String,
    /// The payer's INN.
    pub inn: Option<Inn>,
    /// Who receives it; may be empty.
    pub contact: String,
    /// Which company pays.
    pub company_id: Option<CompanyId>,
}

/// Puts the lines of an earlier order into the cart: parts that are still sold, machines that the
/// customer may still see. What lay there of the same part and machine takes the order's quantity,
/// so a double tap doubles nothing.
pub async fn repeat(tx: &mut Tx, d: &Dealer, customer: &CustomerId, number: &str) -> Result<()> {
    cart::lock(tx, customer).await?;
    let (order, _) = by_number(tx, customer, number).await?;
    let put = execute!(
        tx,
        concat!(
            "insert into cart_items
                    (customer_id, part_id, machine_id, quantity, seen_price, seen_stock, added_at)
         select $1, l.part_id, coalesce(m.id, ''), cast(sum(l.quantity) as bigint), p.price,
                p.stock, $3
           from order_lines l
           join parts p on p.id = l.part_id and p.active
           left join machine_instances m on m.id = l.machine_id and ",
            machine_is_of!("$1"),
            "
          where l.order_id = $2
          group by l.part_id, coalesce(m.id, ''), p.price, p.stock
             on conflict (customer_id, part_id, machine_id) do update
            set quantity = excluded.quantity, seen_price = excluded.seen_price,
                seen_stock = excluded.seen_stock"
        ),
        customer,
        &order.id,
        d.clock.now()
    )?;
    if put == 0 {
        return Err(Error::invalid("cart", "error-part-gone"));
    }
    if cart::count(tx, customer).await? > cart::MAX_LINES {
        return Err(Error::invalid("cart", "error-cart-full"));
    }
    Ok(())
}

/// What the customer filled in the last time; nothing before their first order. One statement.
pub async fn last_details(
    db: &mut impl Executor,
    customer: &CustomerId,
) -> Result<Option<Details>> {
    Ok(fetch_optional!(
        db,
        Details,
        "select delivery, address, inn, contact, company_id
           from orders
          where customer_id = $1
          order by id desc
          limit 1",
        customer
    )?)
}
