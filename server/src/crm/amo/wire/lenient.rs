//! The type traps of amoCRM's JSON, each with its way around.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The list under `_embedded.{key}`; empty where it is absent.
pub(crate) fn list<T: DeserializeOwned>(page: &Value, key: &str) -> serde_json::Result<Vec<T>> {
    match page.get("_embedded").and_then(|embedded| embedded.get(key)) {
        Some(Value::Array(items)) => items.iter().map(T::deserialize).collect(),
        _ => Ok(Vec::new()),
    }
}

/// Whether another page follows.
pub(crate) fn has_next(page: &Value) -> bool {
    page.pointer("/_links/next/href").is_some_and(Value::is_string)
}

pub(crate) fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked, the fraction unwanted")]
fn whole(float: f64) -> Option<i64> {
    (float.abs() < 9e15).then_some(float as i64)
}

pub(crate) fn as_flag(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || as_number(value).is_some_and(|number| number != 0)
}

pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    as_number(&value).ok_or_else(|| D::Error::custom("an id is expected"))
}

pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Value::deserialize(deserializer).map(|value| as_number(&value))
}

pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Value::deserialize(deserializer).map(|value| as_flag(&value))
}

pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let one = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items.into_iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    })
}

/// PHP writes an empty object as `[]`, and what is empty as null.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + DeserializeOwned,
{
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(T::default()),
        Value::Array(items) if items.is_empty() => Ok(T::default()),
        value => serde_json::from_value(value).map_err(D::Error::custom),
    }
}

pub(crate) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let items = match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        one => vec![one],
    };
    let read: serde_json::Result<Vec<T>> = items.into_iter().map(serde_json::from_value).collect();
    read.map_err(D::Error::custom)
}
