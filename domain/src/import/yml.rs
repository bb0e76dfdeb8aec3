//! Parts from a price feed in YML, the format of Yandex Market (yandex.ru/support/marketplace,
//! «Формат YML»), which most shops can export: `yml_catalog/shop/{categories,offers}`.
//!
//! A feed is whole by its nature: what a shop does not offer is not in it. One that breaks off in
//! the middle is refused.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::catalogue::{Fits, Item, Place, Plan};
use crate::text::{FieldFault, clean};
use crate::{Dealer, Error, Money, Result};

/// Elements inside of each other; a feed has five.
const DEPTH: usize = 32;
/// The characters of one element that count: descriptions are not read.
const LENGTH: usize = 4000;

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
struct Offer {
    id: Option<String>,
    available: Option<bool>,
    fields: HashMap<&'static str, String>,
    barcodes: Vec<String>,
    params: Vec<(String, String)>,
    /// The price is a «от …».
    price_from: bool,
}

/// What of the feed was read so far.
#[derive(Default)]
struct Feed {
    /// Names of the elements that are open.
    open: Vec<String>,
    text: String,
    /// The section's, or the parameter's, while it is open.
    named: Option<String>,
    sections: HashMap<String, String>,
    offer: Option<Offer>,
    offers: usize,
    whole: bool,
}

/// The elements of an offer that are read; the first of each counts.
const FIELDS: [&str; 13] = [
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

/// Compares the offers of a feed. An offer is known by its id, else by its article: `vendorCode`,
/// the parameter «Артикул», else the id.
///
/// # Errors
/// [`Error::Invalid`] where the file is no feed or not a whole one; of an offer's faults the plan
/// hears.
pub fn parts_yml(plan: &mut Plan, d: &Dealer, bytes: &[u8]) -> Result<()> {
    let text = decode(bytes);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let mut feed = Feed::default();
    loop {
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(start) => feed.begin(&start)?,
            Event::End(_) => {
                if let Some(offer) = feed.end() {
                    feed.offers += 1;
                    take(plan, d, offer, &feed);
                }
            }
            Event::Text(text) => feed.push(&text.xml10_content()),
            Event::CData(text) => feed.push(&text.xml10_content()),
            Event::GeneralRef(name) => {
                let letter = name.resolve_char_ref().map_err(|_| broken())?;
                match letter {
                    Some(letter) => feed.push(letter.encode_utf8(&mut [0; 4])),
                    // Only the five of XML itself: a feed's own entities are not followed.
                    None => feed.push(named_entity(&name.xml10_content())),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if feed.whole && feed.open.is_empty() { Ok(()) } else { Err(broken()) }
}

fn broken() -> Error {
    Error::invalid("file", "error-import-xml")
}

fn named_entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => " ",
    }
}

/// By the declaration, which is ASCII in every encoding that feeds come in; UTF-8 without one.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let declared = head
        .split_once("?>")
        .and_then(|(declaration, _)| declaration.split_once("encoding="))
        .and_then(|(_, value)| value.split(['"', '\'']).nth(1))
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    declared.unwrap_or(encoding_rs::UTF_8).decode(bytes).0
}

impl Feed {
    fn begin(&mut self, start: &BytesStart<'_>) -> Result<()> {
        let name = start.name().as_ref().to_owned();
        if self.open.len() >= DEPTH || (self.open.is_empty() && name != "yml_catalog") {
            return Err(broken());
        }
        self.text.clear();
        match name.as_str() {
            "category" => self.named = attribute(start, "id"),
            "param" => self.named = attribute(start, "name"),
            "offer" => {
                self.offer = Some(Offer {
                    id: attribute(start, "id").and_then(|id| clean(&id, 200)),
                    available: attribute(start, "available").map(|word| word == "true"),
                    ..Offer::default()
                });
            }
            "price" => {
                let from = attribute(start, "from").is_some_and(|word| word == "true");
                if let Some(offer) = &mut self.offer {
                    offer.price_from = from;
                }
            }
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if self.text.len() < LENGTH {
            self.text.push_str(text);
        }
    }

    /// Ends an element; answers the offer that it completes.
    fn end(&mut self) -> Option<Offer> {
        let name = self.open.pop()?;
        let text = std::mem::take(&mut self.text);
        let inside = self.open.last().map(String::as_str);
        match (name.as_str(), inside) {
            ("yml_catalog", None) => self.whole = true,
            ("offer", _) => return self.offer.take(),
            ("category", Some("categories")) => {
                if let (Some(id), Some(section)) = (self.named.take(), clean(&text, 300)) {
                    self.sections.insert(id, section);
                }
            }
            (_, Some("offer")) => {
                let (named, offer) = (self.named.take(), self.offer.as_mut()?);
                match (name.as_str(), clean(&text, LENGTH)) {
                    (_, None) => {}
                    ("param", Some(value)) => {
                        offer.params.push((named.unwrap_or_default().trim().to_lowercase(), value));
                    }
                    ("barcode", Some(code)) => offer.barcodes.push(code),
                    (name, Some(value)) => {
                        if let Some(field) = FIELDS.iter().find(|field| **field == name) {
                            offer.fields.entry(field).or_insert(value);
                        }
                    }
                }
            }
            _ => {}
        }
        None
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).ok()??;
    Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned())
}

fn take(plan: &mut Plan, d: &Dealer, mut offer: Offer, feed: &Feed) {
    let place = match &offer.id {
        Some(id) => Place::Id(id.clone()),
        None => Place::Id(format!("№{}", feed.offers)),
    };
    match read(place.clone(), &mut offer, &feed.sections) {
        Ok(item) => plan.take(d, item),
        Err(fault) => plan.refuse(place, None, fault),
    }
}

fn read(
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
