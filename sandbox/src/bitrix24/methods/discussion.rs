//! What is said about tasks. Since tasks 25.700.0 a comment is a message of the task's chat
//! (Bitrix24 REST, api-reference/tasks/tasks-new): it is still added by `task.commentitem.add`, and
//! read by `im.dialog.messages.get`.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, moment, ok};
use crate::bitrix24::change::{Change, Event};
use crate::bitrix24::methods::tasks::{absent, core};
use crate::bitrix24::params::Params;
use crate::bitrix24::portal::TaskComment;
use crate::bitrix24::values::{int, text};

/// The most messages that are told at once.
const MOST: i64 = 50;

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method {
        "task.commentitem.add" => add(change, params),
        "task.commentitem.getlist" => all(change, params),
        "im.dialog.messages.get" => messages(change, params),
        _ => return None,
    })
}

fn add(change: &mut Change<'_>, params: &Params) -> Outcome {
    let task = params.int("TASKID").filter(|id| change.portal.tasks.contains_key(id));
    let task = task.ok_or_else(absent)?;
    let fields = params.map("FIELDS").cloned().unwrap_or_default();
    let message = fields.get("POST_MESSAGE").map(text).unwrap_or_default();
    if message.is_empty() {
        return Err(core("Comment text not specified"));
    }
    let author = fields.get("AUTHOR_ID").and_then(int).unwrap_or(change.caller.user);
    ok(say(change, task, author, message))
}

/// Writes something about a task; its id.
pub(crate) fn say(change: &mut Change<'_>, task: i64, author: i64, text: String) -> i64 {
    let id = change.portal.next("message");
    let at = change.now;
    change.portal.task_comments.push(TaskComment { id, task, author, text, at });
    if let Some(task) = change.portal.tasks.get_mut(&task) {
        task.insert("ACTIVITY_DATE".to_owned(), moment(at).into());
    }
    let after = match change.portal.old {
        true => json!({"ID": id, "TASK_ID": task}),
        false => json!({"ID": 0, "TASK_ID": task, "MESSAGE_ID": id}),
    };
    let data = json!({"FIELDS_BEFORE": "undefined", "FIELDS_AFTER": after,
        "IS_ACCESSIBLE_BEFORE": "undefined", "IS_ACCESSIBLE_AFTER": "undefined"});
    change.events.push(Event { name: "ONTASKCOMMENTADD".to_owned(), data });
    id
}

/// The newest first; nothing of a task that has a chat.
fn all(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = params.int("TASKID").filter(|id| change.portal.tasks.contains_key(id));
    let id = id.ok_or_else(absent)?;
    let has_chat = change.portal.tasks[&id].contains_key("CHAT_ID");
    let said = change.portal.task_comments.iter().rev();
    let said = said.filter(|one| one.task == id && !has_chat);
    let shown = said.map(|one| {
        json!({"POST_MESSAGE_HTML": null, "ID": one.id.to_string(),
            "AUTHOR_ID": one.author.to_string(), "AUTHOR_NAME": "", "AUTHOR_EMAIL": "",
            "POST_DATE": moment(one.at), "POST_MESSAGE": one.text, "ATTACHED_OBJECTS": {}})
    });
    ok(shown.collect::<Value>())
}

/// The newest first.
fn messages(change: &mut Change<'_>, params: &Params) -> Outcome {
    let dialog = params.text("DIALOG_ID");
    let chat: Option<i64> = dialog.strip_prefix("chat").and_then(|id| id.parse().ok());
    let of_chat =
        change.portal.tasks.iter().find(|(_, task)| task.get("CHAT_ID").and_then(int) == chat);
    let task = of_chat.filter(|_| chat.is_some()).map(|(id, _)| *id);
    let most = params.int("LIMIT").unwrap_or(20).clamp(1, MOST);
    let said = change.portal.task_comments.iter().rev().filter(|one| Some(one.task) == task);
    let shown = said.take(usize::try_from(most).unwrap_or(20)).map(|one| {
        json!({"id": one.id, "chat_id": chat, "author_id": one.author, "date": moment(one.at),
            "text": one.text, "unread": false, "params": []})
    });
    let shown: Vec<Value> = shown.collect();
    ok(json!({"chat_id": chat, "messages": shown, "users": [], "files": []}))
}
