//! What a client gives as fields, in the shapes of either family, as it is kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::bitrix24::answer::Refusal;
use crate::bitrix24::change::Change;
use crate::bitrix24::schema::{Field, Kind, Type};
use crate::bitrix24::values::{Record, int, kept, list, text};

/// Fields of `crm.deal.*` and its kin. Names that are not known, and values of a wrong shape, are
/// passed over in silence, as the portal does.
pub(crate) fn old(
    change: &mut Change<'_>,
    kind: Kind,
    given: &Record,
    before: &Record,
) -> Result<Record, Refusal> {
    let mut out = Record::new();
    for (name, value) in given {
        let Some(field) = change.field(kind, name).filter(|field| !field.read_only) else {
            continue;
        };
        let value = match field.kind {
            Type::Multi => Some(contacts(change, &field, before, value)?),
            Type::File => old_files(change, &field, value),
            _ => plain(&field, value),
        };
        if let Some(value) = value {
            out.insert(name.clone(), value);
        }
    }
    Ok(out)
}

/// Fields of `crm.item.*`.
pub(crate) fn item(
    change: &mut Change<'_>,
    kind: Kind,
    given: &Record,
    before: &Record,
    original: bool,
) -> Result<Record, Refusal> {
    let mut out = Record::new();
    let fields = change.portal.fields(kind);
    for (name, value) in given {
        if name == "fm" {
            out.extend(multifields(change, kind, before, value)?);
            continue;
        }
        let called = |field: &&Field| {
            if original && field.is_user() {
                field.name == *name
            } else {
                field.item_name() == *name
            }
        };
        let Some(field) = fields.iter().find(called).filter(|field| !field.read_only) else {
            continue;
        };
        if field.kind == Type::Multi {
            continue;
        }
        let scalar =
            !value.is_array() && !value.is_object() && !value.is_null() && !text(value).is_empty();
        if field.multiple && scalar {
            return Err(Refusal::new(
                100,
                format!(
                    "Invalid value {{{name}}} to match with parameter {{fields}}. Should be value of type array."
                ),
            ));
        }
        let value = match field.kind {
            Type::File => item_files(change, field, value, before.get(&field.name)),
            _ => match plain(field, value) {
                Some(value) => Some(value),
                None => {
                    let text = format!("Invalid value for field \"{name}\"");
                    return Err(Refusal::new("CRM_FIELD_ERROR_VALUE_NOT_VALID", text));
                }
            },
        };
        if let Some(value) = value {
            out.insert(field.name.clone(), value);
        }
    }
    Ok(out)
}

/// Everything but files and phones.
fn plain(field: &Field, value: &Value) -> Option<Value> {
    if !field.multiple {
        return kept(field, value);
    }
    let all: Option<Vec<Value>> = list(value).iter().map(|one| kept(field, one)).collect();
    let all: Vec<Value> = all?.into_iter().filter(|one| !one.is_null()).collect();
    Some(if all.is_empty() { Value::Null } else { all.into() })
}

/// `[{VALUE, VALUE_TYPE, ID?}]` put into what there was: without an id it is one more.
fn contacts(
    change: &mut Change<'_>,
    field: &Field,
    before: &Record,
    given: &Value,
) -> Result<Value, Refusal> {
    let mut all = before.get(&field.name).map(list).unwrap_or_default();
    for one in list(given) {
        let Value::Object(one) = one else {
            continue;
        };
        let value = one.get("VALUE").map(text).unwrap_or_default();
        let kind = one.get("VALUE_TYPE").map(text).filter(|kind| !kind.is_empty());
        let removed = one.get("DELETE").is_some_and(|flag| text(flag) == "Y");
        put(change, &mut all, &field.name, one.get("ID").and_then(int), &value, kind, removed)?;
    }
    Ok(if all.is_empty() { Value::Null } else { all.into() })
}

/// `fm` of items: a list when made, an object by id (`n0` = one more) when changed.
fn multifields(
    change: &mut Change<'_>,
    kind: Kind,
    before: &Record,
    given: &Value,
) -> Result<Record, Refusal> {
    let mut out = Record::new();
    if !kind.has_multifields() {
        return Ok(out);
    }
    let entries: Vec<(Option<i64>, Value)> = match given {
        Value::Object(map) => {
            map.iter().map(|(key, one)| (key.parse().ok(), one.clone())).collect()
        }
        other => list(other).into_iter().map(|one| (one.get("id").and_then(int), one)).collect(),
    };
    for (id, one) in entries {
        let of = |name: &str| one.get(name).map(text).unwrap_or_default();
        let name = of("typeId");
        if !["PHONE", "EMAIL", "WEB", "IM", "LINK"].contains(&name.as_str()) {
            continue;
        }
        let current = out.get(&name).or_else(|| before.get(&name));
        let mut all = current.map(list).unwrap_or_default();
        let value_type = Some(of("valueType")).filter(|kind| !kind.is_empty());
        put(change, &mut all, &name, id, &of("value"), value_type, false)?;
        out.insert(name, if all.is_empty() { Value::Null } else { all.into() });
    }
    Ok(out)
}

fn put(
    change: &mut Change<'_>,
    all: &mut Vec<Value>,
    name: &str,
    id: Option<i64>,
    value: &str,
    kind: Option<String>,
    removed: bool,
) -> Result<(), Refusal> {
    if name == "EMAIL" && !value.is_empty() && !value.contains('@') {
        return Err(Refusal::new("ERROR_CORE", format!("Неверный e-mail: {value}<br>")));
    }
    let at = id.and_then(|id| all.iter().position(|one| one.get("ID").and_then(int) == Some(id)));
    match at {
        Some(at) if value.is_empty() || removed => {
            all.remove(at);
        }
        Some(at) => {
            all[at]["VALUE"] = value.into();
            if let Some(kind) = kind {
                all[at]["VALUE_TYPE"] = kind.into();
            }
        }
        None if value.is_empty() => {}
        None => {
            let id = change.portal.next("multifield").to_string();
            let kind = kind.unwrap_or_else(|| "WORK".to_owned());
            all.push(json!({"ID": id, "VALUE_TYPE": kind, "VALUE": value, "TYPE_ID": name}));
        }
    }
    Ok(())
}

/// `{"fileData":[name, base64]}`, a list of them where there may be several.
fn old_files(change: &mut Change<'_>, field: &Field, value: &Value) -> Option<Value> {
    let one = |change: &mut Change<'_>, one: &Value| keep(change, one.get("fileData")?);
    if !field.multiple {
        return one(change, value);
    }
    let ids: Vec<Value> = value.as_array()?.iter().filter_map(|file| one(change, file)).collect();
    (!ids.is_empty()).then(|| ids.into())
}

/// `[name, base64]`, a list of them where there may be several; `{"id": 12}` keeps what is there.
fn item_files(
    change: &mut Change<'_>,
    field: &Field,
    value: &Value,
    before: Option<&Value>,
) -> Option<Value> {
    if matches!(value, Value::Null) || value.as_str() == Some("") {
        return Some(Value::Null);
    }
    let had = before.map(list).unwrap_or_default();
    let one = |change: &mut Change<'_>, one: &Value| match one.get("id").and_then(int) {
        Some(id) => Some(Value::from(id)).filter(|id| had.contains(id)),
        None => keep(change, one),
    };
    if !field.multiple {
        return one(change, value);
    }
    let ids: Vec<Value> = value.as_array()?.iter().filter_map(|file| one(change, file)).collect();
    Some(if ids.is_empty() { Value::Null } else { ids.into() })
}

/// `[name, base64]` as a file; nothing where it is of another shape.
pub(crate) fn keep(change: &mut Change<'_>, pair: &Value) -> Option<Value> {
    let (name, content) = decode(pair)?;
    Some(change.portal.keep_file(&name, content).into())
}

/// Name and bytes of `[name, base64]`.
pub(crate) fn decode(pair: &Value) -> Option<(String, Vec<u8>)> {
    let [name, content] = pair.as_array()?.as_slice() else {
        return None;
    };
    let content = STANDARD.decode(content.as_str()?.replace(['\n', '\r'], "")).ok()?;
    let name = name.as_str().filter(|name| !name.is_empty())?;
    Some((name.to_owned(), content))
}
