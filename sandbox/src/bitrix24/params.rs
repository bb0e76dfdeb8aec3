//! What a method is asked.

use serde_json::{Map, Value};

use crate::bitrix24::answer::Refusal;
use crate::bitrix24::values::{Record, int, text, yes};

/// A file that came beside the parameters.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

/// Parameters by name; the case of the name does not matter at the top, and does below.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    pub(crate) all: Map<String, Value>,
    pub(crate) parts: Vec<Part>,
}

impl Params {
    pub(crate) fn new(all: Map<String, Value>) -> Self {
        Self { all, parts: Vec::new() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let exact = self.all.get(name);
        let any_case = || self.all.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        exact.or_else(|| any_case().map(|(_, value)| value)).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).map(text).unwrap_or_default()
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(int)
    }

    pub(crate) fn yes(&self, name: &str) -> bool {
        self.get(name).is_some_and(yes)
    }

    pub(crate) fn map(&self, name: &str) -> Option<&Record> {
        self.get(name)?.as_object()
    }

    /// The id of a frozen method.
    pub(crate) fn id(&self) -> Result<i64, Refusal> {
        let id = self.int("id").filter(|id| *id > 0);
        id.ok_or_else(|| Refusal::plain("ID is not defined or invalid."))
    }

    /// The fields of a frozen method; an empty list is an empty map.
    pub(crate) fn fields(&self) -> Result<Record, Refusal> {
        match self.get("fields") {
            Some(Value::Object(fields)) => Ok(fields.clone()),
            Some(Value::Array(none)) if none.is_empty() => Ok(Record::new()),
            _ => Err(Refusal::plain("Parameter 'fields' must be array.")),
        }
    }

    pub(crate) fn start(&self) -> i64 {
        self.int("start").unwrap_or_default()
    }
}
