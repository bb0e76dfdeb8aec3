//! One change of the portal with its rules, and what is to be told of it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::bitrix24::answer::{Refusal, moment};
use crate::bitrix24::core::Bitrix24Options;
use crate::bitrix24::portal::{Portal, Status, Step};
use crate::bitrix24::schema::{Field, Kind};
use crate::bitrix24::stages::{bind, category_of, stage_list};
use crate::bitrix24::values::{Record, int};

/// The way in which somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// By the incoming webhook.
    Webhook,
    /// With a token of the application.
    App,
    /// By hand, in the portal's own pages.
    Hand,
}

/// Who changes something.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user: i64,
    pub(crate) door: Door,
    /// `auth_connector`: whose offline events skip this change.
    pub(crate) connector: String,
}

/// What a handler may hear of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// `ONCRMDEALUPDATE`.
    pub(crate) name: String,
    /// What stands under `data`.
    pub(crate) data: Value,
}

/// A change that is under way.
pub(crate) struct Change<'a> {
    pub(crate) options: &'a Bitrix24Options,
    pub(crate) portal: &'a mut Portal,
    pub(crate) now: DateTime<Utc>,
    pub(crate) caller: Caller,
    pub(crate) events: Vec<Event>,
}

impl<'a> Change<'a> {
    pub(crate) fn new(
        options: &'a Bitrix24Options,
        portal: &'a mut Portal,
        now: DateTime<Utc>,
        caller: Caller,
    ) -> Self {
        Self { options, portal, now, caller, events: Vec::new() }
    }

    pub(crate) fn into_events(self) -> (Caller, Vec<Event>) {
        (self.caller, self.events)
    }

    pub(crate) fn base(&self) -> String {
        self.portal.moved_to.clone().unwrap_or_else(|| self.options.base_url.clone())
    }

    /// Notes an event with the id of its object alone.
    pub(crate) fn tell(&mut self, name: String, id: i64) {
        self.events.push(Event { name, data: json!({"FIELDS": {"ID": id}}) });
    }

    /// Makes an entity of fields that are already in their kept form.
    ///
    /// # Errors
    /// When a stage does not exist.
    pub(crate) fn create(&mut self, kind: Kind, mut record: Record) -> Result<i64, Refusal> {
        self.defaults(kind, &mut record);
        let stage = self.stage_of(kind, &record)?;
        let id = self.portal.next(kind.name());
        record.insert("ID".to_owned(), id.into());
        self.derive(kind, &mut record, stage.as_ref());
        self.portal.records.entry(kind).or_default().insert(id, record);
        if let Some(stage) = stage {
            self.write_step(kind, id, &stage, 1);
        }
        self.tell(format!("ONCRM{}ADD", kind.name().to_uppercase()), id);
        Ok(id)
    }

    /// Changes an entity; nothing is saved, and nobody told, where nothing differs.
    ///
    /// # Errors
    /// When a stage does not exist.
    pub(crate) fn edit(&mut self, kind: Kind, id: i64, changes: Record) -> Result<bool, Refusal> {
        let Some(before) = self.portal.record(kind, id).cloned() else {
            return Err(Refusal::plain("Not found"));
        };
        let mut after = before.clone();
        for (name, value) in changes {
            if value.is_null() {
                after.shift_remove(&name);
            } else {
                after.insert(name, value);
            }
        }
        bind(kind, &before, &mut after);
        if after == before {
            return Ok(false);
        }
        let category = after.get("CATEGORY_ID").and_then(int).unwrap_or_default();
        let moved_category =
            kind == Kind::Deal && after.get("CATEGORY_ID") != before.get("CATEGORY_ID");
        let stage_field = kind.stage_field().unwrap_or_default();
        if moved_category && after.get(stage_field) == before.get(stage_field) {
            let first = self
                .portal
                .list(&stage_list(kind, category))
                .first()
                .map(|one| one.status_id.clone());
            after.insert(stage_field.to_owned(), first.into());
        }
        let stage = self.stage_of(kind, &after)?;
        let moved = after.get(stage_field) != before.get(stage_field);
        let at = moment(self.now);
        after.insert("DATE_MODIFY".to_owned(), at.clone().into());
        after.insert("MODIFY_BY_ID".to_owned(), self.caller.user.into());
        if moved {
            after.insert("MOVED_TIME".to_owned(), at.into());
            after.insert("MOVED_BY_ID".to_owned(), self.caller.user.into());
        }
        self.derive(kind, &mut after, stage.as_ref());
        self.portal.records.entry(kind).or_default().insert(id, after);
        if let Some(stage) = stage.filter(|_| moved) {
            let step = if moved_category {
                5
            } else if stage.semantics.is_empty() {
                2
            } else {
                3
            };
            self.write_step(kind, id, &stage, step);
            if moved_category {
                let data = json!({"FIELDS": {"ID": id, "CATEGORY_ID": category, "STAGE_ID": stage.status_id}});
                self.events.push(Event { name: "ONCRMDEALMOVETOCATEGORY".to_owned(), data });
                return Ok(true);
            }
        }
        self.tell(format!("ONCRM{}UPDATE", kind.name().to_uppercase()), id);
        Ok(true)
    }

    /// Takes an entity away, with what hangs on it. False where it does not exist.
    pub(crate) fn delete(&mut self, kind: Kind, id: i64) -> bool {
        let gone = self.portal.records.entry(kind).or_default().remove(&id).is_some();
        if gone {
            self.portal.comments.retain(|_, one| one.owner != (kind, id));
            self.portal.rows.remove(&format!("{}{id}", kind.short()));
            self.tell(format!("ONCRM{}DELETE", kind.name().to_uppercase()), id);
        }
        gone
    }

    fn defaults(&mut self, kind: Kind, record: &mut Record) {
        let at = moment(self.now);
        let user = self.caller.user;
        let mut set = |name: &str, value: Value| {
            if record.get(name).is_none_or(Value::is_null) {
                record.insert(name.to_owned(), value);
            }
        };
        set("DATE_CREATE", at.clone().into());
        set("DATE_MODIFY", at.clone().into());
        set("CREATED_BY_ID", user.into());
        set("MODIFY_BY_ID", user.into());
        set("ASSIGNED_BY_ID", user.into());
        set("OPENED", "Y".into());
        if kind == Kind::Deal {
            set("CATEGORY_ID", 0.into());
            set("BEGINDATE", at.clone().into());
            set("CLOSEDATE", moment(self.now + TimeDelta::days(7)).into());
            set("CLOSED", "N".into());
        }
        if let Some(field) = kind.stage_field() {
            set("CURRENCY_ID", "RUB".into());
            set("IS_MANUAL_OPPORTUNITY", "N".into());
            set("OPPORTUNITY", json!(0.0));
            set("MOVED_TIME", at.into());
            set("MOVED_BY_ID", user.into());
            let category = record.get("CATEGORY_ID").and_then(int).unwrap_or_default();
            let first = self.portal.list(&stage_list(kind, category));
            let first = first.first().map(|one| Value::from(one.status_id.clone()));
            if record.get(field).is_none_or(Value::is_null) {
                record.insert(field.to_owned(), first.unwrap_or_default());
            }
        }
        let untitled = record.get("TITLE").is_none_or(|title| title.as_str() == Some(""));
        if untitled && kind != Kind::Contact {
            let next = self.portal.last.get(kind.name()).copied().unwrap_or_default() + 1;
            let title = match kind {
                Kind::Lead => format!("Лид #{next}"),
                Kind::Company => format!("Компания #{next}"),
                _ => format!("Сделка #{next}"),
            };
            record.insert("TITLE".to_owned(), title.into());
        }
        bind(kind, &Record::new(), record);
    }

    /// The stage that a record stands in.
    fn stage_of(&self, kind: Kind, record: &Record) -> Result<Option<Status>, Refusal> {
        let Some(field) = kind.stage_field() else {
            return Ok(None);
        };
        let category = record.get("CATEGORY_ID").and_then(int).unwrap_or_default();
        let stage = record.get(field).and_then(Value::as_str).unwrap_or_default();
        let found = self.portal.status(&stage_list(kind, category), stage);
        let wrong = || {
            Refusal::new("CRM_FIELD_ERROR_VALUE_NOT_VALID", "Invalid value for field \"stageId\"")
        };
        found.cloned().map(Some).ok_or_else(wrong)
    }

    /// What follows from the rest of a record.
    fn derive(&self, kind: Kind, record: &mut Record, stage: Option<&Status>) {
        if let Some(stage) = stage {
            let semantics = if stage.semantics.is_empty() { "P" } else { &stage.semantics };
            let field = if kind == Kind::Lead { "STATUS_SEMANTIC_ID" } else { "STAGE_SEMANTIC_ID" };
            record.insert(field.to_owned(), semantics.into());
            let closed = !stage.semantics.is_empty();
            if kind == Kind::Deal {
                record.insert("CLOSED".to_owned(), if closed { "Y" } else { "N" }.into());
            } else if closed && !record.contains_key("DATE_CLOSED") {
                record.insert("DATE_CLOSED".to_owned(), moment(self.now).into());
            }
        }
        if kind.has_multifields() {
            for (flag, field) in [("HAS_PHONE", "PHONE"), ("HAS_EMAIL", "EMAIL")] {
                let some =
                    record.get(field).and_then(Value::as_array).is_some_and(|all| !all.is_empty());
                record.insert(flag.to_owned(), if some { "Y" } else { "N" }.into());
            }
        }
    }

    fn write_step(&mut self, kind: Kind, id: i64, stage: &Status, type_id: i64) {
        let step = Step {
            id: self.portal.next("step"),
            owner: (kind, id),
            type_id,
            stage: stage.status_id.clone(),
            semantics: if stage.semantics.is_empty() {
                "P".to_owned()
            } else {
                stage.semantics.clone()
            },
            category: category_of(&stage.list),
            at: self.now,
        };
        self.portal.history.push(step);
    }

    /// The field of this name, built in or a user's.
    pub(crate) fn field(&self, kind: Kind, name: &str) -> Option<Field> {
        self.portal.fields(kind).into_iter().find(|field| field.name == name)
    }
}
