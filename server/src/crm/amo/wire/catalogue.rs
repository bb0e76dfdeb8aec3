//! Lists of products, and deals made together with their people.

use serde::Deserialize;
use serde_json::Value;

use crate::crm::amo::wire::FieldValues;
use crate::crm::amo::wire::lenient::{as_number, flag, id, number, or_default, text, texts};

/// A list of the account: products, invoices, or the account's own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Catalogue {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// `products`, `invoices`, `regular`.
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
}

/// An element of a list, such as a product.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Element {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Whether it lies in the bin.
    #[serde(default, deserialize_with = "flag")]
    pub is_deleted: bool,
    /// Its filled fields.
    #[serde(default, rename = "custom_fields_values", deserialize_with = "or_default")]
    pub fields: Vec<FieldValues>,
}

/// An element that hangs on a deal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LinkedElement {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// How many, and of which list.
    #[serde(default)]
    pub metadata: Value,
}

/// What a deal made in one call with its people came to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Complex {
    /// The deal.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Its contact.
    #[serde(default, deserialize_with = "number")]
    pub contact_id: Option<i64>,
    /// Its company.
    #[serde(default, deserialize_with = "number")]
    pub company_id: Option<i64>,
    /// Our ids of the requests that became this deal.
    #[serde(default, deserialize_with = "texts")]
    pub request_id: Vec<String>,
    /// Whether a deal that was there already was changed instead.
    #[serde(default, deserialize_with = "flag")]
    pub merged: bool,
}

impl LinkedElement {
    /// The list that it is of.
    #[must_use]
    pub fn catalogue(&self) -> Option<i64> {
        self.metadata.get("catalog_id").and_then(as_number)
    }

    /// How many whole pieces; one where it is not said.
    #[must_use]
    pub fn quantity(&self) -> usize {
        let told = self.metadata.get("quantity").and_then(as_number);
        told.and_then(|told| usize::try_from(told).ok()).unwrap_or(1)
    }
}

impl Element {
    /// Its article.
    #[must_use]
    pub fn sku(&self) -> Option<String> {
        let sku = self.fields.iter().find(|field| field.field_code.as_deref() == Some("SKU"))?;
        sku.values.first()?.text()
    }
}
