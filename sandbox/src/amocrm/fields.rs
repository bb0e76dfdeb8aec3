//! Custom field values: what is accepted, how it is kept, how it is shown.

use chrono::{DateTime, FixedOffset, TimeZone};
use serde_json::{Map, Value, json};

use crate::amocrm::answer::FieldError;
use crate::amocrm::catalogue::{FieldDef, FieldKind};
use crate::amocrm::data::{FieldItem, Fields};

/// The longest value of a `text` field, in characters.
const TEXT_MAX: usize = 256;
/// Moscow, the zone of the account; it has no summer time.
const MOSCOW_SECONDS: i32 = 3 * 3600;

/// Changes to custom fields; `None` clears the field.
pub(crate) type FieldChanges = Vec<(i64, Option<Vec<FieldItem>>)>;

/// Reads `custom_fields_values` of a sent item.
pub(crate) fn read(
    defs: &[FieldDef],
    item: &Map<String, Value>,
    path: &str,
    errors: &mut Vec<FieldError>,
) -> FieldChanges {
    let path = format!("{path}custom_fields_values");
    let list = match item.get("custom_fields_values") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => {
            errors.push(FieldError::kind(path, "array"));
            return Vec::new();
        }
    };
    let mut changes = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        let path = format!("{path}.{index}");
        let Some(def) = definition(defs, entry, &path, errors) else {
            continue;
        };
        changes.push((def.id, values(def, entry, &path, errors)));
    }
    changes
}

/// Puts the changes into the entity's fields.
pub(crate) fn apply(fields: &mut Fields, changes: &FieldChanges) {
    for (id, values) in changes {
        match values {
            Some(values) if !values.is_empty() => {
                fields.insert(*id, values.clone());
            }
            _ => {
                fields.remove(id);
            }
        }
    }
}

/// One typed value from a plain string, as a manager types it into the card.
pub(crate) fn typed(def: &FieldDef, text: &str) -> Option<FieldItem> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let item = match def.kind {
        FieldKind::Multitext => json!({"value": text}),
        FieldKind::Date if text.len() == 10 => json!({"value": format!("{text}T00:00:00+03:00")}),
        _ => json!({"value": text}),
    };
    let mut errors = Vec::new();
    let item = value(def, &item, "", &mut errors)?;
    errors.is_empty().then_some(item)
}

/// `custom_fields_values` as the API shows it: `null` when nothing is filled.
pub(crate) fn show(defs: &[FieldDef], fields: &Fields) -> Value {
    let shown: Vec<Value> = defs
        .iter()
        .filter_map(|def| Some((def, fields.get(&def.id)?)))
        .map(|(def, items)| {
            let values: Vec<Value> = items.iter().map(show_item).collect();
            json!({
                "field_id": def.id,
                "field_name": def.name,
                "field_code": def.code,
                "field_type": def.kind.name(),
                "values": values
            })
        })
        .collect();
    if shown.is_empty() { Value::Null } else { Value::Array(shown) }
}

fn show_item(item: &FieldItem) -> Value {
    match item.enum_id {
        Some(id) => json!({"value": item.value, "enum_id": id, "enum_code": item.enum_code}),
        None => json!({"value": item.value}),
    }
}

fn definition<'a>(
    defs: &'a [FieldDef],
    entry: &Value,
    path: &str,
    errors: &mut Vec<FieldError>,
) -> Option<&'a FieldDef> {
    let found = match (entry.get("field_id"), entry.get("field_code")) {
        (Some(id), _) => {
            let Some(id) = id.as_i64() else {
                errors.push(FieldError::kind(format!("{path}.field_id"), "int"));
                return None;
            };
            defs.iter().find(|def| def.id == id)
        }
        (None, Some(Value::String(code))) => defs.iter().find(|def| def.code == Some(code)),
        _ => {
            errors.push(FieldError::missing(format!("{path}.field_id")));
            return None;
        }
    };
    if found.is_none() {
        errors.push(FieldError::choice(format!("{path}.field_id")));
    }
    if let Some(entry) = entry.as_object() {
        let known = ["field_id", "field_code", "field_name", "field_type", "values"];
        let extra = entry.keys().filter(|key| !known.contains(&key.as_str()));
        errors.extend(extra.map(|key| FieldError::unexpected(format!("{path}.{key}"))));
    }
    found
}

fn values(
    def: &FieldDef,
    entry: &Value,
    path: &str,
    errors: &mut Vec<FieldError>,
) -> Option<Vec<FieldItem>> {
    match entry.get("values") {
        Some(Value::Null) => None,
        Some(Value::Array(list)) => {
            let read = list.iter().enumerate().filter_map(|(index, item)| {
                value(def, item, &format!("{path}.values.{index}"), errors)
            });
            Some(read.collect())
        }
        Some(_) => {
            errors.push(FieldError::kind(format!("{path}.values"), "array"));
            None
        }
        None => {
            errors.push(FieldError::missing(format!("{path}.values")));
            None
        }
    }
}

fn value(
    def: &FieldDef,
    item: &Value,
    path: &str,
    errors: &mut Vec<FieldError>,
) -> Option<FieldItem> {
    let Some(object) = item.as_object() else {
        errors.push(FieldError::kind(path, "object"));
        return None;
    };
    let known = ["value", "enum_id", "enum_code"];
    let extra = object.keys().filter(|key| !known.contains(&key.as_str()));
    errors.extend(extra.map(|key| FieldError::unexpected(format!("{path}.{key}"))));
    let sent = object.get("value").unwrap_or(&Value::Null);
    let at = format!("{path}.value");
    match def.kind {
        FieldKind::Date => {
            let seconds = date(sent);
            if seconds.is_none() {
                errors.push(FieldError::kind(at, "date"));
            }
            seconds.map(|seconds| plain(json!(seconds)))
        }
        FieldKind::Text | FieldKind::Textarea | FieldKind::Tracking => {
            let text = string(sent, at.clone(), errors)?;
            if def.kind != FieldKind::Textarea && text.chars().count() > TEXT_MAX {
                errors.push(FieldError::too_long(at));
                return None;
            }
            Some(plain(json!(text)))
        }
        FieldKind::Multitext => {
            let text = string(sent, at, errors)?;
            enumerated(def, object, text, path, errors)
        }
    }
}

fn string<'a>(sent: &'a Value, path: String, errors: &mut Vec<FieldError>) -> Option<&'a str> {
    let text = sent.as_str();
    if text.is_none() {
        errors.push(FieldError::kind(path, "string"));
    }
    text
}

fn enumerated(
    def: &FieldDef,
    item: &Map<String, Value>,
    text: &str,
    path: &str,
    errors: &mut Vec<FieldError>,
) -> Option<FieldItem> {
    let found = match (item.get("enum_id"), item.get("enum_code")) {
        (Some(id), _) => def.enums.iter().find(|(known, _)| id.as_i64() == Some(*known)),
        (None, Some(code)) => def.enums.iter().find(|(_, known)| code.as_str() == Some(*known)),
        (None, None) => def.enums.first(),
    };
    let Some((id, code)) = found else {
        errors.push(FieldError::choice(format!("{path}.enum_code")));
        return None;
    };
    Some(FieldItem { value: json!(text), enum_id: Some(*id), enum_code: Some((*code).to_owned()) })
}

fn plain(value: Value) -> FieldItem {
    FieldItem { value, enum_id: None, enum_code: None }
}

/// Midnight of that day in Moscow, Unix seconds.
fn date(sent: &Value) -> Option<i64> {
    let moscow = FixedOffset::east_opt(MOSCOW_SECONDS)?;
    let moment = match sent {
        Value::Number(seconds) => moscow.timestamp_opt(seconds.as_i64()?, 0).single()?,
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&moscow),
        _ => return None,
    };
    let midnight = moment.date_naive().and_hms_opt(0, 0, 0)?;
    Some(moscow.from_local_datetime(&midnight).single()?.timestamp())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::date;

    #[test]
    fn dates_become_midnight_in_moscow() {
        assert_eq!(date(&json!(1_634_601_600)), Some(1_634_590_800));
        assert_eq!(date(&json!("2021-10-19T15:00:00+03:00")), Some(1_634_590_800));
        assert_eq!(date(&json!(true)), None);
    }
}
