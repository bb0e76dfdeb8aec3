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
    let mut task = read(change, &given)?;
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
    for name in ["CREATED_DATE", "CHANGED_DATE"] {
        set(name, moment(change.now).into());
    }
    let shown = show(&task, false);
    change.portal.tasks.insert(id, task);
    let data = json!({"FIELDS_BEFORE": "undefined", "FIELDS_AFTER": {"ID": id},
        "IS_ACCESSIBLE_BEFORE": "N", "IS_ACCESSIBLE_AFTER": "undefined"});
    change.events.push(Event { name: "ONTASKADD".to_owned(), data });
    ok(json!({ "task": shown }))
}

fn update(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    let given = fields(params)?;
    let changes = read(change, &given)?;
    edit(change, id, changes)
}

fn set_status(change: &mut Change<'_>, params: &Params, status: i64) -> Outcome {
    let id = find(change, params)?;
    let mut changes = Record::from_iter([("STATUS".to_owned(), status.into())]);
    if status == 5 {
        changes.insert("CLOSED_DATE".to_owned(), moment(change.now).into());
    }
    edit(change, id, changes)
}

/// Writes changes into a task, which tells of them.
pub(crate) fn edit(change: &mut Change<'_>, id: i64, changes: Record) -> Outcome {
    let at = moment(change.now);
    let Some(task) = change.portal.tasks.get_mut(&id) else {
        return Err(absent());
    };
    task.extend(changes);
    task.insert("CHANGED_DATE".to_owned(), at.into());
    let shown = show(task, false);
    let data = json!({"FIELDS_BEFORE": {"ID": id}, "FIELDS_AFTER": {"ID": id},
        "IS_ACCESSIBLE_BEFORE": "undefined", "IS_ACCESSIBLE_AFTER": "undefined"});
    change.events.push(Event { name: "ONTASKUPDATE".to_owned(), data });
    ok(json!({ "task": shown }))
}

fn delete(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    change.portal.tasks.remove(&id);
    let data = json!({"FIELDS_BEFORE": {"ID": id}, "FIELDS_AFTER": "undefined",
        "IS_ACCESSIBLE_BEFORE": "undefined", "IS_ACCESSIBLE_AFTER": "N"});
    change.events.push(Event { name: "ONTASKDELETE".to_owned(), data });
    ok(json!({"task": true}))
}

fn get(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    let select = params.get("select").map(list).unwrap_or_default();
    let crm = select.iter().any(|one| text(one) == "UF_CRM_TASK");
    let task = change.portal.tasks.get(&id).map(|task| show(task, crm));
    ok(json!({ "task": task }))
}

fn all(change: &mut Change<'_>, params: &Params) -> Outcome {
    let filter = params.map("filter").cloned().unwrap_or_default();
    let select = params.get("select").map(list).unwrap_or_default();
    let crm = select.iter().any(|one| text(one) == "UF_CRM_TASK");
    let passes = |task: &&Record| {
        filter.iter().all(|(key, wanted)| {
            let (after, name) = match key.strip_prefix('>') {
                Some(name) => (true, name),
                None => (false, key.trim_start_matches(['=', '@'])),
            };
            let has = task.get(name).map(list).unwrap_or_default();
            if after {
                return has.first().and_then(int) > int(wanted);
            }
            list(wanted).iter().any(|one| has.iter().any(|has| text(has) == text(one)))
        })
    };
    let found: Vec<&Record> = change.portal.tasks.values().filter(passes).collect();
    let mut answer = page(found, params.start(), |task| show(task, crm));
    answer.result = json!({"tasks": answer.result});
    Ok(answer)
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

fn read(change: &Change<'_>, given: &Record) -> Result<Record, Refusal> {
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

fn absent() -> Refusal {
    core("Задача не найдена или недоступна")
}

/// The module puts a line break of HTML after its words.
fn core(said: &str) -> Refusal {
    Refusal::new("ERROR_CORE", format!("{said}<br>"))
}

/// `UF_CRM_TASK` only where it was asked for.
fn show(task: &Record, crm: bool) -> Value {
    let mut shown = Map::new();
    for (name, value) in task.iter().filter(|(name, _)| crm || *name != "UF_CRM_TASK") {
        let mut words = name.split('_');
        let mut called = words.next().unwrap_or_default().to_lowercase();
        for word in words {
            let word = word.to_lowercase();
            called.push_str(&word[..1].to_uppercase());
            called.push_str(&word[1..]);
        }
        let value = if value.is_number() { text(value).into() } else { value.clone() };
        shown.insert(called, value);
    }
    Value::Object(shown)
}
