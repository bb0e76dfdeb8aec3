//! The poll: what lost webhooks would have said. One process polls a connection at a time, from
//! where the last poll came to; what it finds are the same hints that webhooks are taken apart into.

use chrono::{DateTime, TimeDelta};
use domain::links;
use domain::watch::{self, Turn};

use crate::crm::error::CallError;
use crate::crm::failure::reading;
use crate::crm::hear::hint::Hint;
use crate::crm::hear::speaker::{Changes, Speaker};
use crate::worker::policy::Failure;

/// A poll asks a little further back than the last one came: what changed may show late.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// So long a poll may take; a process that died frees its turn by then.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// Polls when the last poll is `every` ago and nobody else polls. Answers how many hints were found
/// that no webhook had told.
///
/// # Errors
/// When the database or the CRM fails; the next poll asks again from the same place.
pub(crate) async fn poll<S: Speaker>(
    account: &S,
    every: TimeDelta,
) -> anyhow::Result<Option<usize>> {
    let (name, now) = (&account.config().name, account.dealer().clock.now());
    let before = now - every;
    {
        // Most looks find nothing to do, and looking must not cost a transaction that writes.
        let mut reader = account.db().read().await?;
        let last = watch::of(&mut reader, name).await?;
        if last.and_then(|watch| watch.polled_at).is_some_and(|at| at > before) {
            return Ok(None);
        }
    }
    let mut tx = account.db().begin().await?;
    let turn = watch::take_turn(&mut tx, name, before, LEASE, now).await?;
    tx.commit().await?;
    let Some(turn) = turn else { return Ok(None) };
    let found = match turn.polled_to {
        Some(to) => account.changes(to - OVERLAP.num_seconds()).await,
        // Nothing of before we were connected is ours to act on.
        None => account.introduce().await.map(|()| Changes::default()),
    };
    match found {
        Ok(changes) => keep(account, turn, changes).await.map(Some),
        Err(error) => {
            let mut tx = account.db().begin().await?;
            watch::end_turn(&mut tx, name, turn, None, now).await?;
            tx.commit().await?;
            Err(error)
        }
    }
}

/// What an error of [`poll`] says of the connection; `None` where it is ours.
pub(crate) fn failure_of(error: &anyhow::Error) -> Option<Failure> {
    error.downcast_ref::<CallError>().cloned().map(reading)
}

/// Keeps what was found and how far the poll came, together.
async fn keep<S: Speaker>(account: &S, turn: Turn, changes: Changes) -> anyhow::Result<usize> {
    let (name, now) = (&account.config().name, account.dealer().clock.now());
    let Changes { mut hints, newest } = changes;
    // They are followed in the order of the changes.
    hints.sort_by_key(|hint| hint.at);
    let mut fresh = 0;
    let mut tx = account.db().begin().await?;
    for hint in &hints {
        if !hint.keep(&mut tx, name, "poll", now).await? {
            continue;
        }
        fresh += 1;
        let at = hint.at.and_then(|at| DateTime::from_timestamp(at, 0));
        if let (Some(_), Some(at)) = (&hint.stage, at) {
            watch::missed(&mut tx, name, at, now).await?;
        }
    }
    // By their clock, not by ours: what they write down later bears a later time.
    let first = turn.polled_to.unwrap_or_else(|| now.timestamp());
    let to = newest.map_or(first, |newest| newest.max(first));
    if watch::end_turn(&mut tx, name, turn, Some(to), now).await? {
        tx.commit().await?;
    }
    Ok(fresh)
}

/// Hints about those of the changed entities of a kind (their ids, and when they changed) that are
/// anybody of ours.
pub(crate) async fn ours<S: Speaker>(
    account: &S,
    kind: &str,
    changed: impl Iterator<Item = (i64, i64)> + Send,
) -> domain::Result<Vec<Hint>> {
    let mut hints = Vec::new();
    let mut reader = account.db().read().await?;
    for (id, at) in changed {
        let name = &account.config().name;
        if !links::entities(&mut reader, name, kind, &id.to_string()).await?.is_empty() {
            hints.push(Hint::found(kind, id, None, at));
        }
    }
    Ok(hints)
}
