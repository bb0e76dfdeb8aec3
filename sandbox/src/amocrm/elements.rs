//! `/api/v4/catalogs`: the list of products, in an account that switched it on.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::amocrm::answer::{FieldError, Params, empty, items, ok, problem};
use crate::amocrm::catalogue::{CATALOGUE, PRODUCT_FIELDS};
use crate::amocrm::core::Amocrm;
use crate::amocrm::data::{Element, Fields};
use crate::amocrm::drafts::Reader;
use crate::amocrm::fields::{self, FieldChanges};
use crate::amocrm::leads::read_all;
use crate::amocrm::listing::{self, Row};
use crate::amocrm::shapes;

const KEYS: &[&str] = &["id", "name", "custom_fields_values", "request_id"];

struct ElementDraft {
    name: String,
    fields: FieldChanges,
}

impl Amocrm {
    /// Switches the list of products on or off, as an administrator does in the settings.
    pub fn set_products(&self, on: bool) {
        self.account().products = on;
        self.touch();
    }

    /// Switches the control of duplicates on: `leads/complex` then finds the contact by phone and,
    /// where it is the main one of an open deal, changes that deal and makes none.
    pub fn set_duplicate_control(&self, on: bool) {
        self.account().duplicate_control = on;
    }

    /// A product as a manager types it in; its id.
    pub fn create_product_by_hand(&self, name: &str, sku: &str) -> i64 {
        let item = json!({"custom_fields_values": [
            {"field_code": "SKU", "values": [{"value": sku}]}
        ]});
        self.by_hand(|change| {
            let mut errors = Vec::new();
            let item = item.as_object().cloned().unwrap_or_default();
            let fields = fields::read(PRODUCT_FIELDS, &item, "", &mut errors);
            change.add_element(name, &fields)
        })
    }

    /// The products, the oldest first.
    pub fn products(&self) -> Vec<Element> {
        self.account().elements.values().cloned().collect()
    }
}

/// `GET /catalogs`.
pub(crate) async fn lists(State(amo): State<Amocrm>) -> Response {
    if !amo.account().products {
        return empty(StatusCode::NO_CONTENT);
    }
    let list = json!({
        "id": CATALOGUE, "name": "Товары", "type": "products", "sort": 10, "can_add_elements": true,
        "can_show_in_cards": true, "can_link_multiple": true, "can_be_deleted": false,
        "account_id": amo.options().account_id,
        "_links": shapes::links(amo.base(), &format!("catalogs/{CATALOGUE}"))
    });
    ok(&json!({"_page": 1, "_links": shapes::links(amo.base(), "catalogs"),
        "_embedded": {"catalogs": [list]}}))
}

/// `GET /catalogs/{id}/elements`.
pub(crate) async fn list(
    State(amo): State<Amocrm>,
    Path(catalogue): Path<i64>,
    RawQuery(query): RawQuery,
) -> Response {
    if !is_there(&amo, catalogue) {
        return problem(StatusCode::NOT_FOUND, "Catalog not found");
    }
    let params = Params::parse(query.as_deref());
    let account = amo.account();
    let mut rows = Vec::new();
    for element in account.elements.values() {
        let row = Row {
            id: element.id,
            name: &element.name,
            fields: &element.fields,
            created_at: element.created_at,
            updated_at: element.created_at,
            found_from: element.found_from,
            stage: None,
        };
        if listing::keeps(&row, &params, amo.now(), amo.options().filters) {
            rows.push((row, shown(&amo, element)));
        }
    }
    listing::sort(&mut rows, &params);
    let shown: Vec<Value> = rows.into_iter().map(|(_, shown)| shown).collect();
    let url = format!("{}/api/v4/catalogs/{catalogue}/elements", amo.base());
    params.page(&shown, "elements", &url, 250)
}

/// `GET /catalogs/{id}/elements/{id}`.
pub(crate) async fn one(
    State(amo): State<Amocrm>,
    Path((catalogue, id)): Path<(i64, i64)>,
) -> Response {
    let there = is_there(&amo, catalogue);
    match amo.account().elements.get(&id).filter(|_| there) {
        Some(element) => ok(&shown(&amo, element)),
        None => empty(StatusCode::NO_CONTENT),
    }
}

/// `POST /catalogs/{id}/elements`: the answer holds the elements whole, and `request_id` as a
/// number.
pub(crate) async fn create(
    State(amo): State<Amocrm>,
    Path(catalogue): Path<i64>,
    body: Bytes,
) -> Response {
    if !is_there(&amo, catalogue) {
        return problem(StatusCode::NOT_FOUND, "Catalog not found");
    }
    let items = match items(&body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let drafts = read_all(&items, |item| {
            let mut reader = Reader::new(change.account);
            (read(&mut reader, item), reader.errors)
        });
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return *refusal,
        };
        let mut made = Vec::new();
        for (at, (_, draft)) in drafts.iter().enumerate() {
            let id = change.add_element(&draft.name, &draft.fields);
            if let Some(element) = change.account.elements.get(&id) {
                let mut element = shown(&amo, element);
                element["request_id"] = json!(at);
                made.push(element);
            }
        }
        let path = format!("catalogs/{catalogue}/elements");
        ok(&json!({"_links": shapes::links(amo.base(), &path), "_embedded": {"elements": made}}))
    })
}

fn is_there(amo: &Amocrm, catalogue: i64) -> bool {
    amo.account().products && catalogue == CATALOGUE
}

fn read(reader: &mut Reader<'_>, item: &Map<String, Value>) -> ElementDraft {
    reader.known(item, KEYS, "");
    let name = reader.string(item, "name", "").unwrap_or_default();
    if name.trim().is_empty() {
        reader.errors.push(FieldError::missing("name"));
    }
    ElementDraft { name, fields: fields::read(PRODUCT_FIELDS, item, "", &mut reader.errors) }
}

fn shown(amo: &Amocrm, element: &Element) -> Value {
    let fields: &Fields = &element.fields;
    json!({
        "id": element.id,
        "name": element.name,
        "created_by": 0,
        "updated_by": 0,
        "created_at": element.created_at,
        "updated_at": element.created_at,
        "is_deleted": null,
        "custom_fields_values": fields::show(PRODUCT_FIELDS, fields),
        "catalog_id": CATALOGUE,
        "account_id": amo.options().account_id,
        "_links": shapes::links(amo.base(), &format!("catalogs/{CATALOGUE}/elements/{}", element.id))
    })
}
