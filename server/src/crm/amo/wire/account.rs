//! The account itself: what is read once and compared with the configuration.

use domain::checkups::Right;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::crm::amo::wire::lenient::{
    as_flag, as_number, flag, id, list, number, or_default, text, texts,
};

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
    /// Whether it paid for filters; without, they are ignored.
    pub has_filters: bool,
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
    /// The stages that a deal reaches only with it filled.
    #[serde(default, deserialize_with = "or_default")]
    pub required_statuses: Vec<StageKey>,
}

/// A stage by its whole key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct StageKey {
    /// Its pipeline.
    #[serde(default, deserialize_with = "number")]
    pub pipeline_id: Option<i64>,
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub status_id: i64,
}

/// A user of the account. Only an administrator's access sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether theirs is a seat that is not paid for, which can be responsible for nothing.
    pub is_free: bool,
    /// What they may not do; nothing of it for an administrator.
    pub denied: Vec<(String, Right)>,
}

impl User {
    /// Whether they can be responsible for a deal.
    pub fn works(&self) -> bool {
        self.is_active && !self.is_free
    }
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
            has_filters: as_flag(&value["is_api_filter_enabled"]),
            timezone: text("/_embedded/datetime_settings/timezone"),
        })
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let rights = &value["rights"];
        let mut denied = Vec::new();
        for entity in ["leads", "contacts", "companies"] {
            for (word, right) in [("view", Right::View), ("add", Right::Add), ("edit", Right::Edit)]
            {
                // A: all, G: of their group, M: their own, D: denied. What is not told is no refusal.
                if !as_flag(&rights["is_admin"]) && rights[entity][word] == "D" {
                    denied.push((entity.to_owned(), right));
                }
            }
        }
        Ok(Self {
            id: as_number(&value["id"]).ok_or_else(|| D::Error::missing_field("id"))?,
            name: value["name"].as_str().unwrap_or_default().to_owned(),
            is_active: rights.get("is_active").is_none_or(as_flag),
            is_free: as_flag(&rights["is_free"]),
            denied,
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
