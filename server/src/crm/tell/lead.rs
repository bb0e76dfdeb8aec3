//! A site lead as a deal, where a CRM has no leads apart from deals: who asked, what they wrote and
//! by which advertisement they came, every form a note with its files.

use domain::ids::{LeadId, TouchId};
use domain::leads::{self, LeadCase, State, Touch};
use domain::people;
use domain::texts::{Lang, Texts};

use crate::crm::story;
use crate::crm::tell::account::{Account, Telling};
use crate::crm::tell::compose;
use crate::crm::tell::deal::{self, Parties, deal_of};
use crate::crm::tell::deliver::files;
use crate::crm::tell::feed;
use crate::crm::tell::memory::{local, rejected};
use crate::crm::tell::person::Who;
use crate::crm::tell::stage;
use crate::worker::policy::{Failure, Look};

/// Makes the deal of a lead and tells it the first form.
pub(super) async fn made<A: Account>(
    account: &A,
    id: &LeadId,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (case, who) = read(account, id).await?;
    let entity = leads::entity(id);
    let telling = Telling { entity: &entity, look };
    let new = compose::lead_deal(account.config(), &case);
    let parties = Parties { who: Some(&who), firm: None };
    let (deal, adopted) = deal::deal(account, telling, &new, parties).await?;
    touch(account, telling, deal, (&case, case.first())).await?;
    Ok(adopted)
}

/// Tells the deal of a lead a later form.
pub(super) async fn touched<A: Account>(
    account: &A,
    id: &LeadId,
    which: &TouchId,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (case, _) = read(account, id).await?;
    let entity = leads::entity(id);
    let telling = Telling { entity: &entity, look };
    let deal = deal_of(account, &entity).await?;
    let sent = case.touch(which).ok_or_else(|| rejected("there is no such form"))?;
    touch(account, telling, deal, (&case, sent)).await?;
    Ok(None)
}

/// Moves the deal of a lead to the stage of a state.
pub(super) async fn moved<A: Account>(
    account: &A,
    id: &LeadId,
    state: State,
) -> Result<Option<String>, Failure> {
    let current = {
        let mut reader = account.db().read().await.map_err(local)?;
        leads::by_id(&mut reader, id).await.map_err(local)?.state
    };
    let stage = account.config().lead_stages.stage_of(state.as_str());
    stage::push(account, &leads::entity(id), current == state, stage).await
}

async fn touch<A: Account>(
    account: &A,
    telling: Telling<'_>,
    deal: i64,
    (case, touch): (&LeadCase, &Touch),
) -> Result<(), Failure> {
    let text = story::touch_text(Texts::of(Lang::Ru), case, touch);
    feed::note(account, telling, &format!("note:{}", touch.id), deal, &text).await?;
    files(account, telling, &leads::files_owner(&touch.id), deal).await
}

async fn read<A: Account>(account: &A, id: &LeadId) -> Result<(LeadCase, Who), Failure> {
    let mut reader = account.db().read().await.map_err(local)?;
    let case = leads::load(&mut reader, id).await.map_err(local)?;
    let known = people::by_phone(&mut reader, &case.lead.phone).await.map_err(local)?;
    let asking = Who::of_lead(&case);
    let who = match &known {
        // A customer of ours keeps the contact that their orders have, and may add an address to it.
        Some(customer) => {
            let ours = Who::from(customer);
            Who { email: ours.email.clone().or(asking.email), ..ours }
        }
        None => asking,
    };
    Ok((case, who))
}
