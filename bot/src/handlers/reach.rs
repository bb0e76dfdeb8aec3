//! The person blocked the bot, or let it write again.

use domain::people;
use teloxide::types::ChatMemberUpdated;

use crate::caller::Caller;
use crate::deps::commit;
use crate::fault::Fault;

/// Records it, so that nothing is sent in vain.
pub(crate) async fn changed(caller: Caller, change: ChatMemberUpdated) -> Result<(), Fault> {
    let reachable = change.new_chat_member.is_present();
    let mut tx = caller.deps().begin().await?;
    people::set_reachable(&mut tx, caller.viewer.telegram_id, reachable).await?;
    Ok(commit(tx).await?)
}
