//! Reads sent leads and contacts, and complains the way the API does.

use serde_json::{Map, Value};

use crate::amocrm::account::Account;
use crate::amocrm::answer::FieldError;
use crate::amocrm::catalogue::{PIPELINE, STATUSES, USER_MANAGER, USER_SECOND, fields_of};
use crate::amocrm::fields::{self, FieldChanges};

/// A tag as it is named in a request.
#[derive(Clone, Debug)]
pub(crate) enum TagRef {
    Id(i64),
    Name(String),
}

/// What happens to the tags of an entity.
#[derive(Clone, Debug, Default)]
pub(crate) struct TagChanges {
    pub(crate) set: Option<Vec<TagRef>>,
    pub(crate) add: Vec<TagRef>,
    pub(crate) delete: Vec<TagRef>,
}

/// A lead to be made or changed; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeadDraft {
    pub(crate) name: Option<String>,
    pub(crate) price: Option<i64>,
    pub(crate) status_id: Option<i64>,
    pub(crate) responsible_user_id: Option<i64>,
    pub(crate) created_by: Option<i64>,
    pub(crate) updated_by: Option<i64>,
    pub(crate) created_at: Option<i64>,
    pub(crate) fields: FieldChanges,
    pub(crate) tags: TagChanges,
    pub(crate) contacts: Vec<(i64, bool)>,
    pub(crate) company: Option<i64>,
}

/// A contact or company to be made or changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct PersonDraft {
    pub(crate) name: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) responsible_user_id: Option<i64>,
    pub(crate) created_by: Option<i64>,
    pub(crate) updated_by: Option<i64>,
    pub(crate) created_at: Option<i64>,
    pub(crate) fields: FieldChanges,
    pub(crate) tags: TagChanges,
}

const LEAD_KEYS: &[&str] = &[
    "id",
    "name",
    "price",
    "status_id",
    "pipeline_id",
    "created_by",
    "updated_by",
    "closed_at",
    "created_at",
    "updated_at",
    "loss_reason_id",
    "responsible_user_id",
    "custom_fields_values",
    "tags_to_add",
    "tags_to_delete",
    "_embedded",
    "request_id",
    "price_with_minor_units",
];
const PERSON_KEYS: &[&str] = &[
    "id",
    "name",
    "first_name",
    "last_name",
    "created_by",
    "updated_by",
    "created_at",
    "updated_at",
    "responsible_user_id",
    "custom_fields_values",
    "tags_to_add",
    "tags_to_delete",
    "_embedded",
    "request_id",
];

/// Reads one item; the complaints gather in `errors`.
pub(crate) struct Reader<'a> {
    pub(crate) account: &'a Account,
    pub(crate) errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(account: &'a Account) -> Self {
        Self { account, errors: Vec::new() }
    }

    /// A lead; `embedded` lists what its `_embedded` may hold on this route.
    pub(crate) fn lead(&mut self, item: &Map<String, Value>, embedded: &[&str]) -> LeadDraft {
        self.known(item, LEAD_KEYS, "");
        let pipeline = self.int(item, "pipeline_id", "");
        if pipeline.is_some_and(|id| id != PIPELINE) {
            self.errors.push(FieldError::choice("pipeline_id"));
        }
        let status_id = self.int(item, "status_id", "");
        if status_id.is_some_and(|id| STATUSES.iter().all(|status| status.id != id)) {
            self.errors.push(FieldError::choice("status_id"));
        }
        let mut draft = LeadDraft {
            name: self.string(item, "name", ""),
            price: self.int(item, "price", ""),
            status_id,
            responsible_user_id: self.user(item, ""),
            created_by: self.int(item, "created_by", ""),
            updated_by: self.int(item, "updated_by", ""),
            created_at: self.int(item, "created_at", ""),
            fields: fields::read(fields_of("leads"), item, "", &mut self.errors),
            tags: self.tags(item),
            contacts: Vec::new(),
            company: None,
        };
        if let Some(Value::Object(inner)) = item.get("_embedded") {
            self.known(inner, embedded, "_embedded.");
            draft.contacts = self.linked(inner, "contacts");
            draft.company = self.linked(inner, "companies").first().map(|(id, _)| *id);
        }
        draft
    }

    /// A contact or company at `path` (`""` or `_embedded.contacts.0.`).
    pub(crate) fn person(
        &mut self,
        item: &Map<String, Value>,
        entity: &str,
        path: &str,
    ) -> PersonDraft {
        self.known(item, PERSON_KEYS, path);
        if let Some(Value::Object(inner)) = item.get("_embedded") {
            self.known(inner, &["tags"], &format!("{path}_embedded."));
        }
        PersonDraft {
            name: self.string(item, "name", path),
            first_name: self.string(item, "first_name", path),
            last_name: self.string(item, "last_name", path),
            responsible_user_id: self.user(item, path),
            created_by: self.int(item, "created_by", path),
            updated_by: self.int(item, "updated_by", path),
            created_at: self.int(item, "created_at", path),
            fields: fields::read(fields_of(entity), item, path, &mut self.errors),
            tags: self.tags(item),
        }
    }

    pub(crate) fn known(&mut self, item: &Map<String, Value>, keys: &[&str], path: &str) {
        let extra = item.keys().filter(|key| !keys.contains(&key.as_str()));
        self.errors.extend(extra.map(|key| FieldError::unexpected(format!("{path}{key}"))));
    }

    pub(crate) fn int(&mut self, item: &Map<String, Value>, key: &str, path: &str) -> Option<i64> {
        match item.get(key) {
            None | Some(Value::Null) => None,
            Some(value) => {
                if value.as_i64().is_none() {
                    self.errors.push(FieldError::kind(format!("{path}{key}"), "int"));
                }
                value.as_i64()
            }
        }
    }

    pub(crate) fn string(
        &mut self,
        item: &Map<String, Value>,
        key: &str,
        path: &str,
    ) -> Option<String> {
        match item.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.errors.push(FieldError::kind(format!("{path}{key}"), "string"));
                None
            }
        }
    }

    pub(crate) fn user(&mut self, item: &Map<String, Value>, path: &str) -> Option<i64> {
        let id = self.int(item, "responsible_user_id", path)?;
        if ![USER_MANAGER, USER_SECOND].contains(&id) {
            self.errors.push(FieldError::choice(format!("{path}responsible_user_id")));
        }
        Some(id)
    }

    fn tags(&mut self, item: &Map<String, Value>) -> TagChanges {
        let set = match item.get("_embedded").and_then(|inner| inner.get("tags")) {
            None => None,
            Some(Value::Null) => Some(Vec::new()),
            Some(list) => Some(tag_refs(Some(list))),
        };
        TagChanges {
            set,
            add: tag_refs(item.get("tags_to_add")),
            delete: tag_refs(item.get("tags_to_delete")),
        }
    }

    /// Ids of existing contacts or companies in `_embedded`, with their `is_main`.
    fn linked(&mut self, inner: &Map<String, Value>, kind: &str) -> Vec<(i64, bool)> {
        let Some(Value::Array(list)) = inner.get(kind) else {
            return Vec::new();
        };
        let known =
            if kind == "contacts" { &self.account.contacts } else { &self.account.companies };
        let mut found = Vec::new();
        for (index, item) in list.iter().enumerate() {
            let Some(id) = item.get("id").and_then(Value::as_i64) else {
                continue;
            };
            if known.contains_key(&id) {
                let main = item.get("is_main").and_then(Value::as_bool).unwrap_or(index == 0);
                found.push((id, main));
            } else {
                self.errors.push(FieldError::choice(format!("_embedded.{kind}.{index}.id")));
            }
        }
        found
    }
}

fn tag_refs(list: Option<&Value>) -> Vec<TagRef> {
    let list = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|tag| {
            let id = tag.get("id").and_then(Value::as_i64).map(TagRef::Id);
            id.or_else(|| Some(TagRef::Name(tag.get("name")?.as_str()?.to_owned())))
        })
        .collect()
}
