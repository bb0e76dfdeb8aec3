//! An offer that takes more off than its manager may take off alone: it is a draft that somebody else
//! decides about, and the customer does not see it before.

use chrono::{DateTime, Utc};

use crate::approvals::{self, discounts};
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{ApprovalId, OrderId, StaffId};
use crate::orders::discount::Discount;
use crate::orders::quotes::send::{checked, go_out};
use crate::orders::quotes::{Offer, Quote, last_revision, lock, may_be_quoted};
use crate::orders::{Order, load, states};
use crate::staff::{self, Staff};
use crate::{Dealer, Error, Money, Result};

/// A draft and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// What was filled in.
    pub offer: Offer,
    /// What it takes off.
    pub discount: Discount,
    /// The case that decides about it.
    pub approval: ApprovalId,
    /// Where that stands.
    pub state: approvals::State,
    /// Why it was decided so.
    pub reason: Option<String>,
}

/// The same as a statement about the order joins it; all or nothing is there.
#[derive(sqlx::FromRow)]
pub(crate) struct HeldRow {
    held_offer: Option<String>,
    listed: Option<Money>,
    offered: Option<Money>,
    approval_id: Option<ApprovalId>,
    approval_state: Option<approvals::State>,
    approval_reason: Option<String>,
}

impl HeldRow {
    /// The draft, where the row has one.
    pub(crate) fn held(self) -> Result<Option<Held>> {
        let (Some(offer), Some(approval), Some(state)) =
            (self.held_offer, self.approval_id, self.approval_state)
        else {
            return Ok(None);
        };
        let discount = Discount {
            listed: self.listed.unwrap_or_default(),
            offered: self.offered.unwrap_or_default(),
        };
        let offer = serde_json::from_str(&offer)?;
        Ok(Some(Held { offer, discount, approval, state, reason: self.approval_reason }))
    }
}

#[derive(sqlx::FromRow)]
struct Draft {
    offer: String,
    made_by: StaffId,
    made_at: DateTime<Utc>,
}

/// Keeps an offer as the draft of its order and asks for it. What was asked about a former draft is
/// withdrawn; the same draft again is asked once.
pub(super) async fn hold(
    tx: &mut Tx,
    d: &Dealer,
    by: &Staff,
    order: &Order,
    (quote, offer): (&Quote, &Offer),
    discount: Discount,
) -> Result<ApprovalId> {
    let words = serde_json::to_string(offer)?;
    let open = discounts::open_for(tx, &order.id).await?;
    let known = draft(tx, &order.id).await?;
    if let (Some(case), Some(known)) = (&open, &known)
        && known.made_by == by.id
        && known.offer == words
    {
        return Ok(case.id.clone());
    }
    execute!(
        tx,
        "insert into quote_drafts (order_id, revision, offer, listed, offered, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (order_id) do update
            set revision = excluded.revision, offer = excluded.offer, listed = excluded.listed,
                offered = excluded.offered, made_by = excluded.made_by,
                made_at = excluded.made_at",
        &order.id,
        quote.revision,
        words,
        discount.listed,
        discount.offered,
        &by.id,
        quote.made_at
    )?;
    discounts::is_past(tx, d, &order.id).await?;
    if order.taken_by.is_none() {
        states::take(tx, d, by, &order.id).await?;
    }
    discounts::ask(tx, d, by, order, quote.total).await
}

/// The discount is granted: the draft goes to the customer as if its manager had sent it now. Where
/// its last day is over meanwhile, it holds for as many days as it was to hold.
pub(crate) async fn granted(tx: &mut Tx, d: &Dealer, id: &OrderId) -> Result<()> {
    lock(tx, id).await?;
    let (order, lines) = load(tx, id).await?;
    let draft = draft(tx, id).await?.ok_or(Error::NotFound)?;
    let by = staff::find(tx, &draft.made_by).await?.ok_or(Error::NotFound)?;
    let mut offer: Offer = serde_json::from_str(&draft.offer)?;
    let next = last_revision(tx, id).await?.map_or(1, |(revision, _)| revision + 1);
    if !may_be_quoted(&order) || offer.revision != next {
        return Err(Error::Conflict("state"));
    }
    if offer.valid_until < d.today() {
        let made_on = draft.made_at.with_timezone(&d.zone).date_naive();
        offer.valid_until = d.today() + (offer.valid_until - made_on);
    }
    let quote = checked(d, &by, next, &offer, &lines)?;
    go_out(tx, d, &order, &by, (&quote, &offer)).await
}

async fn draft(db: &mut impl Executor, id: &OrderId) -> Result<Option<Draft>> {
    Ok(fetch_optional!(
        db,
        Draft,
        "select offer, made_by, made_at from quote_drafts where order_id = $1",
        id
    )?)
}
