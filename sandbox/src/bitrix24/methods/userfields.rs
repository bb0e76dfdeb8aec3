//! `crm.lead.userfield.*` and its kin: fields that an administrator makes.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Answer, Outcome, Refusal, ok};
use crate::bitrix24::change::Change;
use crate::bitrix24::methods::crm::options;
use crate::bitrix24::params::Params;
use crate::bitrix24::schema::{Field, Kind, Type};
use crate::bitrix24::values::{Record, list, text, yes};

/// How long a name may be, prefix and all.
const LONGEST: usize = 50;

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    let (kind, act) = method.strip_prefix("crm.")?.split_once(".userfield.")?;
    let kind = Kind::by_name(kind)?;
    Some(match act {
        "add" => add(change, kind, params),
        "get" => get(change, kind, params),
        "list" => all(change, kind, params),
        "update" => update(change, kind, params),
        "delete" => delete(change, kind, params),
        _ => return None,
    })
}

fn add(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let given = params.fields()?;
    let of = |name: &str| given.get(name).map(text).unwrap_or_default();
    let short = of("FIELD_NAME").to_uppercase();
    let name = if short.starts_with("UF_") { short } else { format!("UF_CRM_{short}") };
    let fits = name.len() <= LONGEST && name.len() > "UF_CRM_".len();
    if !fits || !name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
        return Err(Refusal::new("ERROR_CORE", "Неверный код поля FIELD_NAME<br>"));
    }
    if change.field(kind, &name).is_some() {
        return Err(Refusal::new("ERROR_CORE", format!("Поле {name} уже существует<br>")));
    }
    let Some(holds) = type_of(&of("USER_TYPE_ID")) else {
        return Err(Refusal::new("ERROR_CORE", "Неизвестный тип поля<br>"));
    };
    let id = change.portal.next("field");
    let field = Field {
        name,
        kind: holds,
        read_only: false,
        multiple: given.get("MULTIPLE").is_some_and(yes),
        list: String::new(),
        title: title(&given),
        options: choices(change, &given),
        id,
    };
    change.portal.user_fields.entry(kind).or_default().push(field);
    ok(id)
}

fn update(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = find(change, kind, params)?.id;
    let given = params.fields()?;
    let (title, more) = (title(&given), choices(change, &given));
    let fields = change.portal.user_fields.entry(kind).or_default();
    if let Some(field) = fields.iter_mut().find(|field| field.id == id) {
        if !title.is_empty() {
            field.title = title;
        }
        field.options.extend(more);
    }
    ok(true)
}

fn delete(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let field = find(change, kind, params)?;
    change.portal.user_fields.entry(kind).or_default().retain(|one| one.id != field.id);
    for record in change.portal.records.entry(kind).or_default().values_mut() {
        record.shift_remove(&field.name);
    }
    ok(true)
}

fn get(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let field = find(change, kind, params)?;
    ok(show(kind, &field))
}

fn all(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let filter = params.map("filter").cloned().unwrap_or_default();
    let name = filter.get("FIELD_NAME").map(text);
    let fields = change.portal.user_fields.get(&kind).cloned().unwrap_or_default();
    let found = fields.iter().filter(|field| name.as_ref().is_none_or(|name| *name == field.name));
    let shown: Vec<Value> = found.map(|field| show(kind, field)).collect();
    Ok(Answer { total: Some(shown.len()), result: shown.into(), next: None })
}

fn find(change: &Change<'_>, kind: Kind, params: &Params) -> Result<Field, Refusal> {
    let id = params.id()?;
    let fields = change.portal.user_fields.get(&kind);
    let found = fields.into_iter().flatten().find(|field| field.id == id).cloned();
    found.ok_or_else(|| Refusal::new("ERROR_NOT_FOUND", "The entity with ID is not found"))
}

fn title(given: &Record) -> String {
    let labels = ["EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LABEL"];
    let label = labels.iter().find_map(|name| given.get(*name));
    match label {
        Some(Value::Object(by_language)) => {
            by_language.values().next().map(text).unwrap_or_default()
        }
        Some(one) => text(one),
        None => String::new(),
    }
}

fn choices(change: &mut Change<'_>, given: &Record) -> Vec<(i64, String)> {
    let list = given.get("LIST").map(list).unwrap_or_default();
    let texts = list.iter().filter_map(|one| one.get("VALUE")).map(text);
    texts.map(|text| (change.portal.next("option") + 1_000, text)).collect()
}

fn type_of(name: &str) -> Option<Type> {
    Some(match name {
        "string" | "url" | "address" | "money" | "" => Type::Text,
        "integer" => Type::Int,
        "double" => Type::Money,
        "boolean" => Type::Flag,
        "date" => Type::Date,
        "datetime" => Type::Moment,
        "enumeration" => Type::Option,
        "file" => Type::File,
        _ => return None,
    })
}

fn show(kind: Kind, field: &Field) -> Value {
    let name = match field.kind {
        Type::Int | Type::Ids => "integer",
        Type::Money => "double",
        Type::Flag => "boolean",
        Type::Date => "date",
        Type::Moment => "datetime",
        Type::Option => "enumeration",
        Type::File => "file",
        Type::Text | Type::Status | Type::Multi => "string",
    };
    let mut shown = json!({"ID": field.id.to_string(),
        "ENTITY_ID": format!("CRM_{}", kind.name().to_uppercase()), "FIELD_NAME": field.name,
        "USER_TYPE_ID": name, "XML_ID": null, "SORT": "100",
        "MULTIPLE": if field.multiple { "Y" } else { "N" }, "MANDATORY": "N", "SHOW_FILTER": "N",
        "EDIT_FORM_LABEL": {"ru": field.title}});
    if field.kind == Type::Option {
        shown["LIST"] = options(field);
    }
    shown
}
