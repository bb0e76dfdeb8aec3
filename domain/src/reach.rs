//! Whether Telegram lets the bot write to somebody, and what follows when that changes.

use crate::db::Tx;
use crate::{Dealer, Result, approvals, people};

/// Records whether the bot can reach a person. A member of staff who is asked for a decision meanwhile
/// gets a letter when they are out of reach, their cards when they are back.
pub async fn note(tx: &mut Tx, d: &Dealer, telegram_id: i64, reachable: bool) -> Result<()> {
    match people::set_reachable(tx, telegram_id, reachable).await? {
        true => approvals::reach_changed(tx, d, telegram_id).await,
        false => Ok(()),
    }
}
