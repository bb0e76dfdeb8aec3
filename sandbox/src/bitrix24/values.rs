//! Values as they come in, are kept, and are shown by either family of methods.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
use serde_json::{Map, Value, json};

use crate::bitrix24::answer::moment;
use crate::bitrix24::schema::{Field, Type};

/// Fields by their UPPER_CASE names, in the form in which they are kept.
pub type Record = Map<String, Value>;

/// A number that may come as a string, as everything in a form does.
pub(crate) fn int(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        #[expect(clippy::cast_possible_truncation, reason = "ids are whole numbers")]
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|one| one as i64)),
        Value::Bool(yes) => Some(i64::from(*yes)),
        _ => None,
    }
}

/// A decimal that may come as a string.
pub(crate) fn decimal(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.trim().replace(',', ".").parse().ok(),
        _ => value.as_f64(),
    }
}

/// A scalar as text; PHP makes no difference.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => if *yes { "1" } else { "" }.to_owned(),
        _ => String::new(),
    }
}

/// `Y` of the many ways to say yes.
pub(crate) fn yes(value: &Value) -> bool {
    matches!(text(value).as_str(), "Y" | "y" | "1" | "true")
}

/// A list that may come as a single value.
pub(crate) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        Value::Object(map) => map.values().cloned().collect(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

/// A day or a moment in any of the forms that the portal reads.
pub(crate) fn time(value: &Value) -> Option<DateTime<Utc>> {
    let text = text(value);
    let zone = FixedOffset::east_opt(3 * 3600)?;
    let local = |naive: NaiveDateTime| {
        naive.and_local_timezone(zone).single().map(|at| at.with_timezone(&Utc))
    };
    DateTime::parse_from_rfc3339(&text)
        .ok()
        .map(|at| at.with_timezone(&Utc))
        .or_else(|| NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok().and_then(local))
        .or_else(|| NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S").ok().and_then(local))
        .or_else(|| NaiveDateTime::parse_from_str(&text, "%d.%m.%Y %H:%M:%S").ok().and_then(local))
        .or_else(|| day(&text).and_then(|day| day.and_hms_opt(3, 0, 0)).and_then(local))
}

fn day(text: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%d.%m.%Y"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

/// A scalar as it is kept; `None` where it does not fit the field.
pub(crate) fn kept(field: &Field, value: &Value) -> Option<Value> {
    let empty = matches!(value, Value::Null) || value.as_str() == Some("");
    if empty || value.is_array() || value.is_object() {
        return empty.then_some(Value::Null);
    }
    match field.kind {
        Type::Int | Type::Ids => int(value).map(Value::from),
        Type::Option => {
            let id = int(value)?;
            field.options.iter().any(|(one, _)| *one == id).then(|| id.into())
        }
        Type::Money => decimal(value).map(Value::from),
        Type::Flag => Some(if yes(value) { "Y" } else { "N" }.into()),
        Type::Text | Type::Status => Some(text(value).into()),
        Type::Date | Type::Moment => time(value).map(|at| moment(at).into()),
        Type::Multi | Type::File => None,
    }
}

/// A value as `crm.deal.get` shows it: strings.
pub(crate) fn old(field: &Field, value: Option<&Value>, base: &str) -> Value {
    let value = value.filter(|one| !one.is_null());
    let Some(value) = value else {
        return match field.kind {
            _ if field.is_user() && field.multiple => json!(false),
            Type::Date | Type::Moment => json!(""),
            Type::Money => json!("0.00"),
            Type::Flag => json!("N"),
            Type::Int if field.name == "COMPANY_ID" => json!("0"),
            _ => Value::Null,
        };
    };
    match (field.kind, value) {
        (Type::Multi, _) => value.clone(),
        (Type::File, Value::Array(all)) => {
            all.iter().map(|one| old_file(field, one, base)).collect()
        }
        (Type::File, one) => old_file(field, one, base),
        (_, Value::Array(all)) => all.iter().map(|one| old_scalar(field, one)).collect(),
        (_, one) => old_scalar(field, one),
    }
}

fn old_scalar(field: &Field, value: &Value) -> Value {
    match (field.kind, value.as_f64()) {
        (Type::Money, Some(sum)) => format!("{sum:.2}").into(),
        _ => text(value).into(),
    }
}

fn old_file(field: &Field, id: &Value, base: &str) -> Value {
    let id = int(id).unwrap_or_default();
    let url = |act: &str| {
        format!(
            "{base}/bitrix/components/bitrix/crm.deal.show/show_file.php?fieldName={}&dynamic=Y&fileId={id}&{act}=y",
            field.name
        )
    };
    json!({"id": id, "showUrl": url("show"), "downloadUrl": url("download")})
}

/// A value as `crm.item.get` shows it: numbers.
pub(crate) fn item(field: &Field, value: Option<&Value>, owner: (i64, i64), base: &str) -> Value {
    let value = value.filter(|one| !one.is_null());
    let Some(value) = value else {
        return match field.kind {
            Type::Ids => json!([]),
            _ if field.multiple => json!([]),
            Type::Money if !field.is_user() => json!(0),
            Type::Flag => json!("N"),
            Type::Int if field.name == "COMPANY_ID" => json!(0),
            _ => Value::Null,
        };
    };
    match (field.kind, value) {
        (Type::File, Value::Array(all)) => {
            all.iter().map(|one| item_file(field, one, owner, base)).collect()
        }
        (Type::File, one) => item_file(field, one, owner, base),
        _ => value.clone(),
    }
}

fn item_file(field: &Field, id: &Value, (type_id, owner): (i64, i64), base: &str) -> Value {
    let id = int(id).unwrap_or_default();
    let tail =
        format!("entityTypeId={type_id}&id={owner}&fieldName={}&fileId={id}", field.item_name());
    json!({
        "id": id,
        "url": format!("{base}/bitrix/services/main/ajax.php?action=crm.controller.item.getFile&{tail}"),
        "urlMachine": format!("{base}/rest/crm.controller.item.getFile.json?auth=sandbox&{tail}")
    })
}
