//! `tasks.task.*`: camelCase, numbers as strings.

use serde_json::{Map, Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, moment, ok};
use crate::bitrix24::change::{Change, Event};
use crate::bitrix24::params::Params;
use crate::bitrix24::select::page;
use crate::bitrix24::values::{Record, int, list, text, time};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method.strip_prefix("tasks.task.")? {
        "add" => add(change, params),
        "get" => get(change, params),
        "update" => update(change, params),
        "delete" => delete(change, params),
        "list" => all(change, params),
        "complete" => set_status(change, params, 5),
        "start" => set_status(change, params, 3),
        "renew" => set_status(change, params, 2),
        "files.attach" => attach(change, params),
        _ => return None,
    })
}

/// «Completed».
pub(crate) const COMPLETED: i64 = 5;

/// What may be written, beside the fields of files and of CRM.
const FIELDS: &[&str] = &[
    "TITLE",
    "DESCRIPTION",
    "DEADLINE",
    "START_DATE_PLAN",
    "END_DATE_PLAN",
    "PRIORITY",
    "RESPONSIBLE_ID",
    "CREATED_BY",
    "GROUP_ID",
    "PARENT_ID",
    "STATUS",
    "ACCOMPLICES",
    "AUDITORS",
    "TAGS",
    "ALLOW_CHANGE_DEADLINE",
    "TASK_CONTROL",
    "STAGE_ID",
    "XML_ID",
    "UF_CRM_TASK",
    "UF_TASK_WEBDAV_FILES",
];

fn add(change: &mut Change<'_>, params: &Params) -> Outcome {
    let given = fields(params)?;
    let (_, shown) = make(change, &given)?;
    ok(json!({ "task": shown }))
}

/// Makes a task, and tells of it; its id and how it is shown.
pub(super) fn make(change: &mut Change<'_>, given: &Record) -> Result<(i64, Value), Refusal> {
    let mut task = read(change, given)?;
    if task.get("TITLE").map(text).unwrap_or_default().is_empty() {
        return Err(core("Task title is not specified"));
    }
    let responsible = task.get("RESPONSIBLE_ID").and_then(int);
    if responsible.is_none() {
        return Err(core("Responsible is not specified"));
    }
    let id = change.portal.next("task");
    let mut set = |name: &str, value: Value| {
        if !task.contains_key(name) {
            task.insert(name.to_owned(), value);
        }
    };
    set("ID", id.into());
    set("CREATED_BY", change.caller.user.into());
    set("STATUS", 2.into());
    set("PRIORITY", 1.into());
    set("CLOSED_BY", 0.into());
    for name in ["CREATED_DATE", "CHANGED_DATE", "ACTIVITY_DATE"] {
        set(name, moment(change.now).into());
    }
    if !change.portal.old {
        task.insert("CHAT_ID".to_owned(), change.portal.next("chat").into());
    }
    let shown = show(&task, &[]);
    change.portal.tasks.insert(id, task);
    let data = json!({"FIELDS_BEFORE": "undefined", "FIELDS_AFTER": {"ID": id},
        "IS_ACCESSIBLE_BEFORE": "N", "IS_ACCESSIBLE_AFTER": "undefined"});
    change.events.push(Event { name: "ONTASKADD".to_owned(), data });
    Ok((id, shown))
}

fn update(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    let given = fields(params)?;
    let changes = read(change, &given)?;
    edit(change, id, changes)
}

fn set_status(change: &mut Change<'_>, params: &Params, status: i64) -> Outcome {
    let id = find(change, params)?;
    edit(change, id, Record::from_iter([("STATUS".to_owned(), status.into())]))
}

/// Writes changes into a task, which tells of them.
pub(crate) fn edit(change: &mut Change<'_>, id: i64, changes: Record) -> Outcome {
    let (at, user) = (moment(change.now), change.caller.user);
    let Some(task) = change.portal.tasks.get_mut(&id) else {
        return Err(absent());
    };
    let before = task.get("STATUS").and_then(int);
    task.extend(changes);
    let status = task.get("STATUS").and_then(int);
    if status != before {
        task.insert("STATUS_CHANGED_BY".to_owned(), user.into());
        let (by, closed) = match status {
            Some(COMPLETED) => (user, at.clone().into()),
            _ => (0, Value::Null),
        };
        task.insert("CLOSED_BY".to_owned(), by.into());
        task.insert("CLOSED_DATE".to_owned(), closed);
    }
    task.insert("CHANGED_BY".to_owned(), user.into());
    for name in ["CHANGED_DATE", "ACTIVITY_DATE"] {
        task.insert(name.to_owned(), at.clone().into());
    }
    let shown = show(task, &[]);
    let data = json!({"FIELDS_BEFORE": {"ID": id}, "FIELDS_AFTER": {"ID": id},
        "IS_ACCESSIBLE_BEFORE": "undefined", "IS_ACCESSIBLE_AFTER": "undefined"});
    change.events.push(Event { name: "ONTASKUPDATE".to_owned(), data });
    ok(json!({ "task": shown }))
}

fn delete(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    remove(change, id)
}

/// Takes a task away with what was said about it, and tells of it.
pub(crate) fn remove(change: &mut Change<'_>, id: i64) -> Outcome {
    change.portal.tasks.remove(&id);
    change.portal.task_comments.retain(|one| one.task != id);
    let data = json!({"FIELDS_BEFORE": {"ID": id}, "FIELDS_AFTER": "undefined",
        "IS_ACCESSIBLE_BEFORE": "undefined", "IS_ACCESSIBLE_AFTER": "N"});
    change.events.push(Event { name: "ONTASKDELETE".to_owned(), data });
    ok(json!({"task": true}))
}

fn get(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    let asked = asked(params);
    let task = change.portal.tasks.get(&id).map(|task| show(task, &asked));
    ok(json!({ "task": task }))
}

fn all(change: &mut Change<'_>, params: &Params) -> Outcome {
    let filter = params.map("filter").cloned().unwrap_or_default();
    let asked = asked(params);
    let mut answer = page(select(change, &filter), params.start(), |task| show(task, &asked));
    answer.result = json!({"tasks": answer.result});
    Ok(answer)
}

/// The tasks that pass a filter.
pub(super) fn select<'a>(change: &'a Change<'_>, filter: &Record) -> Vec<&'a Record> {
    let passes = |task: &&Record| {
        filter.iter().all(|(key, wanted)| {
            let has = |name: &str| task.get(name).map(list).unwrap_or_default();
            if let Some(name) = key.strip_prefix(">=") {
                // Moments: all are shown in one zone.
                return has(name).first().and_then(time) >= time(wanted);
            }
            if let Some(name) = key.strip_prefix('>') {
                return has(name).first().and_then(int) > int(wanted);
            }
            let has = has(key.trim_start_matches(['=', '@']));
            list(wanted).iter().any(|one| has.iter().any(|has| text(has) == text(one)))
        })
    };
    change.portal.tasks.values().filter(passes).collect()
}

/// The fields that are told only to whoever asks.
fn asked(params: &Params) -> Vec<String> {
    params.get("select").map(list).unwrap_or_default().iter().map(text).collect()
}

/// Files of the Drive by their object ids.
fn attach(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    let file = params.int("fileId").filter(|file| change.portal.disk.contains_key(file));
    let file = file.ok_or_else(|| core("File not found"))?;
    let before = change.portal.tasks.get(&id).and_then(|task| task.get("UF_TASK_WEBDAV_FILES"));
    let mut files = before.map(list).unwrap_or_default();
    files.push(format!("n{file}").into());
    let changes = Record::from_iter([("UF_TASK_WEBDAV_FILES".to_owned(), files.into())]);
    edit(change, id, changes)?;
    ok(json!({"attachmentId": file}))
}

fn fields(params: &Params) -> Result<Record, Refusal> {
    params.map("fields").cloned().ok_or_else(|| Refusal::missing("fields"))
}

pub(super) fn read(change: &Change<'_>, given: &Record) -> Result<Record, Refusal> {
    let mut task = Record::new();
    for (name, value) in given.iter().filter(|(name, _)| FIELDS.contains(&name.as_str())) {
        let kept = match name.as_str() {
            "RESPONSIBLE_ID" | "CREATED_BY" => {
                let id = int(value).unwrap_or_default();
                if change.portal.users.iter().all(|user| user.id != id) {
                    return Err(core(&format!("Пользователь с идентификатором {id} не найден")));
                }
                id.into()
            }
            "PRIORITY" | "STATUS" | "GROUP_ID" | "PARENT_ID" | "STAGE_ID" => {
                int(value).map_or(Value::Null, Value::from)
            }
            "DEADLINE" | "START_DATE_PLAN" | "END_DATE_PLAN" => {
                time(value).map_or(Value::Null, |at| moment(at).into())
            }
            "UF_CRM_TASK" | "UF_TASK_WEBDAV_FILES" | "ACCOMPLICES" | "AUDITORS" | "TAGS" => {
                list(value).into()
            }
            _ => text(value).into(),
        };
        task.insert(name.clone(), kept);
    }
    Ok(task)
}

fn find(change: &Change<'_>, params: &Params) -> Result<i64, Refusal> {
    let id = params.int("taskId").ok_or_else(|| Refusal::missing("taskId"))?;
    change.portal.tasks.contains_key(&id).then_some(id).ok_or_else(absent)
}

pub(crate) fn absent() -> Refusal {
    core("Задача не найдена или недоступна")
}

/// The module puts a line break of HTML after its words.
pub(super) fn core(said: &str) -> Refusal {
    Refusal::new("ERROR_CORE", format!("{said}<br>"))
}

/// What is bound to it and its chat only where they were asked for.
fn show(task: &Record, asked: &[String]) -> Value {
    let mut shown = Map::new();
    let hidden = |name: &str| ["UF_CRM_TASK", "CHAT_ID"].contains(&name);
    let told = |name: &str| !hidden(name) || asked.iter().any(|one| one == name);
    for (name, value) in task.iter().filter(|(name, _)| told(name)) {
        let mut words = name.split('_');
        let mut called = words.next().unwrap_or_default().to_lowercase();
        for word in words {
            let word = word.to_lowercase();
            called.push_str(&word[..1].to_uppercase());
            called.push_str(&word[1..]);
        }
        let plain = !value.is_number() || name == "CHAT_ID";
        let value = if plain { value.clone() } else { text(value).into() };
        shown.insert(called, value);
    }
    Value::Object(shown)
}
