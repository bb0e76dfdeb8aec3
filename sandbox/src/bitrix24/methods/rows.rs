//! Product rows: `crm.deal.productrows.*`, `crm.lead.productrows.*`, `crm.item.productrow.*`.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, ok};
use crate::bitrix24::change::Change;
use crate::bitrix24::params::Params;
use crate::bitrix24::schema::Kind;
use crate::bitrix24::select::page;
use crate::bitrix24::values::{Record, decimal, int, list, text, yes};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method {
        "crm.deal.productrows.set" => set_old(change, Kind::Deal, params),
        "crm.lead.productrows.set" => set_old(change, Kind::Lead, params),
        "crm.deal.productrows.get" => get_old(change, Kind::Deal, params),
        "crm.lead.productrows.get" => get_old(change, Kind::Lead, params),
        "crm.item.productrow.set" => set_new(change, params),
        "crm.item.productrow.add" => add_new(change, params),
        "crm.item.productrow.list" => list_new(change, params),
        "crm.item.productrow.delete" => delete_new(change, params),
        _ => return None,
    })
}

fn set_old(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = params.id()?;
    exists(change, kind, id, "", "Not found")?;
    let Some(rows) = params.get("rows").filter(|rows| rows.is_array() || rows.is_object()) else {
        return Err(Refusal::plain("The parameter 'rows' must be array."));
    };
    let rows: Vec<Record> = list(rows).iter().filter_map(Value::as_object).map(from_old).collect();
    put(change, kind, id, rows)?;
    ok(true)
}

fn get_old(change: &mut Change<'_>, kind: Kind, params: &Params) -> Outcome {
    let id = params.id()?;
    exists(change, kind, id, "", "Not found")?;
    let rows = change.portal.rows.get(&key(kind, id)).cloned().unwrap_or_default();
    let shown = rows.iter().map(|row| {
        let mut shown = Record::new();
        for (new, old) in NAMES {
            shown.insert((*old).to_owned(), row.get(*new).cloned().unwrap_or_default());
        }
        for number in ["ID", "OWNER_ID"] {
            shown[number] = text(&shown[number]).into();
        }
        Value::Object(shown)
    });
    ok(shown.collect::<Value>())
}

fn set_new(change: &mut Change<'_>, params: &Params) -> Outcome {
    let (kind, id) = owner(&params.text("ownerType"), params.int("ownerId"))?;
    exists(change, kind, id, "OWNER_NOT_FOUND", "Owner not found")?;
    let rows = params.get("productRows").ok_or_else(|| Refusal::missing("productRows"))?;
    let rows: Vec<Record> = list(rows).iter().filter_map(Value::as_object).map(from_new).collect();
    put(change, kind, id, rows)?;
    ok(json!({"productRows": change.portal.rows.get(&key(kind, id))}))
}

fn add_new(change: &mut Change<'_>, params: &Params) -> Outcome {
    let fields = params.map("fields").cloned().ok_or_else(|| Refusal::missing("fields"))?;
    let of = |name: &str| fields.get(name).map(text).unwrap_or_default();
    let (kind, id) = owner(&of("ownerType"), fields.get("ownerId").and_then(int))?;
    exists(change, kind, id, "OWNER_NOT_FOUND", "Owner not found")?;
    let mut rows = change.portal.rows.get(&key(kind, id)).cloned().unwrap_or_default();
    rows.push(from_new(&fields));
    put(change, kind, id, rows)?;
    let made = change.portal.rows.get(&key(kind, id)).and_then(|rows| rows.last());
    ok(json!({ "productRow": made }))
}

fn list_new(change: &mut Change<'_>, params: &Params) -> Outcome {
    let filter = params.map("filter").cloned().unwrap_or_default();
    let of = |name: &str| filter.get(&format!("={name}")).or_else(|| filter.get(name)).cloned();
    let kind = of("ownerType").map(|short| text(&short)).unwrap_or_default();
    let (kind, id) = owner(&kind, of("ownerId").as_ref().and_then(int))?;
    let rows = change.portal.rows.get(&key(kind, id)).cloned().unwrap_or_default();
    let mut answer = page(rows, params.start(), Value::Object);
    answer.result = json!({"productRows": answer.result});
    Ok(answer)
}

fn delete_new(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = params.int("id").ok_or_else(|| Refusal::missing("id"))?;
    let mut gone = false;
    for rows in change.portal.rows.values_mut() {
        let before = rows.len();
        rows.retain(|row| row.get("id").and_then(int) != Some(id));
        gone |= rows.len() < before;
    }
    if gone { ok(Value::Null) } else { Err(Refusal::new("NOT_FOUND", "Not found")) }
}

/// Replaces all rows; the sum follows them unless it is set by hand.
fn put(change: &mut Change<'_>, kind: Kind, id: i64, rows: Vec<Record>) -> Result<(), Refusal> {
    let mut kept = Vec::new();
    for mut row in rows {
        if row.get("id").and_then(int).is_none() {
            row.insert("id".to_owned(), change.portal.next("row").into());
        }
        row.insert("ownerId".to_owned(), id.into());
        row.insert("ownerType".to_owned(), kind.short().into());
        kept.push(row);
    }
    let sum: f64 = kept
        .iter()
        .map(|row| {
            let of = |name: &str| row.get(name).and_then(decimal).unwrap_or_default();
            of("price") * of("quantity")
        })
        .sum();
    change.portal.rows.insert(key(kind, id), kept);
    let record = change.portal.record(kind, id);
    let by_hand = record.and_then(|one| one.get("IS_MANUAL_OPPORTUNITY")).is_some_and(yes);
    if !by_hand {
        let changes = Record::from_iter([("OPPORTUNITY".to_owned(), sum.into())]);
        change.edit(kind, id, changes)?;
    }
    Ok(())
}

/// Names of a row in `crm.item.productrow.*` and in the frozen family.
const NAMES: &[(&str, &str)] = &[
    ("id", "ID"),
    ("ownerId", "OWNER_ID"),
    ("ownerType", "OWNER_TYPE"),
    ("productId", "PRODUCT_ID"),
    ("productName", "PRODUCT_NAME"),
    ("price", "PRICE"),
    ("priceExclusive", "PRICE_EXCLUSIVE"),
    ("priceNetto", "PRICE_NETTO"),
    ("priceBrutto", "PRICE_BRUTTO"),
    ("quantity", "QUANTITY"),
    ("discountTypeId", "DISCOUNT_TYPE_ID"),
    ("discountRate", "DISCOUNT_RATE"),
    ("discountSum", "DISCOUNT_SUM"),
    ("taxRate", "TAX_RATE"),
    ("taxIncluded", "TAX_INCLUDED"),
    ("measureCode", "MEASURE_CODE"),
    ("measureName", "MEASURE_NAME"),
    ("sort", "SORT"),
];

fn from_old(given: &Record) -> Record {
    let renamed =
        NAMES.iter().filter_map(|(new, old)| Some(((*new).to_owned(), given.get(*old)?.clone())));
    row(&renamed.collect())
}

fn from_new(given: &Record) -> Record {
    let known = given.iter().filter(|(name, _)| NAMES.iter().any(|(new, _)| new == name));
    row(&known.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// A row with everything that follows from what was given.
fn row(given: &Record) -> Record {
    let of = |name: &str| given.get(name).and_then(decimal).unwrap_or_default();
    let price = of("price");
    let whole = |name: &str, or: i64| given.get(name).and_then(int).unwrap_or(or);
    let said = |name: &str, or: &str| given.get(name).map(text).unwrap_or_else(|| or.to_owned());
    let quantity = if given.contains_key("quantity") { of("quantity") } else { 1.0 };
    let discounted = price + of("discountSum");
    let shown = json!({
        "id": given.get("id").and_then(int),
        "productId": whole("productId", 0),
        "productName": said("productName", ""),
        "price": price,
        "priceExclusive": price,
        "priceNetto": discounted,
        "priceBrutto": discounted,
        "quantity": quantity,
        "discountTypeId": whole("discountTypeId", 2),
        "discountRate": of("discountRate"),
        "discountSum": of("discountSum"),
        "taxRate": given.get("taxRate").and_then(decimal),
        "taxIncluded": said("taxIncluded", "N"),
        "measureCode": whole("measureCode", 796),
        "measureName": said("measureName", "шт"),
        "sort": whole("sort", 0),
        "xmlId": "",
        "type": 1
    });
    match shown {
        Value::Object(row) => row,
        _ => Record::new(),
    }
}

fn owner(short: &str, id: Option<i64>) -> Result<(Kind, i64), Refusal> {
    let kind = Kind::by_short(short);
    let kind = kind
        .ok_or_else(|| Refusal::new("ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported"))?;
    Ok((kind, id.ok_or_else(|| Refusal::missing("ownerId"))?))
}

fn exists(change: &Change<'_>, kind: Kind, id: i64, code: &str, said: &str) -> Result<(), Refusal> {
    let there = change.portal.record(kind, id).is_some();
    there.then_some(()).ok_or_else(|| Refusal::new(code, said))
}

fn key(kind: Kind, id: i64) -> String {
    format!("{}{id}", kind.short())
}
