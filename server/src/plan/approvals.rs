//! What a portal would be told of an approval, field by field.

use domain::approvals::rules::{Effect, Entity};
use domain::approvals::{self, Case, Stand, State};
use domain::ids::ApprovalId;
use domain::plan::{Change, Said, Step};
use domain::{Result, portal_users};

use crate::crm::bitrix24::approvals::compose::{self, NewTask};
use crate::crm::tell::lead::LEAD;
use crate::plan::Seen;
use crate::plan::draft::Draft;

impl<A: Draft> Seen<'_, A> {
    /// The steps that make the account like a case is now.
    pub(super) async fn approval(&self, id: &ApprovalId) -> Result<Vec<Step>> {
        let case = approvals::load(&mut self.account.db().read().await?, id).await?;
        let task = self.linked(&format!("approval:{id}"), "task").await?;
        match case.approval.state {
            State::Open => self.asked(&case, task).await,
            _ => self.ended(&case, task).await,
        }
    }

    /// Why an answer that was given in the account does not count, then the task as the case is.
    pub(super) async fn approval_answer(
        &self,
        id: &ApprovalId,
        user: i64,
        why: &str,
    ) -> Result<Vec<Step>> {
        let task = self.linked(&format!("approval:{id}"), "task").await?;
        let said =
            |task| Step { text: compose::refused(user, why), ..Step::new("write-note", task) };
        let mut steps: Vec<Step> = task.map(said).into_iter().collect();
        steps.extend(self.approval(id).await?);
        Ok(steps)
    }

    async fn asked(&self, case: &Case, task: Option<String>) -> Result<Vec<Step>> {
        let name = &self.account.config().name;
        let mut deciders = Vec::new();
        {
            let mut reader = self.account.db().read().await?;
            for seat in case.seats.iter().filter(|seat| seat.state == Stand::Asked) {
                deciders.extend(portal_users::user_of(&mut reader, name, &seat.staff_id).await?);
            }
        }
        deciders.dedup();
        let Some(new) = NewTask::of(case, &deciders, self.account.dealer().zone) else {
            return Ok(vec![Step::new("approval-nobody", "")]);
        };
        let step = match task {
            Some(task) => Step::new("change-task", task),
            None => Step::new("make-task", ""),
        };
        let user = |id: &i64| self.names.user(&id.to_string());
        let step = step
            .with("title", new.title)
            .with("until", new.until)
            .with("responsible", user(&new.responsible))
            .with("others", new.others.iter().map(user).collect::<Vec<_>>().join(", "))
            .with("deal", case.approval.entity_id.clone().unwrap_or_default());
        let task = Step { text: new.text, ..step };
        let told = deciders.iter().map(|id| Step::new("notify", user(id)));
        Ok(std::iter::once(task).chain(told).collect())
    }

    async fn ended(&self, case: &Case, task: Option<String>) -> Result<Vec<Step>> {
        let approval = &case.approval;
        let effect = approval.effect()?.unwrap_or_default();
        let closed = |task| Step { text: compose::outcome(case), ..Step::new("close-task", task) };
        let mut steps: Vec<Step> = task.map(closed).into_iter().collect();
        let entity = format!("approval:{}", approval.id);
        let note = compose::timeline(case, effect.comment.as_deref());
        steps.push(self.note(&entity, &format!("decided:{}", approval.version), &note).await?);
        if let Some(title) = &effect.task {
            steps.push(Step::new("make-task", "").with("title", title));
        }
        let asker = approval.requester_user.as_ref();
        steps.extend(asker.map(|user| Step::new("notify", self.names.user(user))));
        steps.extend(self.fields_set(case, &effect));
        steps.extend(self.restaged(case, &effect).await);
        Ok(steps)
    }

    fn fields_set(&self, case: &Case, effect: &Effect) -> Option<Step> {
        let mut step = Step::new("write-deal", case.approval.entity_id.clone().unwrap_or_default());
        for (theirs, value) in &effect.fields {
            let theirs = Some(self.names.field(theirs));
            let value = Said::Words(value.clone());
            step.fields.push(Change { theirs, ..Change::new("field", value) });
        }
        (!step.fields.is_empty()).then_some(step)
    }

    /// From which stage to which, by their names.
    async fn restaged(&self, case: &Case, effect: &Effect) -> Option<Step> {
        let (approval, stage) = (&case.approval, effect.stage.as_ref()?);
        let kind = if approval.entity == Some(Entity::Lead) { LEAD } else { A::DEAL };
        let id = approval.entity_id.clone().unwrap_or_default();
        let was = match self.read(kind, &id).await {
            Some(deal) => Some(deal.stage),
            None => case.facts.as_ref().map(|facts| facts.stage.clone()),
        };
        let named = |stage: &String| self.stage(kind, None, stage);
        Some(match was.as_ref() == Some(stage) {
            true => Step::new("stands", id).with("stage", named(stage)),
            false => {
                Step::new("move-deal", id).from_to("stage", was.as_ref().map(named), named(stage))
            }
        })
    }
}
