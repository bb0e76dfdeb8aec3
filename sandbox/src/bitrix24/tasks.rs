//! What people do with tasks by hand.

use serde_json::json;

use crate::bitrix24::acts::record;
use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::methods::{discussion, tasks};
use crate::bitrix24::portal::TaskComment;
use crate::bitrix24::values::int;

impl Bitrix24 {
    /// Somebody completes a task. False where there is none.
    pub fn complete_task(&self, task: i64, user: i64) -> bool {
        self.set_task(task, user, tasks::COMPLETED)
    }

    /// Somebody opens a task again.
    pub fn renew_task(&self, task: i64, user: i64) -> bool {
        self.set_task(task, user, 2)
    }

    /// Somebody writes about a task: in its chat, or as a comment where the portal is old.
    pub fn comment_task(&self, task: i64, user: i64, text: &str) -> bool {
        self.by_hand_of(user, |change| {
            let there = change.portal.tasks.contains_key(&task);
            if there {
                discussion::say(change, task, user, text.to_owned());
            }
            there
        })
    }

    /// Somebody deletes a task.
    pub fn delete_task(&self, task: i64, user: i64) -> bool {
        self.by_hand_of(user, |change| {
            change.portal.tasks.contains_key(&task) && tasks::remove(change, task).is_ok()
        })
    }

    /// What was said about a task, the oldest first.
    pub fn comments_of_task(&self, task: i64) -> Vec<TaskComment> {
        self.portal().task_comments.iter().filter(|one| one.task == task).cloned().collect()
    }

    fn set_task(&self, task: i64, user: i64, status: i64) -> bool {
        self.by_hand_of(user, |change| {
            let before = change.portal.tasks.get(&task).and_then(|task| int(task.get("STATUS")?));
            // On the page the button is not there.
            if before.is_none_or(|before| before == status) {
                return false;
            }
            tasks::edit(change, task, record(json!({ "STATUS": status }))).is_ok()
        })
    }
}
