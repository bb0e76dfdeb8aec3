//! The calls about tasks and what is said in them, notifications, people: by the names of today, and
//! by those of before where a portal does not know these (Bitrix24 REST, api-reference/tasks).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::deals::items::{Item, whole};
use crate::crm::bitrix24::{BitrixCalls, CallError};
use crate::crm::fault::AccessFault;

/// «Completed» among the states of a task.
pub(super) const COMPLETED: i64 = 5;

/// «Waiting»: what an open task is put back to.
pub(super) const WAITING: i64 = 2;

/// The most of what was said that is told at once.
const SAID: usize = 50;

/// The client that tags of notifications belong to: a webhook has none of its own.
const CLIENT: &str = "mypark";

/// A task as the portal tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) id: i64,
    pub(super) is_completed: bool,
    /// Who completed it.
    pub(super) closed_by: Option<i64>,
    /// When, as the portal writes it.
    pub(super) closed_at: String,
    /// Its chat, where the portal keeps comments there (tasks 25.700.0 and later).
    chat: Option<i64>,
}

/// Something that was said in a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) id: i64,
    pub(super) author: i64,
    pub(super) text: String,
}

#[derive(Deserialize)]
struct OneTask {
    /// An empty list where there is none.
    task: Value,
}

#[derive(Deserialize)]
struct Tasks {
    #[serde(default)]
    tasks: Vec<Item>,
}

#[derive(Deserialize)]
struct Messages {
    #[serde(default)]
    messages: Vec<Item>,
}

/// What a right that the access lacks leaves undone; anything else stays an error.
pub(crate) fn permitted<T>(done: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match done {
        Err(CallError::NoAccess { fault: AccessFault::B24Scope }) => Ok(None),
        done => done.map(Some),
    }
}

/// Whether the portal does not know the method.
pub(in crate::crm::bitrix24) fn is_unknown(error: &CallError) -> bool {
    matches!(error, CallError::Rejected { code: Some(code), .. }
        if code.eq_ignore_ascii_case("ERROR_METHOD_NOT_FOUND"))
}

impl Task {
    fn read(task: &Item) -> Option<Task> {
        let number = |names: [&str; 2]| names.iter().find_map(|name| task.number(name));
        Some(Task {
            id: number(["id", "ID"])?,
            is_completed: number(["status", "REAL_STATUS"]) == Some(COMPLETED),
            closed_by: number(["closedBy", "CLOSED_BY"]),
            closed_at: task.text("closedDate").or(task.text("CLOSED_DATE")).unwrap_or_default(),
            chat: number(["chatId", "CHAT_ID"]),
        })
    }
}

impl BitrixCalls<'_> {
    /// A task; `None` where it was deleted.
    pub(super) async fn task(&self, id: i64) -> Result<Option<Task>, CallError> {
        let select = json!(["ID", "STATUS", "CLOSED_BY", "CLOSED_DATE", "CHAT_ID"]);
        let params = json!({ "taskId": id, "select": select });
        let told = match self.call::<OneTask>("tasks.task.get", &params).await {
            Err(error) if is_unknown(&error) => {
                self.call::<Value>("task.item.getdata", &json!({ "TASKID": id })).await
            }
            told => told.map(|one| one.task),
        };
        match told {
            Ok(task) => {
                let item = serde_json::from_value::<Item>(task).ok();
                Ok(item.as_ref().and_then(Task::read))
            }
            // One that is gone is refused with the same words as one that nobody may see.
            Err(CallError::Rejected { .. })
                if self.tasks(json!({ "ID": id })).await?.is_empty() =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The tasks that pass a filter, the first 50: id, title, when anything happened to them.
    async fn tasks(&self, filter: Value) -> Result<Vec<Item>, CallError> {
        let params = json!({
            "filter": filter,
            "order": { "ID": "asc" },
            "select": ["ID", "TITLE", "ACTIVITY_DATE", "CHANGED_DATE"],
        });
        match self.call::<Tasks>("tasks.task.list", &params).await {
            Err(error) if is_unknown(&error) => {
                // The order of the parameters is their meaning there.
                let params = json!({ "ORDER": { "ID": "asc" }, "FILTER": filter });
                self.call::<Vec<Item>>("task.item.list", &params).await
            }
            told => told.map(|told| told.tasks),
        }
    }

    /// The oldest task bound to an entity of CRM (`D_5`) whose title bears this number.
    pub(super) async fn find_task(
        &self,
        bound: &str,
        number: &str,
    ) -> Result<Option<i64>, CallError> {
        let found = self.tasks(json!({ "UF_CRM_TASK": bound })).await?;
        let title = |task: &Item| task.text("title").or(task.text("TITLE")).unwrap_or_default();
        let ours = found.iter().filter(|task| title(task).contains(number));
        Ok(ours.filter_map(id_of).min())
    }

    /// Which of these tasks something happened to at `since` (Unix seconds) or later.
    pub(super) async fn stirred(&self, ids: &[i64], since: i64) -> Result<Vec<i64>, CallError> {
        let mut stirred = Vec::new();
        for some in ids.chunks(SAID) {
            let found = self.tasks(json!({ "ID": some })).await?;
            let at = |task: &Item, name: &str| {
                let at = task.text(name)?;
                chrono::DateTime::parse_from_rfc3339(&at).ok().map(|at| at.timestamp())
            };
            let names = ["activityDate", "changedDate", "ACTIVITY_DATE", "CHANGED_DATE"];
            let late = |task: &&Item| {
                names.iter().filter_map(|name| at(task, name)).max().is_none_or(|at| at >= since)
            };
            stirred.extend(found.iter().filter(late).filter_map(id_of));
            // What is gone is news too.
            let gone = |id: &&i64| found.iter().all(|task| id_of(task) != Some(**id));
            stirred.extend(some.iter().filter(gone));
        }
        Ok(stirred)
    }

    /// Changes a task; the same may be done again.
    pub(super) async fn change_task(
        &self,
        id: i64,
        fields: &Map<String, Value>,
    ) -> Result<(), CallError> {
        let params = json!({ "taskId": id, "fields": fields });
        match self.call::<Value>("tasks.task.update", &params).await {
            Err(error) if is_unknown(&error) => {
                let params = json!({ "TASKID": id, "TASKDATA": fields });
                self.call::<Value>("task.item.update", &params).await.map(drop)
            }
            done => done.map(drop),
        }
    }

    /// What was said in a task, the oldest first.
    pub(super) async fn said_in(&self, task: &Task) -> Result<Vec<Said>, CallError> {
        let mut said: Vec<Said> = match task.chat {
            Some(chat) => {
                let params = json!({ "DIALOG_ID": format!("chat{chat}"), "LIMIT": SAID });
                let told: Messages = self.call("im.dialog.messages.get", &params).await?;
                told.messages
                    .iter()
                    .filter_map(|one| said(one, ["id", "author_id", "text"]))
                    .collect()
            }
            None => {
                let params = json!({ "TASKID": task.id, "ORDER": { "ID": "desc" } });
                let told: Vec<Item> = self.call("task.commentitem.getlist", &params).await?;
                let names = ["ID", "AUTHOR_ID", "POST_MESSAGE"];
                told.iter().filter_map(|one| said(one, names)).collect()
            }
        };
        said.sort_by_key(|one| one.id);
        Ok(said)
    }

    /// Says something in a task: a comment, which a newer portal puts into the task's chat.
    pub(super) async fn say_in(&self, task: i64, text: &str) -> Result<(), CallError> {
        let params = json!({ "TASKID": task, "FIELDS": { "POST_MESSAGE": text } });
        self.call::<Value>("task.commentitem.add", &params).await.map(drop)
    }

    /// Notifies a person; the same `tag` again takes the place of the one before.
    pub(super) async fn notify(&self, user: i64, text: &str, tag: &str) -> Result<(), CallError> {
        let mut params =
            json!({ "USER_ID": user, "MESSAGE": text, "TAG": tag, "CLIENT_ID": CLIENT });
        match self.call::<Value>("im.notify.system.add", &params).await {
            Err(error) if is_unknown(&error) => {
                params["TYPE"] = "SYSTEM".into();
                self.call::<Value>("im.notify", &params).await.map(drop)
            }
            done => done.map(drop),
        }
    }

    /// Everybody of the portal, also those who were dismissed.
    pub(crate) async fn everybody(&self) -> Result<Vec<Item>, CallError> {
        let mut all: Vec<Item> = Vec::new();
        loop {
            let params = json!({ "FILTER": { "USER_TYPE": "employee" }, "sort": "ID",
                "order": "ASC", "start": all.len() });
            let page: Vec<Item> = self.call("user.get", &params).await?;
            let last = page.len() < SAID;
            all.extend(page);
            if last {
                return Ok(all);
            }
        }
    }

    /// One person of the portal.
    pub(super) async fn user(&self, id: i64) -> Result<Option<Item>, CallError> {
        let found: Vec<Item> = self.call("user.get", &json!({ "ID": id })).await?;
        Ok(found.into_iter().find(|user| user.number("ID") == Some(id)))
    }

    /// Departments by their ids.
    pub(super) async fn departments(&self, ids: &[i64]) -> Result<Vec<Item>, CallError> {
        self.call("department.get", &json!({ "ID": ids })).await
    }
}

fn id_of(task: &Item) -> Option<i64> {
    task.number("id").or(task.number("ID"))
}

fn said(one: &Item, [id, author, text]: [&str; 3]) -> Option<Said> {
    let (id, author) = (one.number(id)?, one.number(author).unwrap_or_default());
    Some(Said { id, author, text: one.text(text).unwrap_or_default() })
}

/// A user's id as a number; what the domain keeps is text.
pub(super) fn user_id(user: &str) -> Option<i64> {
    whole(&Value::from(user))
}
