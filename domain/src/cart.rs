//! The cart: kept on the server, so that phone and desktop show the same one.

mod lines;

use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::ids::{CustomerId, MachineId, PartId};
use crate::machines::scope::machine_is_of;
use crate::{Dealer, Error, Money, Result, ids};

pub use lines::{Described, confirm, describe, set_quantity};

/// The most lines that a cart holds.
pub const MAX_LINES: i64 = 100;
/// The most pieces of one line.
pub const MAX_QUANTITY: i64 = 9_999;

/// A line of the cart, at today's data of its part.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct CartLine {
    /// The part.
    pub part_id: PartId,
    /// Its article.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Its photo, as imported.
    pub photo: Option<String>,
    /// Pieces.
    pub quantity: i64,
    /// Today's price of one piece; `None` is «по запросу».
    pub price: Option<Money>,
    /// The price that the customer has seen: a difference is worth telling.
    pub seen_price: Option<Money>,
    /// Pieces in stock, where the dealer says.
    pub stock: Option<i64>,
    /// The stock that the customer has seen.
    pub seen_stock: Option<i64>,
    /// Days to deliver when it is not in stock.
    pub lead_days: Option<i64>,
    /// The customer's words about this line; may be empty.
    pub note: String,
    /// The machine that it is for.
    pub machine_id: Option<MachineId>,
    /// That machine's serial, while the customer may see the machine.
    pub machine_serial: Option<String>,
    /// That machine's model, by name.
    pub machine_model: Option<String>,
    /// False when the part is sold no more: the line must go before checkout.
    pub active: bool,
}

impl CartLine {
    /// Whether the price is another than the customer has seen.
    pub fn price_moved(&self) -> bool {
        self.active && self.price != self.seen_price
    }

    /// Whether there was enough in stock when the customer looked, and is not any more.
    pub fn stock_fell(&self) -> bool {
        let enough = |stock: Option<i64>| stock.is_some_and(|pieces| pieces >= self.quantity);
        self.active && enough(self.seen_stock) && !enough(self.stock)
    }
}

impl Cart {
    /// Whether something moved since the customer looked: it is to be confirmed before checkout.
    pub fn has_changes(&self) -> bool {
        self.lines.iter().any(|line| line.price_moved() || line.stock_fell())
    }

    /// Names exactly this cart at these prices: a form that was filled in over another says so.
    pub fn mark(&self) -> String {
        let line = |line: &CartLine| {
            let machine = line.machine_id.as_ref().map_or("", MachineId::as_str);
            let price = line.price.map_or(-1, Money::as_kopecks);
            let fell = line.stock_fell();
            format!("{}:{machine}:{}:{price}:{}:{fell}", line.part_id, line.quantity, line.active)
        };
        let lines: Vec<String> = self.lines.iter().map(line).collect();
        ids::token_hash(&lines.join("\n"))
    }
}

/// A customer's cart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cart {
    /// In the order of adding.
    pub lines: Vec<CartLine>,
    /// The sum of the lines that have a price.
    pub total: Money,
    /// Whether some line has no price yet.
    pub on_request: bool,
}

/// The customer's cart at today's prices. One statement.
pub async fn get(db: &mut impl Executor, customer: &CustomerId) -> Result<Cart> {
    let lines = fetch_all!(
        db,
        CartLine,
        concat!(
            "select p.id as part_id, p.sku, p.name, p.photo, c.quantity, p.price, c.seen_price,
                p.stock, c.seen_stock, p.lead_days, c.note, nullif(c.machine_id, '') as machine_id, m.serial as machine_serial,
                mm.name as machine_model, p.active
           from cart_items c
           join parts p on p.id = c.part_id
           left join machine_instances m on m.id = c.machine_id and ",
            machine_is_of!("$1"),
            "
           left join machine_models mm on mm.id = m.model_id
          where c.customer_id = $1
          order by c.added_at, c.part_id, c.machine_id"
        ),
        customer
    )?;
    let sold = || lines.iter().filter(|line| line.active);
    let total = sold().filter_map(|line| Some(line.price?.times(line.quantity))).sum();
    let on_request = sold().any(|line| line.price.is_none());
    Ok(Cart { lines, total, on_request })
}

/// Sets how many pieces of a part lie in the cart for a machine (or for none); 0 takes the line
/// out. A part that is unknown or sold no more, and a machine that the customer may not see, are
/// [`Error::NotFound`].
pub async fn set(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    part: &PartId,
    machine: Option<&MachineId>,
    quantity: i64,
) -> Result<()> {
    if !(0..=MAX_QUANTITY).contains(&quantity) {
        return Err(Error::invalid("quantity", "error-quantity"));
    }
    lock(tx, customer).await?;
    let for_machine = machine.map_or("", MachineId::as_str);
    if quantity == 0 {
        execute!(
            tx,
            "delete from cart_items where customer_id = $1 and part_id = $2 and machine_id = $3",
            customer,
            part,
            for_machine
        )?;
        return Ok(());
    }
    let (price, stock) = offered(tx, customer, part, machine).await?;
    make_room(tx, customer, part, for_machine).await?;
    execute!(
        tx,
        "insert into cart_items (customer_id, part_id, machine_id, quantity, seen_price, seen_stock,
                                 added_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (customer_id, part_id, machine_id) do update
            set quantity = excluded.quantity, seen_price = excluded.seen_price,
                seen_stock = excluded.seen_stock",
        customer,
        part,
        for_machine,
        quantity,
        price,
        stock,
        d.clock.now()
    )?;
    Ok(())
}

/// Puts so many pieces of a part into the cart for a machine, unless some lie there already. Refuses
/// what [`set`] refuses.
pub async fn put_once(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    (part, quantity): (&PartId, i64),
    machine: Option<&MachineId>,
) -> Result<()> {
    lock(tx, customer).await?;
    let lies = fetch_optional!(
        tx,
        (i64,),
        "select quantity from cart_items
          where customer_id = $1 and part_id = $2 and machine_id = $3",
        customer,
        part,
        machine.map_or("", MachineId::as_str)
    )?;
    if lies.is_some() {
        return Ok(());
    }
    set(tx, d, customer, part, machine, quantity).await
}

/// How many lines the cart has.
pub async fn count(db: &mut impl Executor, customer: &CustomerId) -> Result<i64> {
    let (count,) =
        fetch_one!(db, (i64,), "select count(*) from cart_items where customer_id = $1", customer)?;
    Ok(count)
}

/// Makes others who change this cart, or order it, wait until the transaction ends: under
/// PostgreSQL a double tap would otherwise read the same lines twice.
pub(crate) async fn lock(tx: &mut Tx, customer: &CustomerId) -> Result<()> {
    let found = execute!(tx, "update customers set name = name where id = $1", customer)?;
    if found == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Today's price and stock of a part that may be ordered for that machine.
async fn offered(
    tx: &mut Tx,
    customer: &CustomerId,
    part: &PartId,
    machine: Option<&MachineId>,
) -> Result<(Option<Money>, Option<i64>)> {
    let row = fetch_optional!(
        tx,
        (Option<Money>, Option<i64>),
        concat!(
            "select p.price, p.stock
               from parts p
              where p.id = $2 and p.active
                and ($3 is null
                     or exists (select 1 from machine_instances m where m.id = $3 and ",
            machine_is_of!("$1"),
            "))"
        ),
        customer,
        part,
        machine
    )?;
    row.ok_or(Error::NotFound)
}

/// A cart is for a person: what would not fit an order's page is refused.
async fn make_room(
    tx: &mut Tx,
    customer: &CustomerId,
    part: &PartId,
    for_machine: &str,
) -> Result<()> {
    let (others,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from cart_items
          where customer_id = $1 and not (part_id = $2 and machine_id = $3)",
        customer,
        part,
        for_machine
    )?;
    if others >= MAX_LINES {
        return Err(Error::invalid("part_id", "error-cart-full"));
    }
    Ok(())
}
