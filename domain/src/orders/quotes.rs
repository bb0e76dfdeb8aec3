//! Quotes: the manager's answer to an order, revision by revision. The newest one counts, until the
//! customer accepts it or its day is over.

mod held;
mod send;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use crate::db::{Db, Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{CustomerId, OrderId, QuoteId, StaffId};
use crate::orders::{Order, OrderLine, State, by_number, entity, history, limit, load, states};
use crate::outbox::{self, Message, Notice};
use crate::staff;
use crate::{Dealer, Error, Money, Result, notices};

pub use held::Held;
pub(crate) use held::{HeldRow, granted};
pub use send::{Offer, OfferLine, Sent, send};

/// So long after the last day of its quote an order waits for the customer to ask again; then it is
/// over.
const PATIENCE: TimeDelta = TimeDelta::days(14);

/// One revision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quote {
    /// Its id.
    pub id: QuoteId,
    /// From 1; a higher one voids those below.
    pub revision: i64,
    /// The last day on which it can be accepted, the dealer's.
    pub valid_until: NaiveDate,
    /// The manager's words; may be empty.
    pub comment: String,
    /// The sum of its lines.
    pub total: Money,
    /// The manager's name.
    pub made_by: String,
    /// When it was sent.
    pub made_at: DateTime<Utc>,
    /// When the customer accepted it.
    pub accepted_at: Option<DateTime<Utc>>,
}

impl Quote {
    /// Whether it can still be accepted on that day of the dealer's.
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.accepted_at.is_none() && !self.is_over(today)
    }

    /// Whether its day is over before it was accepted.
    pub fn is_over(&self, today: NaiveDate) -> bool {
        self.accepted_at.is_none() && self.valid_until < today
    }
}

/// Whether a manager may (again) send a quote about an order.
pub fn may_be_quoted(order: &Order) -> bool {
    matches!(order.state, State::Placed | State::Quoted)
}

/// The customer accepts the revision that they see: the lines take its prices and the order goes on.
/// Accepted already, it is answered as it is. One that was replaced meanwhile, or whose day is over,
/// is an [`Error::Conflict`], and nothing has changed.
pub async fn accept(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    number: &str,
    revision: i64,
) -> Result<Order> {
    let (order, _) = by_number(tx, customer, number).await?;
    lock(tx, &order.id).await?;
    let (order, lines) = load(tx, &order.id).await?;
    let quote = history::history(tx, &order.id).await?.quote.ok_or(Error::Conflict("state"))?;
    if quote.revision != revision {
        return Err(Error::Conflict("quote_replaced"));
    }
    if quote.accepted_at.is_some() {
        return Ok(order);
    }
    if order.state != State::Quoted {
        return Err(Error::Conflict("state"));
    }
    if quote.is_over(d.today()) {
        return Err(Error::Conflict("quote_over"));
    }
    take_prices(tx, d, &order, &quote, &lines).await?;
    let order = limit::gate(tx, d, Order { total: quote.total, ..order }).await?;
    if order.state == State::Quoted {
        states::moved(tx, d, &order, State::Confirmed, None).await?;
    }
    tell_crms(tx, d, &order, &quote, true).await?;
    let maker = match last_revision(tx, &order.id).await? {
        Some((_, maker)) => staff::find(tx, &maker).await?,
        None => None,
    };
    if let Some(maker) = maker.filter(|maker| maker.active) {
        let notice = Notice::QuoteAccepted { order: order.id.clone() };
        let once = format!("{}:quote-accepted", entity(&order.id));
        notices::to_staff(tx, d, maker.telegram_id, notice, &once).await?;
    }
    Ok(load(tx, &order.id).await?.0)
}

/// Shows the cards of those quotes whose day is over, each once, and ends the orders that nobody
/// asked about for two weeks since. Called by the scheduler once a day; twice is once. Linear in the
/// orders that are quoted (index `orders_state`), a transaction for each.
pub async fn tick(db: &Db, d: &Dealer) -> Result<()> {
    let over = fetch_all!(
        &mut db.read().await?,
        (OrderId, i64, NaiveDate),
        "select o.id, q.revision, q.valid_until
           from orders o
           join quotes q on q.order_id = o.id
          where o.state = 'quoted' and q.valid_until < $1
            and q.revision = (select max(n.revision) from quotes n where n.order_id = o.id)
          order by o.id",
        d.today()
    )?;
    for (id, revision, until) in over {
        let mut tx = db.begin().await?;
        lock(&mut tx, &id).await?;
        let (order, _) = load(&mut tx, &id).await?;
        let newest = last_revision(&mut tx, &id).await?.is_some_and(|(last, _)| last == revision);
        if order.state != State::Quoted || !newest {
            continue;
        }
        if until + PATIENCE < d.today() {
            states::moved(&mut tx, d, &order, State::Expired, None).await?;
        } else {
            states::show(&mut tx, d, &order, &format!("quote-{revision}-over")).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// A quote with its order and lines, for those who tell of it.
pub async fn find(
    db: &mut impl Executor,
    id: &QuoteId,
) -> Result<(Order, Vec<OrderLine>, Option<Quote>)> {
    let row = fetch_optional!(db, (OrderId,), "select order_id from quotes where id = $1", id)?;
    let (order,) = row.ok_or(Error::NotFound)?;
    let (order, lines) = load(db, &order).await?;
    let newest = history::history(db, &order.id).await?.quote;
    Ok((order, lines, newest.filter(|quote| quote.id == *id)))
}

/// Makes others who change this order wait until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, id: &OrderId) -> Result<()> {
    let found = execute!(tx, "update orders set comment = comment where id = $1", id)?;
    if found == 0 { Err(Error::NotFound) } else { Ok(()) }
}

async fn last_revision(tx: &mut Tx, id: &OrderId) -> Result<Option<(i64, StaffId)>> {
    Ok(fetch_optional!(
        tx,
        (i64, StaffId),
        "select revision, made_by from quotes where order_id = $1 order by revision desc limit 1",
        id
    )?)
}

async fn tell_crms(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    quote: &Quote,
    accepted: bool,
) -> Result<()> {
    let case = entity(&order.id);
    for connection in &d.routes.orders {
        let message = Message::CrmQuote { quote: quote.id.clone(), accepted };
        let what = if accepted { "accepted" } else { "quoted" };
        let once = format!("{case}:{connection}:{what}:{}", quote.revision);
        outbox::enqueue(tx, d.clock.now(), connection, &case, &message, &once).await?;
    }
    Ok(())
}

async fn take_prices(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    quote: &Quote,
    lines: &[OrderLine],
) -> Result<()> {
    for line in lines {
        execute!(
            tx,
            "update order_lines set price = $3 where order_id = $1 and position = $2",
            &order.id,
            line.position,
            line.quoted
        )?;
    }
    let now = d.clock.now();
    execute!(tx, "update quotes set accepted_at = $2 where id = $1", &quote.id, now)?;
    execute!(
        tx,
        "update orders set total = $2, updated_at = $3 where id = $1",
        &order.id,
        quote.total,
        now
    )?;
    Ok(())
}
