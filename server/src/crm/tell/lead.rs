//! A site lead: a lead where the CRM has leads apart from deals, else a deal with its person. Who
//! asked, what they wrote and by which advertisement they came; every form a note with its files.

use domain::ids::{LeadId, TouchId};
use domain::leads::{self, LeadCase, State, Touch};
use domain::texts::{Lang, Texts};

use crate::crm::story;
use crate::crm::tell::account::{Account, Place, Telling};
use crate::crm::tell::compose;
use crate::crm::tell::deal::{self, Parties, deal_of};
use crate::crm::tell::deliver::files;
use crate::crm::tell::feed;
use crate::crm::tell::memory::{local, rejected};
use crate::crm::tell::person::Who;
use crate::crm::tell::stage;
use crate::worker::policy::{Failure, Look};

/// What a lead is remembered as, where deals are something else.
pub(crate) const LEAD: &str = "lead";

/// Makes the lead and tells it the first form.
pub(super) async fn made<A: Account>(
    account: &A,
    id: &LeadId,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (case, who) = read(account, id).await?;
    if case.lead.is_erased() {
        return Ok(erased());
    }
    let entity = leads::entity(id);
    let telling = Telling { entity: &entity, look };
    let (place, adopted) = match account.has_leads().await? {
        true => lead(account, telling, &case).await?,
        false => {
            let new = compose::lead_deal(account.config(), &case);
            let parties = Parties { who: Some(&who), firm: None };
            let (deal, adopted) = deal::deal(account, telling, &new, parties).await?;
            (Place::Deal(deal), adopted)
        }
    };
    let left_out = touch(account, telling, place, (&case, case.first())).await?;
    Ok(adopted.or(left_out))
}

/// The lead as such: remembered; else, when an earlier try may have made it, looked for by our
/// number; else made.
async fn lead<A: Account>(
    account: &A,
    Telling { entity, look }: Telling<'_>,
    case: &LeadCase,
) -> Result<(Place, Option<String>), Failure> {
    let (memory, number) = (account.memory(), &case.lead.number);
    if let Some(id) = memory.linked_id(entity, LEAD).await? {
        return Ok((Place::Lead(id), None));
    }
    if look.wanted() {
        if let Some(id) = account.find_lead(number).await? {
            memory.remember(entity, LEAD, &id.to_string()).await?;
            return Ok((Place::Lead(id), Some(format!("adopted lead {id}"))));
        }
        look.absent(number)?;
    }
    let id = account.make_lead(case).await?;
    memory.remember(entity, LEAD, &id.to_string()).await?;
    Ok((Place::Lead(id), None))
}

/// The person was forgotten before the lead went: nobody hears of them any more.
fn erased() -> Option<String> {
    Some("the person asked to be forgotten".to_owned())
}

/// Whether the lead was ever made there, as whatever.
async fn is_there<A: Account>(account: &A, entity: &str) -> Result<bool, Failure> {
    let memory = account.memory();
    Ok(memory.linked_id(entity, LEAD).await?.is_some()
        || memory.linked_id(entity, A::DEAL).await?.is_some())
}

/// What the first delivery of a lead made; deliveries of one lead go in order.
async fn place_of<A: Account>(account: &A, entity: &str) -> Result<Place, Failure> {
    let lead = match A::DEAL == LEAD {
        true => None,
        false => account.memory().linked_id(entity, LEAD).await?,
    };
    match lead {
        Some(lead) => Ok(Place::Lead(lead)),
        None => deal_of(account, entity).await.map(Place::Deal),
    }
}

/// Tells the lead a later form.
pub(super) async fn touched<A: Account>(
    account: &A,
    id: &LeadId,
    which: &TouchId,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (case, _) = read(account, id).await?;
    if case.lead.is_erased() {
        return Ok(erased());
    }
    let entity = leads::entity(id);
    let telling = Telling { entity: &entity, look };
    let place = place_of(account, &entity).await?;
    let sent = case.touch(which).ok_or_else(|| rejected("there is no such form"))?;
    touch(account, telling, place, (&case, sent)).await
}

/// Moves the lead to the stage of a state.
pub(super) async fn moved<A: Account>(
    account: &A,
    id: &LeadId,
    state: State,
) -> Result<Option<String>, Failure> {
    let current = {
        let mut reader = account.db().read().await.map_err(local)?;
        leads::by_id(&mut reader, id).await.map_err(local)?
    };
    let entity = leads::entity(id);
    if current.is_erased() && !is_there(account, &entity).await? {
        return Ok(erased());
    }
    let current = current.state;
    let stage = account.config().lead_stages.stage_of(state.as_str());
    if let (true, Some(stage)) = (current == state, stage)
        && let Place::Lead(lead) = place_of(account, &entity).await?
    {
        return account.move_lead(lead, stage).await;
    }
    stage::push(account, &entity, current == state, stage).await
}

async fn touch<A: Account>(
    account: &A,
    telling: Telling<'_>,
    place: Place,
    (case, touch): (&LeadCase, &Touch),
) -> Result<Option<String>, Failure> {
    let text = story::touch_text(Texts::of(Lang::Ru), case, touch);
    feed::note(account, telling, &format!("note:{}", touch.id), place, &text).await?;
    files(account, telling, place, (&leads::files_owner(&touch.id), &case.lead.number)).await
}

async fn read<A: Account>(account: &A, id: &LeadId) -> Result<(LeadCase, Who), Failure> {
    let mut reader = account.db().read().await.map_err(local)?;
    Who::asking(&mut reader, id).await.map_err(local)
}
