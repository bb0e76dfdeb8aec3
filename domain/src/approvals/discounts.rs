//! A quote that takes more off than its manager may take off alone: somebody else decides, and the
//! customer gets it then. The draft itself is the business of [`crate::orders::quotes`].

use crate::approvals::ask::{self, Ask};
use crate::approvals::rules::{Approver, Policy};
use crate::approvals::{Approval, Kind, approvals};
use crate::db::{Executor, Tx, fetch_optional};
use crate::ids::{ApprovalId, OrderId};
use crate::orders::Order;
use crate::orders::discount::{Discount, Percent};
use crate::staff::Staff;
use crate::{Dealer, Money, Result};

/// What managers may take off alone, and who decides about more: `[approval.discount]`.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscountRule {
    /// The share of the whole order that may be taken off without asking.
    pub most: Percent,
    /// Who decides; any one of them.
    pub approvers: Vec<Approver>,
    /// Until when, who above, and whether people may decide their own.
    pub policy: Policy,
}

/// What a card and a page say of such a case.
#[derive(Clone, Debug, PartialEq)]
pub struct OfDiscount {
    /// The order's number.
    pub order: String,
    /// Who ordered; empty where they are forgotten.
    pub customer: String,
    /// For which company.
    pub company: Option<String>,
    /// What is to be taken off.
    pub discount: Discount,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: String,
    customer: String,
    company: Option<String>,
    listed: Money,
    offered: Money,
}

/// Asks for what a manager wants to take off an order; `total` is what the order then comes to.
pub(crate) async fn ask(
    tx: &mut Tx,
    d: &Dealer,
    by: &Staff,
    order: &Order,
    total: Money,
) -> Result<ApprovalId> {
    let rule = d.discount.as_ref();
    let ask = Ask {
        kind: Kind::Discount,
        once: once(&order.id),
        title: order.number.clone(),
        words: String::new(),
        amount: Some(total),
        deal: None,
        facts: None,
        rule_name: None,
        approvers: rule.map(|rule| rule.approvers.clone()).unwrap_or_default(),
        policy: rule.map_or_else(Policy::any_one, |rule| rule.policy.clone()),
        requester_name: by.name.clone(),
        requester_staff: Some(by.id.clone()),
        requester_user: None,
        subject: Some(order.id.to_string()),
    };
    ask::once_open(tx, d, &ask).await
}

/// What is open about the discount of an order.
pub(crate) async fn open_for(db: &mut impl Executor, order: &OrderId) -> Result<Option<Approval>> {
    Ok(fetch_optional!(
        db,
        Approval,
        approvals!("where once = $1 and state = 'open'"),
        once(order)
    )?)
}

/// Nobody decides any more: there is another offer, or the order goes on without it.
pub(crate) async fn is_past(tx: &mut Tx, d: &Dealer, order: &OrderId) -> Result<()> {
    match open_for(tx, order).await? {
        Some(case) => ask::withdraw(tx, d, &case).await,
        None => Ok(()),
    }
}

/// What a case is about; none for other kinds.
pub(super) async fn of(db: &mut impl Executor, approval: &Approval) -> Result<Option<OfDiscount>> {
    if approval.kind != Kind::Discount {
        return Ok(None);
    }
    let row = fetch_optional!(
        db,
        Row,
        "select o.number, c.name as customer, f.name as company, q.listed, q.offered
           from quote_drafts q
           join orders o on o.id = q.order_id
           join customers c on c.id = o.customer_id
           left join companies f on f.id = o.company_id
          where q.order_id = $1",
        &approval.subject
    )?;
    Ok(row.map(|row| OfDiscount {
        order: row.number,
        customer: row.customer,
        company: row.company,
        discount: Discount { listed: row.listed, offered: row.offered },
    }))
}

fn once(order: &OrderId) -> String {
    format!("{}:{order}", Kind::Discount.as_str())
}
