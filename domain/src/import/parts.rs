//! Parts from a CSV file.

use crate::catalogue::{Fits, Item, Place, Plan, Rules};
use crate::db::Tx;
use crate::import::Report;
use crate::import::sheet::{Row, Sheet};
use crate::{Dealer, Error, Result};

const COLUMNS: [&str; 12] = [
    "sku",
    "name",
    "price",
    "stock",
    "lead_days",
    "codes",
    "models",
    "category",
    "replaced_by",
    "photo",
    "analogues",
    "kit",
];

/// Takes the parts of a CSV file in the caller's transaction; their models must be there before. A
/// part is known by its article. A stock that a line gives is today's, also where it has not changed.
/// Cost: that of [`Plan`]. After the commit, [`catch_up`](crate::parts::catch_up) makes what has other
/// words be found by them.
pub async fn parts(tx: &mut Tx, d: &Dealer, bytes: &[u8]) -> Result<Report> {
    let rules = Rules { source: None, whole: false, off_limit: None };
    let mut plan = Plan::begin(tx, rules).await?;
    parts_csv(&mut plan, d, bytes)?;
    plan.finish()?;
    let report = plan.report().clone();
    plan.write(tx, d, usize::MAX).await?;
    Ok(report)
}

/// Compares the lines of a CSV file.
///
/// # Errors
/// [`Error::Invalid`] where the file as a whole cannot be read; of a line's faults the plan hears.
pub fn parts_csv(plan: &mut Plan, d: &Dealer, bytes: &[u8]) -> Result<()> {
    let sheet = Sheet::read(bytes, &COLUMNS, &["sku", "name"])?;
    for (line, row) in sheet.rows() {
        match read(line, &row) {
            Ok(item) => plan.take(d, item),
            Err(Error::Invalid(fault)) => {
                let sku = row.text("sku").ok().flatten();
                plan.refuse(Place::Line(line), sku.as_deref(), fault);
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

fn read(line: usize, row: &Row<'_>) -> Result<Item> {
    row.check()?;
    let text = |column| row.parsed(column, "error-too-long", |text| Some(text.to_owned()));
    let item = Item::new(Place::Line(line), row.required("sku")?, row.required("name")?);
    Ok(Item {
        price: row.money("price")?,
        stock: row.count("stock")?,
        lead_days: row.count("lead_days")?,
        category: row.text("category")?,
        photo: text("photo")?,
        replaced_by: text("replaced_by")?,
        codes: row.list("codes"),
        analogues: row.list("analogues"),
        kit: match row.list("kit") {
            Some(list) => Some(list.iter().map(|piece| piece_of(piece)).collect::<Result<_>>()?),
            None => None,
        },
        fits: row.list("models").map(Fits::Exactly),
        ..item
    })
}

/// One piece of a kit: `16К20.02.080*4`, or `16К20.02.080` for one.
fn piece_of(text: &str) -> Result<(String, i64)> {
    let (sku, pieces) = text.rsplit_once('*').unwrap_or((text, "1"));
    let pieces = pieces.trim().parse().ok().filter(|pieces| (1..=999).contains(pieces));
    let sku = sku.trim();
    match pieces {
        Some(pieces) if !sku.is_empty() => Ok((sku.to_owned(), pieces)),
        _ => Err(Error::invalid("kit", "error-import-kit")),
    }
}
