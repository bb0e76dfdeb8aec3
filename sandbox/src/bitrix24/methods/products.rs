//! `crm.product.*` and `crm.productsection.*`: the same goods as old portals show them.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, ok};
use crate::bitrix24::catalogue::IBLOCK;
use crate::bitrix24::change::Change;
use crate::bitrix24::methods::catalog;
use crate::bitrix24::params::Params;
use crate::bitrix24::select::{PAGE, page};
use crate::bitrix24::values::{Record, decimal, int, list, text};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method {
        "crm.product.list" => all(change, "product", params),
        "crm.product.get" => get(change, "product", params),
        "crm.product.add" => add(change, params),
        "crm.product.update" => update(change, params),
        "crm.product.delete" => delete(change, params),
        "crm.productsection.list" => all(change, "section", params),
        "crm.productsection.get" => get(change, "section", params),
        _ => return None,
    })
}

/// Names of the frozen family and of the catalogue.
const NAMES: &[(&str, &str)] = &[
    ("ID", "id"),
    ("NAME", "name"),
    ("ACTIVE", "active"),
    ("CODE", "code"),
    ("XML_ID", "xmlId"),
    ("SORT", "sort"),
    ("SECTION_ID", "iblockSectionId"),
    ("CATALOG_ID", "iblockId"),
    ("DESCRIPTION", "detailText"),
    ("MEASURE", "measure"),
    ("VAT_ID", "vatId"),
    ("VAT_INCLUDED", "vatIncluded"),
    ("DATE_CREATE", "dateCreate"),
    ("TIMESTAMP_X", "timestampX"),
    ("PROPERTY_258", "property258"),
    ("PROPERTY_260", "property260"),
];

const PICTURES: [(&str, &str); 2] =
    [("DETAIL_PICTURE", "detailPicture"), ("PREVIEW_PICTURE", "previewPicture")];

fn all(change: &mut Change<'_>, name: &str, params: &Params) -> Outcome {
    let filter = params.map("filter").cloned().unwrap_or_default();
    let after = filter.get(">ID").and_then(int).unwrap_or_default();
    // An uncounted list ends with its page.
    let most = if params.start() < 0 { PAGE } else { usize::MAX };
    let found: Vec<Record> = change
        .portal
        .goods
        .after(name, after)
        .map(|row| show(change, name, row))
        .filter(|row| {
            let known = filter.iter().filter(|(key, _)| row.contains_key(*key));
            known
                .into_iter()
                .all(|(key, wanted)| list(wanted).iter().any(|one| text(one) == text(&row[key])))
        })
        .take(most)
        .collect();
    let select = params.get("select").map(list).unwrap_or_default();
    let select: Vec<String> = select.iter().map(text).collect();
    Ok(page(found, params.start(), |mut row| {
        row.retain(|name, _| {
            let property = name.starts_with("PROPERTY_");
            let star = select.is_empty() || select.iter().any(|one| one == "*");
            let masked = property && select.iter().any(|one| one == "PROPERTY_*");
            name == "ID" || select.contains(name) || masked || (star && !property)
        });
        Value::Object(row)
    }))
}

fn get(change: &mut Change<'_>, name: &str, params: &Params) -> Outcome {
    let id = params.id()?;
    let row = change.portal.goods.get(name, id).ok_or_else(|| Refusal::plain("Not found"))?;
    ok(show(change, name, row))
}

fn add(change: &mut Change<'_>, params: &Params) -> Outcome {
    let given = params.fields()?;
    let id = catalog::put(change, "product", &renamed(&given))?;
    set_price(change, id, &given)?;
    ok(id)
}

fn update(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = params.id()?;
    exists(change, id)?;
    let given = params.fields()?;
    catalog::edit(change, "product", id, renamed(&given));
    set_price(change, id, &given)?;
    ok(true)
}

fn delete(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = params.id()?;
    exists(change, id)?;
    catalog::remove(change, "product", id);
    ok(true)
}

fn exists(change: &Change<'_>, id: i64) -> Result<(), Refusal> {
    let there = change.portal.goods.get("product", id).is_some();
    there.then_some(()).ok_or_else(|| Refusal::plain("Not found"))
}

fn renamed(given: &Record) -> Record {
    let pairs = NAMES.iter().filter(|(old, _)| *old != "ID");
    pairs.filter_map(|(old, new)| Some(((*new).to_owned(), given.get(*old)?.clone()))).collect()
}

/// The frozen family keeps the price with the product.
fn set_price(change: &mut Change<'_>, product: i64, given: &Record) -> Result<(), Refusal> {
    let Some(price) = given.get("PRICE").and_then(decimal) else {
        return Ok(());
    };
    change.portal.goods.take_of("price", product);
    let row = json!({"productId": product, "price": price, "currency": "RUB"});
    catalog::put(change, "price", &row.as_object().cloned().unwrap_or_default())?;
    Ok(())
}

/// A file as the frozen family shows it; its link is signed and leads to the portal itself.
fn picture(row: &Record, old: &str, new: &str) -> Value {
    let Some(file) = row.get(new).and_then(int) else { return Value::Null };
    let product = row.get("id").and_then(int).unwrap_or_default();
    let path = "/bitrix/components/bitrix/crm.product.file";
    let query = format!("productId={product}&fieldName={old}&dynamic=N&fileId={file}");
    json!({"id": file, "showUrl": format!("{path}/show.php?{query}"),
        "downloadUrl": format!("{path}/download.php?{query}&auth=sandbox")})
}

fn show(change: &Change<'_>, name: &str, row: &Record) -> Record {
    let mut shown = Record::new();
    for (old, new) in NAMES {
        let value = row.get(*new).cloned().unwrap_or_default();
        let value = match (&value, old.starts_with("PROPERTY_")) {
            (Value::Null, _) => Value::Null,
            (value, true) => json!({"valueId": "9735", "value": value}),
            (value, false) => text(value).into(),
        };
        shown.insert((*old).to_owned(), value);
    }
    if name == "product" {
        for (old, new) in PICTURES {
            shown.insert(old.to_owned(), picture(row, old, new));
        }
        let id = row.get("id").and_then(int).unwrap_or_default();
        let price = catalog::price(change, id).map(|price| format!("{price:.2}"));
        shown.insert("PRICE".to_owned(), price.into());
        shown.insert("CURRENCY_ID".to_owned(), "RUB".into());
    }
    shown.insert("CATALOG_ID".to_owned(), IBLOCK.to_string().into());
    shown
}
