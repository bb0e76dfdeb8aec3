//! Spare parts: the catalogue, what fits which machine, and a search that survives how people
//! write an article.

mod bought;
mod card;
mod index;
pub mod links;
mod reindex;
mod search;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_optional};
use crate::ids::{CustomerId, PartId};
use crate::{Money, Result};

pub use bought::{Bought, bought};
pub use card::{PartCard, card};
pub use reindex::catch_up;
pub(crate) use reindex::{model_changed, take_turn};
pub use search::{PAGE, SUGGESTED, search, suggest};

/// A part as the catalogue shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Its id.
    pub id: PartId,
    /// The article, as printed.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Today's price of one piece; `None` is «по запросу».
    pub price: Option<Money>,
    /// Pieces in stock, where the dealer says.
    pub stock: Option<i64>,
    /// When the stock was counted.
    pub stock_at: Option<DateTime<Utc>>,
    /// Days to deliver when it is not in stock.
    pub lead_days: Option<i64>,
    /// The section of the catalogue.
    pub category: String,
    /// Its photo, as imported.
    pub photo: Option<String>,
    /// The article of the part that took its place.
    pub replaced_by: Option<String>,
    /// Whether it fits the chosen machine; false when none was chosen.
    pub fits: bool,
    /// The older article that was asked for, where this part has taken its place.
    pub instead_of: Option<String>,
}

/// One page of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartPage {
    /// At most [`PAGE`] parts.
    pub parts: Vec<Part>,
    /// What to ask the next page with; `None` on the last one.
    pub next: Option<String>,
}

/// Whose machines may be chosen.
#[derive(Clone, Copy, Debug)]
pub enum Park<'c> {
    /// The customer's.
    Of(&'c CustomerId),
    /// Any: for staff.
    Any,
}

/// What a source calls a part that it keeps: the id of the product in a CRM. `None` where the part is
/// another's.
pub async fn outside_id(
    db: &mut impl Executor,
    source: &str,
    part: &str,
) -> Result<Option<String>> {
    let row = fetch_optional!(
        db,
        (Option<String>,),
        "select outside_id from parts where id = $1 and source = $2",
        part,
        source
    )?;
    Ok(row.and_then(|(id,)| id))
}

#[cfg(test)]
mod tests;
