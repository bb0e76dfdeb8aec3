//! The person blocked the bot, or let it write again.

use domain::reach;
use teloxide::types::ChatMemberUpdated;

use crate::caller::Caller;
use crate::deps::commit;
use crate::fault::Fault;

/// Records it, so that nothing is sent in vain.
pub(crate) async fn changed(caller: Caller, change: ChatMemberUpdated) -> Result<(), Fault> {
    record(&caller, change.new_chat_member.is_present()).await
}

/// Who starts the bot may be written to, also when a card was sent to them in vain before.
pub(crate) async fn met(caller: &Caller) -> Result<(), Fault> {
    record(caller, true).await
}

async fn record(caller: &Caller, reachable: bool) -> Result<(), Fault> {
    let mut tx = caller.deps().begin().await?;
    reach::note(&mut tx, &caller.deps().dealer, caller.viewer.telegram_id, reachable).await?;
    Ok(commit(tx).await?)
}
