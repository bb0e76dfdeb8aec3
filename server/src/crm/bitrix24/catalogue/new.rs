//! Goods by `catalog.*`: which are there first, then what each is, fifty at a time.

use std::collections::{BTreeSet, HashMap};

use domain::Money;
use domain::catalogue::{Item, Place};
use domain::text::FieldFault;
use serde_json::{Value, json};

use crate::config::CatalogueSettings;
use crate::crm::bitrix24::BitrixCalls;
use crate::crm::bitrix24::catalogue::ask::{Ask, List};
use crate::crm::bitrix24::catalogue::picture::PicturePlace;
use crate::crm::bitrix24::catalogue::wire::{int, pieces, price, rows, text};
use crate::crm::bitrix24::catalogue::{FULL, PAGE, PICTURE};
use crate::crm::catalogue::Unread;
use crate::crm::error::CallError;

/// A product whose offers are what is sold (`catalog.product.list`, field `type`).
const PARENT: i64 = 3;

/// Codes of the property that holds the article, as 1C and the standard templates name it.
const ARTICLES: [&str; 4] = ["CML2_ARTICLE", "ARTNUMBER", "ARTICLE", "ARTIKUL"];

/// What is read of each product.
const FIELDS: [&str; 12] = [
    "id",
    "iblockId",
    "name",
    "active",
    "type",
    "iblockSectionId",
    "xmlId",
    "code",
    "quantity",
    "timestampX",
    "previewPicture",
    "detailPicture",
];

const PRODUCTS: List = List { method: "catalog.product.list", container: "products", id: "id" };
const PRICES: List = List { method: "catalog.price.list", container: "prices", id: "id" };
const SECTIONS: List = List { method: "catalog.section.list", container: "sections", id: "id" };
const STOCK: List =
    List { method: "catalog.storeproduct.list", container: "storeProducts", id: "id" };

/// The catalogues of a portal, as far as they are asked for.
#[derive(Debug)]
pub(crate) struct Shelves {
    blocks: Vec<Block>,
    price: i64,
}

#[derive(Debug)]
struct Block {
    id: i64,
    /// The field that holds the article.
    article: Option<String>,
    sections: HashMap<i64, String>,
}

/// What a group of products says, beside the products themselves.
#[derive(Default)]
struct Beside {
    prices: HashMap<i64, Result<Option<Money>, String>>,
    /// Only where stores are chosen.
    stock: Option<HashMap<i64, i64>>,
}

impl Shelves {
    /// Looks what there is: catalogues, sections, the kind of price, the field of the article.
    pub(crate) async fn find(
        ask: &Ask<'_>,
        settings: &CatalogueSettings,
    ) -> Result<Shelves, CallError> {
        let answer = ask.one("catalog.catalog.list", json!({"select": ["iblockId"]})).await?;
        let there = rows(&answer, "catalogs").iter().filter_map(|row| int(row, "iblockId"));
        let wanted = |id: &i64| settings.blocks.is_empty() || settings.blocks.contains(id);
        let ids: BTreeSet<i64> = there.filter(wanted).collect();
        let price = match settings.price {
            Some(price) => price,
            None => {
                let asked = json!({"filter": {"base": "Y"}});
                let answer = ask.one("catalog.priceType.list", asked).await?;
                // Every portal is born with one, and it is this.
                rows(&answer, "priceTypes").iter().find_map(|row| int(row, "id")).unwrap_or(1)
            }
        };
        let mut blocks = Vec::new();
        for id in ids {
            let article = match &settings.sku {
                Some(field) => Some(field.clone()),
                None => article(ask, id).await?,
            };
            blocks.push(Block { id, article, sections: sections(ask, id).await? });
        }
        Ok(Shelves { blocks, price })
    }

    /// The ids of every product, or of those that changed, or whose price did, since a time of
    /// theirs; catalogue by catalogue. A stock that changed alone is only found by asking for all.
    pub(crate) async fn ids(
        &self,
        ask: &Ask<'_>,
        since: Option<&str>,
    ) -> Result<Vec<(usize, Vec<i64>)>, CallError> {
        let mut repriced = BTreeSet::new();
        if let Some(since) = since {
            let filter = json!({"catalogGroupId": self.price, ">=timestampX": since});
            let select = json!(["id", "productId"]);
            repriced.extend(ask.walk(PRICES, &filter, &select, |row| int(row, "productId")).await?);
        }
        let mut found = Vec::new();
        for (at, block) in self.blocks.iter().enumerate() {
            let mut filter = json!({"iblockId": block.id});
            if let Some(since) = since {
                filter[">=timestampX"] = since.into();
            }
            let select = json!(["id", "iblockId"]);
            let ids = ask.walk(PRODUCTS, &filter, &select, |row| int(row, "id")).await?;
            let mut ids: BTreeSet<i64> = ids.into_iter().collect();
            // Of which catalogue they are shows when they are read.
            ids.extend(&repriced);
            found.push((at, ids.into_iter().collect()));
        }
        Ok(found)
    }

    /// Reads a group of products; at most [`PAGE`] per command, all in one call.
    pub(crate) async fn read(
        &self,
        ask: &Ask<'_>,
        settings: &CatalogueSettings,
        block: usize,
        ids: &[i64],
    ) -> Result<Vec<Result<Item, Unread>>, CallError> {
        let block = &self.blocks[block];
        let mut select: Vec<&str> = FIELDS.to_vec();
        select.extend(block.article.as_deref().filter(|field| !FIELDS.contains(field)));
        let mut commands = Vec::new();
        for ids in ids.chunks(PAGE) {
            commands.push((
                "catalog.product.list",
                json!({"select": select, "filter": {"iblockId": block.id, "id": ids},
                    "order": {"id": "asc"}, "start": -1}),
            ));
            let filter = json!({"productId": ids, "catalogGroupId": self.price});
            commands.push((
                "catalog.price.list",
                json!({"filter": filter, "start": -1,
                "order": {"id": "asc"}}),
            ));
        }
        let answers = ask.many(commands).await?;
        let mut beside = Beside::default();
        let mut products = Vec::new();
        for pair in answers.chunks(2) {
            products.extend(rows(&pair[0], "products").iter().cloned());
            let prices = rows(&pair[1], "prices");
            beside.keep_prices(prices);
            if prices.len() >= FULL {
                // Prices by quantity: more rows than products.
                let ids: Vec<i64> =
                    rows(&pair[0], "products").iter().filter_map(|row| int(row, "id")).collect();
                let filter = json!({"productId": ids, "catalogGroupId": self.price});
                let all = |row: &Value| Some(row.clone());
                let whole = ask.walk(PRICES, &filter, &Value::Null, all).await?;
                beside.keep_prices(&whole);
            }
        }
        if !settings.stores.is_empty() {
            beside.stock = Some(stock(ask, &settings.stores, ids).await?);
        }
        let sold = products.iter().filter(|row| int(row, "type") != Some(PARENT));
        Ok(sold.map(|row| block.item(row, &beside)).collect())
    }
}

impl Beside {
    /// The price of one piece, where there are prices by quantity.
    fn keep_prices(&mut self, rows: &[Value]) {
        for row in rows {
            let of_one = int(row, "quantityFrom").is_none_or(|from| from <= 1);
            if let (Some(product), true) = (int(row, "productId"), of_one) {
                self.prices.insert(product, price(row, "price", "currency"));
            }
        }
    }
}

impl Block {
    fn item(&self, row: &Value, beside: &Beside) -> Result<Item, Unread> {
        let id = int(row, "id").unwrap_or_default();
        let place = Place::Id(id.to_string());
        let fault = |field, problem| Unread {
            place: Place::Id(id.to_string()),
            fault: FieldFault { field, problem },
        };
        let own = self.article.as_deref().and_then(|field| text(row, field));
        let sku = own.or_else(|| text(row, "code")).or_else(|| text(row, "xmlId"));
        let sku = sku.ok_or_else(|| fault("sku", "error-required"))?;
        let name = text(row, "name").ok_or_else(|| fault("name", "error-required"))?;
        let price = match beside.prices.get(&id) {
            Some(Ok(price)) => *price,
            Some(Err(_)) => return Err(fault("price", "error-money")),
            None => None,
        };
        let stock = match &beside.stock {
            Some(counted) => Some(counted.get(&id).copied().unwrap_or_default()),
            None => pieces(row, "quantity"),
        };
        let section = int(row, "iblockSectionId").and_then(|id| self.sections.get(&id)).cloned();
        Ok(Item {
            outside_id: Some(id.to_string()),
            price: Some(price),
            stock: Some(stock),
            category: Some(section.unwrap_or_default()),
            picture: Some(PicturePlace::of(id, row).map(|place| place.text())),
            sold: text(row, "active").as_deref() != Some("N"),
            ..Item::new(place, sku, name)
        })
    }
}

/// The property of the article, by the codes that it usually bears.
async fn article(ask: &Ask<'_>, block: i64) -> Result<Option<String>, CallError> {
    let filter = json!({"iblockId": block, "code": ARTICLES});
    let asked = json!({"select": ["id", "code"], "filter": filter});
    let answer = match ask.one("catalog.productProperty.list", asked).await {
        Ok(answer) => answer,
        // A right that the token lacks: the product's own code and outside id are left.
        Err(CallError::Rejected { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let properties = rows(&answer, "productProperties");
    let of = |code: &str| {
        let found = properties.iter().find(|row| text(row, "code").as_deref() == Some(code));
        found.and_then(|row| int(row, "id"))
    };
    Ok(ARTICLES.into_iter().find_map(of).map(|id| format!("property{id}")))
}

async fn sections(ask: &Ask<'_>, block: i64) -> Result<HashMap<i64, String>, CallError> {
    let (filter, select) = (json!({"iblockId": block}), json!(["id", "iblockId", "name"]));
    let read = |row: &Value| Some((int(row, "id")?, text(row, "name")?));
    Ok(ask.walk(SECTIONS, &filter, &select, read).await?.into_iter().collect())
}

/// What lies in the chosen stores, by product.
async fn stock(ask: &Ask<'_>, stores: &[i64], ids: &[i64]) -> Result<HashMap<i64, i64>, CallError> {
    let mut counted: HashMap<i64, i64> = HashMap::new();
    let filter = json!({"productId": ids, "storeId": stores});
    let read = |row: &Value| Some((int(row, "productId")?, pieces(row, "amount")?));
    for (product, amount) in ask.walk(STOCK, &filter, &Value::Null, read).await? {
        *counted.entry(product).or_default() += amount;
    }
    Ok(counted)
}

/// The bytes of a picture (`catalog.product.download`).
pub(crate) async fn picture(
    calls: BitrixCalls<'_>,
    place: &PicturePlace,
) -> Result<Vec<u8>, CallError> {
    let params = [
        ("fields[fieldName]", place.field),
        ("fields[fileId]", &place.file),
        ("fields[productId]", &place.product),
    ];
    calls.download("catalog.product.download", &params, PICTURE).await
}
