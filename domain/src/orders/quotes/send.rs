//! A manager answers an order with prices.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::approvals::discounts;
use crate::db::{Tx, execute};
use crate::ids::{ApprovalId, OrderId, QuoteId};
use crate::orders::discount::Discount;
use crate::orders::quotes::{Quote, held, last_revision, lock, may_be_quoted, tell_crms};
use crate::orders::{Order, OrderLine, State, history, load, states};
use crate::outbox::Notice;
use crate::staff::Staff;
use crate::text::clean;
use crate::{Dealer, Error, Money, Result};

/// The longest that a quote may hold.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// The most that one piece may cost: a billion roubles. More is a slip of the finger.
const DEAREST: Money = Money::kopecks(100_000_000_000);

/// What the manager filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The revision that this becomes: one more than the manager saw. The same one again from the
    /// same manager is the same quote.
    pub revision: i64,
    /// The last day on which it can be accepted.
    pub valid_until: NaiveDate,
    /// Anything about the whole, up to 2000 characters.
    pub comment: Option<String>,
    /// A price for each line of the order.
    pub lines: Vec<OfferLine>,
}

/// A line of an offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferLine {
    /// The line of the order.
    pub position: i64,
    /// The price of one piece.
    pub price: Money,
    /// Anything about this line, up to 500 characters.
    pub comment: Option<String>,
}

/// What became of an offer.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The revision that it is, or will be.
    pub quote: Quote,
    /// The case that decides whether it goes out; none where it went.
    pub waits: Option<ApprovalId>,
}

/// The manager sends a quote: the order is quoted, earlier revisions are void, the customer gets a
/// message, the CRMs hear the sum. An order that nobody had is this manager's then. What takes more
/// off than [`Dealer::discount`] lets them take off alone waits for a decision first.
pub async fn send(
    tx: &mut Tx,
    d: &Dealer,
    staff: &Staff,
    id: &OrderId,
    offer: &Offer,
) -> Result<Sent> {
    if !staff.is_manager() {
        return Err(Error::Forbidden);
    }
    lock(tx, id).await?;
    let (order, lines) = load(tx, id).await?;
    let last = last_revision(tx, id).await?;
    if let Some((revision, maker)) = &last
        && *revision >= offer.revision
    {
        // A double tap; or another manager was first.
        let same = *revision == offer.revision && *maker == staff.id;
        let known = history::history(tx, id).await?.quote.filter(|_| same);
        let quote = known.ok_or(Error::Conflict("quoted"))?;
        return Ok(Sent { quote, waits: None });
    }
    if !may_be_quoted(&order) {
        return Err(Error::Conflict("state"));
    }
    let revision = last.map_or(1, |(revision, _)| revision + 1);
    let quote = checked(d, staff, revision, offer, &lines)?;
    let discount = Discount::of(&lines, offer);
    if d.discount.as_ref().is_some_and(|rule| discount.is_over(rule.most)) {
        let offer = Offer { revision, ..offer.clone() };
        let case = held::hold(tx, d, staff, &order, (&quote, &offer), discount).await?;
        return Ok(Sent { quote, waits: Some(case) });
    }
    discounts::is_past(tx, d, id).await?;
    go_out(tx, d, &order, staff, (&quote, offer)).await?;
    Ok(Sent { quote, waits: None })
}

/// The offer becomes a quote that the customer can accept.
pub(super) async fn go_out(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    staff: &Staff,
    (quote, offer): (&Quote, &Offer),
) -> Result<()> {
    store(tx, order, staff, quote, offer).await?;
    tell_sent(tx, d, order, quote).await
}

/// The quote that an offer makes, where everything of it can be taken.
pub(super) fn checked(
    d: &Dealer,
    staff: &Staff,
    revision: i64,
    offer: &Offer,
    lines: &[OrderLine],
) -> Result<Quote> {
    let today = d.today();
    if offer.valid_until < today {
        return Err(Error::invalid("valid_until", "error-date-past"));
    }
    if offer.valid_until > today + LONGEST {
        return Err(Error::invalid("valid_until", "error-quote-long"));
    }
    let mut total = Money::default();
    for line in lines {
        let offered = offer.lines.iter().find(|one| one.position == line.position);
        let price = offered.map(|one| one.price).filter(|price| *price > Money::default());
        let price = price.filter(|price| *price <= DEAREST);
        let price = price.ok_or(Error::invalid("price", "error-quote-price"))?;
        total = [total, price.times(line.quantity)].into_iter().sum();
        words("comment", offered.and_then(|one| one.comment.as_deref()), 500)?;
    }
    let now = d.clock.now();
    Ok(Quote {
        id: QuoteId::new(now),
        revision,
        valid_until: offer.valid_until,
        comment: words("comment", offer.comment.as_deref(), 2000)?,
        total,
        made_by: staff.name.clone(),
        made_at: now,
        accepted_at: None,
    })
}

/// What was typed, or nothing.
fn words(field: &'static str, typed: Option<&str>, max: usize) -> Result<String> {
    match typed.map(str::trim).filter(|typed| !typed.is_empty()) {
        Some(typed) => clean(typed, max).ok_or(Error::invalid(field, "error-too-long")),
        None => Ok(String::new()),
    }
}

async fn store(
    tx: &mut Tx,
    order: &Order,
    staff: &Staff,
    quote: &Quote,
    offer: &Offer,
) -> Result<()> {
    execute!(
        tx,
        "insert into quotes (id, order_id, revision, valid_until, comment, total, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &quote.id,
        &order.id,
        quote.revision,
        quote.valid_until,
        &quote.comment,
        quote.total,
        &staff.id,
        quote.made_at
    )?;
    for line in &offer.lines {
        let comment = words("comment", line.comment.as_deref(), 500)?;
        execute!(
            tx,
            "insert into quote_lines (quote_id, position, price, comment)
             select $1, l.position, $3, $4
               from order_lines l
              where l.order_id = $5 and l.position = $2
             on conflict do nothing",
            &quote.id,
            line.position,
            line.price,
            comment,
            &order.id
        )?;
    }
    execute!(
        tx,
        "update orders set taken_by = coalesce(taken_by, $2), updated_at = $3 where id = $1",
        &order.id,
        &staff.id,
        quote.made_at
    )?;
    history::note(tx, &order.id, State::Quoted.as_str(), Some(&quote.id), quote.made_at).await
}

/// The customer must act, so it is a message of its own and not an edit of their card.
async fn tell_sent(tx: &mut Tx, d: &Dealer, order: &Order, quote: &Quote) -> Result<()> {
    if order.state != State::Quoted {
        states::stepped(tx, d, order, State::Quoted, None).await?;
    }
    let occasion = format!("quote-{}", quote.revision);
    states::show_managers(tx, d, order, &occasion).await?;
    let notice = Notice::OrderQuote { order: order.id.clone(), revision: quote.revision };
    states::tell_customer(tx, d, order, notice, &occasion).await?;
    tell_crms(tx, d, order, quote, false).await
}
