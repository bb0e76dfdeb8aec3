//! Parts from a price feed in YML, the format of Yandex Market (yandex.ru/support/marketplace,
//! «Формат YML»), which most shops can export: `yml_catalog/shop/{categories,offers}`.
//!
//! A feed is whole by its nature: what a shop does not offer is not in it. One that breaks off in
//! the middle is refused. It is read as it comes: of a feed of any length one element is in memory.

mod decode;
mod offer;

use std::collections::HashMap;
use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::catalogue::{Place, Plan};
use crate::import::yml::decode::Decoded;
use crate::import::yml::offer::{FIELDS, Offer};
use crate::text::clean;
use crate::{Dealer, Error, Result};

/// Elements inside of each other; a feed has five.
const DEPTH: usize = 32;
/// The characters of one element that count: descriptions are not read.
const LENGTH: usize = 4000;

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

/// Compares the offers of a feed. An offer is known by its id, else by its article: `vendorCode`,
/// the parameter «Артикул», else the id.
///
/// # Errors
/// [`Error::Invalid`] where the file is no feed or not a whole one, [`Error::Storage`] where it cannot
/// be read; of an offer's faults the plan hears.
pub fn parts_yml(plan: &mut Plan, d: &Dealer, file: impl Read) -> Result<()> {
    let mut reader = Reader::from_reader(BufReader::new(Decoded::begin(file)?));
    reader.config_mut().expand_empty_elements = true;
    let (mut feed, mut element) = (Feed::default(), Vec::new());
    loop {
        element.clear();
        match reader.read_event_into(&mut element).map_err(unread)? {
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

/// The disk's fault is not the feed's.
fn unread(error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => Error::Storage(std::io::Error::new(error.kind(), error)),
        _ => broken(),
    }
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
    match offer::read(place.clone(), &mut offer, &feed.sections) {
        Ok(item) => plan.take(d, item),
        Err(fault) => plan.refuse(place, None, fault),
    }
}
