//! Machine models from a file.

use std::collections::{HashMap, HashSet};

use crate::catalogue::{Change, Place};
use crate::db::{Tx, execute, fetch_all};
use crate::ids::ModelId;
use crate::import::Report;
use crate::import::sheet::{Row, Sheet};
use crate::text::{code_key, search_key};
use crate::{Dealer, Error, Result, machines, parts};

const COLUMNS: [&str; 8] = [
    "code",
    "name",
    "maker",
    "category",
    "specification",
    "maintenance_months",
    "maintenance_hours",
    "photo",
];

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
struct ModelRow {
    id: ModelId,
    code: String,
    code_key: String,
    name: String,
    maker: String,
    category: String,
    specification: String,
    photo: Option<String>,
    maintenance_months: Option<i64>,
    maintenance_hours: Option<i64>,
    search_key: String,
}

/// Takes the models of a CSV file. A model is known by its code, however it is written.
/// Cost: one statement that reads all models, one per line that changes something. After the
/// commit, [`parts::catch_up`] makes the parts of a renamed model be found by its new name.
/// Deals that waited for one of the models are looked at again.
pub async fn models(tx: &mut Tx, d: &Dealer, bytes: &[u8]) -> Result<Report> {
    let sheet = Sheet::read(bytes, &COLUMNS, &["code", "name"])?;
    let known = fetch_all!(
        tx,
        ModelRow,
        "select id, code, code_key, name, maker, category, specification, photo,
                maintenance_months, maintenance_hours, search_key
           from machine_models"
    )?;
    let known: HashMap<String, ModelRow> =
        known.into_iter().map(|model| (model.code_key.clone(), model)).collect();
    let mut seen = HashSet::new();
    let mut report = Report::default();
    for (line, row) in sheet.rows() {
        let outcome = match read(&row, d, &known, &mut seen) {
            Ok((was, model)) => save(tx, was, &model).await,
            Err(fault) => Err(fault),
        };
        report.note(Place::Line(line), outcome)?;
    }
    machines::models_changed(tx, d).await?;
    Ok(report)
}

/// What the row makes of a known or a new model.
fn read<'k>(
    row: &Row<'_>,
    d: &Dealer,
    known: &'k HashMap<String, ModelRow>,
    seen: &mut HashSet<String>,
) -> Result<(Option<&'k ModelRow>, ModelRow)> {
    row.check()?;
    let code = row.required("code")?;
    let key = code_key(&code);
    if key.is_empty() {
        return Err(Error::invalid("code", "error-required"));
    }
    let was = known.get(&key);
    let old = |pick: fn(&ModelRow) -> &String| was.map(pick).cloned().unwrap_or_default();
    let mut model = ModelRow {
        id: was.map_or_else(|| ModelId::new(d.clock.now()), |model| model.id.clone()),
        code,
        code_key: key,
        name: row.required("name")?,
        maker: row.text("maker")?.unwrap_or_else(|| old(|model| &model.maker)),
        category: row.text("category")?.unwrap_or_else(|| old(|model| &model.category)),
        specification: match row.list("specification") {
            Some(list) => specification(&list)?,
            None => was.map_or_else(|| "[]".to_owned(), |model| model.specification.clone()),
        },
        photo: row
            .parsed("photo", "error-too-long", |text| Some(text.to_owned()))?
            .unwrap_or_else(|| was.and_then(|model| model.photo.clone())),
        maintenance_months: row
            .count("maintenance_months")?
            .unwrap_or_else(|| was.and_then(|model| model.maintenance_months)),
        maintenance_hours: row
            .count("maintenance_hours")?
            .unwrap_or_else(|| was.and_then(|model| model.maintenance_hours)),
        search_key: String::new(),
    };
    model.search_key = search_key(&format!("{} {} {}", model.name, model.maker, model.category));
    if !seen.insert(model.code_key.clone()) {
        return Err(Error::invalid("code", "error-import-twice"));
    }
    Ok((was, model))
}

/// `key=value` items, kept as a JSON list of pairs: the order is the maker's.
fn specification(list: &[String]) -> Result<String> {
    let pair = |item: &String| {
        let (name, value) = item.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    let pairs: Option<Vec<(String, String)>> = list.iter().map(pair).collect();
    let pairs = pairs.ok_or(Error::invalid("specification", "error-import-pairs"))?;
    Ok(serde_json::to_string(&pairs)?)
}

async fn save(tx: &mut Tx, was: Option<&ModelRow>, model: &ModelRow) -> Result<Change> {
    if was == Some(model) {
        return Ok(Change::Unchanged);
    }
    execute!(
        tx,
        "insert into machine_models (id, code, code_key, name, maker, category, specification,
                                     photo, maintenance_months, maintenance_hours, search_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (id) do update
            set code = excluded.code, name = excluded.name, maker = excluded.maker,
                category = excluded.category, specification = excluded.specification,
                photo = excluded.photo, maintenance_months = excluded.maintenance_months,
                maintenance_hours = excluded.maintenance_hours,
                search_key = excluded.search_key",
        &model.id,
        &model.code,
        &model.code_key,
        &model.name,
        &model.maker,
        &model.category,
        &model.specification,
        &model.photo,
        model.maintenance_months,
        model.maintenance_hours,
        &model.search_key
    )?;
    let Some(was) = was else { return Ok(Change::Created) };
    if was.name != model.name || was.code != model.code {
        parts::model_changed(tx, &model.id).await?;
    }
    Ok(Change::Changed)
}
