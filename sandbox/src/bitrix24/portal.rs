//! Everything that a portal holds.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::bitrix24::goods::Goods;
use crate::bitrix24::people::{Department, User};
use crate::bitrix24::schema::{Field, Kind};
use crate::bitrix24::values::Record;

/// A file anywhere in the portal: a field, a comment, the Drive, a product's picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// Id of the file.
    pub id: i64,
    /// Name as it was sent.
    pub name: String,
    /// Its bytes.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub content: Vec<u8>,
}

fn to_base64<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'a, D: Deserializer<'a>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}

/// A comment in a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Id in the portal.
    pub id: i64,
    /// Whose timeline.
    pub owner: (Kind, i64),
    /// BB-code.
    pub text: String,
    /// Ids of its files.
    pub files: Vec<i64>,
    /// Who wrote it.
    pub author: i64,
    /// When.
    pub at: DateTime<Utc>,
}

/// A stage or another entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) id: i64,
    /// `DEAL_STAGE_1`.
    pub(crate) list: String,
    /// `C1:NEW`.
    pub(crate) status_id: String,
    pub(crate) name: String,
    pub(crate) sort: i64,
    pub(crate) color: String,
    /// Empty, `S` or `F`.
    pub(crate) semantics: String,
    pub(crate) system: bool,
}

/// A pipeline of deals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Category {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) sort: i64,
}

/// What somebody wrote about a task: in its chat, or as a comment where the portal is old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskComment {
    /// Id of the message or the comment.
    pub id: i64,
    /// Which task.
    pub task: i64,
    /// Who wrote it.
    pub author: i64,
    /// BB-code.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A step of a deal or lead through its stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) id: i64,
    pub(crate) owner: (Kind, i64),
    /// 1 made, 2 on the way, 3 closed, 5 another pipeline.
    pub(crate) type_id: i64,
    pub(crate) stage: String,
    pub(crate) semantics: String,
    pub(crate) category: i64,
    pub(crate) at: DateTime<Utc>,
}

/// A folder of the Drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Folder {
    pub(crate) id: i64,
    pub(crate) parent: i64,
    pub(crate) name: String,
}

/// A file's place on the Drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskFile {
    /// Id of the object; `n{id}` on a task.
    pub id: i64,
    /// Folder.
    pub folder: i64,
    /// The file itself.
    pub file: StoredFile,
    /// When it was put there.
    pub at: DateTime<Utc>,
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Id in the portal.
    pub id: i64,
    /// To whom.
    pub user: i64,
    /// BB-code.
    pub message: String,
    /// The tag that replaces an older one; empty = none.
    pub tag: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Somebody who hears of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handler {
    /// Id in the portal.
    pub id: i64,
    /// `ONCRMDEALUPDATE`.
    pub event: String,
    /// Where to; empty for offline events.
    pub url: String,
    /// Whose tokens come with it; 0 = of whoever did it.
    pub auth_type: i64,
    /// Queued for `event.offline.get` instead of sent.
    pub offline: bool,
    /// Whose own changes are not queued.
    pub connector: String,
    /// The token of a webhook that was made by hand; `None` = the application's.
    pub webhook_token: Option<String>,
}

/// One event on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDelivery {
    /// Order of sending.
    pub id: i64,
    /// `ONCRMDEALUPDATE`.
    pub event: String,
    /// Where to.
    pub destination: String,
    /// Form body as sent.
    pub body: String,
    /// What the handler answered: 0 for no connection, 499 for no answer in time, `None` on its way.
    pub status: Option<u16>,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// A row of the queue of offline events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfflineRow {
    pub(crate) id: i64,
    pub(crate) event: String,
    pub(crate) data: Value,
    pub(crate) connector: String,
    pub(crate) process: Option<String>,
    pub(crate) at: DateTime<Utc>,
}

/// A token, or a code that waits for its exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) secret: String,
    pub(crate) user: i64,
    pub(crate) until: DateTime<Utc>,
    pub(crate) used: bool,
}

/// Everything that is kept between runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Portal {
    /// The last id of each kind of thing: deals and leads count on their own.
    pub(crate) last: BTreeMap<String, i64>,
    pub(crate) records: BTreeMap<Kind, BTreeMap<i64, Record>>,
    /// Product rows by `D5`.
    pub(crate) rows: BTreeMap<String, Vec<Record>>,
    pub(crate) files: BTreeMap<i64, StoredFile>,
    pub(crate) comments: BTreeMap<i64, Comment>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) categories: Vec<Category>,
    pub(crate) users: Vec<User>,
    pub(crate) departments: Vec<Department>,
    pub(crate) user_fields: BTreeMap<Kind, Vec<Field>>,
    pub(crate) history: Vec<Step>,
    pub(crate) folders: BTreeMap<i64, Folder>,
    pub(crate) disk: BTreeMap<i64, DiskFile>,
    /// Folder of an upload that was announced, by its token.
    pub(crate) uploads: BTreeMap<String, i64>,
    pub(crate) tasks: BTreeMap<i64, Record>,
    pub(crate) task_comments: Vec<TaskComment>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) goods: Goods,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) deliveries: Vec<EventDelivery>,
    pub(crate) offline: Vec<OfflineRow>,
    pub(crate) codes: Vec<Grant>,
    pub(crate) access: Vec<Grant>,
    pub(crate) refresh: Vec<Grant>,
    pub(crate) installed: bool,
    /// The base address where the portal stands now, if it moved.
    pub(crate) moved_to: Option<String>,
    /// A portal of before the new task card: old names of methods, comments instead of chats.
    pub(crate) old: bool,
    /// A portal without leads.
    pub(crate) simple: bool,
    /// Seconds that each method has used of its ten minutes.
    pub(crate) operating: BTreeMap<String, f64>,
}

impl Portal {
    /// The next id of a kind of thing.
    pub(crate) fn next(&mut self, of: &str) -> i64 {
        let last = self.last.entry(of.to_owned()).or_default();
        *last += 1;
        *last
    }

    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = (&i64, &Record)> {
        self.records.get(&kind).into_iter().flatten()
    }

    pub(crate) fn record(&self, kind: Kind, id: i64) -> Option<&Record> {
        self.records.get(&kind)?.get(&id)
    }

    /// Fields of a kind: built in, then the users' own.
    pub(crate) fn fields(&self, kind: Kind) -> Vec<Field> {
        let own = self.user_fields.get(&kind).cloned().unwrap_or_default();
        crate::bitrix24::schema::built_in(kind).into_iter().chain(own).collect()
    }

    pub(crate) fn status(&self, list: &str, status_id: &str) -> Option<&Status> {
        self.statuses.iter().find(|one| one.list == list && one.status_id == status_id)
    }

    /// Entries of a list in their order.
    pub(crate) fn list(&self, list: &str) -> Vec<&Status> {
        let mut found: Vec<&Status> = self.statuses.iter().filter(|one| one.list == list).collect();
        found.sort_by_key(|one| one.sort);
        found
    }

    pub(crate) fn keep_file(&mut self, name: &str, content: Vec<u8>) -> i64 {
        let id = self.next("file");
        self.files.insert(id, StoredFile { id, name: name.to_owned(), content });
        id
    }
}
