//! What a source says of a part and others: analogues, and what lies in a kit.

use crate::catalogue::Item;
use crate::catalogue::known::Whole;
use crate::parts::links::{ANALOGUE, KIT};

/// What a part has to do with another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PartLink {
    /// [`ANALOGUE`](crate::parts::links::ANALOGUE) or [`KIT`](crate::parts::links::KIT).
    pub(crate) kind: String,
    /// The other's article.
    pub(crate) sku: String,
    /// How many pieces of it.
    pub(crate) quantity: i64,
}

/// Analogues and kit as the item says, else as they are known; a part is nothing to itself.
pub(super) fn all_links(own: &str, item: &Item, was: Option<&Whole>) -> Vec<PartLink> {
    let known = |kind: &str| {
        let links = was.into_iter().flat_map(|was| &was.links);
        links.filter(|link| link.kind == kind).cloned().collect::<Vec<_>>()
    };
    let link = |kind: &str, sku: &str, quantity| PartLink {
        kind: kind.to_owned(),
        sku: sku.to_owned(),
        quantity,
    };
    let mut links = match &item.analogues {
        Some(list) => list.iter().map(|sku| link(ANALOGUE, sku, 1)).collect(),
        None => known(ANALOGUE),
    };
    links.extend(match &item.kit {
        Some(list) => list.iter().map(|(sku, pieces)| link(KIT, sku, *pieces)).collect(),
        None => known(KIT),
    });
    links.retain(|link| link.sku != own);
    links.sort();
    // The same article twice in a kit is told once; which number was meant nobody knows.
    links.dedup_by(|one, other| one.kind == other.kind && one.sku == other.sku);
    links
}
