//! One offer of a feed, and what of the catalogue it says.

use std::collections::HashMap;

use crate::Money;
use crate::catalogue::{Fits, Item, Place};
use crate::text::{FieldFault, clean};

/// Parameters that hold the article where `vendorCode` is missing.
const ARTICLES: [&str; 2] = ["артикул", "article"];
/// Parameters that hold further codes.
const CODES: [&str; 7] =
    ["код", "каталожный номер", "чертёж", "чертеж", "номер чертежа", "аналог", "oem"];
/// Parameters that hold the machines that a good fits.
const MACHINES: [&str; 6] =
    ["станок", "станки", "модель станка", "подходит", "применимость", "совместимость"];

/// An offer while it is read.
#[derive(Default)]
pub(super) struct Offer {
    pub(super) id: Option<String>,
    pub(super) available: Option<bool>,
    pub(super) fields: HashMap<&'static str, String>,
    pub(super) barcodes: Vec<String>,
    pub(super) params: Vec<(String, String)>,
    /// The price is a «от …».
    pub(super) price_from: bool,
}

/// The elements of an offer that are read; the first of each counts.
pub(super) const FIELDS: [&str; 13] = [
    "name",
    "typePrefix",
    "vendor",
    "model",
    "vendorCode",
    "price",
    "currencyId",
    "categoryId",
    "picture",
    "count",
    "stock_quantity",
    "disabled",
    "barcode",
];

/// What an offer says of its good.
///
/// # Errors
/// The field that cannot be taken.
pub(super) fn read(
    place: Place,
    offer: &mut Offer,
    sections: &HashMap<String, String>,
) -> Result<Item, FieldFault> {
    let fault = |field, problem| FieldFault { field, problem };
    let id = offer.id.clone().ok_or(fault("id", "error-required"))?;
    let price = offer.price()?;
    let stock = offer.stock()?;
    let fits = offer.listed(&MACHINES).map(Fits::AsFarAsKnown);
    let codes = offer.listed(&CODES);
    let codes = match (codes, std::mem::take(&mut offer.barcodes)) {
        (None, barcodes) if barcodes.is_empty() => None,
        (codes, barcodes) => Some(codes.into_iter().flatten().chain(barcodes).collect()),
    };
    let article = offer.fields.get("vendorCode").cloned();
    let sku = article.or_else(|| offer.param(&ARTICLES)).unwrap_or_else(|| id.clone());
    let sku = clean(&sku, 200).ok_or(fault("vendorCode", "error-too-long"))?;
    let name = offer.name().ok_or(fault("name", "error-required"))?;
    let name = clean(&name, 1000).ok_or(fault("name", "error-too-long"))?;
    let section = offer.fields.get("categoryId").and_then(|id| sections.get(id)).cloned();
    let picture = offer.fields.get("picture").filter(|url| url.starts_with("http")).cloned();
    Ok(Item {
        outside_id: Some(id),
        price: Some(price),
        stock,
        codes,
        fits,
        category: section,
        picture: Some(picture),
        sold: offer.fields.get("disabled").is_none_or(|word| word != "true"),
        ..Item::new(place, sku, name)
    })
}

impl Offer {
    /// Other money than roubles is no price of ours, and «от …» and nought are none: on request.
    fn price(&self) -> Result<Option<Money>, FieldFault> {
        let Some(text) = self.fields.get("price") else { return Ok(None) };
        let price = Money::parse_roubles(text)
            .ok_or(FieldFault { field: "price", problem: "error-money" })?;
        let currency = self.fields.get("currencyId").map_or("RUB", String::as_str);
        let ours = matches!(currency, "RUR" | "RUB") && !self.price_from;
        Ok(Some(price).filter(|price| ours && price.as_kopecks() > 0))
    }

    /// A count where the feed gives one; what is not available has none in stock.
    fn stock(&self) -> Result<Option<Option<i64>>, FieldFault> {
        let count = self.fields.get("count").or_else(|| self.fields.get("stock_quantity"));
        match (count, self.available) {
            (Some(text), _) => {
                let count = text.parse().ok().filter(|count| (0..=1_000_000_000).contains(count));
                count
                    .map(|count| Some(Some(count)))
                    .ok_or(FieldFault { field: "count", problem: "error-number" })
            }
            (None, Some(false)) => Ok(Some(Some(0))),
            (None, Some(true)) => Ok(Some(None)),
            (None, None) => Ok(None),
        }
    }

    /// The name, or what the «произвольный» form of an offer makes one of.
    fn name(&self) -> Option<String> {
        if let Some(name) = self.fields.get("name") {
            return Some(name.clone());
        }
        let model = self.fields.get("model")?;
        let before = ["typePrefix", "vendor"].into_iter().filter_map(|part| self.fields.get(part));
        let words: Vec<&str> = before.chain([model]).map(String::as_str).collect();
        Some(words.join(" "))
    }

    fn param(&self, names: &[&str]) -> Option<String> {
        let found = self.params.iter().find(|(name, _)| names.contains(&name.as_str()));
        found.map(|(_, value)| value.clone())
    }

    /// The items of the parameters of these names; `None` where there is no such parameter.
    fn listed(&self, names: &[&str]) -> Option<Vec<String>> {
        let values = self.params.iter().filter(|(name, _)| names.contains(&name.as_str()));
        let items: Vec<String> = values
            .flat_map(|(_, value)| value.split([',', ';', '|']))
            .filter_map(|item| clean(item, 200))
            .collect();
        (!items.is_empty()).then_some(items)
    }
}
