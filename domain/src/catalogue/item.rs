//! One good as a source tells it.

use std::fmt;

use crate::Money;

/// Where in its source a good stands: what a report names it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The line of a table.
    Line(usize),
    /// The source's own id.
    Id(String),
}

/// One good. `None` is what the source does not say: what is known stays. `Some(None)` says that
/// there is none.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it stands.
    pub place: Place,
    /// The source's own id, which outlives a change of the article.
    pub outside_id: Option<String>,
    /// The article.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// The price of one piece; none is «по запросу».
    pub price: Option<Option<Money>>,
    /// Pieces in stock.
    pub stock: Option<Option<i64>>,
    /// Days to deliver.
    pub lead_days: Option<Option<i64>>,
    /// Further codes, without the article.
    pub codes: Option<Vec<String>>,
    /// The articles of parts that do the same.
    pub analogues: Option<Vec<String>>,
    /// What lies in it, where it is a kit: article and pieces.
    pub kit: Option<Vec<(String, i64)>>,
    /// The machines that it fits.
    pub fits: Option<Fits>,
    /// The section.
    pub category: Option<String>,
    /// The article of what took its place.
    pub replaced_by: Option<Option<String>>,
    /// The name of a picture that lies here.
    pub photo: Option<Option<String>>,
    /// Where the source keeps its picture: an address, or an id there. It is fetched after the run.
    pub picture: Option<Option<String>>,
    /// Whether the source sells it.
    pub sold: bool,
}

/// The models that a good fits, by code or name.
#[derive(Clone, Debug)]
pub enum Fits {
    /// An unknown one is a fault: the dealer's own tables name models.
    Exactly(Vec<String>),
    /// An unknown one is passed over: a shop knows machines that this dealer does not keep.
    AsFarAsKnown(Vec<String>),
}

impl Item {
    /// A good of which the source says no more than this.
    pub fn new(place: Place, sku: String, name: String) -> Item {
        Item {
            place,
            outside_id: None,
            sku,
            name,
            price: None,
            stock: None,
            lead_days: None,
            codes: None,
            analogues: None,
            kit: None,
            fits: None,
            category: None,
            replaced_by: None,
            photo: None,
            picture: None,
            sold: true,
        }
    }
}

/// As a report begins its line.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Id(id) => write!(f, "id {id}"),
        }
    }
}
