//! Goods by `crm.product.*`, on portals whose token has no right to `catalog`: one price, no stock.

use std::collections::HashMap;

use domain::catalogue::{Item, Place};
use domain::text::FieldFault;
use serde_json::{Value, json};

use crate::config::CatalogueSettings;
use crate::crm::bitrix24::catalogue::PICTURE;
use crate::crm::bitrix24::catalogue::ask::{Ask, List};
use crate::crm::bitrix24::catalogue::picture::PicturePlace;
use crate::crm::bitrix24::catalogue::wire::{int, price, text};
use crate::crm::catalogue::Unread;
use crate::crm::error::CallError;

const PRODUCTS: List = List { method: "crm.product.list", container: "", id: "ID" };
const SECTIONS: List = List { method: "crm.productsection.list", container: "", id: "ID" };

/// Reads every product, or those that changed since a time of theirs.
pub(crate) async fn read(
    ask: &Ask<'_>,
    settings: &CatalogueSettings,
    since: Option<&str>,
) -> Result<Vec<Result<Item, Unread>>, CallError> {
    let (none, names) = (json!({}), json!(["ID", "NAME"]));
    let read = |row: &Value| Some((int(row, "ID")?, text(row, "NAME")?));
    let sections: HashMap<i64, String> =
        ask.walk(SECTIONS, &none, &names, read).await?.into_iter().collect();
    let mut filter = json!({});
    if let Some(since) = since {
        filter[">=TIMESTAMP_X"] = since.into();
    }
    let article = settings.sku.as_deref().map(old_name);
    let mut select = vec![
        "ID",
        "NAME",
        "CODE",
        "XML_ID",
        "ACTIVE",
        "PRICE",
        "CURRENCY_ID",
        "SECTION_ID",
        "DETAIL_PICTURE",
        "PREVIEW_PICTURE",
    ];
    select.extend(article.as_deref());
    let read = |row: &Value| Some(item(row, article.as_deref(), &sections));
    ask.walk(PRODUCTS, &filter, &json!(select), read).await
}

/// `property258` of the new methods is `PROPERTY_258` of the old.
fn old_name(field: &str) -> String {
    match field.strip_prefix("property") {
        Some(number) => format!("PROPERTY_{number}"),
        None => field.to_uppercase(),
    }
}

fn item(
    row: &Value,
    article: Option<&str>,
    sections: &HashMap<i64, String>,
) -> Result<Item, Unread> {
    let id = int(row, "ID").unwrap_or_default();
    let fault = |field, problem| Unread {
        place: Place::Id(id.to_string()),
        fault: FieldFault { field, problem },
    };
    let own = article.and_then(|field| text(row, field));
    let sku = own.or_else(|| text(row, "CODE")).or_else(|| text(row, "XML_ID"));
    let sku = sku.ok_or_else(|| fault("sku", "error-required"))?;
    let name = text(row, "NAME").ok_or_else(|| fault("name", "error-required"))?;
    let price = price(row, "PRICE", "CURRENCY_ID").map_err(|_| fault("price", "error-money"))?;
    let section = int(row, "SECTION_ID").and_then(|id| sections.get(&id)).cloned();
    Ok(Item {
        outside_id: Some(id.to_string()),
        price: Some(price),
        category: Some(section.unwrap_or_default()),
        picture: Some(PicturePlace::of(id, row).map(|place| place.text())),
        sold: text(row, "ACTIVE").as_deref() != Some("N"),
        ..Item::new(Place::Id(id.to_string()), sku, name)
    })
}

/// The bytes of a picture, by the link that the product shows just now: it ends with the token.
pub(crate) async fn picture(ask: Ask<'_>, place: &PicturePlace) -> Result<Vec<u8>, CallError> {
    let product = ask.one("crm.product.get", json!({"id": place.product})).await?;
    let link = product[place.field]["downloadUrl"].as_str();
    let gone = || CallError::Rejected {
        status: 404,
        code: None,
        words: "the product has no such picture any more".to_owned(),
    };
    ask.calls.download_from(link.ok_or_else(gone)?, PICTURE).await
}
