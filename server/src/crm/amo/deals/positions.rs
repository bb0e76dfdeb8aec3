//! Positions of a deal as products, where the account has a list of them. The note with all
//! positions is written anyway: it needs no tariff and no rights.

use domain::Money;
use domain::text::code_key;

use crate::config::Products;
use crate::crm::amo::CallError;
use crate::crm::amo::calls::write::{LinkTo, NewElement};
use crate::crm::amo::connection::{creating, reading};
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::wire::Element;
use crate::crm::tell::{Account as _, Position};
use crate::worker::policy::Failure;

/// What an element is remembered as.
const ELEMENT: &str = "element";

impl AmoAccount<'_> {
    /// Links the positions to the deal as products with their quantities, each once. The text says
    /// what stays in the note only, and why.
    pub(super) async fn link_positions(
        &self,
        entity: &str,
        lead: i64,
        positions: &[Position<'_>],
    ) -> Result<Option<String>, Failure> {
        let Some(catalogue) = self.catalogue().await? else { return Ok(None) };
        let memory = self.memory();
        let (mut links, mut steps, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for position in &Position::merged(positions) {
            let step = format!("position:{}", position.part);
            if memory.linked(entity, &step).await?.is_some() {
                continue;
            }
            match self.element(catalogue, position).await {
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
            self.calls.link("leads", lead, &links).await.map_err(reading)?;
        }
        for (step, id) in steps {
            memory.remember(entity, &step, &id.to_string()).await?;
        }
        let words = || format!("only in the note, not among the products: {}", left_out.join("; "));
        Ok((!left_out.is_empty()).then(words))
    }

    /// The list of products: the configured one, else the account's own, if it has one and lets us
    /// see it.
    async fn catalogue(&self) -> Result<Option<i64>, Failure> {
        match self.amo.settings.products {
            Products::Off => return Ok(None),
            Products::List(id) => return Ok(Some(id)),
            Products::Found => {}
        }
        let ask = async || match self.calls.catalogues().await {
            Ok(lists) => Ok(lists.iter().find(|list| list.kind == "products").map(|list| list.id)),
            // No right to lists, or a tariff without them.
            Err(CallError::Rejected { .. } | CallError::PaymentRequired) => Ok(None),
            Err(error) => Err(reading(error)),
        };
        self.amo.products.get_or_ask(self.amo.dealer.clock.now(), ask).await
    }

    /// The product of a part: remembered, else found by its article, else made where that is
    /// allowed.
    async fn element(
        &self,
        catalogue: i64,
        position: &Position<'_>,
    ) -> Result<Option<i64>, Failure> {
        let entity = format!("part:{}", position.part);
        let memory = self.memory();
        let _turn = memory.turn(&entity).await;
        if let Some(id) = memory.linked_id(&entity, ELEMENT).await? {
            return Ok(Some(id));
        }
        memory.no_fresh_try(&entity, ELEMENT).await?;
        for words in [Some(position.sku), digits_of(position.sku)].into_iter().flatten() {
            let hits = self.calls.search_elements(catalogue, words).await.map_err(reading)?;
            let same = |hit: &&Element| is_of(hit, position.sku);
            if let Some(id) = hits.iter().filter(same).map(|hit| hit.id).min() {
                memory.point(&entity, ELEMENT, id).await?;
                return Ok(Some(id));
            }
        }
        if !self.amo.settings.make_products {
            return Ok(None);
        }
        memory.begin_try(&entity, ELEMENT).await?;
        let new = NewElement {
            name: position.name.to_owned(),
            sku: position.sku.to_owned(),
            price: position.price.map(Money::whole_roubles),
        };
        let made = self.calls.create_element(catalogue, new).await.map_err(creating)?;
        memory.point(&entity, ELEMENT, made).await?;
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
