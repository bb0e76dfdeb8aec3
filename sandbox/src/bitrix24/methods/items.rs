//! `crm.item.*`: numbers in camelCase, for every kind alike.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, ok};
use crate::bitrix24::change::Change;
use crate::bitrix24::methods::given;
use crate::bitrix24::params::Params;
use crate::bitrix24::schema::{Field, Kind, Type};
use crate::bitrix24::select::{Table, page};
use crate::bitrix24::values::{Record, item, list, text};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    let act = method.strip_prefix("crm.item.")?;
    let handler = match act {
        "add" => add,
        "get" => get,
        "update" => update,
        "delete" => delete,
        "list" => all,
        "fields" => fields,
        _ => return None,
    };
    let kind = params.int("entityTypeId").and_then(Kind::by_id);
    let Some(kind) = kind else {
        let missing = params.get("entityTypeId").is_none();
        return Some(Err(if missing {
            Refusal::missing("entityTypeId")
        } else {
            Refusal::new("NOT_FOUND", "Smart process not found")
        }));
    };
    Some(handler(change, kind, params))
}

fn add(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let given = params.map("fields").cloned().ok_or_else(|| Refusal::missing("fields"))?;
    let record = given::item(change, kind, &given, &Record::new(), original(params))?;
    let id = change.create(kind, record)?;
    one(change, kind, id, params)
}

fn get(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = id(params)?;
    one(change, kind, id, params)
}

fn update(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = id(params)?;
    let given = params.map("fields").cloned().ok_or_else(|| Refusal::missing("fields"))?;
    let before = find(change, kind, id)?;
    let changes = given::item(change, kind, &given, &before, original(params))?;
    change.edit(kind, id, changes)?;
    one(change, kind, id, params)
}

fn delete(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = id(params)?;
    if change.delete(kind, id) { ok(json!([])) } else { Err(absent()) }
}

fn all(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let base = change.base();
    let fields = change.portal.fields(kind);
    let original = original(params);
    let columns = fields.iter().map(|field| (name(field, original), field));
    let table = Table { columns: columns.collect(), strict: true };
    let mut found = Vec::new();
    for (_, record) in change.portal.all(kind) {
        if table.passes(record, params.get("filter"))? {
            found.push(record);
        }
    }
    table.sort(&mut found, params.get("order"))?;
    let select: Vec<String> =
        params.get("select").map(list).unwrap_or_default().iter().map(text).collect();
    let mut answer = page(found, params.start(), |record| {
        let shown = show(kind, &fields, record, original, &base);
        chosen(shown, &select)
    });
    answer.result = json!({"items": answer.result});
    Ok(answer)
}

fn fields(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let original = original(params);
    let all = change.portal.fields(kind);
    let shown = all.iter().filter(|field| field.kind != Type::Multi).map(|field| {
        let mut described = super::crm::describe(field);
        described["upperName"] = field.name.clone().into();
        (name(field, original), described)
    });
    ok(json!({"fields": Value::Object(shown.collect())}))
}

fn one(change: &Change<'_>, kind: Kind, id: i64, params: &Params) -> Outcome {
    let record = find(change, kind, id)?;
    let fields = change.portal.fields(kind);
    let shown = show(kind, &fields, &record, original(params), &change.base());
    ok(json!({ "item": shown }))
}

fn show(kind: Kind, fields: &[Field], record: &Record, original: bool, base: &str) -> Value {
    let id = record.get("ID").and_then(Value::as_i64).unwrap_or_default();
    let mut shown = Record::new();
    for field in fields.iter().filter(|field| field.kind != Type::Multi) {
        let value = item(field, record.get(&field.name), (kind.type_id(), id), base);
        shown.insert(name(field, original), value);
    }
    if kind.has_multifields() {
        let all = ["PHONE", "EMAIL", "WEB", "IM", "LINK"];
        let all = all.iter().filter_map(|name| record.get(*name)).flat_map(list);
        let fm: Vec<Value> = all
            .map(|one| {
                let id = one["ID"].as_str().and_then(|id| id.parse::<i64>().ok());
                json!({"id": id, "typeId": one["TYPE_ID"], "valueType": one["VALUE_TYPE"],
                    "value": one["VALUE"]})
            })
            .collect();
        shown.insert("fm".to_owned(), fm.into());
    }
    shown.insert("entityTypeId".to_owned(), kind.type_id().into());
    Value::Object(shown)
}

/// What `select` leaves; `fm` comes only with the star.
fn chosen(shown: Value, select: &[String]) -> Value {
    let star = select.iter().any(|one| one == "*");
    let all = star || select.is_empty();
    let Value::Object(shown) = shown else {
        return shown;
    };
    let left = shown.into_iter().filter(|(name, _)| match name.as_str() {
        "fm" => star,
        "id" => true,
        _ => all || select.contains(name),
    });
    Value::Object(left.collect())
}

fn name(field: &Field, original: bool) -> String {
    if original && field.is_user() { field.name.clone() } else { field.item_name() }
}

fn original(params: &Params) -> bool {
    params.yes("useOriginalUfNames")
}

fn id(params: &Params) -> Result<i64, Refusal> {
    params.int("id").ok_or_else(|| Refusal::missing("id"))
}

fn find(change: &Change<'_>, kind: Kind, id: i64) -> Result<Record, Refusal> {
    change.portal.record(kind, id).cloned().ok_or_else(absent)
}

fn absent() -> Refusal {
    Refusal::new("NOT_FOUND", "Элемент не найден")
}
