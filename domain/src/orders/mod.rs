//! Orders: what a cart becomes, and how it goes on.

mod again;
mod book;
mod checkout;
pub mod discount;
mod history;
mod limit;
pub mod quotes;
mod states;
pub mod thread;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{Executor, fetch_all, fetch_optional};
use crate::ids::{CompanyId, CustomerId, MachineId, OrderId, PartId, StaffId};
use crate::people::chosen_company;
use crate::text::Inn;
use crate::{Error, Money, Result};

pub use again::{Details, last_details, repeat};
pub use book::{Filter, OpenOrder, Which, for_desk, for_staff, of_company, open, page};
pub use checkout::{Checkout, checkout};
pub use history::{Event, History, attach, history};
pub use states::{advance, cancel, take};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// The customer sent it.
    Placed,
    /// The manager answered with prices.
    Quoted,
    /// The director of the company decides.
    AwaitingApproval,
    /// Agreed; it is being collected.
    Confirmed,
    /// On its way.
    Shipped,
    /// Handed over.
    Completed,
    /// Called off.
    Cancelled,
    /// The offer ran out.
    Expired,
}

/// How the goods reach the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum DeliveryWay {
    /// The customer fetches them.
    Pickup,
    /// The dealer's courier brings them.
    Courier,
    /// A freight carrier brings them.
    Carrier,
}

/// An order without its lines.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its public number: `ORD-2026-000123`.
    pub number: String,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// For which company.
    pub company_id: Option<CompanyId>,
    /// Where it stands.
    pub state: State,
    /// The sum of the lines that had a price.
    pub total: Money,
    /// How it travels.
    pub delivery: DeliveryWay,
    /// Where to; empty for pickup.
    pub address: String,
    /// The payer's INN, as given.
    pub inn: Option<Inn>,
    /// The customer's words; may be empty.
    pub comment: String,
    /// Who receives it: name and phone as typed; may be empty.
    pub contact: String,
    /// The manager who took it.
    pub taken_by: Option<StaffId>,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A line with the name, price and machine of its day.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct OrderLine {
    /// From 1.
    pub position: i64,
    /// The part.
    pub part_id: PartId,
    /// Its article then.
    pub sku: String,
    /// Its name then.
    pub name: String,
    /// The price of one piece then; `None` was «по запросу».
    pub price: Option<Money>,
    /// Pieces.
    pub quantity: i64,
    /// The machine that it is for.
    pub machine_id: Option<MachineId>,
    /// That machine's serial.
    pub machine_serial: Option<String>,
    /// That machine's model, by name.
    pub machine_model: Option<String>,
    /// The price of one piece in the newest quote.
    pub quoted: Option<Money>,
    /// What the manager said about this line there.
    pub quote_comment: Option<String>,
    /// The customer's words about it; may be empty.
    pub note: String,
    /// How many words were written about it.
    pub messages: i64,
}

impl OrderLine {
    /// The price of all pieces; `None` was «по запросу».
    pub fn sum(&self) -> Option<Money> {
        self.price.map(|price| price.times(self.quantity))
    }
}

/// An order as a list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct OrderSummary {
    /// Its id.
    pub id: OrderId,
    /// Its public number.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// The sum of the lines that had a price.
    pub total: Money,
    /// How many lines it has.
    pub positions: i64,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
}

impl State {
    /// Its name in the contract, in SQL and in the keys of the texts.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Placed => "placed",
            State::Quoted => "quoted",
            State::AwaitingApproval => "awaiting_approval",
            State::Confirmed => "confirmed",
            State::Shipped => "shipped",
            State::Completed => "completed",
            State::Cancelled => "cancelled",
            State::Expired => "expired",
        }
    }

    /// Whether nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, State::Completed | State::Cancelled | State::Expired)
    }
}

impl DeliveryWay {
    /// Its name in the contract, in SQL and in the keys of the texts.
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryWay::Pickup => "pickup",
            DeliveryWay::Courier => "courier",
            DeliveryWay::Carrier => "carrier",
        }
    }
}

macro_rules! orders_of {
    ($($where:expr),*) => {
        concat!(
            "select o.id, o.number, o.state, o.total, o.created_at,
                    (select count(*) from order_lines l where l.order_id = o.id) as positions
               from orders o
              where o.customer_id = $1",
            $($where,)*
            " order by o.id desc limit 50"
        )
    };
}

/// The customer's newest 50 orders.
pub async fn list(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<OrderSummary>> {
    Ok(fetch_all!(db, OrderSummary, orders_of!(""), customer)?)
}

/// Those of the company that the customer looks at, and those of none.
pub async fn shown(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<OrderSummary>> {
    Ok(fetch_all!(
        db,
        OrderSummary,
        orders_of!(
            " and (o.company_id is null or o.company_id = coalesce(",
            chosen_company!("$1"),
            ", o.company_id))"
        ),
        customer
    )?)
}

/// The customer's order of this number with its lines; another's is [`Error::NotFound`].
/// Two statements.
pub async fn by_number(
    db: &mut impl Executor,
    customer: &CustomerId,
    number: &str,
) -> Result<(Order, Vec<OrderLine>)> {
    let order = fetch_optional!(
        db,
        Order,
        "select id, number, customer_id, company_id, state, total, delivery, address, inn, comment,
                contact, taken_by, created_at, updated_at
           from orders where number = $1 and customer_id = $2",
        number,
        customer
    )?
    .ok_or(Error::NotFound)?;
    let lines = lines(db, &order.id).await?;
    Ok((order, lines))
}

/// Any order with its lines, for workers and staff. Two statements.
pub async fn load(db: &mut impl Executor, id: &OrderId) -> Result<(Order, Vec<OrderLine>)> {
    let order = find(db, id).await?.ok_or(Error::NotFound)?;
    let lines = lines(db, id).await?;
    Ok((order, lines))
}

async fn find(db: &mut impl Executor, id: &OrderId) -> Result<Option<Order>> {
    Ok(fetch_optional!(
        db,
        Order,
        "select id, number, customer_id, company_id, state, total, delivery, address, inn, comment,
                contact, taken_by, created_at, updated_at
           from orders where id = $1",
        id
    )?)
}

pub(crate) async fn lines(db: &mut impl Executor, id: &OrderId) -> Result<Vec<OrderLine>> {
    Ok(fetch_all!(
        db,
        OrderLine,
        "select l.position, l.part_id, l.sku, l.name, l.price, l.quantity, l.machine_id,
                l.machine_serial, l.machine_model, l.note, ql.price as quoted, ql.comment as quote_comment,
                (select count(*) from order_messages m
                  where m.order_id = l.order_id and m.position = l.position) as messages
           from order_lines l
           left join quote_lines ql
             on ql.position = l.position
            and ql.quote_id = (select q.id from quotes q
                                where q.order_id = $1
                                order by q.revision desc
                                limit 1)
          where l.order_id = $1
          order by l.position",
        id
    )?)
}

/// What the outbox keeps in order about this order.
fn entity(id: &OrderId) -> String {
    format!("order:{id}")
}

#[cfg(test)]
mod tests;
