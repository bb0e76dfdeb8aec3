//! Deals, people and what hangs on them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Custom field values by field id.
pub type Fields = BTreeMap<i64, Vec<FieldItem>>;

/// One value of a custom field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldItem {
    /// A string, or Unix seconds of a date.
    pub value: Value,
    /// Kind of phone or e-mail, as id.
    pub enum_id: Option<i64>,
    /// The same as a code, `MOB`.
    pub enum_code: Option<String>,
}

/// A tag on a lead, contact or company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Id in the account.
    pub id: i64,
    /// Text of the tag.
    pub name: String,
}

/// A contact on a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadContact {
    /// Contact id.
    pub id: i64,
    /// The one whose phone counts.
    pub is_main: bool,
}

/// A product put on a lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogLink {
    /// Element id.
    pub id: i64,
    /// Metadata as it was sent.
    pub metadata: Value,
}

/// A deal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    /// Id in the account.
    pub id: i64,
    /// Title.
    pub name: String,
    /// Whole roubles.
    pub price: i64,
    /// Who is responsible.
    pub responsible_user_id: i64,
    /// Stage.
    pub status_id: i64,
    /// Pipeline of the stage.
    pub pipeline_id: i64,
    /// Who made it; 0 = the integration's robot.
    pub created_by: i64,
    /// Who changed it last.
    pub updated_by: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub updated_at: i64,
    /// Unix seconds, when the stage is 142 or 143.
    pub closed_at: Option<i64>,
    /// Custom fields.
    pub fields: Fields,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Contacts, the main one marked.
    pub contacts: Vec<LeadContact>,
    /// Company.
    pub company_id: Option<i64>,
    /// Files of the drive, by uuid.
    pub files: Vec<String>,
    /// Products.
    pub catalog: Vec<CatalogLink>,
    /// When the search begins to find it.
    pub found_from: DateTime<Utc>,
}

impl Lead {
    /// First value of a text field, trimmed; `None` where it is empty.
    pub fn text(&self, field: i64) -> Option<String> {
        first_text(&self.fields, field)
    }

    /// Names of the tags.
    pub fn tag_names(&self) -> Vec<&str> {
        self.tags.iter().map(|tag| tag.name.as_str()).collect()
    }

    /// Id of the main contact.
    pub fn main_contact(&self) -> Option<i64> {
        self.contacts.iter().find(|contact| contact.is_main).map(|contact| contact.id)
    }
}

/// A contact, and in the same shape a company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Id in the account.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// First name; empty for companies.
    pub first_name: String,
    /// Last name; empty for companies.
    pub last_name: String,
    /// Who is responsible.
    pub responsible_user_id: i64,
    /// Who made it; 0 = the integration's robot.
    pub created_by: i64,
    /// Who changed it last.
    pub updated_by: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub updated_at: i64,
    /// Custom fields.
    pub fields: Fields,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Company of a contact.
    pub company_id: Option<i64>,
    /// When the search begins to find it.
    pub found_from: DateTime<Utc>,
}

impl Contact {
    /// All phones as written.
    pub fn phones(&self) -> Vec<String> {
        all_texts(&self.fields, crate::amocrm::FIELD_PHONE)
    }

    /// All e-mails as written.
    pub fn emails(&self) -> Vec<String> {
        all_texts(&self.fields, crate::amocrm::FIELD_EMAIL)
    }
}

/// A product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// Id in the account.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// Its fields: article, price.
    pub fields: Fields,
    /// Unix seconds.
    pub created_at: i64,
    /// When the search begins to find it.
    pub found_from: DateTime<Utc>,
}

/// A note in the feed of a lead, contact or company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Id in the account.
    pub id: i64,
    /// `leads`, `contacts` or `companies`.
    pub entity: String,
    /// Whose feed.
    pub entity_id: i64,
    /// `common`, `attachment`, …
    pub note_type: String,
    /// As sent.
    pub params: Value,
    /// Whether it wakes the digital pipeline, as a note does unless told not to.
    #[serde(default)]
    pub wakes_pipeline: bool,
    /// Who wrote it; 0 = the integration's robot.
    pub created_by: i64,
    /// Unix seconds.
    pub created_at: i64,
}

impl Note {
    /// Text of the note, empty where its type has none.
    pub fn text(&self) -> &str {
        self.params.get("text").and_then(Value::as_str).unwrap_or_default()
    }
}

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Id in the account.
    pub id: i64,
    /// What is to be done.
    pub text: String,
    /// Deadline, Unix seconds.
    pub complete_till: i64,
    /// 1 call, 2 meeting.
    pub task_type_id: i64,
    /// `leads`, `contacts`, `companies`, or nothing.
    pub entity_type: Option<String>,
    /// Id of that entity.
    pub entity_id: Option<i64>,
    /// Who does it.
    pub responsible_user_id: i64,
    /// Seconds.
    pub duration: i64,
    /// Whether it is done.
    pub is_completed: bool,
    /// What was said on completion.
    pub result: Option<String>,
    /// Who made it.
    pub created_by: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub updated_at: i64,
}

/// A file on the drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriveFile {
    /// Id of the file.
    pub uuid: String,
    /// Id of its version.
    pub version_uuid: String,
    /// Name as sent.
    pub name: String,
    /// MIME type as sent.
    pub content_type: String,
    /// Bytes.
    pub size: usize,
    /// Unix seconds.
    pub created_at: i64,
    /// Content; large ones are not kept over a restart.
    #[serde(with = "content")]
    pub content: Vec<u8>,
}

fn all_texts(fields: &Fields, field: i64) -> Vec<String> {
    let items = fields.get(&field).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.value.as_str()).map(str::to_owned).collect()
}

fn first_text(fields: &Fields, field: i64) -> Option<String> {
    let text = all_texts(fields, field).into_iter().next()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Content as base64; above 2 MiB it is dropped, so that saving stays quick.
mod content {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        let kept = if bytes.len() > 2 * 1024 * 1024 { &[] } else { bytes };
        out.serialize_str(&STANDARD.encode(kept))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}
