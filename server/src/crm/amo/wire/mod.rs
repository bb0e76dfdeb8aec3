//! What amoCRM answers, read tolerantly: the same member comes as a number or a text, as an object
//! or a list, absent or null, depending on entity, method and age of the account.

mod account;
mod catalogue;
mod lenient;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::Value;

pub use crate::crm::amo::wire::account::{
    Account, FieldDefinition, Pipeline, StageKey, Status, Subscription, User,
};
pub use crate::crm::amo::wire::catalogue::{Catalogue, Complex, Element, LinkedElement};
pub(crate) use crate::crm::amo::wire::lenient::{as_number, has_next, list};
use crate::crm::amo::wire::lenient::{flag, id, number, one_or_many, or_default, text, texts};

/// A deal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Lead {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Its amount in whole roubles.
    #[serde(default, deserialize_with = "number")]
    pub price: Option<i64>,
    /// Its stage.
    #[serde(default, deserialize_with = "number")]
    pub status_id: Option<i64>,
    /// Its pipeline.
    #[serde(default, deserialize_with = "number")]
    pub pipeline_id: Option<i64>,
    /// Who is responsible.
    #[serde(default, deserialize_with = "number")]
    pub responsible_user_id: Option<i64>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "number")]
    pub created_at: Option<i64>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "number")]
    pub updated_at: Option<i64>,
    /// Whether it lies in the bin.
    #[serde(default, deserialize_with = "flag")]
    pub is_deleted: bool,
    /// Its filled fields.
    #[serde(default, rename = "custom_fields_values", deserialize_with = "or_default")]
    pub fields: Vec<FieldValues>,
    /// What hangs on it.
    #[serde(default, rename = "_embedded", deserialize_with = "or_default")]
    pub embedded: Embedded,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Contact {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// The whole name.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "number")]
    pub updated_at: Option<i64>,
    /// Whether it lies in the bin.
    #[serde(default, deserialize_with = "flag")]
    pub is_deleted: bool,
    /// Its filled fields, phones and e-mails among them.
    #[serde(default, rename = "custom_fields_values", deserialize_with = "or_default")]
    pub fields: Vec<FieldValues>,
    /// What hangs on it.
    #[serde(default, rename = "_embedded", deserialize_with = "or_default")]
    pub embedded: Embedded,
}

/// What hangs on a deal or contact.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Embedded {
    /// Tags.
    #[serde(default, deserialize_with = "or_default")]
    pub tags: Vec<Tag>,
    /// Contacts of a deal; only where they were asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub contacts: Vec<Linked>,
    /// Companies, none or one.
    #[serde(default, deserialize_with = "or_default")]
    pub companies: Vec<Linked>,
    /// Products of a deal; only where they were asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub catalog_elements: Vec<LinkedElement>,
    /// Deals of a contact; only where they were asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub leads: Vec<Linked>,
    /// Why a deal was lost: documented as an object, sent as a list.
    #[serde(default, deserialize_with = "one_or_many")]
    pub loss_reason: Vec<Tag>,
}

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Tag {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
}

/// A link to another entity.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Linked {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Whether it is the deal's main contact.
    #[serde(default, deserialize_with = "flag")]
    pub is_main: bool,
}

/// One filled field.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FieldValues {
    /// Id of the field.
    #[serde(deserialize_with = "id")]
    pub field_id: i64,
    /// Its code, such as `PHONE`.
    #[serde(default)]
    pub field_code: Option<String>,
    /// What it holds.
    #[serde(default, deserialize_with = "or_default")]
    pub values: Vec<FieldValue>,
}

/// One value of a field.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FieldValue {
    /// Text, number, flag or object, by the field's type.
    #[serde(default)]
    pub value: Value,
    /// Which choice it is.
    #[serde(default, deserialize_with = "number")]
    pub enum_id: Option<i64>,
    /// Code of the choice, such as `MOB`.
    #[serde(default)]
    pub enum_code: Option<String>,
    /// The same under its older name.
    #[serde(default, rename = "enum")]
    pub enum_old: Option<Value>,
}

/// A note on a deal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Note {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// `common`, `call_in`, …
    #[serde(default, deserialize_with = "text")]
    pub note_type: String,
    /// Depends on the type.
    #[serde(default)]
    pub params: Value,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Task {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// What to do.
    #[serde(default, deserialize_with = "text")]
    pub text: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "number")]
    pub complete_till: Option<i64>,
    /// Whether it is done.
    #[serde(default, deserialize_with = "flag")]
    pub is_completed: bool,
}

/// What a write made or changed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Written {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: i64,
    /// Our ids of the request; one text, one number or a list.
    #[serde(default, deserialize_with = "texts")]
    pub request_id: Vec<String>,
    /// Unix seconds, where the CRM says so.
    #[serde(default, deserialize_with = "number")]
    pub updated_at: Option<i64>,
}

/// A file that hangs on a deal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AttachedFile {
    /// Its id in the drive.
    #[serde(deserialize_with = "text")]
    pub file_uuid: String,
}

impl Lead {
    /// The text of a field.
    #[must_use]
    pub fn text(&self, field_id: i64) -> Option<String> {
        let field = self.fields.iter().find(|field| field.field_id == field_id)?;
        field.values.first()?.text()
    }

    /// The day in a date field. amoCRM keeps midnight of the account's zone.
    #[must_use]
    pub fn date(&self, field_id: i64, zone: Tz) -> Option<NaiveDate> {
        let field = self.fields.iter().find(|field| field.field_id == field_id)?;
        field.values.first()?.date(zone)
    }

    /// The main contact, else the only one there is.
    #[must_use]
    pub fn main_contact(&self) -> Option<i64> {
        let contacts = &self.embedded.contacts;
        let main = contacts.iter().find(|contact| contact.is_main);
        main.or(contacts.first()).map(|contact| contact.id)
    }

    /// Whether it bears this tag.
    #[must_use]
    pub fn has_tag(&self, name: &str) -> bool {
        self.embedded.tags.iter().any(|tag| tag.name == name)
    }
}

impl Contact {
    /// The text of a field.
    #[must_use]
    pub fn text(&self, field_id: i64) -> Option<String> {
        let field = self.fields.iter().find(|field| field.field_id == field_id)?;
        field.values.first()?.text()
    }

    /// Whether it bears this tag.
    #[must_use]
    pub fn has_tag(&self, name: &str) -> bool {
        self.embedded.tags.iter().any(|tag| tag.name == name)
    }
}

impl FieldValue {
    /// The value as trimmed text; `None` where it is empty or has a structure.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let text = match &self.value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Code of the choice under either name.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.enum_code.as_deref().or_else(|| self.enum_old.as_ref()?.as_str())
    }

    fn date(&self, zone: Tz) -> Option<NaiveDate> {
        Self::day(&self.text()?, zone)
    }

    /// The day that the text of a date field says. amoCRM keeps midnight of the account's zone.
    #[must_use]
    pub fn day(text: &str, zone: Tz) -> Option<NaiveDate> {
        if let Ok(seconds) = text.parse::<i64>() {
            return Some(DateTime::from_timestamp(seconds, 0)?.with_timezone(&zone).date_naive());
        }
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Some(time.with_timezone(&zone).date_naive());
        }
        // People type dates into text fields too.
        let forms = ["%Y-%m-%d", "%d.%m.%Y"];
        forms.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())
    }
}

impl Note {
    /// The text of a common note.
    #[must_use]
    pub fn text(&self) -> &str {
        self.params.get("text").and_then(Value::as_str).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
