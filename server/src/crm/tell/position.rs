//! A part that a deal is about, whatever the CRM makes of it.

use std::collections::BTreeMap;

use domain::Money;
use domain::maintenance::KitPart;
use domain::orders::OrderLine;

/// A part that a deal is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position<'a> {
    /// Ours.
    pub(crate) part: &'a str,
    /// Its article.
    pub(crate) sku: &'a str,
    /// Its name.
    pub(crate) name: &'a str,
    /// The price of one piece, if it has one.
    pub(crate) price: Option<Money>,
    /// Pieces.
    pub(crate) quantity: i64,
}

impl<'a> Position<'a> {
    /// A line of an order.
    pub(crate) fn of_line(line: &'a OrderLine) -> Position<'a> {
        Position {
            part: line.part_id.as_str(),
            sku: &line.sku,
            name: &line.name,
            price: line.price,
            quantity: line.quantity,
        }
    }

    /// A part of a maintenance's kit.
    pub(crate) fn of_kit(part: &'a KitPart) -> Position<'a> {
        Position {
            part: part.id.as_str(),
            sku: &part.sku,
            name: &part.name,
            price: part.price,
            quantity: part.quantity,
        }
    }

    /// One position per part: the same part for two machines is two lines of ours and one product
    /// of theirs.
    pub(crate) fn merged(positions: &[Position<'a>]) -> Vec<Position<'a>> {
        let mut parts: BTreeMap<&str, Position<'_>> = BTreeMap::new();
        for position in positions {
            let same = parts.entry(position.part).or_insert(Position { quantity: 0, ..*position });
            same.quantity += position.quantity;
        }
        parts.into_values().collect()
    }
}
