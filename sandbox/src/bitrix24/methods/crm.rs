//! `crm.lead.*`, `crm.deal.*`, `crm.contact.*`, `crm.company.*`: strings in capitals.

use serde_json::{Map, Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, ok};
use crate::bitrix24::change::Change;
use crate::bitrix24::methods::given;
use crate::bitrix24::params::Params;
use crate::bitrix24::schema::{Field, Kind, Type};
use crate::bitrix24::select::{Table, page};
use crate::bitrix24::values::{Record, int, list, old, text};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    let (kind, act) = method.strip_prefix("crm.")?.split_once('.')?;
    let kind = Kind::by_name(kind)?;
    if kind == Kind::Lead && change.portal.simple && act == "add" {
        return Some(Err(Refusal::plain("Access denied.")));
    }
    Some(match act {
        "add" => add(change, kind, params),
        "get" => get(change, kind, params),
        "update" => update(change, kind, params),
        "delete" => delete(change, kind, params),
        "list" => all(change, kind, params),
        "fields" => ok(fields(change, kind)),
        "contact.items.get" => contacts(change, kind, params),
        "contact.items.set" => set_contacts(change, kind, params),
        "contact.add" => add_contact(change, kind, params),
        "contact.delete" => delete_contact(change, kind, params),
        _ => return None,
    })
}

fn add(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let given = params.fields()?;
    let record = given::old(change, kind, &given, &Record::new())?;
    ok(change.create(kind, record)?)
}

fn get(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let record = find(change, kind, params.id()?)?;
    let base = change.base();
    let fields = change.portal.fields(kind);
    let shown = fields.iter().filter(|field| !hidden(kind, field, true)).filter_map(|field| {
        let value = record.get(&field.name);
        // Phones are shown only where there are some.
        (field.kind != Type::Multi || value.is_some())
            .then(|| (field.name.clone(), old(field, value, &base)))
    });
    ok(Value::Object(shown.collect()))
}

fn update(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = params.id()?;
    let mut given = params.fields()?;
    let before = find(change, kind, id)?;
    if kind == Kind::Deal {
        // Only crm.item.update moves a deal to another pipeline.
        given.shift_remove("CATEGORY_ID");
    }
    let changes = given::old(change, kind, &given, &before)?;
    change.edit(kind, id, changes)?;
    ok(true)
}

fn delete(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = params.id()?;
    if change.delete(kind, id) { ok(true) } else { Err(Refusal::plain("Not found")) }
}

fn all(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let base = change.base();
    let fields = change.portal.fields(kind);
    let columns = fields
        .iter()
        .filter(|field| !hidden(kind, field, false))
        .map(|field| (field.name.clone(), field));
    let table = Table { columns: columns.collect(), strict: false };
    let mut found = Vec::new();
    for (_, record) in change.portal.all(kind) {
        if table.passes(record, params.get("filter"))? {
            found.push(record);
        }
    }
    table.sort(&mut found, params.get("order"))?;
    let select: Vec<String> =
        params.get("select").map(list).unwrap_or_default().iter().map(text).collect();
    let wanted = |field: &Field| {
        let named = select.contains(&field.name);
        let starred = select.is_empty() || select.iter().any(|one| one == "*");
        let users = select.iter().any(|one| one == "UF_*");
        match field.kind {
            Type::Multi => named,
            _ if field.is_user() => named || users,
            _ => named || starred || field.name == "ID",
        }
    };
    let shown: Vec<&Field> =
        table.columns.iter().map(|(_, field)| *field).filter(|field| wanted(field)).collect();
    Ok(page(found, params.start(), |record| {
        let row = shown.iter().filter_map(|field| {
            let value = record.get(&field.name);
            (field.kind != Type::Multi || value.is_some())
                .then(|| (field.name.clone(), old(field, value, &base)))
        });
        Value::Object(row.collect())
    }))
}

/// Fields that this family does not show: the list of contacts, for one.
fn hidden(kind: Kind, field: &Field, one: bool) -> bool {
    field.name == "TRACE"
        || (field.kind == Type::Ids && (kind == Kind::Deal || kind == Kind::Lead || !one))
}

/// The record, or the portal's «Not found».
pub(crate) fn find(change: &Change<'_>, kind: Kind, id: i64) -> Result<Record, Refusal> {
    change.portal.record(kind, id).cloned().ok_or_else(|| Refusal::plain("Not found"))
}

fn fields(change: &Change<'_>, kind: Kind) -> Value {
    let all = change.portal.fields(kind);
    let shown = all.iter().filter(|field| field.name != "TRACE");
    Value::Object(shown.map(|field| (field.name.clone(), describe(field))).collect())
}

/// A field as `crm.*.fields` describes it.
pub(crate) fn describe(field: &Field) -> Value {
    let title = if field.title.is_empty() { &field.name } else { &field.title };
    let mut shown = json!({
        "type": type_name(field),
        "isRequired": false,
        "isReadOnly": field.read_only,
        "isImmutable": false,
        "isMultiple": field.multiple,
        "isDynamic": field.is_user(),
        "title": if field.is_user() { &field.name } else { title }
    });
    if !field.list.is_empty() {
        shown["statusType"] = field.list.clone().into();
    }
    if field.is_user() {
        for label in ["listLabel", "formLabel", "filterLabel"] {
            shown[label] = title.clone().into();
        }
        shown["settings"] = json!({});
        if field.kind == Type::Option {
            shown["items"] = options(field);
        }
    }
    shown
}

/// Options of a list field.
pub(crate) fn options(field: &Field) -> Value {
    field.options.iter().map(|(id, text)| json!({"ID": id.to_string(), "VALUE": text})).collect()
}

fn type_name(field: &Field) -> &'static str {
    match field.kind {
        Type::Int if field.name.ends_with("BY_ID") => "user",
        Type::Int if field.name == "COMPANY_ID" => "crm_company",
        Type::Int if field.name == "CONTACT_ID" => "crm_contact",
        Type::Int | Type::Ids => "integer",
        Type::Money => "double",
        Type::Flag => "char",
        Type::Text => "string",
        Type::Date => "date",
        Type::Moment => "datetime",
        Type::Status => "crm_status",
        Type::Multi => "crm_multifield",
        Type::Option => "enumeration",
        Type::File => "file",
    }
}

fn contacts(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let record = find(change, kind, params.id()?)?;
    let ids = record.get("CONTACT_IDS").map(list).unwrap_or_default();
    let shown = ids.iter().zip(1..).map(|(id, place)| {
        json!({"CONTACT_ID": id, "SORT": place * 10, "ROLE_ID": 0,
            "IS_PRIMARY": if place == 1 { "Y" } else { "N" }})
    });
    ok(shown.collect::<Value>())
}

fn set_contacts(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = params.id()?;
    find(change, kind, id)?;
    let items = params.get("items").map(list).unwrap_or_default();
    let ids: Vec<Value> = items
        .iter()
        .filter_map(|one| one.get("CONTACT_ID").and_then(int))
        .map(Value::from)
        .collect();
    bind(change, kind, id, ids)
}

fn add_contact(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = params.id()?;
    let record = find(change, kind, id)?;
    let added = params.fields()?.get("CONTACT_ID").and_then(int);
    let added = added.filter(|contact| change.portal.record(Kind::Contact, *contact).is_some());
    let added = added.ok_or_else(|| Refusal::plain("The parameter 'fields' is not valid."))?;
    let mut ids = record.get("CONTACT_IDS").map(list).unwrap_or_default();
    if !ids.contains(&added.into()) {
        ids.push(added.into());
    }
    bind(change, kind, id, ids)
}

fn delete_contact(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = params.id()?;
    let record = find(change, kind, id)?;
    let gone = params.fields()?.get("CONTACT_ID").and_then(int).unwrap_or_default();
    let mut ids = record.get("CONTACT_IDS").map(list).unwrap_or_default();
    ids.retain(|one| int(one) != Some(gone));
    bind(change, kind, id, ids)
}

fn bind(change: &mut Change<'_>, kind: Kind, id: i64, ids: Vec<Value>) -> Outcome {
    let ids = if ids.is_empty() { Value::Null } else { ids.into() };
    let changes: Map<String, Value> = [("CONTACT_IDS".to_owned(), ids)].into_iter().collect();
    change.edit(kind, id, changes)?;
    ok(true)
}
