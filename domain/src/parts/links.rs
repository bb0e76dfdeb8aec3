//! What a part has to do with others: what replaced it, what it replaced, what does the same, and
//! what lies in it where it is a kit.

use serde::Serialize;

use crate::db::{Executor, Tx, fetch_all};
use crate::ids::{CustomerId, MachineId, PartId};
use crate::{Dealer, Error, Money, Result, cart};

/// Does the same.
pub const ANALOGUE: &str = "analogue";
/// Lies in the kit.
pub const KIT: &str = "kit";

/// Another part beside one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Other {
    /// The part; `None` while the catalogue lacks it.
    pub id: Option<PartId>,
    /// Its article.
    pub sku: String,
    /// Its name; empty while the catalogue lacks it.
    pub name: String,
    /// Today's price of one piece; `None` is «по запросу».
    pub price: Option<Money>,
    /// Pieces in stock, where the dealer says.
    pub stock: Option<i64>,
    /// How many pieces of it lie in the kit.
    pub quantity: i64,
    /// Whether it can be ordered.
    pub active: bool,
}

/// Everything beside a part.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Beside {
    /// Its further codes: drawing, maker's, superseded; without the article itself.
    pub codes: Vec<String>,
    /// The articles that it took the place of.
    pub replaces: Vec<String>,
    /// What does the same, as far as it is sold.
    pub analogues: Vec<Other>,
    /// What lies in it; empty where it is no kit.
    pub kit: Vec<Other>,
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    sku: String,
    quantity: i64,
    id: Option<PartId>,
    name: Option<String>,
    price: Option<Money>,
    stock: Option<i64>,
    active: Option<bool>,
}

/// What stands beside a part of this article. An analogue is one to both. One statement.
pub(super) async fn beside(db: &mut impl Executor, id: &PartId, sku: &str) -> Result<Beside> {
    let rows = fetch_all!(
        db,
        Row,
        "with links (kind, sku, quantity) as (
             select 'code', code, cast(1 as bigint) from part_codes
              where part_id = $1 and code <> $2
             union
             select 'replaces', sku, cast(1 as bigint) from parts where replaced_by = $2
             union
             select kind, sku, quantity from part_links where part_id = $1
             union
             select 'analogue', p.sku, cast(1 as bigint)
               from part_links l
               join parts p on p.id = l.part_id
              where l.sku = $2 and l.kind = 'analogue')
         select l.kind, l.sku, l.quantity, p.id, p.name, p.price, p.stock, p.active
           from links l
           left join parts p on p.sku = l.sku and l.kind in ('analogue', 'kit')
          order by l.kind, l.sku",
        id,
        sku
    )?;
    let mut beside = Beside::default();
    for row in rows {
        let other = Other {
            id: row.id,
            sku: row.sku,
            name: row.name.unwrap_or_default(),
            price: row.price,
            stock: row.stock,
            quantity: row.quantity,
            active: row.active.unwrap_or_default(),
        };
        match row.kind.as_str() {
            ANALOGUE if other.active => beside.analogues.push(other),
            ANALOGUE => {}
            KIT => beside.kit.push(other),
            "replaces" => beside.replaces.push(other.sku),
            _ => beside.codes.push(other.sku),
        }
    }
    Ok(beside)
}

/// The pieces of a kit that can be ordered, with their numbers. One statement.
pub async fn pieces(db: &mut impl Executor, kit: &PartId) -> Result<Vec<(PartId, i64)>> {
    Ok(fetch_all!(
        db,
        (PartId, i64),
        "select p.id, l.quantity
           from part_links l
           join parts p on p.sku = l.sku and p.active
          where l.part_id = $1 and l.kind = 'kit'
          order by l.sku",
        kit
    )?)
}

/// Puts what lies in a kit into the cart, piece by piece; what lies there already stays as it is, so
/// a double tap orders one kit. A part that is no kit, or of which nothing is sold, is
/// [`Error::NotFound`].
pub async fn order_pieces(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    kit: &PartId,
    machine: Option<&MachineId>,
) -> Result<()> {
    let pieces = pieces(tx, kit).await?;
    if pieces.is_empty() {
        return Err(Error::NotFound);
    }
    for (part, quantity) in &pieces {
        cart::put_once(tx, d, customer, (part, *quantity), machine).await?;
    }
    Ok(())
}
