//! What follows from what: the list of a stage, the list of contacts from the one.

use serde_json::json;

use crate::bitrix24::schema::Kind;
use crate::bitrix24::values::{Record, int};

/// The list of an entity's stages: `STATUS`, `DEAL_STAGE`, `DEAL_STAGE_1`.
pub(crate) fn stage_list(kind: Kind, category: i64) -> String {
    match (kind, category) {
        (Kind::Deal, 0) => "DEAL_STAGE".to_owned(),
        (Kind::Deal, category) => format!("DEAL_STAGE_{category}"),
        _ => "STATUS".to_owned(),
    }
}

pub(crate) fn category_of(list: &str) -> i64 {
    list.strip_prefix("DEAL_STAGE_").and_then(|id| id.parse().ok()).unwrap_or_default()
}

/// Keeps the one contact (company) and the list of them the same, whichever was written.
pub(crate) fn bind(kind: Kind, before: &Record, after: &mut Record) {
    let (one, many) = match kind {
        Kind::Lead | Kind::Deal => ("CONTACT_ID", "CONTACT_IDS"),
        Kind::Contact => ("COMPANY_ID", "COMPANY_IDS"),
        Kind::Company => return,
    };
    if after.get(many) != before.get(many) {
        match after.get(many).and_then(|all| all.get(0)).cloned() {
            Some(first) => after.insert(one.to_owned(), first),
            None => after.shift_remove(one),
        };
    } else if after.get(one) != before.get(one) {
        match after.get(one).and_then(int).filter(|id| *id != 0) {
            Some(id) => {
                after.insert(many.to_owned(), json!([id]));
            }
            None => {
                after.shift_remove(one);
                after.shift_remove(many);
            }
        }
    }
}
