//! The kit of a maintenance: what is bought for it, at the dealer's prices.
//!
//! A part is a kit when its name says so: «Набор ТО-1 для 16К20», «Комплект ТО». The number is the
//! level. The plan of a machine does not say which level is due, so the kit is that of the lowest
//! one: what every maintenance takes.

use crate::db::{Executor, Tx, fetch_all};
use crate::ids::{CustomerId, MachineId, OccurrenceId, PartId};
use crate::maintenance::reminder::answerable;
use crate::{Dealer, Error, Money, Result, cart};

/// What begins the name of a kit, in small letters.
const MARKS: [&str; 2] = ["набор то", "комплект то"];

/// What one maintenance takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Kit {
    /// By name; a kit without a price of its own stands here as what lies in it.
    pub parts: Vec<KitPart>,
    /// The sum; `None` while some price is «по запросу».
    pub total: Option<Money>,
}

/// A part of a kit.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct KitPart {
    /// The part.
    pub id: PartId,
    /// Its article.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Today's price of one piece; `None` is «по запросу».
    pub price: Option<Money>,
    /// How many pieces.
    pub quantity: i64,
}

/// The kit for a machine, if the catalogue has one for its model. Reads the parts that fit the
/// model. Who may see the machine is the caller's to ask.
pub async fn kit(db: &mut impl Executor, machine: &MachineId) -> Result<Option<Kit>> {
    let fitting = fetch_all!(
        db,
        KitPart,
        "select p.id, p.sku, p.name, p.price, cast(1 as bigint) as quantity
           from machine_instances m
           join part_models pm on pm.model_id = m.model_id
           join parts p on p.id = pm.part_id
          where m.id = $1 and p.active
          order by p.name, p.id",
        machine
    )?;
    let Some(lowest) = fitting.iter().filter_map(|part| level(&part.name)).min() else {
        return Ok(None);
    };
    let mut parts = Vec::new();
    for kit in fitting.into_iter().filter(|part| level(&part.name) == Some(lowest)) {
        let pieces = match kit.price {
            Some(_) => Vec::new(),
            None => pieces(db, &kit.id).await?,
        };
        if pieces.is_empty() {
            parts.push(kit);
        } else {
            parts.extend(pieces);
        }
    }
    let sum = |part: &KitPart| Some(part.price?.times(part.quantity));
    Ok(Some(Kit { total: parts.iter().map(sum).sum::<Option<Money>>(), parts }))
}

/// What lies in a kit, as far as it is sold.
async fn pieces(db: &mut impl Executor, kit: &PartId) -> Result<Vec<KitPart>> {
    Ok(fetch_all!(
        db,
        KitPart,
        "select p.id, p.sku, p.name, p.price, l.quantity
           from part_links l
           join parts p on p.sku = l.sku and p.active
          where l.part_id = $1 and l.kind = 'kit'
          order by p.name, p.id",
        kit
    )?)
}

/// Puts the kit of a due maintenance into the customer's cart, for its machine and at today's
/// prices. Pieces that lie there already stay as they are, so that a double tap orders one kit.
///
/// # Errors
/// Another's maintenance is `NotFound`; a conflict is `maintenance_done` or `maintenance_moved`
/// when it is no longer open, and `kit_gone` when the kit is sold no more.
pub async fn order_kit(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    id: &OccurrenceId,
) -> Result<Kit> {
    let due = answerable(tx, customer, id).await?;
    let kit = kit(tx, &due.machine_id).await?.ok_or(Error::Conflict("kit_gone"))?;
    for part in &kit.parts {
        cart::put_once(tx, d, customer, (&part.id, part.quantity), Some(&due.machine_id)).await?;
    }
    Ok(kit)
}

/// The level of the maintenance that a part is the kit of; 0 when its name tells none. `None` for
/// what is no kit.
fn level(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let rest = MARKS.iter().find_map(|mark| name.strip_prefix(mark))?;
    // «Набор тормозных колодок» is none.
    if rest.starts_with(char::is_alphabetic) {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c == '-' || c == '–' || c.is_whitespace());
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    Some(digits.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kit_is_known_by_its_name() {
        assert_eq!(level("Набор ТО-1 для 16К20"), Some(1));
        assert_eq!(level("НАБОР ТО 12"), Some(12));
        assert_eq!(level("Комплект ТО для VMC850"), Some(0));
        assert_eq!(level("Набор ТО"), Some(0));
        for name in ["Набор тормозных колодок", "Ремкомплект ТО-1", "Набор цанг ER32", ""]
        {
            assert_eq!(level(name), None, "{name}");
        }
    }
}
