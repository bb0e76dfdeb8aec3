//! How people are told in Telegram: the one way from a rule to their chat. What they switched off is
//! not sent, what may wait is held until their quiet hours end; what they must act upon always comes.

use chrono::{DateTime, Utc};

use crate::cards;
use crate::db::Tx;
use crate::outbox::{self, Notice};
use crate::{Dealer, Result};

mod quiet;
mod settings;
mod weigh;

pub use quiet::QuietHours;
pub use settings::{Kind, Settings, forget, set, settings};
use weigh::Weight;

/// As whom somebody is told: a colleague of ours has no switches, only quiet hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    Customer,
    Staff,
}

/// Promises a notice to a customer, unless they have switched its kind off. `once` names the occasion:
/// the same occasion is told once. Answers whether it was promised now.
///
/// # Errors
/// When the database fails.
pub async fn to_customer(
    tx: &mut Tx,
    d: &Dealer,
    chat: i64,
    notice: Notice,
    once: &str,
) -> Result<bool> {
    tell(tx, d, (As::Customer, chat), notice, once).await
}

/// Promises a notice to one of the staff; the same occasion is told once.
///
/// # Errors
/// When the database fails.
pub async fn to_staff(
    tx: &mut Tx,
    d: &Dealer,
    chat: i64,
    notice: Notice,
    once: &str,
) -> Result<bool> {
    tell(tx, d, (As::Staff, chat), notice, once).await
}

async fn tell(
    tx: &mut Tx,
    d: &Dealer,
    (who, chat): (As, i64),
    notice: Notice,
    once: &str,
) -> Result<bool> {
    let now = d.clock.now();
    let wishes = settings(tx, chat).await?;
    let off = who == As::Customer && !wishes.wants(weigh::kind(&notice));
    let quiet = wishes.quiet_until(now, d.zone);
    if !off && quiet.is_none() {
        return outbox::notify(tx, now, None, chat, notice, once).await;
    }
    let until = match weigh::weigh(tx, who, &notice, quiet).await? {
        Weight::Act => None,
        // Nobody hears how a card changes, and one that is left behind would lie.
        _ if is_edit(tx, chat, &notice, now).await? => None,
        _ if off => return Ok(false),
        Weight::Presses => None,
        Weight::Waits => quiet,
    };
    outbox::notify(tx, now, until, chat, notice, once).await
}

/// Whether it only changes a message that is in the chat already, which makes no sound.
async fn is_edit(tx: &mut Tx, chat: i64, notice: &Notice, now: DateTime<Utc>) -> Result<bool> {
    let Some(key) = cards::key(notice) else { return Ok(false) };
    let sent = cards::sent(tx, &key, chat).await?;
    Ok(sent.is_some_and(|(_, at)| !cards::is_sent_anew(notice, at, now)))
}
