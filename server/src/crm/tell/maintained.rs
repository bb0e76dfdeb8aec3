//! A maintenance that the customer's own people did, told to the account: the next date stands in
//! the machine's deal, a note says what was done, the manager's tasks are closed.

use domain::ids::OccurrenceId;
use domain::maintenance::{self, OwnMaintenance};
use domain::texts::{Lang, Texts};

use crate::crm::story;
use crate::crm::tell::account::{Account, Place, Telling};
use crate::crm::tell::feed;
use crate::crm::tell::memory::local;
use crate::crm::tell::person::CONTACT;
use crate::crm::tell::upsell;
use crate::worker::policy::{Failure, Look};

/// Carries `CrmMaintenanceDone` out. Each step may be made again or is remembered; `look` says that
/// an earlier try may have written the note.
pub(super) async fn maintained<A: Account>(
    account: &A,
    id: &OccurrenceId,
    look: Look,
) -> Result<Option<String>, Failure> {
    let own = {
        let mut reader = account.db().read().await.map_err(local)?;
        maintenance::own(&mut reader, id).await.map_err(local)?
    };
    let deal = deal_of_machine(account, &own).await?;
    if let (Some(deal), Some(next)) = (deal, own.told.next_maintenance_on) {
        account.write_next(deal, next).await?;
    }
    let entity = format!("occurrence:{id}");
    let text = story::own_maintenance_text(Texts::of(Lang::Ru), &own, account.dealer().today());
    let person = format!("customer:{}", own.told.customer_id);
    let person = account.memory().linked_id(&person, CONTACT).await?;
    let place = deal.map(Place::Deal).or(person.map(Place::Contact));
    if let Some(place) = place {
        let telling = Telling { entity: &entity, look };
        // Such notes begin alike for one machine, so the whole text is what one is known by.
        feed::note_like(account, telling, "own-note", (place, &text), &text).await?;
    }
    let tasks = upsell::tasks_known(account, id, None).await?;
    for task in &tasks {
        account.close_task(*task, &text).await?;
    }
    let unheard = place.is_none() && tasks.is_empty();
    Ok(unheard.then(|| "nothing about it is known there: no deal, contact or task".to_owned()))
}

/// The deal in this account by which the machine was sold.
pub(crate) async fn deal_of_machine<A: Account>(
    account: &A,
    own: &OwnMaintenance,
) -> Result<Option<i64>, Failure> {
    let source = {
        let mut reader = account.db().read().await.map_err(local)?;
        let source = domain::machines::registered_from(&mut reader, &own.machine.id).await;
        source.map_err(local)?
    };
    let prefix = format!("{}:lead:", account.config().name);
    Ok(source.and_then(|source| source.strip_prefix(&prefix)?.parse().ok()))
}
