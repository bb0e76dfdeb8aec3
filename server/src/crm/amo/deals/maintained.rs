//! A maintenance that the customer's own people did, told to the account: the next date stands in
//! the machine's deal, a note says what was done, the manager's tasks are closed.

use domain::ids::OccurrenceId;
use domain::maintenance::{self, OwnMaintenance};
use domain::texts::{Lang, Texts};
use reqwest::Method;
use serde_json::json;

use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::calls::transport::Payload;
use crate::crm::amo::calls::write;
use crate::crm::amo::connection::{AmoConnection, CONTACT, creating, local, reading};
use crate::crm::amo::wire::{self, Note, Written};
use crate::crm::amo::{AmoCalls, CallError};
use crate::crm::story;
use crate::worker::policy::{Failure, Look};

/// What a note hangs on.
#[derive(Clone, Copy)]
enum Place {
    Deal(i64),
    Person(i64),
}

impl AmoConnection {
    /// Carries `CrmMaintenanceDone` out. Each step may be made again or is remembered; `look` says
    /// that an earlier try may have written the note.
    pub(crate) async fn maintained(
        &self,
        id: &OccurrenceId,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let own = {
            let mut reader = self.db.read().await.map_err(local)?;
            maintenance::own(&mut reader, id).await.map_err(local)?
        };
        let deal = self.deal_of_machine(&own).await?;
        if let (Some(deal), Some(field), Some(next)) =
            (deal, self.field("next_maintenance_on"), own.told.next_maintenance_on)
        {
            let zone = self.zone(calls).await.map_err(reading)?;
            let fields = vec![FieldWrite::date(field, next, zone)];
            self.write_fields(deal, fields, Some(next), calls).await?;
        }
        let entity = format!("occurrence:{id}");
        let text = story::own_maintenance_text(Texts::of(Lang::Ru), &own, self.dealer.today());
        let person = format!("customer:{}", own.told.customer_id);
        let person = self.linked_id(&person, CONTACT).await?;
        let place = deal.map(Place::Deal).or(person.map(Place::Person));
        if let Some(place) = place {
            self.note_once(&entity, place, &text, look, calls).await?;
        }
        let tasks = self.tasks_known(id, None).await?;
        for task in &tasks {
            calls.complete_task(*task, &text).await.map_err(reading)?;
        }
        let unheard = place.is_none() && tasks.is_empty();
        Ok(unheard.then(|| "nothing about it is known there: no deal, contact or task".to_owned()))
    }

    /// The deal in this account by which the machine was sold.
    async fn deal_of_machine(&self, own: &OwnMaintenance) -> Result<Option<i64>, Failure> {
        let source = {
            let mut reader = self.db.read().await.map_err(local)?;
            let source = domain::machines::registered_from(&mut reader, &own.machine.id).await;
            source.map_err(local)?
        };
        let prefix = format!("{}:lead:", self.name());
        Ok(source.and_then(|source| source.strip_prefix(&prefix)?.parse().ok()))
    }

    async fn note_once(
        &self,
        entity: &str,
        place: Place,
        text: &str,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        const STEP: &str = "own-note";
        if self.linked(entity, STEP).await?.is_some() {
            return Ok(());
        }
        let there = match look.wanted() {
            true => calls.notes_at(place).await.map_err(reading)?,
            false => Vec::new(),
        };
        let id = match there.iter().find(|note| note.text() == text) {
            Some(note) => note.id,
            None => calls.add_note_at(place, text).await.map_err(creating)?,
        };
        self.remember(entity, STEP, &id.to_string()).await
    }
}

impl AmoCalls<'_> {
    /// Closes a task with its result; one that was deleted there needs no closing. The same may be
    /// done again.
    async fn complete_task(&self, id: i64, result: &str) -> Result<(), CallError> {
        let url = self.client.at(&format!("/api/v4/tasks/{id}"), &[]);
        let body = json!({ "is_completed": true, "result": { "text": result } });
        match self.send(Method::PATCH, url, Payload::Json(body)).await {
            Ok(_) | Err(CallError::Rejected { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn notes_at(&self, place: Place) -> Result<Vec<Note>, CallError> {
        self.pages(&place.notes(), &[("limit", "250"), ("order[id]", "desc")], "notes", 1).await
    }

    async fn add_note_at(&self, place: Place, text: &str) -> Result<i64, CallError> {
        let url = self.client.at(&place.notes(), &[]);
        // The digital pipeline must not take our note for a manager's act.
        let body = Payload::Json(json!([write::note(text, false)]));
        let answer = self.send(Method::POST, url, body).await?.ok_or(CallError::Garbage)?;
        let written: Vec<Written> = wire::list(&answer, "notes").map_err(|_| CallError::Garbage)?;
        written.first().map(|written| written.id).ok_or(CallError::Garbage)
    }
}

impl Place {
    fn notes(self) -> String {
        match self {
            Place::Deal(id) => format!("/api/v4/leads/{id}/notes"),
            Place::Person(id) => format!("/api/v4/contacts/{id}/notes"),
        }
    }
}
