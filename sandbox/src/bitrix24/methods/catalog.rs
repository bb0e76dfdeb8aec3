//! `catalog.*`: sections, products, prices, pictures, measures, stores.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, moment, ok};
use crate::bitrix24::catalogue::{BASE_PRICE, IBLOCK};
use crate::bitrix24::change::{Change, Event};
use crate::bitrix24::methods::given;
use crate::bitrix24::methods::sheets::{SHEETS, Sheet, columns};
use crate::bitrix24::params::Params;
use crate::bitrix24::schema::Type;
use crate::bitrix24::select::{Table, page};
use crate::bitrix24::values::{Record, decimal, int, kept, list, text};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    let (name, act) = method.strip_prefix("catalog.")?.rsplit_once('.')?;
    if name == "catalog" && act == "list" {
        return Some(catalogs());
    }
    if name == "productimage" {
        return Some(images(change, act, params));
    }
    let sheet = SHEETS.iter().find(|sheet| sheet.name == name)?;
    Some(match act {
        "list" => all(change, sheet, params),
        "get" => get(change, sheet, params),
        "add" => add(change, sheet, params),
        "update" => update(change, sheet, params),
        "delete" => delete(change, sheet, params),
        _ => return None,
    })
}

fn catalogs() -> Outcome {
    ok(json!({"catalogs": [{"iblockId": IBLOCK, "iblockTypeId": "CRM_PRODUCT_CATALOG",
        "id": IBLOCK, "lid": "s1", "name": "Товарный каталог CRM", "productIblockId": null,
        "skuPropertyId": null, "subscription": "N", "vatId": null, "yandexExport": "N"}]}))
}

fn all(change: &mut Change<'_>, sheet: &Sheet, params: &Params) -> Outcome {
    let filter = params.get("filter");
    let select = params.get("select").map(list).unwrap_or_default();
    let select: Vec<String> = select.iter().map(text).collect();
    let named = |name: &str| select.iter().any(|one| one == name || one == "*");
    if sheet.name == "product" {
        let by_iblock = filter.and_then(|filter| filter.get("iblockId")).is_some();
        if !named("id") || !named("iblockId") || !by_iblock {
            // Code and text are the catalogue's own (reference §3.15).
            return Err(Refusal::new(200040300030_i64, "Required select fields: id, iblockId"));
        }
    }
    let fields = columns(sheet);
    let named_columns = fields.iter().map(|field| (field.name.clone(), field));
    let table = Table { columns: named_columns.collect(), strict: true };
    let rows = change.portal.goods.get(sheet.name);
    let mut found = Vec::new();
    for row in rows.into_iter().flatten().map(|(_, row)| row) {
        if table.passes(row, filter)? {
            found.push(row);
        }
    }
    table.sort(&mut found, params.get("order"))?;
    let base = change.base();
    let mut answer = page(found, params.start(), |row| {
        let mut shown = show(sheet, row, &base);
        if let (Value::Object(shown), false) = (&mut shown, select.is_empty()) {
            shown.retain(|name, _| named(name));
        }
        shown
    });
    answer.result = json!({ sheet.many: answer.result });
    Ok(answer)
}

fn get(change: &mut Change<'_>, sheet: &Sheet, params: &Params) -> Outcome {
    let id = find(change, sheet, params)?;
    shown(change, sheet, id)
}

fn shown(change: &Change<'_>, sheet: &Sheet, id: i64) -> Outcome {
    let row = change.portal.goods.get(sheet.name).and_then(|rows| rows.get(&id));
    let shown = row.map(|row| show(sheet, row, &change.base()));
    let key = if sheet.name == "product" { "product" } else { sheet.one };
    ok(json!({ key: shown }))
}

fn add(change: &mut Change<'_>, sheet: &Sheet, params: &Params) -> Outcome {
    let given = params.map("fields").cloned().ok_or_else(|| Refusal::missing("fields"))?;
    let id = put(change, sheet.name, &given)?;
    let row = change.portal.goods.get(sheet.name).and_then(|rows| rows.get(&id));
    let shown = row.map(|row| show(sheet, row, &change.base()));
    ok(json!({ sheet.one: shown }))
}

fn update(change: &mut Change<'_>, sheet: &Sheet, params: &Params) -> Outcome {
    let id = find(change, sheet, params)?;
    let given = params.map("fields").cloned().ok_or_else(|| Refusal::missing("fields"))?;
    let changes = read(change, sheet, &given);
    edit(change, sheet.name, id, changes);
    shown(change, sheet, id)
}

fn delete(change: &mut Change<'_>, sheet: &Sheet, params: &Params) -> Outcome {
    let id = find(change, sheet, params)?;
    remove(change, sheet.name, id);
    ok(true)
}

/// Makes a row; a product tells of itself.
pub(crate) fn put(change: &mut Change<'_>, name: &str, given: &Record) -> Result<i64, Refusal> {
    let sheet = SHEETS.iter().find(|sheet| sheet.name == name);
    let sheet = sheet.ok_or_else(|| Refusal::missing("fields"))?;
    let mut row = read(change, sheet, given);
    let named = row.get("name").is_some_and(|name| !text(name).is_empty());
    if ["product", "section"].contains(&name) && !named {
        return Err(Refusal::new(0, "Required fields: name, iblockId"));
    }
    let id = change.portal.next(name);
    row.insert("id".to_owned(), id.into());
    let at = moment(change.now);
    let defaults = match name {
        "product" => json!({"iblockId": IBLOCK, "active": "Y", "available": "Y", "measure": 5,
            "vatIncluded": "N", "type": 1, "sort": 500, "quantity": 0.0, "dateCreate": at, "timestampX": at}),
        "section" => json!({"iblockId": IBLOCK, "active": "Y", "sort": 500}),
        "price" => json!({"catalogGroupId": BASE_PRICE, "currency": "RUB", "timestampX": at}),
        _ => json!({}),
    };
    for (name, value) in defaults.as_object().into_iter().flatten() {
        if !row.contains_key(name) {
            row.insert(name.clone(), value.clone());
        }
    }
    if let Some(price) = row.get("price").cloned() {
        row.insert("priceScale".to_owned(), price);
    }
    change.portal.goods.entry(name.to_owned()).or_default().insert(id, row);
    if name == "product" {
        tell(change, "ADD", id);
    }
    Ok(id)
}

/// Changes a row.
pub(crate) fn edit(change: &mut Change<'_>, name: &str, id: i64, changes: Record) {
    let at = moment(change.now);
    let row = change.portal.goods.entry(name.to_owned()).or_default().get_mut(&id);
    if let Some(row) = row {
        row.extend(changes);
        if name == "product" || name == "price" {
            row.insert("timestampX".to_owned(), at.into());
        }
    }
    if name == "product" {
        tell(change, "UPDATE", id);
    }
}

/// Takes a row away; a product's prices go with it.
pub(crate) fn remove(change: &mut Change<'_>, name: &str, id: i64) {
    change.portal.goods.entry(name.to_owned()).or_default().remove(&id);
    if name == "product" {
        for other in ["price", "storeproduct", "image"] {
            let rows = change.portal.goods.entry(other.to_owned()).or_default();
            rows.retain(|_, row| row.get("productId").and_then(int) != Some(id));
        }
        tell(change, "DELETE", id);
    }
}

fn tell(change: &mut Change<'_>, what: &str, id: i64) {
    let name = format!("CATALOG.PRODUCT.ON.{what}");
    change.events.push(Event { name, data: json!({"FIELDS": {"ID": id, "TYPE": 1}}) });
}

fn read(change: &mut Change<'_>, sheet: &Sheet, given: &Record) -> Record {
    let mut row = Record::new();
    for field in columns(sheet).iter().filter(|field| !field.read_only) {
        let Some(value) = given.get(&field.name) else {
            continue;
        };
        let value = match field.kind {
            Type::File => value.get("fileData").and_then(|pair| given::keep(change, pair)),
            // A property may come as {"value": …}.
            _ => kept(field, value.get("value").unwrap_or(value)),
        };
        if let Some(value) = value {
            row.insert(field.name.clone(), value);
        }
    }
    row
}

fn find(change: &Change<'_>, sheet: &Sheet, params: &Params) -> Result<i64, Refusal> {
    let id = params.int("id").ok_or_else(|| Refusal::missing("id"))?;
    let there = change.portal.goods.get(sheet.name).is_some_and(|rows| rows.contains_key(&id));
    there.then_some(id).ok_or_else(|| Refusal::new(0, format!("{} does not exist.", sheet.name)))
}

fn show(sheet: &Sheet, row: &Record, base: &str) -> Value {
    let shown = sheet.columns.iter().map(|(name, kind)| {
        let value = row.get(*name).cloned().unwrap_or_default();
        let value = match (kind, &value) {
            (Type::File, Value::Number(id)) => {
                let path = "/rest/catalog.product.download";
                let product = row.get("id").and_then(int).unwrap_or_default();
                let query = format!("fields[fieldName]={name}&fields[fileId]={id}&fields[productId]={product}&fileId={id}");
                json!({"id": id.to_string(), "url": format!("{path}?{query}"),
                    "urlMachine": format!("{base}{path}?{query}")})
            }
            _ if name.starts_with("property") && !value.is_null() => {
                json!({"value": value, "valueId": "9735"})
            }
            _ => value,
        };
        ((*name).to_owned(), value)
    });
    Value::Object(shown.collect())
}

/// `catalog.productImage.*`: pictures beside the main one.
fn images(change: &mut Change<'_>, act: &str, params: &Params) -> Outcome {
    let product = params
        .int("productId")
        .or_else(|| params.map("fields").and_then(|fields| fields.get("productId")).and_then(int));
    let product = product.ok_or_else(|| Refusal::missing("productId"))?;
    if act == "add" {
        let pair = params.get("fileContent").and_then(given::decode);
        let (name, content) = pair.ok_or_else(|| Refusal::missing("fileContent"))?;
        let file = change.portal.keep_file(&name, content);
        let id = change.portal.next("image");
        let row = json!({"id": id, "name": name, "productId": product, "type": "MORE_PHOTO", "file": file});
        let rows = change.portal.goods.entry("image".to_owned()).or_default();
        rows.insert(id, row.as_object().cloned().unwrap_or_default());
        return ok(json!({ "productImage": row }));
    }
    let base = change.base();
    let rows = change.portal.goods.get("image").into_iter().flatten().map(|(_, row)| row);
    let own = rows.filter(|row| row.get("productId").and_then(int) == Some(product));
    let shown: Vec<Value> = own
        .map(|row| {
            let url = format!("{base}/upload/iblock/?fileId={}", row["file"]);
            json!({"id": row["id"], "name": row["name"], "productId": product, "type": row["type"],
                "detailUrl": url, "downloadUrl": url})
        })
        .collect();
    ok(json!({ "productImages": shown }))
}

/// The base price of a product.
pub(crate) fn price(change: &Change<'_>, product: i64) -> Option<f64> {
    let rows = change.portal.goods.get("price")?;
    let own = rows.values().find(|row| {
        row.get("productId").and_then(int) == Some(product)
            && row.get("catalogGroupId").and_then(int) == Some(BASE_PRICE)
    });
    own.and_then(|row| row.get("price")).and_then(decimal)
}
