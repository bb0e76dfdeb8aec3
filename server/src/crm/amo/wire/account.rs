//! The account itself: what is read once and compared with the configuration.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::crm::amo::wire::lenient::{as_flag, as_number, flag, id, list, number, text, texts};

/// The account behind a token.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What stands before `.amocrm.ru`.
    pub subdomain: String,
    /// Whose token it is.
    pub current_user_id: Option<i64>,
    /// Where files go.
    pub drive_url: Option<String>,
    /// IANA name of its zone: dates of fields are midnights in it.
    pub timezone: Option<String>,
}

/// A pipeline with its stages.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether new deals go here by default.
    pub is_main: bool,
    /// Whether it is put away.
    pub is_archive: bool,
    /// Its stages, in the order of the account.
    pub statuses: Vec<Status>,
}

/// A stage. Its key is the pipeline and the id together: 142 and 143 are in every pipeline.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Status {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Its pipeline.
    #[serde(default, deserialize_with = "number")]
    pub pipeline_id: Option<i64>,
}

/// A field of an entity, as the account defines it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FieldDefinition {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// `text`, `textarea`, `date`, …
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    /// Its code, such as `PHONE`.
    #[serde(default)]
    pub code: Option<String>,
}

/// A webhook of the account.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Subscription {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Where it goes.
    #[serde(default, deserialize_with = "text")]
    pub destination: String,
    /// Whether amoCRM gave up on it.
    #[serde(default, deserialize_with = "flag")]
    pub disabled: bool,
    /// What it tells.
    #[serde(default, deserialize_with = "texts")]
    pub settings: Vec<String>,
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = |path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            id: as_number(&value["id"]).ok_or_else(|| D::Error::missing_field("id"))?,
            name: text("/name").unwrap_or_default(),
            subdomain: text("/subdomain").unwrap_or_default(),
            current_user_id: as_number(&value["current_user_id"]),
            drive_url: text("/drive_url"),
            timezone: text("/_embedded/datetime_settings/timezone"),
        })
    }
}

impl<'de> Deserialize<'de> for Pipeline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self {
            id: as_number(&value["id"]).ok_or_else(|| D::Error::missing_field("id"))?,
            name: value["name"].as_str().unwrap_or_default().to_owned(),
            is_main: as_flag(&value["is_main"]),
            is_archive: as_flag(&value["is_archive"]),
            statuses: list(&value, "statuses").map_err(D::Error::custom)?,
        })
    }
}
