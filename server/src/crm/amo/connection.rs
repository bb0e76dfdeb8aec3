//! One account of amoCRM as the deliveries see it: what is found before it is made, what is
//! remembered so that no step of a story is made twice.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::db::Db;
use domain::{Dealer, links};
use tokio::sync::{Mutex, OnceCell};

use crate::config::{AmocrmSettings, ConnectionConfig};
use crate::crm::amo::wire::Account;
use crate::crm::amo::write::NewLead;
use crate::crm::amo::{AmoCalls, AmoClient, CallError};
use crate::worker::policy::{Failure, Look};

/// What hangs on our entity there.
pub(crate) const LEAD: &str = "lead";
/// The person there.
pub(crate) const CONTACT: &str = "contact";

/// One configured account.
pub struct AmoConnection {
    pub(crate) config: ConnectionConfig,
    pub(crate) settings: AmocrmSettings,
    pub(crate) client: AmoClient,
    pub(crate) db: Db,
    pub(crate) dealer: Arc<Dealer>,
    /// After so long a search finds what a call may have made.
    pub(crate) grace: TimeDelta,
    /// Held while a contact is looked for and made.
    pub(crate) contacts: Mutex<()>,
    account: OnceCell<Account>,
}

impl AmoConnection {
    /// The account of a configured connection. After `grace` a search finds what a call may have
    /// made.
    pub fn new(
        config: ConnectionConfig,
        settings: AmocrmSettings,
        client: AmoClient,
        db: Db,
        dealer: Arc<Dealer>,
        grace: Duration,
    ) -> AmoConnection {
        AmoConnection {
            config,
            settings,
            client,
            db,
            dealer,
            grace: TimeDelta::from_std(grace).unwrap_or(TimeDelta::MAX),
            contacts: Mutex::default(),
            account: OnceCell::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The id of their field for ours, if one is configured.
    pub(crate) fn field(&self, ours: &str) -> Option<i64> {
        self.config.field(ours)?.parse().ok()
    }

    /// The account, asked for once.
    pub(crate) async fn account(&self, calls: AmoCalls<'_>) -> Result<&Account, CallError> {
        self.account.get_or_try_init(|| calls.account()).await
    }

    /// The zone whose midnights are the account's dates.
    pub(crate) async fn zone(&self, calls: AmoCalls<'_>) -> Result<Tz, CallError> {
        let account = self.account(calls).await?;
        let named = account.timezone.as_deref().and_then(|name| name.parse().ok());
        Ok(named.unwrap_or(self.dealer.zone))
    }

    /// Their id for a step of our entity's story.
    pub(crate) async fn linked(&self, entity: &str, kind: &str) -> Result<Option<String>, Failure> {
        let mut reader = self.db.read().await.map_err(local)?;
        links::find(&mut reader, self.name(), entity, kind).await.map_err(local)
    }

    /// Remembers that a step is done, at once: a crash after it repeats nothing.
    pub(crate) async fn remember(
        &self,
        entity: &str,
        kind: &str,
        their_id: &str,
    ) -> Result<(), Failure> {
        let now = self.dealer.clock.now();
        let write = async {
            let mut tx = self.db.begin().await?;
            links::put(&mut tx, self.name(), entity, kind, their_id, now).await?;
            tx.commit().await?;
            domain::Result::Ok(())
        };
        // It is done there and not known here: the next try must look.
        write.await.map_err(|error: domain::Error| Failure::Unknown { why: error.to_string() })
    }

    /// The deal of `entity`: remembered; else, when an earlier try may have made it, looked for by
    /// our number; else made. The text says when one was adopted.
    pub(crate) async fn deal(
        &self,
        entity: &str,
        number: &str,
        new: NewLead,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<(i64, Option<String>), Failure> {
        if let Some(id) = self.linked_id(entity, LEAD).await? {
            return Ok((id, None));
        }
        if look.wanted() {
            let hits = calls.search_leads(number).await.map_err(reading)?;
            let ours = hits
                .iter()
                .filter(|lead| !lead.is_deleted)
                .filter(|lead| lead.has_tag(number) || names(&lead.name, number))
                .map(|lead| lead.id)
                .min();
            if let Some(id) = ours {
                self.remember(entity, LEAD, &id.to_string()).await?;
                return Ok((id, Some(format!("adopted deal {id}"))));
            }
            look.absent(number)?;
        }
        let id = calls.create_lead(new).await.map_err(creating)?;
        self.remember(entity, LEAD, &id.to_string()).await?;
        Ok((id, None))
    }

    /// A note on a deal, once per `kind`; by its first line it is found again.
    pub(crate) async fn note(
        &self,
        (entity, kind): (&str, &str),
        lead: i64,
        text: &str,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        if self.linked(entity, kind).await?.is_some() {
            return Ok(());
        }
        let title = text.lines().next().unwrap_or_default();
        let mut there = None;
        if look.wanted() {
            let notes = calls.notes_of(lead).await.map_err(reading)?;
            there = notes.iter().find(|note| note.text().starts_with(title)).map(|note| note.id);
        }
        let id = match there {
            Some(id) => id,
            // The digital pipeline must not take our note for a manager's act.
            None => calls.add_note(lead, text, false).await.map_err(creating)?,
        };
        self.remember(entity, kind, &id.to_string()).await
    }

    /// Files of a case: uploaded one by one, then hung on the deal together.
    pub(crate) async fn files(
        &self,
        (entity, owner): (&str, &str),
        lead: i64,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        let files = {
            let mut reader = self.db.read().await.map_err(local)?;
            domain::files::of(&mut reader, owner).await.map_err(local)?
        };
        let done = format!("files:{owner}");
        if files.is_empty() || self.linked(entity, &done).await?.is_some() {
            return Ok(());
        }
        let account = self.account(calls).await.map_err(reading)?;
        let drive = account.drive_url.as_deref().ok_or_else(|| Failure::Rejected {
            why: "the account has no drive for files".to_owned(),
        })?;
        let mut uuids = Vec::with_capacity(files.len());
        for file in &files {
            let step = format!("file:{}", file.id);
            if let Some(uuid) = self.linked(entity, &step).await? {
                uuids.push(uuid);
                continue;
            }
            let bytes = domain::files::read(&self.dealer.uploads, file).await.map_err(local)?;
            // A file that was uploaded and not hung on anything is seen by nobody.
            let uuid = calls
                .upload(drive, &file.name, &file.content_type, bytes.into())
                .await
                .map_err(reading)?;
            self.remember(entity, &step, &uuid).await?;
            uuids.push(uuid);
        }
        calls.attach_files(lead, &uuids).await.map_err(reading)?;
        self.remember(entity, &done, &uuids.len().to_string()).await
    }

    pub(crate) async fn linked_id(&self, entity: &str, kind: &str) -> Result<Option<i64>, Failure> {
        Ok(self.linked(entity, kind).await?.and_then(|id| id.parse().ok()))
    }
}

impl std::fmt::Debug for AmoConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AmoConnection").field("name", &self.config.name).finish_non_exhaustive()
    }
}

/// A call that makes something failed: it may be there all the same.
#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
pub(crate) fn creating(error: CallError) -> Failure {
    match sorted(&error) {
        Failure::Later { why } if error.outcome_unknown() => Failure::Unknown { why },
        other => other,
    }
}

/// A call that may be repeated as it is failed.
#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
pub(crate) fn reading(error: CallError) -> Failure {
    sorted(&error)
}

/// Our own side failed before anything was sent.
pub(crate) fn local(error: impl std::fmt::Display) -> Failure {
    Failure::Later { why: error.to_string() }
}

fn sorted(error: &CallError) -> Failure {
    let why = error.words();
    match error {
        CallError::TooMany { retry_after } => Failure::TooMany { after: *retry_after, why },
        CallError::Unauthorized | CallError::Blocked | CallError::PaymentRequired => {
            Failure::Stop { why }
        }
        CallError::Rejected { .. } => Failure::Rejected { why },
        CallError::ServerError { .. }
        | CallError::Network { .. }
        | CallError::Timeout
        | CallError::Garbage
        | CallError::Local { .. } => Failure::Later { why },
    }
}

/// Whether the number stands in a name as a word of its own: `ORD-2026-000012` is not in
/// `ORD-2026-0000123`.
fn names(name: &str, number: &str) -> bool {
    name.match_indices(number).any(|(at, _)| {
        let after = name[at + number.len()..].chars().next();
        after.is_none_or(|c| !c.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_not_found_inside_a_longer_one() {
        assert!(names("Заказ ORD-2026-000012 — Анна", "ORD-2026-000012"));
        assert!(names("ORD-2026-000012", "ORD-2026-000012"));
        assert!(!names("Заказ ORD-2026-0000123", "ORD-2026-000012"));
    }
}
