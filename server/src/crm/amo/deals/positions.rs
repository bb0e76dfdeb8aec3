//! Positions of a deal as products, where the account has a list of them. The note with all
//! positions is written anyway: it needs no tariff and no rights.

use std::collections::BTreeMap;

use domain::Money;
use domain::maintenance::KitPart;
use domain::orders::OrderLine;
use domain::text::code_key;

use crate::config::Products;
use crate::crm::amo::calls::write::{LinkTo, NewElement};
use crate::crm::amo::connection::{AmoConnection, Telling, creating, reading};
use crate::crm::amo::wire::Element;
use crate::crm::amo::{AmoCalls, CallError};
use crate::worker::policy::Failure;

/// What an element is remembered as.
const ELEMENT: &str = "element";

/// A part that a deal is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position<'a> {
    /// Ours.
    part: &'a str,
    /// Its article.
    sku: &'a str,
    /// Its name.
    name: &'a str,
    /// The price of one piece, if it has one.
    price: Option<Money>,
    /// Pieces.
    quantity: i64,
}

impl<'a> Position<'a> {
    pub(crate) fn of_line(line: &'a OrderLine) -> Position<'a> {
        Position {
            part: line.part_id.as_str(),
            sku: &line.sku,
            name: &line.name,
            price: line.price,
            quantity: line.quantity,
        }
    }

    pub(crate) fn of_kit(part: &'a KitPart) -> Position<'a> {
        Position {
            part: part.id.as_str(),
            sku: &part.sku,
            name: &part.name,
            price: part.price,
            quantity: 1,
        }
    }
}

impl AmoConnection {
    /// Links the positions to the deal as products with their quantities, each once. The text says
    /// what stays in the note only, and why.
    pub(crate) async fn positions(
        &self,
        telling: Telling<'_>,
        lead: i64,
        positions: &[Position<'_>],
    ) -> Result<Option<String>, Failure> {
        let calls = telling.calls;
        let Some(catalogue) = self.catalogue(calls).await? else { return Ok(None) };
        // The same part for two machines is two lines of ours and one product of theirs.
        let mut parts: BTreeMap<&str, Position<'_>> = BTreeMap::new();
        for position in positions {
            let same = parts.entry(position.part).or_insert(Position { quantity: 0, ..*position });
            same.quantity += position.quantity;
        }
        let (mut links, mut steps, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for position in parts.values() {
            let step = format!("position:{}", position.part);
            if self.linked(telling.entity, &step).await?.is_some() {
                continue;
            }
            match self.element(catalogue, position, calls).await {
                Ok(Some(id)) => {
                    links.push(LinkTo::element(id, catalogue, position.quantity));
                    steps.push((step, id));
                }
                Ok(None) => left_out.push(position.sku.to_owned()),
                Err(Failure::Rejected { why }) => left_out.push(format!("{}: {why}", position.sku)),
                Err(other) => return Err(other),
            }
        }
        // A link that is there already only takes the quantity again.
        if !links.is_empty() {
            calls.link("leads", lead, &links).await.map_err(reading)?;
        }
        for (step, id) in steps {
            self.remember(telling.entity, &step, &id.to_string()).await?;
        }
        let words = || format!("only in the note, not among the products: {}", left_out.join("; "));
        Ok((!left_out.is_empty()).then(words))
    }

    /// The list of products: the configured one, else the account's own, if it has one and lets us
    /// see it. Asked for once.
    async fn catalogue(&self, calls: AmoCalls<'_>) -> Result<Option<i64>, Failure> {
        match self.settings.products {
            Products::Off => return Ok(None),
            Products::List(id) => return Ok(Some(id)),
            Products::Found => {}
        }
        let ask = async || match calls.catalogues().await {
            Ok(lists) => Ok(lists.iter().find(|list| list.kind == "products").map(|list| list.id)),
            // No right to lists, or a tariff without them.
            Err(CallError::Rejected { .. } | CallError::PaymentRequired) => Ok(None),
            Err(error) => Err(reading(error)),
        };
        self.products.get_or_try_init(ask).await.copied()
    }

    /// The product of a part: remembered, else found by its article, else made where that is
    /// allowed.
    async fn element(
        &self,
        catalogue: i64,
        position: &Position<'_>,
        calls: AmoCalls<'_>,
    ) -> Result<Option<i64>, Failure> {
        let entity = format!("part:{}", position.part);
        let _turn = self.turns.of(&entity).await;
        if let Some(id) = self.linked_id(&entity, ELEMENT).await? {
            return Ok(Some(id));
        }
        self.no_fresh_try(&entity, ELEMENT).await?;
        for words in [Some(position.sku), digits_of(position.sku)].into_iter().flatten() {
            let hits = calls.search_elements(catalogue, words).await.map_err(reading)?;
            let same = |hit: &&Element| is_of(hit, position.sku);
            if let Some(id) = hits.iter().filter(same).map(|hit| hit.id).min() {
                self.point(&entity, ELEMENT, id).await?;
                return Ok(Some(id));
            }
        }
        if !self.settings.make_products {
            return Ok(None);
        }
        self.begin_try(&entity, ELEMENT).await?;
        let new = NewElement {
            name: position.name.to_owned(),
            sku: position.sku.to_owned(),
            price: position.price.map(Money::whole_roubles),
        };
        let made = calls.create_element(catalogue, new).await.map_err(creating)?;
        self.point(&entity, ELEMENT, made).await?;
        Ok(Some(made))
    }
}

/// The longest piece of an article without letters, where it is long enough to mean something: the
/// search is for the very characters, and letters of two alphabets look alike.
fn digits_of(sku: &str) -> Option<&str> {
    let pieces = sku
        .split(char::is_alphabetic)
        .map(|piece| piece.trim_matches(|sign: char| !sign.is_ascii_digit()));
    let longest = pieces.max_by_key(|piece| piece.len())?;
    let digits = longest.chars().filter(char::is_ascii_digit).count();
    (digits >= 4 && longest.len() < sku.len()).then_some(longest)
}

/// Whether the element bears this article: letters that only look alike do not make two.
fn is_of(element: &Element, sku: &str) -> bool {
    let theirs = element.sku();
    !element.is_deleted && theirs.is_some_and(|theirs| code_key(&theirs) == code_key(sku))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_two_alphabets_do_not_hide_a_product() {
        assert_eq!(digits_of("16К20.02.114"), Some("20.02.114"));
        assert_eq!(digits_of("НТ-16К20-1"), None, "too short to mean anything");
        assert_eq!(digits_of("7103-0012"), None, "the article itself was looked for already");
    }
}
