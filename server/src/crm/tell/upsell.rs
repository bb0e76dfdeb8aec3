//! «Допродажа»: a maintenance that draws near, as a task for the manager or as a deal with the kit
//! of that maintenance. Once per date, or once per step of the reminders where that is configured.

use domain::ids::{CustomerId, MachineId, OccurrenceId};
use domain::machines::MachineSummary;
use domain::maintenance::{self, Kit, Occurrence};
use domain::people::{self, Customer};
use domain::texts::{Lang, Texts};

use crate::config::UpsellKind;
use crate::crm::story;
use crate::crm::tell::account::{Account, Place, Telling};
use crate::crm::tell::compose;
use crate::crm::tell::deal::{self, Parties};
use crate::crm::tell::feed;
use crate::crm::tell::firm::Firm;
use crate::crm::tell::memory::local;
use crate::crm::tell::person::{CONTACT, Who};
use crate::crm::tell::position::Position;
use crate::worker::policy::{Failure, Look};

/// The step at which the task of an occurrence is remembered.
const TASK: &str = "task";

pub(super) async fn maintenance<A: Account>(
    account: &A,
    id: &OccurrenceId,
    step: Option<i64>,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (occurrence, machine) = {
        let mut reader = account.db().read().await.map_err(local)?;
        maintenance::load(&mut reader, id).await.map_err(local)?
    };
    if occurrence.state != maintenance::State::Open {
        return Ok(Some("nothing to offer: it is done, or its date was moved".to_owned()));
    }
    let entity = match step {
        Some(step) => format!("occurrence:{id}:{step}"),
        None => format!("occurrence:{id}"),
    };
    let telling = Telling { entity: &entity, look };
    match account.config().upsell.kind {
        UpsellKind::Task => task(account, telling, &occurrence, &machine).await,
        UpsellKind::Deal => offer(account, telling, &occurrence, &machine, step).await,
        UpsellKind::None => Ok(Some("nothing: upsell is off for this connection".to_owned())),
    }
}

async fn task<A: Account>(
    account: &A,
    Telling { entity, look }: Telling<'_>,
    occurrence: &Occurrence,
    machine: &MachineSummary,
) -> Result<Option<String>, Failure> {
    let memory = account.memory();
    if memory.linked(entity, TASK).await?.is_some() {
        return Ok(None);
    }
    let task = compose::maintenance_task(account.config(), account.dealer(), occurrence, machine);
    if look.wanted() {
        let others = tasks_known(account, &occurrence.id, Some(entity)).await?;
        if let Some(task) = account.find_task(&task, &others).await? {
            memory.remember(entity, TASK, &task.to_string()).await?;
            return Ok(Some(format!("adopted task {task}")));
        }
    }
    let contact = contact_of_machine(account, &machine.id).await?;
    let task = account.make_task(&task, contact).await?;
    memory.remember(entity, TASK, &task.to_string()).await?;
    Ok(None)
}

async fn offer<A: Account>(
    account: &A,
    telling: Telling<'_>,
    occurrence: &Occurrence,
    machine: &MachineSummary,
    step: Option<i64>,
) -> Result<Option<String>, Failure> {
    let (kit, customer, firm) = {
        let mut reader = account.db().read().await.map_err(local)?;
        let kit = maintenance::kit(&mut reader, &machine.id).await.map_err(local)?;
        let firm = Firm::of_machine(&mut reader, &machine.id).await.map_err(local)?;
        drop(reader);
        (kit, person_of_machine(account, &machine.id).await?, firm)
    };
    let number = story::upsell_number(occurrence, machine, step);
    let new = compose::upsell_deal(&number, machine, kit.as_ref());
    let who = customer.as_ref().map(Who::from);
    let parties = Parties { who: who.as_ref(), firm: firm.as_ref() };
    let (deal, adopted) = deal::deal(account, telling, &new, parties).await?;
    let today = account.dealer().today();
    let texts = Texts::of(Lang::Ru);
    let text = story::upsell_text(texts, &number, (occurrence, machine), kit.as_ref(), today);
    feed::note(account, telling, "note", Place::Deal(deal), &text).await?;
    let parts = kit.iter().flat_map(|Kit { parts, .. }| parts);
    let positions: Vec<Position<'_>> = parts.map(Position::of_kit).collect();
    let left_out = account.add_positions(telling, deal, &positions).await?;
    Ok(adopted.or(left_out))
}

/// The tasks that the steps of a maintenance made, all but `but`'s: their text is the same.
pub(crate) async fn tasks_known<A: Account>(
    account: &A,
    id: &OccurrenceId,
    but: Option<&str>,
) -> Result<Vec<i64>, Failure> {
    let steps = account.config().upsell.steps.iter().map(|step| format!("occurrence:{id}:{step}"));
    let all: Vec<String> = steps.chain([format!("occurrence:{id}")]).collect();
    let mut known = Vec::new();
    for entity in all.iter().filter(|entity| Some(entity.as_str()) != but) {
        known.extend(account.memory().linked_id(entity, TASK).await?);
    }
    Ok(known)
}

/// The contact of one of the machine's people, if any of them has one there.
pub(crate) async fn contact_of_machine<A: Account>(
    account: &A,
    machine: &MachineId,
) -> Result<Option<i64>, Failure> {
    for customer in people_of(account, machine).await? {
        let entity = format!("customer:{customer}");
        if let Some(contact) = account.memory().linked_id(&entity, CONTACT).await? {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}

/// Whom a deal about the machine is with: first whoever has a contact there already.
pub(crate) async fn person_of_machine<A: Account>(
    account: &A,
    machine: &MachineId,
) -> Result<Option<Customer>, Failure> {
    let people = people_of(account, machine).await?;
    let mut chosen = people.first();
    for customer in &people {
        let entity = format!("customer:{customer}");
        if account.memory().linked(&entity, CONTACT).await?.is_some() {
            chosen = Some(customer);
            break;
        }
    }
    let Some(chosen) = chosen else { return Ok(None) };
    let mut reader = account.db().read().await.map_err(local)?;
    people::find(&mut reader, chosen).await.map_err(local)
}

async fn people_of<A: Account>(
    account: &A,
    machine: &MachineId,
) -> Result<Vec<CustomerId>, Failure> {
    let mut reader = account.db().read().await.map_err(local)?;
    people::of_machine(&mut reader, machine).await.map_err(local)
}
