//! What was bought for a machine before.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_all};
use crate::ids::{CustomerId, MachineId, PartId};
use crate::machines::scope::machine_is_of;
use crate::{Money, Result};

/// A part that was ordered for a machine.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Bought {
    /// The part.
    pub id: PartId,
    /// Its article.
    pub sku: String,
    /// Its name today.
    pub name: String,
    /// Today's price of one piece; `None` is «по запросу».
    pub price: Option<Money>,
    /// Whether it can still be ordered.
    pub active: bool,
    /// Pieces, in all orders.
    pub pieces: i64,
    /// When it was ordered the last time.
    pub last_at: DateTime<Utc>,
}

/// The newest hundred parts that were ordered for a machine by the people who have it now; orders
/// that came to nothing do not count, and what a former owner bought is theirs to know. Whose machine
/// it is not gets nothing. One statement, over the index of a machine's lines.
pub async fn bought(
    db: &mut impl Executor,
    customer: &CustomerId,
    machine: &MachineId,
) -> Result<Vec<Bought>> {
    Ok(fetch_all!(
        db,
        Bought,
        concat!(
            "select p.id, p.sku, p.name, p.price, p.active,
                    cast(sum(l.quantity) as bigint) as pieces, max(o.created_at) as last_at
               from machine_instances m
               join order_lines l on l.machine_id = m.id
               join orders o on o.id = l.order_id
               join parts p on p.id = l.part_id
              where m.id = $2 and ",
            machine_is_of!("$1"),
            "   and o.state not in ('cancelled', 'expired')
                and (m.owned_since is null or o.created_at >= m.owned_since)
              group by p.id, p.sku, p.name, p.price, p.active
              order by max(o.created_at) desc, p.sku
              limit 100"
        ),
        customer,
        machine
    )?)
}
