//! A manager decides about a won deal, or makes a new link to a passport that waits.

use domain::approvals::disputes::{self, Decision};
use domain::approvals::{self, Via};
use domain::ids::{ApprovalId, MachineId};
use domain::{Error, machines};
use teloxide::types::MessageId;

use crate::caller::Caller;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{Toast, open_card};
use crate::screens;

/// A decision. Who comes second sees what was decided.
pub(crate) async fn decide(
    caller: &Caller,
    pressed: Option<MessageId>,
    decision: Decision,
    id: &ApprovalId,
) -> Result<Toast, Fault> {
    let (deps, manager) = (caller.deps(), caller.manager()?);
    let mut tx = deps.begin().await?;
    let toast =
        match disputes::decide(&mut tx, &deps.dealer, manager, id, (decision, Via::Telegram)).await
        {
            Ok(()) => {
                commit(tx).await?;
                None
            }
            Err(Error::Conflict(why)) => {
                drop(tx);
                Some(caller.voice.get(&format!("bot-conflict-{why}")).to_owned())
            }
            Err(error) => return Err(error.into()),
        };
    let case = disputes::load(&mut deps.read().await?, id).await?;
    let screen = screens::disputes::card(&caller.voice, &case);
    open_card(caller, &approvals::card_key(id), pressed, &screen).await?;
    Ok(toast)
}

/// «Новая ссылка»: the old one ends, the new one stands in its place.
pub(crate) async fn new_invite(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &MachineId,
) -> Result<Toast, Fault> {
    let (deps, manager) = (caller.deps(), caller.manager()?);
    let mut tx = deps.begin().await?;
    let token = match machines::renew_invite(&mut tx, &deps.dealer, manager, id).await {
        Ok(token) => token,
        Err(Error::Conflict(why)) => {
            return Ok(Some(caller.voice.get(&format!("bot-conflict-{why}")).to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let machine = machines::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    commit(tx).await?;
    let screen = screens::notices::invite(&caller.voice, &machine, &token);
    caller.show(pressed, &screen).await?;
    Ok(Some(caller.voice.get("bot-invite-renewed").to_owned()))
}
