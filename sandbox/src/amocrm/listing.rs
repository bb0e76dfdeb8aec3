//! Full-text `query`, order and paid filters of the lists.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::amocrm::answer::Params;
use crate::amocrm::data::Fields;

/// What a list needs to know of an entity.
pub(crate) struct Row<'a> {
    pub(crate) id: i64,
    pub(crate) name: &'a str,
    pub(crate) fields: &'a Fields,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) found_from: DateTime<Utc>,
    pub(crate) stage: Option<(i64, i64)>,
}

/// Whether a row is on the list that the parameters ask for.
pub(crate) fn keeps(row: &Row<'_>, params: &Params, now: DateTime<Utc>, filters: bool) -> bool {
    let asked = params.get("query").map(str::trim).filter(|query| !query.is_empty());
    let found = asked.is_none_or(|query| row.found_from <= now && mentions(row, query));
    found && (!filters || passes(row, params))
}

/// Sorts as `order[created_at|updated_at|id]` says; without it by id.
pub(crate) fn sort(rows: &mut [(Row<'_>, Value)], params: &Params) {
    for key in ["id", "created_at", "updated_at"] {
        let Some(direction) = params.get(&format!("order[{key}]")) else {
            continue;
        };
        rows.sort_by_key(|(row, _)| {
            let sorted = match key {
                "created_at" => row.created_at,
                "updated_at" => row.updated_at,
                _ => row.id,
            };
            if direction == "desc" { -sorted } else { sorted }
        });
        return;
    }
}

/// The real search is textual: any filled field, any part of it, so that `+7…` and `8…` of the
/// same phone differ and a number in a name is a hit like any other.
fn mentions(row: &Row<'_>, query: &str) -> bool {
    let query = query.to_lowercase();
    let digits = digits(&query);
    let numeric = digits.len() >= 4
        && query.chars().all(|sign| sign.is_ascii_digit() || " +-()".contains(sign));
    let values = row.fields.values().flatten().filter_map(|item| item.value.as_str());
    std::iter::once(row.name).chain(values).any(|text| {
        let whole = text.to_lowercase();
        whole.contains(&query) || (numeric && self::digits(&whole).contains(&digits))
    })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn passes(row: &Row<'_>, params: &Params) -> bool {
    let ids = params.under("filter[id]");
    let statuses = params.records("filter[statuses]", "status_id");
    let pipelines = params.records("filter[statuses]", "pipeline_id");
    let in_stage = row.stage.is_none_or(|(pipeline, status)| {
        let listed = |(at, one): (usize, &i64)| {
            *one == status && pipelines.get(at).is_none_or(|one| *one == pipeline)
        };
        statuses.is_empty() || statuses.iter().enumerate().any(listed)
    });
    let between = |key: &str, value: i64| {
        params.int(&format!("filter[{key}][from]")).is_none_or(|from| value >= from)
            && params.int(&format!("filter[{key}][to]")).is_none_or(|to| value <= to)
    };
    let chosen = ids.is_empty() || ids.iter().any(|id| id.parse() == Ok(row.id));
    chosen
        && in_stage
        && between("updated_at", row.updated_at)
        && between("created_at", row.created_at)
}
