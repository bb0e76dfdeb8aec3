//! The calls about notes and tasks, on deals and contacts alike.

use reqwest::Method;
use serde_json::json;

use crate::crm::amo::calls::transport::Payload;
use crate::crm::amo::calls::write;
use crate::crm::amo::wire::{Note, Task};
use crate::crm::amo::{AmoCalls, CallError};
use crate::crm::tell::Place;

impl AmoCalls<'_> {
    /// The newest notes.
    pub(super) async fn notes_at(&self, place: Place) -> Result<Vec<Note>, CallError> {
        self.pages(&notes(place), &[("limit", "250"), ("order[id]", "desc")], "notes", 2).await
    }

    /// Writes a note; its id.
    pub(super) async fn add_note_at(
        &self,
        place: Place,
        text: &str,
        trigger_pipeline: bool,
    ) -> Result<i64, CallError> {
        self.create(&notes(place), "notes", write::note(text, trigger_pipeline)).await
    }

    /// The newest tasks that are open.
    pub(super) async fn newest_tasks(&self) -> Result<Vec<Task>, CallError> {
        let query = [("filter[is_completed]", "0"), ("order[id]", "desc"), ("limit", "250")];
        self.pages("/api/v4/tasks", &query, "tasks", 2).await
    }

    /// Closes a task with its result; one that was deleted there needs no closing. The same may be
    /// done again.
    pub(super) async fn complete_task(&self, id: i64, result: &str) -> Result<(), CallError> {
        let url = self.client.at(&format!("/api/v4/tasks/{id}"), &[]);
        let body = json!({ "is_completed": true, "result": { "text": result } });
        match self.send(Method::PATCH, url, Payload::Json(body)).await {
            Ok(_) | Err(CallError::Rejected { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn notes(place: Place) -> String {
    match place {
        Place::Deal(id) | Place::Lead(id) => format!("/api/v4/leads/{id}/notes"),
        Place::Contact(id) => format!("/api/v4/contacts/{id}/notes"),
    }
}
