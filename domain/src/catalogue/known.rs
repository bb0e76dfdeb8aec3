//! What the catalogue holds already, as a run compares it.

use std::collections::HashMap;

use crate::catalogue::links::PartLink;
use crate::db::{Executor, fetch_all};
use crate::ids::{ModelId, PartId};
use crate::text::code_key;
use crate::{Error, Money, Result};

/// A row of `parts`, as far as a source has a word in it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub(crate) struct PartRow {
    pub(crate) id: PartId,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) price: Option<Money>,
    pub(crate) stock: Option<i64>,
    pub(crate) lead_days: Option<i64>,
    pub(crate) category: String,
    pub(crate) photo: Option<String>,
    pub(crate) replaced_by: Option<String>,
    pub(crate) active: bool,
    pub(crate) source: Option<String>,
    pub(crate) outside_id: Option<String>,
    pub(crate) picture: Option<String>,
}

/// A part with what hangs on it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Whole {
    pub(crate) part: PartRow,
    /// By key, in the order of the keys; the article is among them.
    pub(crate) codes: Vec<(String, String)>,
    /// In the order of the ids.
    pub(crate) models: Vec<ModelId>,
    /// Analogues and what lies in a kit, in their order.
    pub(crate) links: Vec<PartLink>,
}

impl Whole {
    /// What the search finds a part by.
    pub(crate) fn words(&self) -> impl PartialEq {
        (&self.part.name, &self.part.category, &self.codes, &self.models)
    }
}

/// What is stored already.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) parts: Vec<Whole>,
    by_sku: HashMap<String, usize>,
    /// Only the goods of the run's own source.
    by_outside: HashMap<String, usize>,
    /// A model's id by the key of its code and of its name.
    model_ids: HashMap<String, ModelId>,
}

impl Known {
    /// Reads the catalogue; `source` is whose ids the goods are known by. Five statements.
    pub(crate) async fn read(db: &mut impl Executor, source: Option<&str>) -> Result<Known> {
        let rows = fetch_all!(
            db,
            PartRow,
            "select id, sku, name, price, stock, lead_days, category, photo, replaced_by, active,
                    source, outside_id, picture
               from parts"
        )?;
        let mut codes: HashMap<PartId, Vec<(String, String)>> = HashMap::new();
        for (part, key, code) in fetch_all!(
            db,
            (PartId, String, String),
            "select part_id, code_key, code from part_codes"
        )? {
            codes.entry(part).or_default().push((key, code));
        }
        let mut fits: HashMap<PartId, Vec<ModelId>> = HashMap::new();
        for (part, model) in
            fetch_all!(db, (PartId, ModelId), "select part_id, model_id from part_models")?
        {
            fits.entry(part).or_default().push(model);
        }
        let mut links: HashMap<PartId, Vec<PartLink>> = HashMap::new();
        for (part, kind, sku, quantity) in fetch_all!(
            db,
            (PartId, String, String, i64),
            "select part_id, kind, sku, quantity from part_links"
        )? {
            links.entry(part).or_default().push(PartLink { kind, sku, quantity });
        }
        let model_ids = model_ids(db).await?;
        let mut known = Known {
            parts: Vec::with_capacity(rows.len()),
            by_sku: HashMap::with_capacity(rows.len()),
            by_outside: HashMap::new(),
            model_ids,
        };
        for part in rows {
            let mut codes = codes.remove(&part.id).unwrap_or_default();
            let mut models = fits.remove(&part.id).unwrap_or_default();
            let mut links = links.remove(&part.id).unwrap_or_default();
            codes.sort();
            models.sort();
            links.sort();
            let at = known.parts.len();
            known.by_sku.insert(part.sku.clone(), at);
            if let (Some(id), true) = (&part.outside_id, part.source.as_deref() == source) {
                known.by_outside.insert(id.clone(), at);
            }
            known.parts.push(Whole { part, codes, models, links });
        }
        Ok(known)
    }

    pub(crate) fn of_sku(&self, sku: &str) -> Option<usize> {
        self.by_sku.get(sku).copied()
    }

    pub(crate) fn of_outside(&self, id: &str) -> Option<usize> {
        self.by_outside.get(id).copied()
    }

    /// The models by code or name, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that is not known, where each must be.
    pub(crate) fn models(&self, list: &[String], each: bool) -> Result<Vec<ModelId>> {
        let mut models = Vec::with_capacity(list.len());
        for name in list {
            match self.model_ids.get(&code_key(name)) {
                Some(id) => models.push(id.clone()),
                None if each => return Err(Error::invalid("models", "error-import-model")),
                None => {}
            }
        }
        models.sort();
        models.dedup();
        Ok(models)
    }
}

async fn model_ids(db: &mut impl Executor) -> Result<HashMap<String, ModelId>> {
    let models =
        fetch_all!(db, (ModelId, String, String), "select id, code, name from machine_models")?;
    let mut ids = HashMap::new();
    for (id, _, name) in &models {
        ids.insert(code_key(name), id.clone());
    }
    // A code wins over another model's name.
    for (id, code, _) in models {
        ids.insert(code_key(&code), id);
    }
    Ok(ids)
}
