//! Everything the account holds, and what goes in and out of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::amocrm::data::{Contact, DriveFile, Element, Lead, Note, Task};

/// A change in the account's journal: of the stage, or of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StageEvent {
    pub(crate) id: i64,
    pub(crate) lead: i64,
    pub(crate) by: i64,
    pub(crate) at: i64,
    pub(crate) before: i64,
    pub(crate) after: i64,
    /// The field, where it was not the stage.
    #[serde(default)]
    pub(crate) field: Option<i64>,
}

impl StageEvent {
    /// Its type in the journal.
    pub(crate) fn kind(&self) -> String {
        match self.field {
            Some(field) => format!("custom_field_{field}_value_changed"),
            None => "lead_status_changed".to_owned(),
        }
    }
}

/// A webhook that somebody subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Id in the account.
    pub id: i64,
    /// Where the form bodies go.
    pub destination: String,
    /// `status_lead`, `update_contact`, …
    pub settings: Vec<String>,
    /// Order of the list.
    pub sort: i64,
    /// Switched off after too many failures.
    pub disabled: bool,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub updated_at: i64,
}

/// One webhook on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookDelivery {
    /// Order of sending.
    pub id: i64,
    /// `status_lead`, `update_contact`, …
    pub event: String,
    /// Where to.
    pub destination: String,
    /// Form body as sent.
    pub body: String,
    /// One entry per attempt: HTTP code, 0 for no connection, 499 for no answer within 2 s.
    pub attempts: Vec<u16>,
    /// Unix seconds of the last attempt.
    pub last_at: i64,
    /// Answered with 100–299.
    pub delivered: bool,
}

/// One call that reached the fake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// HTTP method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Code of the answer; `None` while it works, hangs, or was dropped without an answer.
    pub status: Option<u16>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// A pair of tokens, or a code that waits for its exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) secret: String,
    pub(crate) issued_at: i64,
    pub(crate) used: bool,
}

/// An integration that a button made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Integration {
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
}

/// Everything the account holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Account {
    pub(crate) last_id: i64,
    pub(crate) leads: BTreeMap<i64, Lead>,
    pub(crate) contacts: BTreeMap<i64, Contact>,
    pub(crate) companies: BTreeMap<i64, Contact>,
    pub(crate) notes: Vec<Note>,
    pub(crate) tasks: BTreeMap<i64, Task>,
    pub(crate) files: BTreeMap<String, DriveFile>,
    pub(crate) products: bool,
    pub(crate) elements: BTreeMap<i64, Element>,
    pub(crate) duplicate_control: bool,
    pub(crate) events: Vec<StageEvent>,
    pub(crate) hooks: Vec<Subscription>,
    pub(crate) deliveries: Vec<HookDelivery>,
    pub(crate) codes: Vec<Grant>,
    pub(crate) access: Vec<Grant>,
    pub(crate) refresh: Vec<Grant>,
    pub(crate) revoked: bool,
    /// Integrations that a button made, by id.
    pub(crate) integrations: BTreeMap<String, Integration>,
    /// The host where the account stands now, if it moved.
    pub(crate) moved_to: Option<String>,
    #[serde(skip)]
    pub(crate) sessions: BTreeMap<String, Upload>,
}

/// A file that is being uploaded.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) size: usize,
    pub(crate) part: u32,
    pub(crate) content: Vec<u8>,
}
