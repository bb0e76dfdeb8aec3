//! «Допродажа»: a maintenance that draws near, as a task for the manager or as a deal with the kit
//! of that maintenance. Once per date, or once per step of the reminders where that is configured.

use domain::ids::{CustomerId, MachineId, OccurrenceId};
use domain::machines::MachineSummary;
use domain::maintenance::{self, Kit, Occurrence};
use domain::people::{self, Customer};
use domain::texts::{Lang, Texts};

use crate::config::UpsellKind;
use crate::crm::amo::AmoCalls;
use crate::crm::amo::calls::write::{NewTask, TaskEntity};
use crate::crm::amo::connection::{AmoConnection, CONTACT, Telling, creating, local, reading};
use crate::crm::amo::deals::deal::Parties;
use crate::crm::amo::deals::firm::Firm;
use crate::crm::amo::deals::positions::Position;
use crate::crm::amo::wire::Task;
use crate::crm::story;
use crate::worker::policy::{Failure, Look};

/// The step at which the task of an occurrence is remembered.
const TASK: &str = "task";

impl AmoConnection {
    pub(crate) async fn maintenance(
        &self,
        id: &OccurrenceId,
        step: Option<i64>,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let (occurrence, machine) = {
            let mut reader = self.db.read().await.map_err(local)?;
            maintenance::load(&mut reader, id).await.map_err(local)?
        };
        if occurrence.state != maintenance::State::Open {
            return Ok(Some("nothing to offer: it is done, or its date was moved".to_owned()));
        }
        let entity = match step {
            Some(step) => format!("occurrence:{id}:{step}"),
            None => format!("occurrence:{id}"),
        };
        let telling = Telling { entity: &entity, look, calls };
        match self.config.upsell.kind {
            UpsellKind::Task => self.upsell_task(telling, &occurrence, &machine).await,
            UpsellKind::Deal => self.upsell_deal(telling, &occurrence, &machine, step).await,
            UpsellKind::None => Ok(Some("nothing: upsell is off for this connection".to_owned())),
        }
    }

    async fn upsell_task(
        &self,
        Telling { entity, look, calls }: Telling<'_>,
        occurrence: &Occurrence,
        machine: &MachineSummary,
    ) -> Result<Option<String>, Failure> {
        if self.linked(entity, TASK).await?.is_some() {
            return Ok(None);
        }
        let task = self.maintenance_task(occurrence, machine);
        if look.wanted() {
            let others = self.tasks_known(&occurrence.id, Some(entity)).await?;
            if let Some(task) = self.task_like(&task.text, &others, calls).await? {
                self.remember(entity, TASK, &task.to_string()).await?;
                return Ok(Some(format!("adopted task {task}")));
            }
        }
        let contact = self.contact_of_machine(&machine.id).await?;
        let task = NewTask { entity: contact.map(TaskEntity::Contact), ..task };
        let task = calls.add_task(task).await.map_err(creating)?;
        self.remember(entity, TASK, &task.to_string()).await?;
        Ok(None)
    }

    async fn upsell_deal(
        &self,
        telling: Telling<'_>,
        occurrence: &Occurrence,
        machine: &MachineSummary,
        step: Option<i64>,
    ) -> Result<Option<String>, Failure> {
        let (kit, customer, firm) = {
            let mut reader = self.db.read().await.map_err(local)?;
            let kit = maintenance::kit(&mut reader, &machine.id).await.map_err(local)?;
            let firm = Firm::of_machine(&mut reader, &machine.id).await.map_err(local)?;
            drop(reader);
            (kit, self.person_of_machine(&machine.id).await?, firm)
        };
        let number = story::upsell_number(occurrence, machine, step);
        let new = self.upsell_lead(&number, machine, kit.as_ref());
        let parties = Parties { customer: customer.as_ref(), firm: firm.as_ref() };
        let (lead, adopted) = self.deal(telling, &number, new, parties).await?;
        let today = self.dealer.today();
        let texts = Texts::of(Lang::Ru);
        let text = story::upsell_text(texts, &number, (occurrence, machine), kit.as_ref(), today);
        self.note(telling, "note", lead, &text).await?;
        let parts = kit.iter().flat_map(|Kit { parts, .. }| parts);
        let positions: Vec<Position<'_>> = parts.map(Position::of_kit).collect();
        let left_out = self.positions(telling, lead, &positions).await?;
        Ok(adopted.or(left_out))
    }

    /// An open task with exactly this text, among the newest, which is none of `others`.
    async fn task_like(
        &self,
        text: &str,
        others: &[i64],
        calls: AmoCalls<'_>,
    ) -> Result<Option<i64>, Failure> {
        let query = [("filter[is_completed]", "0"), ("order[id]", "desc"), ("limit", "250")];
        let tasks: Vec<Task> =
            calls.pages("/api/v4/tasks", &query, "tasks", 2).await.map_err(reading)?;
        let free = tasks.iter().filter(|task| !others.contains(&task.id));
        Ok(free.filter(|task| task.text == text).map(|task| task.id).min())
    }

    /// The tasks that the steps of a maintenance made, all but `but`'s: their text is the same.
    pub(crate) async fn tasks_known(
        &self,
        id: &OccurrenceId,
        but: Option<&str>,
    ) -> Result<Vec<i64>, Failure> {
        let steps = self.config.upsell.steps.iter().map(|step| format!("occurrence:{id}:{step}"));
        let all = steps.chain([format!("occurrence:{id}")]);
        let mut known = Vec::new();
        for entity in all.filter(|entity| Some(entity.as_str()) != but) {
            known.extend(self.linked_id(&entity, TASK).await?);
        }
        Ok(known)
    }

    /// The contact of one of the machine's people, if any of them has one there.
    pub(crate) async fn contact_of_machine(
        &self,
        machine: &MachineId,
    ) -> Result<Option<i64>, Failure> {
        for customer in self.people_of(machine).await? {
            let entity = format!("customer:{customer}");
            if let Some(contact) = self.linked_id(&entity, CONTACT).await? {
                return Ok(Some(contact));
            }
        }
        Ok(None)
    }

    /// Whom a deal about the machine is with: first whoever has a contact there already.
    async fn person_of_machine(&self, machine: &MachineId) -> Result<Option<Customer>, Failure> {
        let people = self.people_of(machine).await?;
        let mut chosen = people.first();
        for customer in &people {
            if self.linked(&format!("customer:{customer}"), CONTACT).await?.is_some() {
                chosen = Some(customer);
                break;
            }
        }
        let Some(chosen) = chosen else { return Ok(None) };
        let mut reader = self.db.read().await.map_err(local)?;
        people::find(&mut reader, chosen).await.map_err(local)
    }

    async fn people_of(&self, machine: &MachineId) -> Result<Vec<CustomerId>, Failure> {
        let mut reader = self.db.read().await.map_err(local)?;
        people::of_machine(&mut reader, machine).await.map_err(local)
    }
}
