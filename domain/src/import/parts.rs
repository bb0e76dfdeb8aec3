//! Parts from a file.

use std::collections::{HashMap, HashSet};

use crate::db::{Tx, execute, fetch_all};
use crate::ids::{ModelId, PartId};
use crate::import::sheet::{Row, Sheet};
use crate::import::{Change, Report};
use crate::text::code_key;
use crate::{Dealer, Error, Money, Result, parts};

const COLUMNS: [&str; 10] = [
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
];

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
struct PartRow {
    id: PartId,
    sku: String,
    name: String,
    price: Option<Money>,
    stock: Option<i64>,
    lead_days: Option<i64>,
    category: String,
    photo: Option<String>,
    replaced_by: Option<String>,
    active: bool,
}

/// A part with what hangs on it.
#[derive(Clone, Debug, PartialEq)]
struct Whole {
    part: PartRow,
    /// By key, in the order of the keys; the article is among them.
    codes: Vec<(String, String)>,
    /// In the order of the ids.
    models: Vec<ModelId>,
}

/// What is stored already.
struct Known {
    parts: HashMap<String, Whole>,
    /// A model's id by the key of its code and of its name.
    model_ids: HashMap<String, ModelId>,
}

/// Takes the parts of a CSV file; their models must be there before. A part is known by its
/// article. A stock that a line gives is today's, also where it has not changed.
/// Cost: four statements that read the catalogue; per changed line one, two per code and model; and
/// the search's index of what has other words.
pub async fn parts(tx: &mut Tx, d: &Dealer, bytes: &[u8]) -> Result<Report> {
    let sheet = Sheet::read(bytes, &COLUMNS, &["sku", "name"])?;
    let known = known(tx).await?;
    let mut seen = HashSet::new();
    let mut report = Report::default();
    for (line, row) in sheet.rows() {
        let outcome = match read(&row, d, &known, &mut seen) {
            Ok((was, whole)) => save(tx, d, was, &whole, row.count("stock")?.is_some()).await,
            Err(fault) => Err(fault),
        };
        report.note(line, outcome)?;
    }
    parts::index(tx).await?;
    Ok(report)
}

async fn known(tx: &mut Tx) -> Result<Known> {
    let rows = fetch_all!(
        tx,
        PartRow,
        "select id, sku, name, price, stock, lead_days, category, photo, replaced_by, active
           from parts"
    )?;
    let mut codes: HashMap<PartId, Vec<(String, String)>> = HashMap::new();
    for (part, key, code) in
        fetch_all!(tx, (PartId, String, String), "select part_id, code_key, code from part_codes")?
    {
        codes.entry(part).or_default().push((key, code));
    }
    let mut fits: HashMap<PartId, Vec<ModelId>> = HashMap::new();
    for (part, model) in
        fetch_all!(tx, (PartId, ModelId), "select part_id, model_id from part_models")?
    {
        fits.entry(part).or_default().push(model);
    }
    let models =
        fetch_all!(tx, (ModelId, String, String), "select id, code, name from machine_models")?;
    let mut known = Known { parts: HashMap::new(), model_ids: HashMap::new() };
    for part in rows {
        let mut codes = codes.remove(&part.id).unwrap_or_default();
        let mut models = fits.remove(&part.id).unwrap_or_default();
        codes.sort();
        models.sort();
        known.parts.insert(part.sku.clone(), Whole { part, codes, models });
    }
    for (id, _, name) in &models {
        known.model_ids.insert(code_key(name), id.clone());
    }
    // A code wins over another model's name.
    for (id, code, _) in models {
        known.model_ids.insert(code_key(&code), id);
    }
    Ok(known)
}

/// What the row makes of a known or a new part.
fn read<'k>(
    row: &Row<'_>,
    d: &Dealer,
    known: &'k Known,
    seen: &mut HashSet<String>,
) -> Result<(Option<&'k Whole>, Whole)> {
    row.check()?;
    let sku = row.required("sku")?;
    let was = known.parts.get(&sku);
    let old = was.map(|whole| &whole.part);
    let text = |column| row.parsed(column, "error-too-long", |text| Some(text.to_owned()));
    let part = PartRow {
        id: old.map_or_else(|| PartId::new(d.clock.now()), |part| part.id.clone()),
        name: row.required("name")?,
        price: row.money("price")?.unwrap_or_else(|| old.and_then(|part| part.price)),
        stock: row.count("stock")?.unwrap_or_else(|| old.and_then(|part| part.stock)),
        lead_days: row.count("lead_days")?.unwrap_or_else(|| old.and_then(|part| part.lead_days)),
        category: row
            .text("category")?
            .unwrap_or_else(|| old.map(|part| part.category.clone()).unwrap_or_default()),
        photo: text("photo")?.unwrap_or_else(|| old.and_then(|part| part.photo.clone())),
        replaced_by: text("replaced_by")?
            .unwrap_or_else(|| old.and_then(|part| part.replaced_by.clone())),
        active: true,
        sku,
    };
    let codes = match row.list("codes") {
        Some(list) => all_codes(&part.sku, list),
        None => was.map_or_else(|| all_codes(&part.sku, Vec::new()), |whole| whole.codes.clone()),
    };
    let models = match row.list("models") {
        Some(list) => resolve(&list, known)?,
        None => was.map(|whole| whole.models.clone()).unwrap_or_default(),
    };
    if !seen.insert(part.sku.clone()) {
        return Err(Error::invalid("sku", "error-import-twice"));
    }
    Ok((was, Whole { part, codes, models }))
}

/// The article and the further codes, one per key.
fn all_codes(sku: &str, list: Vec<String>) -> Vec<(String, String)> {
    let mut codes: Vec<(String, String)> = Vec::new();
    for code in [sku.to_owned()].into_iter().chain(list) {
        let key = code_key(&code);
        if !key.is_empty() && !codes.iter().any(|(other, _)| *other == key) {
            codes.push((key, code));
        }
    }
    codes.sort();
    codes
}

fn resolve(list: &[String], known: &Known) -> Result<Vec<ModelId>> {
    let find = |name: &String| known.model_ids.get(&code_key(name)).cloned();
    let models: Option<Vec<ModelId>> = list.iter().map(find).collect();
    let mut models = models.ok_or(Error::invalid("models", "error-import-model"))?;
    models.sort();
    models.dedup();
    Ok(models)
}

impl Whole {
    /// What the search finds a part by.
    fn words(&self) -> impl PartialEq {
        (&self.part.name, &self.part.category, &self.codes, &self.models)
    }
}

async fn save(
    tx: &mut Tx,
    d: &Dealer,
    was: Option<&Whole>,
    whole: &Whole,
    counted: bool,
) -> Result<Change> {
    if counted && whole.part.stock.is_some() && was.is_some() {
        execute!(
            tx,
            "update parts set stock_at = $2 where id = $1",
            &whole.part.id,
            d.clock.now()
        )?;
    }
    if was == Some(whole) {
        return Ok(Change::Unchanged);
    }
    save_part(tx, d, was, whole).await?;
    save_codes(tx, was, whole).await?;
    save_models(tx, was, whole).await?;
    Ok(if was.is_some() { Change::Changed } else { Change::Created })
}

/// A part keeps its number, and its place in the index while its words are the same.
async fn save_part(tx: &mut Tx, d: &Dealer, was: Option<&Whole>, whole: &Whole) -> Result<()> {
    let part = &whole.part;
    let now = d.clock.now();
    let same_words = was.is_some_and(|was| was.words() == whole.words());
    execute!(
        tx,
        "insert into parts (id, sku, name, price, stock, stock_at, lead_days, category, photo,
                            replaced_by, active, updated_at, indexed, search_key, no)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '',
                 (select coalesce(max(no), 0) + 1 from parts))
         on conflict (id) do update
            set name = excluded.name, price = excluded.price, stock = excluded.stock,
                stock_at = coalesce(parts.stock_at, excluded.stock_at),
                lead_days = excluded.lead_days, category = excluded.category,
                photo = excluded.photo, replaced_by = excluded.replaced_by,
                active = excluded.active, updated_at = excluded.updated_at,
                indexed = parts.indexed and excluded.indexed",
        &part.id,
        &part.sku,
        &part.name,
        part.price,
        part.stock,
        part.stock.map(|_| now),
        part.lead_days,
        &part.category,
        &part.photo,
        &part.replaced_by,
        part.active,
        now,
        same_words
    )?;
    Ok(())
}

async fn save_codes(tx: &mut Tx, was: Option<&Whole>, whole: &Whole) -> Result<()> {
    if was.is_some_and(|was| was.codes == whole.codes) {
        return Ok(());
    }
    let id = &whole.part.id;
    execute!(tx, "delete from part_codes where part_id = $1", id)?;
    for (key, code) in &whole.codes {
        execute!(
            tx,
            "insert into part_codes (part_id, code, code_key) values ($1, $2, $3)",
            id,
            code,
            key
        )?;
    }
    Ok(())
}

async fn save_models(tx: &mut Tx, was: Option<&Whole>, whole: &Whole) -> Result<()> {
    if was.is_some_and(|was| was.models == whole.models) {
        return Ok(());
    }
    let id = &whole.part.id;
    execute!(tx, "delete from part_models where part_id = $1", id)?;
    for model in &whole.models {
        execute!(tx, "insert into part_models (part_id, model_id) values ($1, $2)", id, model)?;
    }
    Ok(())
}
