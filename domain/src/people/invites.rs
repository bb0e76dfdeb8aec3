//! One-time links: a row that waits becomes the person's who opens its link first.

use chrono::{DateTime, TimeDelta, Utc};

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CustomerId, new_id, new_token, token_hash};
use crate::people::{Customer, Profile, by_telegram, claim, consent, find, merge};
use crate::{Error, Result};

/// Makes a one-time link's token for a customer row that waits for its person; valid `days`.
pub async fn invite(
    tx: &mut Tx,
    customer: &CustomerId,
    days: i64,
    now: DateTime<Utc>,
) -> Result<String> {
    let token = new_token();
    execute!(
        tx,
        "insert into invites (id, token_hash, customer_id, expires_at, created_at)
         values ($1, $2, $3, $4, $5)",
        new_id(now),
        token_hash(&token),
        customer,
        now + TimeDelta::days(days),
        now
    )?;
    Ok(token)
}

/// Uses an invite: the waiting row becomes this person's, once. A used, expired or unknown token,
/// and a row that has found its person meanwhile, are [`Error::NotFound`].
pub async fn accept_invite(
    tx: &mut Tx,
    token: &str,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<Customer> {
    let used = fetch_optional!(
        tx,
        (Option<CustomerId>,),
        "update invites set used_at = $2
          where token_hash = $1 and used_at is null and expires_at > $2
      returning customer_id",
        token_hash(token),
        now
    )?;
    let Some((Some(waiting),)) = used else { return Err(Error::NotFound) };
    let waiting = find(tx, &waiting).await?.ok_or(Error::NotFound)?;
    if waiting.telegram_id.is_some_and(|id| id != profile.telegram_id) {
        return Err(Error::NotFound);
    }
    let customer = match by_telegram(tx, profile.telegram_id).await? {
        Some(known) if known.id == waiting.id => known,
        Some(known) => {
            merge(tx, &waiting.id, &known.id).await?;
            known
        }
        None => {
            claim(tx, &waiting.id, profile, now).await?;
            waiting
        }
    };
    consent(tx, &customer.id, now).await?;
    find(tx, &customer.id).await?.ok_or(Error::NotFound)
}
