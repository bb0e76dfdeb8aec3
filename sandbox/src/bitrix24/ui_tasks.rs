//! What the page of tasks in the browser calls: tasks with what was said about them, notifications.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::portal::Portal;
use crate::bitrix24::values::{Record, int, list, text, time};

/// The page's own part of the service.
pub(crate) fn router() -> Router<Bitrix24> {
    Router::new().route("/tasks", get(tasks)).route("/tasks/{id}/{act}", post(act))
}

#[derive(Deserialize)]
struct Act {
    /// Who does it.
    user: i64,
    /// What they write, where they do.
    #[serde(default)]
    text: String,
}

async fn tasks(State(bitrix): State<Bitrix24>) -> Json<Value> {
    let portal = bitrix.portal();
    let people = portal.users.iter().filter(|user| user.active);
    let people = people.map(|user| json!({"id": user.id, "name": name(&portal, user.id)}));
    let tasks = portal.tasks.iter().rev().map(|(id, task)| shown(&portal, *id, task));
    let notices = portal.notices.iter().rev().take(50).map(|notice| {
        json!({"id": notice.id, "to": name(&portal, notice.user), "text": notice.message,
            "at": notice.at.timestamp()})
    });
    Json(json!({"people": people.collect::<Vec<_>>(), "tasks": tasks.collect::<Vec<_>>(),
        "notices": notices.collect::<Vec<_>>()}))
}

fn shown(portal: &Portal, id: i64, task: &Record) -> Value {
    let said = |name: &str| task.get(name).map(text).unwrap_or_default();
    let person = |name: &str| task.get(name).and_then(int).unwrap_or_default();
    let others = task.get("ACCOMPLICES").map(list).unwrap_or_default();
    let others = others.iter().filter_map(int).map(|user| self::name(portal, user));
    let comments = portal.task_comments.iter().filter(|one| one.task == id).map(|one| {
        json!({"id": one.id, "who": name(portal, one.author), "text": one.text,
            "at": one.at.timestamp()})
    });
    json!({
        "id": id,
        "title": said("TITLE"),
        "text": said("DESCRIPTION"),
        "done": person("STATUS") == 5,
        "responsible": {"id": person("RESPONSIBLE_ID"), "name": name(portal, person("RESPONSIBLE_ID"))},
        "others": others.collect::<Vec<_>>(),
        "till": task.get("DEADLINE").and_then(time).map(|at| at.timestamp()),
        "about": task.get("UF_CRM_TASK"),
        "comments": comments.collect::<Vec<_>>(),
    })
}

fn name(portal: &Portal, user: i64) -> String {
    let user = portal.users.iter().find(|one| one.id == user);
    user.map(|one| format!("{} {}", one.name, one.last_name)).unwrap_or_default()
}

/// `complete`, `renew`, `comment`, `delete`.
async fn act(
    State(bitrix): State<Bitrix24>,
    Path((id, act)): Path<(i64, String)>,
    Json(Act { user, text }): Json<Act>,
) -> StatusCode {
    let done = match act.as_str() {
        "complete" => bitrix.complete_task(id, user),
        "renew" => bitrix.renew_task(id, user),
        "comment" if !text.trim().is_empty() => bitrix.comment_task(id, user, text.trim()),
        "delete" => bitrix.delete_task(id, user),
        _ => false,
    };
    if done { StatusCode::NO_CONTENT } else { StatusCode::UNPROCESSABLE_ENTITY }
}
