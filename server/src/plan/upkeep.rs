//! Ours to theirs, as far as it is about machines: maintenance that is due or done, fields of the
//! deals that sold them, and what such deals lack.

use domain::ids::{MachineId, OccurrenceId};
use domain::machines::{self, Gap, MachineSummary};
use domain::maintenance::{self, Kit, Occurrence};
use domain::plan::Step;
use domain::texts::{Lang, Texts};
use domain::{Result, ids};

use crate::config::UpsellKind;
use crate::crm::hear::Hint;
use crate::crm::hear::facets::NEXT;
use crate::crm::story;
use crate::crm::tell::deal::Parties;
use crate::crm::tell::firm::Firm;
use crate::crm::tell::maintained::deal_of_machine;
use crate::crm::tell::person::{CONTACT, Who};
use crate::crm::tell::upsell::{contact_of_machine, person_of_machine, tasks_known};
use crate::crm::tell::{Position, compose};
use crate::plan::draft::{Draft, responsible};
use crate::plan::incoming::Words;
use crate::plan::{Seen, failed};

impl<A: Draft> Seen<'_, A> {
    /// «Допродажа»: a task or a deal, as the connection is configured.
    pub(super) async fn maintenance(
        &self,
        id: &OccurrenceId,
        step: Option<i64>,
    ) -> Result<Vec<Step>> {
        let (occurrence, machine) = {
            let mut reader = self.account.db().read().await?;
            maintenance::load(&mut reader, id).await?
        };
        if occurrence.state != maintenance::State::Open {
            return Ok(vec![Step::new("maintenance-over", &machine.serial)]);
        }
        let entity = match step {
            Some(step) => format!("occurrence:{id}:{step}"),
            None => format!("occurrence:{id}"),
        };
        match self.account.config().upsell.kind {
            UpsellKind::Task => self.upsell_task(&entity, &occurrence, &machine).await,
            UpsellKind::Deal => self.upsell_deal(&entity, (&occurrence, &machine), step).await,
            UpsellKind::None => Ok(vec![Step::new("upsell-off", &self.account.config().name)]),
        }
    }

    async fn upsell_task(
        &self,
        entity: &str,
        occurrence: &Occurrence,
        machine: &MachineSummary,
    ) -> Result<Vec<Step>> {
        if let Some(task) = self.linked(entity, "task").await? {
            return Ok(vec![Step::new("task-there", task)]);
        }
        let (config, dealer) = (self.account.config(), self.account.dealer());
        let task = compose::maintenance_task(config, dealer, occurrence, machine);
        let till = task.till.with_timezone(&dealer.zone).format("%F %R").to_string();
        let contact = contact_of_machine(self.account, &machine.id).await.map_err(failed)?;
        let contact = contact.map(|id| id.to_string()).unwrap_or_default();
        let step = Step::new("make-task", "").with("text", &task.text).with("until", till);
        let mut step = step.with("contact", contact);
        step.fields.push(responsible(self.names, self.account.responsible()));
        Ok(vec![step])
    }

    async fn upsell_deal(
        &self,
        entity: &str,
        (occurrence, machine): (&Occurrence, &MachineSummary),
        step: Option<i64>,
    ) -> Result<Vec<Step>> {
        let (kit, firm) = {
            let mut reader = self.account.db().read().await?;
            let kit = maintenance::kit(&mut reader, &machine.id).await?;
            (kit, Firm::of_machine(&mut reader, &machine.id).await?)
        };
        let customer = person_of_machine(self.account, &machine.id).await.map_err(failed)?;
        let number = story::upsell_number(occurrence, machine, step);
        let deal = compose::upsell_deal(&number, machine, kit.as_ref());
        let who = customer.as_ref().map(Who::from);
        let parties = Parties { who: who.as_ref(), firm: firm.as_ref() };
        let mut steps = self.deal(entity, &deal, parties).await?;
        let (texts, today) = (Texts::of(Lang::Ru), self.account.dealer().today());
        let note = story::upsell_text(texts, &number, (occurrence, machine), kit.as_ref(), today);
        steps.push(self.note(entity, "note", &note).await?);
        let parts = kit.iter().flat_map(|Kit { parts, .. }| parts);
        let positions: Vec<Position<'_>> = parts.map(Position::of_kit).collect();
        steps.extend(self.products(entity, &positions).await?);
        Ok(steps)
    }

    /// A maintenance that the customer's own people did.
    pub(super) async fn maintained(&self, id: &OccurrenceId) -> Result<Vec<Step>> {
        let own = {
            let mut reader = self.account.db().read().await?;
            maintenance::own(&mut reader, id).await?
        };
        let deal = deal_of_machine(self.account, &own).await.map_err(failed)?;
        let next = own.told.next_maintenance_on.map(|next| (NEXT, next.to_string()));
        let written = deal.and_then(|deal| self.write_deal(deal.to_string(), next));
        let mut steps: Vec<Step> = written.into_iter().collect();
        let text =
            story::own_maintenance_text(Texts::of(Lang::Ru), &own, self.account.dealer().today());
        let person = format!("customer:{}", own.told.customer_id);
        if deal.is_some() || self.linked(&person, CONTACT).await?.is_some() {
            steps.push(self.note(&format!("occurrence:{id}"), "own-note", &text).await?);
        }
        let tasks = tasks_known(self.account, id, None).await.map_err(failed)?;
        steps.extend(tasks.iter().map(|task| Step::new("close-task", task.to_string())));
        Ok(steps)
    }

    /// What was changed here goes into the deal that sold the machine.
    pub(super) async fn machine(&self, machine: &MachineId, deal: &str) -> Result<Vec<Step>> {
        let unsaid = {
            let mut reader = self.account.db().read().await?;
            machines::unsaid(&mut reader, &self.account.config().name, deal, machine).await?
        };
        let next = unsaid.next_maintenance_on.map(|date| match date {
            Some(date) => date.to_string(),
            None => "—".to_owned(),
        });
        let said = unsaid.serial.map(|serial| ("serial", serial));
        let said = said.into_iter().chain(next.map(|date| (NEXT, date)));
        let Some(mut step) = self.write_deal(deal, said) else {
            return Ok(vec![Step::new("says-so", deal)]);
        };
        if let Some(there) = self.read(A::DEAL, deal).await {
            for change in &mut step.fields {
                let said = there.said(&change.name);
                change.was = match (change.name == NEXT, said) {
                    (true, Some(said)) => {
                        let day = self.account.day(said).await.ok().flatten();
                        day.map(|date| date.to_string())
                    }
                    (_, said) => said.map(str::to_owned),
                };
            }
        }
        Ok(vec![step])
    }

    /// The note that says what a won deal lacks, in the account's words as far as they are known.
    pub(super) async fn sale_note(&self, deal: &str, gaps: &[Gap]) -> Result<Vec<Step>> {
        let field = |ours: &str| self.account.config().field(ours);
        let name = |ours: &str| self.names.name_of_field(field(ours)?);
        let text = story::gaps_text(Texts::of(Lang::Ru), gaps, name);
        let kind = format!("gap:{}", ids::token_hash(&text));
        let step = self.note(&format!("sale:{deal}"), &kind, &text).await?;
        Ok(vec![Step {
            which: if step.text.is_empty() { step.which } else { deal.to_owned() },
            ..step
        }])
    }

    /// A won deal that waited for a model.
    pub(super) async fn sale_look(&self, deal: &str) -> Result<Vec<Step>> {
        self.follow(&Hint::found(A::DEAL, deal, None, 0), &Words::default()).await
    }
}
