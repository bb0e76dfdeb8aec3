//! A model that changes its name changes what its parts are found by.

use std::collections::BTreeMap;

use crate::Result;
use crate::db::{Tx, execute, fetch_all};
use crate::ids::{ModelId, PartId};
use crate::parts::part_search_key;

#[derive(Default)]
struct Words {
    name: String,
    category: String,
    codes: Vec<String>,
    models: Vec<String>,
}

/// Writes the search keys of the parts that fit a model anew.
/// Cost: three statements that read, one per part that writes.
pub(crate) async fn index_model(tx: &mut Tx, model: &ModelId) -> Result<()> {
    let mut parts: BTreeMap<PartId, Words> = BTreeMap::new();
    let rows = fetch_all!(
        tx,
        (PartId, String, String),
        "select p.id, p.name, p.category
           from part_models pm
           join parts p on p.id = pm.part_id
          where pm.model_id = $1",
        model
    )?;
    for (id, name, category) in rows {
        parts.insert(id, Words { name, category, ..Words::default() });
    }
    let codes = fetch_all!(
        tx,
        (PartId, String),
        "select c.part_id, c.code
           from part_models pm
           join part_codes c on c.part_id = pm.part_id
          where pm.model_id = $1
          order by c.part_id, c.code_key",
        model
    )?;
    for (id, code) in codes {
        parts.entry(id).or_default().codes.push(code);
    }
    let models = fetch_all!(
        tx,
        (PartId, String, String),
        "select other.part_id, m.code, m.name
           from part_models pm
           join part_models other on other.part_id = pm.part_id
           join machine_models m on m.id = other.model_id
          where pm.model_id = $1
          order by other.part_id, other.model_id",
        model
    )?;
    for (id, code, name) in models {
        parts.entry(id).or_default().models.extend([code, name]);
    }
    for (id, words) in parts {
        let key = part_search_key(
            &words.name,
            &words.category,
            words.codes.iter().map(String::as_str),
            words.models.iter().map(String::as_str),
        );
        execute!(tx, "update parts set search_key = $2 where id = $1", &id, key)?;
    }
    Ok(())
}
