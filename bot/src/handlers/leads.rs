//! Site leads in the chat: take, show.

use domain::ids::LeadId;
use domain::leads;
use teloxide::types::MessageId;

use crate::caller::Caller;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{Toast, desk, is_card, open_card};
use crate::screens::leads as screens;

/// «Беру» on a site lead.
pub(crate) async fn take(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &LeadId,
) -> Result<Toast, Fault> {
    let (deps, manager) = (caller.deps(), caller.manager()?);
    let mut tx = deps.begin().await?;
    let taken = leads::take(&mut tx, &deps.dealer, manager, id).await;
    let toast = desk::won(caller, taken.map(drop))?;
    if toast.is_none() {
        commit(tx).await?;
    } else {
        drop(tx);
    }
    if is_card(caller, &leads::staff_card_key(id), pressed).await? {
        show(caller, pressed, id).await?;
    } else {
        desk::desk(caller, pressed).await?;
    }
    Ok(toast.or_else(|| Some(caller.voice.get("bot-taken").to_owned())))
}

/// Shows a site lead's card.
pub(crate) async fn show(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &LeadId,
) -> Result<Toast, Fault> {
    caller.manager()?;
    let case = leads::load(&mut caller.deps().read().await?, id).await?;
    let screen = screens::staff_card(&caller.voice, &case);
    open_card(caller, &leads::staff_card_key(id), pressed, &screen).await?;
    Ok(None)
}
