//! The poll: what lost webhooks would have said. One process polls a connection at a time, from
//! where the last poll came to; what it finds are the same hints that webhooks are taken apart into.

use chrono::{DateTime, TimeDelta};
use domain::watch::{self, Turn};
use domain::{links, settings};

use crate::crm::NoRecord;
use crate::crm::amo::connection::{AmoConnection, CONTACT, LEAD, reading};
use crate::crm::amo::inbound::facets::FOLLOWED;
use crate::crm::amo::inbound::hint::{COMPANY, Hint};
use crate::crm::amo::{AmoCalls, CallError};
use crate::crm::limiter::Urgency;
use crate::worker::policy::Failure;

/// A poll asks a little further back than the last one came: the journal is not written at once.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// So long a poll may take; a process that died frees its turn by then.
const LEASE: TimeDelta = TimeDelta::minutes(5);

impl AmoConnection {
    /// Polls when the last poll is `every` ago and nobody else polls. Answers how many hints were
    /// found that no webhook had told.
    ///
    /// # Errors
    /// When the database or the CRM fails; the next poll asks again from the same place.
    pub async fn poll(&self, every: TimeDelta) -> anyhow::Result<Option<usize>> {
        let now = self.dealer.clock.now();
        let before = now - every;
        {
            // Most looks find nothing to do, and looking must not cost a transaction that writes.
            let mut reader = self.db.read().await?;
            let last = watch::of(&mut reader, self.name()).await?;
            if last.and_then(|watch| watch.polled_at).is_some_and(|at| at > before) {
                return Ok(None);
            }
        }
        let mut tx = self.db.begin().await?;
        let turn = watch::take_turn(&mut tx, self.name(), before, LEASE, now).await?;
        tx.commit().await?;
        let Some(turn) = turn else { return Ok(None) };
        let found = match turn.polled_to {
            Some(to) => self.changes(to - OVERLAP.num_seconds()).await,
            // Nothing of before we were connected is ours to act on.
            None => self.remember_account().await.map(|()| Vec::new()),
        };
        match found {
            Ok(hints) => self.keep(turn, &hints).await.map(Some),
            Err(error) => {
                let mut tx = self.db.begin().await?;
                watch::end_turn(&mut tx, self.name(), turn, None, now).await?;
                tx.commit().await?;
                Err(error)
            }
        }
    }

    /// What an error of [`AmoConnection::poll`] says of the connection; `None` where it is ours.
    pub(crate) fn failure_of(error: &anyhow::Error) -> Option<Failure> {
        error.downcast_ref::<CallError>().cloned().map(reading)
    }

    /// Keeps what was found and how far the poll came, together.
    async fn keep(&self, turn: Turn, hints: &[Hint]) -> anyhow::Result<usize> {
        let now = self.dealer.clock.now();
        let mut fresh = 0;
        let mut tx = self.db.begin().await?;
        for hint in hints {
            if !hint.keep(&mut tx, self.name(), "poll", now).await? {
                continue;
            }
            fresh += 1;
            let at = hint.at.and_then(|at| DateTime::from_timestamp(at, 0));
            if let (Some(_), Some(at)) = (hint.status_id, at) {
                watch::missed(&mut tx, self.name(), at, now).await?;
            }
        }
        // By their clock, not by ours: what they write down later bears a later time.
        let newest = hints.iter().filter_map(|hint| hint.at).max();
        let first = turn.polled_to.unwrap_or_else(|| now.timestamp());
        let to = newest.map_or(first, |newest| newest.max(first));
        if watch::end_turn(&mut tx, self.name(), turn, Some(to), now).await? {
            tx.commit().await?;
        }
        Ok(fresh)
    }

    async fn changes(&self, since: i64) -> anyhow::Result<Vec<Hint>> {
        let calls = self.client.calls(&NoRecord).with_urgency(Urgency::Background);
        let fields: Vec<i64> = FOLLOWED.iter().filter_map(|ours| self.field(ours)).collect();
        let mut hints: Vec<Hint> = match calls.journal(since, &fields).await? {
            Some(entries) => entries
                .iter()
                .filter(|entry| entry.entity == LEAD)
                .map(|entry| Hint::found(LEAD, entry.id, entry.status_id, entry.at))
                .collect(),
            None => self.changed_deals(since, calls).await?,
        };
        hints.extend(self.changed_people("contacts", CONTACT, since, calls).await?);
        hints.extend(self.changed_people("companies", COMPANY, since, calls).await?);
        // Newest first, as the account lists them: they are followed in the order of the changes.
        hints.sort_by_key(|hint| hint.at);
        Ok(hints)
    }

    /// Where the journal is not to be had: every deal that changed, with its stage as it is now.
    async fn changed_deals(&self, since: i64, calls: AmoCalls<'_>) -> anyhow::Result<Vec<Hint>> {
        let changed = calls.leads_changed_since(since).await?;
        let hint = |lead: &crate::crm::amo::wire::Lead| {
            Some(Hint::found(LEAD, lead.id, lead.status_id, lead.updated_at?))
        };
        Ok(changed.iter().filter_map(hint).collect())
    }

    /// Changed contacts or companies, as far as they are anybody of ours.
    async fn changed_people(
        &self,
        entity: &str,
        kind: &str,
        since: i64,
        calls: AmoCalls<'_>,
    ) -> anyhow::Result<Vec<Hint>> {
        let changed = match calls.people_changed_since(entity, since).await {
            Ok(changed) => changed,
            // A right that the integration lacks must not stop the deals.
            Err(CallError::Rejected { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut hints = Vec::new();
        let mut reader = self.db.read().await?;
        for person in &changed {
            let id = person.id.to_string();
            let ours = links::entities(&mut reader, self.name(), kind, &id).await?;
            if let (false, Some(at)) = (ours.is_empty(), person.updated_at) {
                hints.push(Hint::found(kind, person.id, None, at));
            }
        }
        Ok(hints)
    }

    /// Keeps the account's id: webhooks of another account are refused by it.
    async fn remember_account(&self) -> anyhow::Result<()> {
        let id = self.account(self.client.calls(&NoRecord)).await?.id;
        let mut tx = self.db.begin().await?;
        settings::put(&mut tx, &self.account_key(), &id.to_string()).await?;
        tx.commit().await?;
        Ok(())
    }
}
