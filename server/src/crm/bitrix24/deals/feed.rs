//! The calls about timelines and tasks.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::approvals::tasks::is_unknown;
use crate::crm::bitrix24::deals::compose::{plain, unplain};
use crate::crm::bitrix24::deals::items::{Kind, whole};
use crate::crm::bitrix24::{BitrixCalls, CallError};

/// «Completed» among the states of a task.
const COMPLETED: &str = "5";

#[derive(Deserialize)]
struct Tasks {
    #[serde(default)]
    tasks: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
struct OneTask {
    task: Map<String, Value>,
}

impl BitrixCalls<'_> {
    /// The newest comments in a timeline with their ids.
    pub(super) async fn comments(
        &self,
        (kind, id): (Kind, i64),
    ) -> Result<Vec<(i64, String)>, CallError> {
        let params = json!({
            "filter": { "ENTITY_ID": id, "ENTITY_TYPE": kind.name() },
            "order": { "ID": "DESC" },
            "select": ["ID", "COMMENT"],
        });
        let rows: Vec<Map<String, Value>> = self.call("crm.timeline.comment.list", &params).await?;
        let comment = |row: &Map<String, Value>| {
            let text = row.get("COMMENT").and_then(Value::as_str).unwrap_or_default();
            Some((whole(row.get("ID")?)?, unplain(text)))
        };
        Ok(rows.iter().filter_map(comment).collect())
    }

    /// Writes a comment with files, each a name and its bytes in base64; its id.
    pub(super) async fn add_comment(
        &self,
        (kind, id): (Kind, i64),
        text: &str,
        files: &[(String, String)],
    ) -> Result<i64, CallError> {
        let mut fields = json!({
            "ENTITY_ID": id,
            "ENTITY_TYPE": kind.name(),
            "COMMENT": plain(text),
        });
        if !files.is_empty() {
            fields["FILES"] = json!(files);
        }
        self.call("crm.timeline.comment.add", &json!({ "fields": fields })).await
    }

    /// How many files a comment bears: a wrong shape gives no error, and no file.
    pub(super) async fn comment_files(&self, id: i64) -> Result<usize, CallError> {
        let comment: Map<String, Value> =
            self.call("crm.timeline.comment.get", &json!({ "id": id })).await?;
        Ok(match comment.get("FILES") {
            Some(Value::Object(files)) => files.len(),
            Some(Value::Array(files)) => files.len(),
            _ => 0,
        })
    }

    /// The ids of the newest tasks of this title that are not completed.
    pub(super) async fn open_tasks(&self, title: &str) -> Result<Vec<i64>, CallError> {
        let params = json!({
            "filter": { "TITLE": title },
            "order": { "ID": "desc" },
            "select": ["ID", "TITLE", "STATUS"],
        });
        let found: Tasks = self.call("tasks.task.list", &params).await?;
        let open = |task: &&Map<String, Value>| {
            let text = |name: &str| task.get(name).and_then(Value::as_str);
            // A filter by title may match a part of it.
            text("title") == Some(title) && text("status") != Some(COMPLETED)
        };
        let open = found.tasks.iter().filter(open);
        Ok(open.filter_map(|task| task.get("id").and_then(whole)).collect())
    }

    /// Makes a task, by the old name where a portal does not know the new one; its id.
    pub(in crate::crm::bitrix24) async fn add_task(&self, fields: Value) -> Result<i64, CallError> {
        let id = match self.call("tasks.task.add", &json!({ "fields": fields })).await {
            Err(error) if is_unknown(&error) => {
                let made: Value =
                    self.call("task.item.add", &json!({ "TASKDATA": fields })).await?;
                whole(&made)
            }
            made => made.map(|made: OneTask| made.task.get("id").and_then(whole))?,
        };
        id.ok_or(CallError::Garbage)
    }

    /// Closes a task, its result at the end of its description. The same may be done again.
    pub(super) async fn complete_task(&self, id: i64, result: &str) -> Result<(), CallError> {
        let fields = json!({ "STATUS": COMPLETED, "DESCRIPTION": plain(result) });
        let params = json!({ "taskId": id, "fields": fields });
        self.call::<Value>("tasks.task.update", &params).await.map(|_| ())
    }
}
