//! A cart becomes an order, in one transaction with every delivery that it implies.

use chrono::{DateTime, Datelike, Utc};
use serde::Deserialize;

use crate::cart::{self, CartLine};
use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CompanyId, CustomerId, OrderId};
use crate::orders::{DeliveryWay, Order, State, entity, find, history, limit, states};
use crate::outbox::{self, Message};
use crate::text::{Inn, clean};
use crate::{Dealer, Error, Money, Result, machines, numbers};

/// What the customer filled in, raw.
#[derive(Clone, Debug, Deserialize)]
pub struct Checkout {
    /// Made by the form: the same one again is the same order.
    pub client_key: String,
    /// How the goods travel.
    pub delivery: DeliveryWay,
    /// Where to; needed unless they are fetched.
    pub address: Option<String>,
    /// The payer's INN.
    pub inn: Option<String>,
    /// Anything else, up to 2000 characters.
    pub comment: Option<String>,
    /// Which of their companies pays; none chosen: that of the INN, else the first.
    pub company: Option<CompanyId>,
    /// Who receives it, up to 200 characters.
    pub contact: Option<String>,
    /// The [`mark`](cart::Cart::mark) of the cart that the form was filled in over. Another cart is
    /// an [`Error::Conflict`]; a form without one takes what lies there now.
    pub seen: Option<String>,
}

/// The form after its checks.
struct Checked {
    address: String,
    inn: Option<Inn>,
    comment: String,
    company: Option<CompanyId>,
    contact: String,
}

/// Orders what lies in the cart, at the server's prices of now, and empties it. The same
/// `client_key` again answers with the order that it made, and `false`; nothing is made twice.
///
/// Cost: about 12 statements and 2 per line, of which a cart has at most [`cart::MAX_LINES`].
pub async fn checkout(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    form: &Checkout,
) -> Result<(Order, bool)> {
    let key =
        clean(&form.client_key, 100).ok_or(Error::invalid("client_key", "error-client-key"))?;
    cart::lock(tx, customer).await?;
    if let Some(order) = by_client_key(tx, customer, &key).await? {
        return Ok((order, false));
    }
    let seen = form.seen.as_deref();
    let form = Checked::new(form).map(|checked| (form.delivery, checked))?;
    let cart = cart::get(tx, customer).await?;
    if cart.lines.is_empty() {
        return Err(Error::invalid("cart", "error-cart-empty"));
    }
    if cart.lines.iter().any(|line| !line.active) {
        return Err(Error::invalid("cart", "error-part-gone"));
    }
    if seen.is_some_and(|seen| seen != cart.mark()) {
        return Err(Error::Conflict("cart_changed"));
    }
    let order = insert(tx, d, customer, &key, &form, cart.total).await?;
    for (position, line) in (1_i64..).zip(&cart.lines) {
        insert_line(tx, &order.id, position, line).await?;
    }
    execute!(tx, "delete from cart_items where customer_id = $1", customer)?;
    write_timelines(tx, &order, &cart.lines).await?;
    history::note(tx, &order.id, order.state.as_str(), None, order.created_at).await?;
    promise(tx, d, &order).await?;
    let priced = cart.lines.iter().all(|line| line.price.is_some());
    let order = if priced { limit::gate(tx, d, order).await? } else { order };
    Ok((order, true))
}

impl Checked {
    fn new(form: &Checkout) -> Result<Checked> {
        let given = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let kept = |field, text: Option<String>, max| match text {
            Some(text) => clean(&text, max).ok_or(Error::invalid(field, "error-too-long")),
            None => Ok(String::new()),
        };
        let address = kept("address", given(&form.address), 500)?;
        if address.is_empty() && form.delivery != DeliveryWay::Pickup {
            return Err(Error::invalid("address", "error-address"));
        }
        let inn = match given(&form.inn) {
            Some(text) => Some(Inn::parse(&text).ok_or(Error::invalid("inn", "error-inn"))?),
            None => None,
        };
        Ok(Checked {
            address,
            inn,
            comment: kept("comment", given(&form.comment), 2000)?,
            company: form.company.clone(),
            contact: kept("contact", given(&form.contact), 200)?,
        })
    }
}

async fn by_client_key(tx: &mut Tx, customer: &CustomerId, key: &str) -> Result<Option<Order>> {
    let made = fetch_optional!(
        tx,
        (OrderId,),
        "select id from orders where customer_id = $1 and client_key = $2",
        customer,
        key
    )?;
    match made {
        Some((id,)) => find(tx, &id).await,
        None => Ok(None),
    }
}

/// The company where the customer is active: the chosen one, else the one with this INN, else the
/// one that they look at, else the first joined. A chosen one where they are not is [`Error::NotFound`].
async fn company_for(
    tx: &mut Tx,
    customer: &CustomerId,
    inn: Option<&Inn>,
    chosen: Option<&CompanyId>,
) -> Result<Option<CompanyId>> {
    let row = fetch_optional!(
        tx,
        (CompanyId,),
        "select c.id
           from memberships m
           join customers me on me.id = m.customer_id
           join companies c on c.id = m.company_id
          where m.customer_id = $1 and m.state = 'active' and ($3 is null or c.id = $3)
          order by case when c.inn = $2 then 0 when c.id = me.chosen_company then 1 else 2 end,
                   m.id
          limit 1",
        customer,
        inn,
        chosen
    )?;
    match row {
        None if chosen.is_some() => Err(Error::NotFound),
        found => Ok(found.map(|(id,)| id)),
    }
}

async fn insert(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    key: &str,
    (delivery, form): &(DeliveryWay, Checked),
    total: Money,
) -> Result<Order> {
    let now = d.clock.now();
    let order = Order {
        id: OrderId::new(now),
        number: numbers::next(tx, "ORD", d.today().year()).await?,
        customer_id: customer.clone(),
        company_id: company_for(tx, customer, form.inn.as_ref(), form.company.as_ref()).await?,
        state: State::Placed,
        total,
        delivery: *delivery,
        address: form.address.clone(),
        inn: form.inn.clone(),
        comment: form.comment.clone(),
        contact: form.contact.clone(),
        taken_by: None,
        created_at: now,
        updated_at: now,
    };
    execute!(
        tx,
        "insert into orders (id, number, customer_id, company_id, state, total, delivery, address,
                             inn, comment, client_key, created_at, updated_at, contact)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)",
        &order.id,
        &order.number,
        &order.customer_id,
        &order.company_id,
        order.state,
        order.total,
        order.delivery,
        &order.address,
        &order.inn,
        &order.comment,
        key,
        now,
        &order.contact
    )?;
    Ok(order)
}

async fn insert_line(tx: &mut Tx, id: &OrderId, position: i64, line: &CartLine) -> Result<()> {
    // A machine that left the customer's sight since leaves the line too.
    let machine = line.machine_id.as_ref().filter(|_| line.machine_serial.is_some());
    execute!(
        tx,
        "insert into order_lines (order_id, position, part_id, sku, name, price, quantity,
                                  machine_id, machine_serial, machine_model, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        position,
        &line.part_id,
        &line.sku,
        &line.name,
        line.price,
        line.quantity,
        machine,
        &line.machine_serial,
        &line.machine_model,
        &line.note
    )?;
    Ok(())
}

async fn write_timelines(tx: &mut Tx, order: &Order, lines: &[CartLine]) -> Result<()> {
    let seen = lines.iter().filter(|line| line.machine_serial.is_some());
    let mut machines: Vec<_> = seen.filter_map(|line| line.machine_id.as_ref()).collect();
    machines.sort();
    machines.dedup();
    let case = entity(&order.id);
    for machine in machines {
        let at: DateTime<Utc> = order.created_at;
        machines::add_timeline(tx, machine, at, "order", &order.number, Some(&case)).await?;
    }
    Ok(())
}

/// Promises the deals, the mail and the cards of a new order.
async fn promise(tx: &mut Tx, d: &Dealer, order: &Order) -> Result<()> {
    let case = entity(&order.id);
    for connection in &d.routes.orders {
        let message = Message::CrmOrder { order: order.id.clone() };
        let once = format!("{case}:{connection}");
        outbox::enqueue(tx, order.created_at, connection, &case, &message, &once).await?;
    }
    if d.routes.mail {
        let message = Message::MailOrder { order: order.id.clone() };
        let once = format!("{case}:{}", outbox::MAIL);
        outbox::enqueue(tx, order.created_at, outbox::MAIL, &case, &message, &once).await?;
    }
    states::show(tx, d, order, order.state.as_str()).await
}
