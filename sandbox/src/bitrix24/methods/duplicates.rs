//! `crm.duplicate.findbycomm`: who has this phone or e-mail.

use serde_json::{Map, Value};

use crate::bitrix24::answer::{Outcome, Refusal, ok};
use crate::bitrix24::change::Change;
use crate::bitrix24::params::Params;
use crate::bitrix24::php::map_or_list;
use crate::bitrix24::schema::Kind;
use crate::bitrix24::values::{list, text};

/// At so many finds of one kind the later kinds are dropped.
const MANY: usize = 20;

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    (method == "crm.duplicate.findbycomm").then(|| find(change, params))
}

fn find(change: &Change<'_>, params: &Params) -> Outcome {
    // The code of these refusals is the text itself.
    let field = params.text("type").to_uppercase();
    if field != "PHONE" && field != "EMAIL" {
        return Err(Refusal::new("Communication type is not defined", ""));
    }
    let values = params.get("values").map(list).unwrap_or_default();
    if values.is_empty() {
        return Err(Refusal::new("Communication values is not defined", ""));
    }
    let wanted: Vec<String> = values.iter().take(20).map(|one| key(&field, &text(one))).collect();
    let only = Kind::by_name(&params.text("entity_type"));
    let mut found = Map::new();
    for kind in [Kind::Lead, Kind::Contact, Kind::Company] {
        if only.is_some_and(|only| only != kind) {
            continue;
        }
        let ids: Vec<Value> = change
            .portal
            .all(kind)
            .filter(|(_, record)| {
                let has = record.get(&field).map(list).unwrap_or_default();
                has.iter().any(|one| wanted.contains(&key(&field, &text(&one["VALUE"]))))
            })
            .map(|(id, _)| Value::from(*id))
            .take(MANY)
            .collect();
        let many = ids.len() >= MANY;
        if !ids.is_empty() {
            found.insert(kind.name().to_uppercase(), ids.into());
        }
        if many {
            break;
        }
    }
    ok(map_or_list(found))
}

/// Digits of a phone without its extension. Whether `8…` finds `+7…` is not documented, so it does
/// not here.
fn key(field: &str, value: &str) -> String {
    if field == "EMAIL" {
        return value.trim().to_lowercase();
    }
    let number = value.split([';', ',', 'x', '#']).next().unwrap_or_default();
    number.chars().filter(char::is_ascii_digit).collect()
}
