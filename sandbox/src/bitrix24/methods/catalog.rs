//! `catalog.*`: sections, products, prices, pictures, measures, stores.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, moment, ok};
use crate::bitrix24::catalogue::{BASE_PRICE, IBLOCK};
use crate::bitrix24::change::{Change, Event};
use crate::bitrix24::goods::Goods;
use crate::bitrix24::methods::given;
use crate::bitrix24::methods::sheets::{SHEETS, Sheet, columns};
use crate::bitrix24::params::Params;
use crate::bitrix24::schema::Type;
use crate::bitrix24::select::{PAGE, Table, page};
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
    // An uncounted list by ids ends with its page; any other has to be seen whole.
    let most = if params.start() < 0 && by_id(params) { PAGE } else { usize::MAX };
    let mut found = Vec::new();
    for row in candidates(&change.portal.goods, sheet.name, filter) {
        if table.passes(row, filter)? {
            found.push(row);
        }
        if found.len() == most {
            break;
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

/// Whether the rows are asked for in the order of their ids, in which they lie.
fn by_id(params: &Params) -> bool {
    let Some(order) = params.map("order") else { return true };
    order
        .iter()
        .all(|(name, direction)| name == "id" && text(direction).eq_ignore_ascii_case("asc"))
}

/// The rows that may pass a filter, in the order of their ids: one that names ids or products is
/// not led past everything else.
fn candidates<'g>(
    goods: &'g Goods,
    kind: &'g str,
    filter: Option<&Value>,
) -> Box<dyn Iterator<Item = &'g Record> + 'g> {
    let none = Record::new();
    let filter = filter.and_then(Value::as_object).unwrap_or(&none);
    let alternatives = filter.keys().any(|key| key.eq_ignore_ascii_case("logic"));
    let one_of = |name: &str| -> Option<Vec<i64>> {
        let wanted = filter.get(name).or_else(|| filter.get(&format!("@{name}")))?;
        Some(list(wanted).iter().filter_map(int).collect())
    };
    if alternatives {
        return Box::new(goods.after(kind, 0));
    }
    if let Some(ids) = one_of("id") {
        let ids: BTreeSet<i64> = ids.into_iter().collect();
        return Box::new(ids.into_iter().filter_map(move |id| goods.get(kind, id)));
    }
    if let Some(products) = one_of("productId") {
        return Box::new(goods.of_products(kind, &products).into_iter());
    }
    let after = filter.get(">id").and_then(int).unwrap_or_default();
    Box::new(goods.after(kind, after))
}

fn get(change: &mut Change<'_>, sheet: &Sheet, params: &Params) -> Outcome {
    let id = find(change, sheet, params)?;
    shown(change, sheet, id)
}

fn shown(change: &Change<'_>, sheet: &Sheet, id: i64) -> Outcome {
    let row = change.portal.goods.get(sheet.name, id);
    let shown = row.map(|row| show(sheet, row, &change.base()));
    let key = if sheet.name == "product" { "product" } else { sheet.one };
    ok(json!({ key: shown }))
}

fn add(change: &mut Change<'_>, sheet: &Sheet, params: &Params) -> Outcome {
    let given = params.map("fields").cloned().ok_or_else(|| Refusal::missing("fields"))?;
    let id = put(change, sheet.name, &given)?;
    let row = change.portal.goods.get(sheet.name, id);
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
    change.portal.goods.put(name, id, row);
    if name == "product" {
        tell(change, "ADD", id);
    }
    Ok(id)
}

/// Changes a row.
pub(crate) fn edit(change: &mut Change<'_>, name: &str, id: i64, changes: Record) {
    let at = moment(change.now);
    if let Some(mut row) = change.portal.goods.take(name, id) {
        row.extend(changes);
        if name == "product" || name == "price" {
            row.insert("timestampX".to_owned(), at.into());
        }
        change.portal.goods.put(name, id, row);
    }
    if name == "product" {
        tell(change, "UPDATE", id);
    }
}

/// Takes a row away; a product's prices go with it.
pub(crate) fn remove(change: &mut Change<'_>, name: &str, id: i64) {
    change.portal.goods.take(name, id);
    if name == "product" {
        for other in ["price", "storeproduct", "image"] {
            change.portal.goods.take_of(other, id);
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
    let there = change.portal.goods.get(sheet.name, id).is_some();
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
        change.portal.goods.put("image", id, row.as_object().cloned().unwrap_or_default());
        return ok(json!({ "productImage": row }));
    }
    let base = change.base();
    let own = change.portal.goods.of_products("image", &[product]);
    let shown: Vec<Value> = own
        .into_iter()
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
    let prices = change.portal.goods.of_products("price", &[product]);
    let base = |row: &&Record| row.get("catalogGroupId").and_then(int) == Some(BASE_PRICE);
    prices.into_iter().find(base)?.get("price").and_then(decimal)
}
