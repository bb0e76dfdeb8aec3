//! What a member may order alone: above it the director of their company decides.

use crate::approvals::own;
use crate::db::Tx;
use crate::orders::{Order, State, states};
use crate::{Dealer, Result, people};

/// Lets an order whose prices are agreed go on, or has it wait for the director; as it then is.
pub(super) async fn gate(tx: &mut Tx, d: &Dealer, order: Order) -> Result<Order> {
    let Some(company) = order.company_id.clone() else { return Ok(order) };
    let limit = people::order_limit(tx, &order.customer_id, &company).await?;
    if limit.is_none_or(|most| order.total <= most) {
        return Ok(order);
    }
    if !states::moved(tx, d, &order, State::AwaitingApproval, None).await? {
        return Ok(order);
    }
    own::ask_order_limit(tx, d, &order, &company).await?;
    Ok(Order { state: State::AwaitingApproval, ..order })
}
