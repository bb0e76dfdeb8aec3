//! What follows in the portal from an approval that is no longer open: comment, task, fields and stage
//! of its deal or lead, and a word to whoever asked.

use domain::approvals::rules::{Effect, Entity};
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::approvals::compose::{self, number};
use crate::crm::bitrix24::approvals::facts::{binding, kind_of};
use crate::crm::bitrix24::approvals::tasks::{permitted, user_id};
use crate::crm::bitrix24::approvals::tell::Telling;
use crate::crm::bitrix24::deals::items::Item;
use crate::crm::failure::{creating, reading};
use crate::crm::hear::facets::of_field;
use crate::crm::tell::{Place, Telling as Story, feed, local};
use crate::worker::policy::Failure;

impl Telling<'_> {
    /// Does what the rule says, once per version; the stage last, for robots may follow it.
    pub(super) async fn effect(&self) -> Result<Option<String>, Failure> {
        let (approval, version) = (&self.case.approval, self.case.approval.version);
        let effect = approval.effect().map_err(local)?.unwrap_or_default();
        let (entity, id) = self.place;
        let kind = kind_of(entity);
        let there = self.account.calls.item(kind, id).await.map_err(reading)?;
        let Some(item) = there else {
            self.tell_asker().await?;
            return Ok(Some("it was deleted in Bitrix24".to_owned()));
        };
        let place = match entity {
            Entity::Deal => Place::Deal(id),
            Entity::Lead => Place::Lead(id),
        };
        let text = compose::timeline(&self.case, effect.comment.as_deref());
        let story = Story { entity: &self.entity, look: self.look };
        feed::note(self.account, story, &format!("decided:{version}"), place, &text).await?;
        self.follow_up(&effect, &item).await?;
        self.tell_asker().await?;
        self.write_fields(&effect, &item).await?;
        match &effect.stage {
            Some(stage) => self.account.move_item(kind, id, stage).await,
            None => Ok(None),
        }
    }

    /// The task that follows, once.
    async fn follow_up(&self, effect: &Effect, item: &Item) -> Result<(), Failure> {
        let Some(title) = effect.task.as_deref().filter(|title| !title.trim().is_empty()) else {
            return Ok(());
        };
        let (calls, memory) = (self.account.calls, self.memory());
        let step = format!("follow:{}", self.case.approval.version);
        if memory.linked(&self.entity, &step).await?.is_some() {
            return Ok(());
        }
        let bound = binding(self.place.0, self.place.1);
        let title = format!("{title} ({}/{})", number(&self.case.approval), self.version());
        let mut task = None;
        if self.look.wanted() {
            task = permitted(calls.find_task(&bound, &title).await).map_err(reading)?.flatten();
        }
        if task.is_none() {
            let fields = json!({
                "TITLE": title,
                "RESPONSIBLE_ID": item.number("assignedById"),
                "UF_CRM_TASK": [bound],
            });
            task = permitted(calls.add_task(fields).await).map_err(creating)?;
        }
        match task {
            Some(task) => memory.remember(&self.entity, &step, &task.to_string()).await,
            None => Ok(()),
        }
    }

    fn version(&self) -> i64 {
        self.case.approval.version
    }

    /// Whoever asked hears how it ended, once per version.
    async fn tell_asker(&self) -> Result<(), Failure> {
        let approval = &self.case.approval;
        let Some(user) = approval.requester_user.as_deref().and_then(user_id) else {
            return Ok(());
        };
        let step = format!("asker:{}", self.version());
        let tag = format!("MYPARK|{}|outcome", approval.id);
        self.notify(&step, user, &compose::ended(&self.case), &tag).await
    }

    /// The fields that say something else yet.
    async fn write_fields(&self, effect: &Effect, item: &Item) -> Result<(), Failure> {
        let other =
            |(name, value): &(&String, &String)| item.text(name).as_deref() != Some(value.trim());
        let fields: Vec<(&String, &String)> = effect.fields.iter().filter(other).collect();
        if fields.is_empty() {
            return Ok(());
        }
        let noted: Vec<_> =
            fields.iter().map(|(name, value)| (of_field(name), value.trim().to_owned())).collect();
        let fields: Map<String, Value> =
            fields.into_iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        self.account.change(kind_of(self.place.0), self.place.1, fields, &noted).await
    }

    /// Notifies a person once per step; without the right nobody is.
    pub(super) async fn notify(
        &self,
        step: &str,
        user: i64,
        text: &str,
        tag: &str,
    ) -> Result<(), Failure> {
        if self.memory().linked(&self.entity, step).await?.is_some() {
            return Ok(());
        }
        // The same tag again takes the place of the one before.
        let sent = self.account.calls.notify(user, text, tag).await;
        match permitted(sent).map_err(reading) {
            Ok(_) => self.memory().remember(&self.entity, step, "1").await,
            // Somebody who was dismissed is told nothing, and nothing waits for that.
            Err(Failure::Rejected { .. }) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}
