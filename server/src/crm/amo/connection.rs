//! One account of amoCRM as the deliveries see it: what is found before it is made, what is
//! remembered so that no step of a story is made twice.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::db::Db;
use domain::{Dealer, links};
use tokio::sync::OnceCell;

use crate::config::{AmocrmSettings, ConnectionConfig};
use crate::crm::amo::deals::turns::Turns;
use crate::crm::amo::wire::Account;
use crate::crm::amo::{AmoCalls, AmoClient, CallError};
use crate::worker::policy::{Failure, Look};

/// What hangs on our entity there.
pub(crate) const LEAD: &str = "lead";
/// The person there.
pub(crate) const CONTACT: &str = "contact";
/// The firm there.
pub(crate) const COMPANY: &str = "company";

/// A story that is being told to the account.
#[derive(Clone, Copy)]
pub(crate) struct Telling<'a> {
    /// What it is about: `order:…`, `request:…`.
    pub(crate) entity: &'a str,
    /// Whether an earlier try may have done a part of it.
    pub(crate) look: Look,
    /// Through which its calls go.
    pub(crate) calls: AmoCalls<'a>,
}

/// One configured account.
pub struct AmoConnection {
    pub(crate) config: ConnectionConfig,
    pub(crate) settings: AmocrmSettings,
    pub(crate) client: AmoClient,
    pub(crate) db: Db,
    pub(crate) dealer: Arc<Dealer>,
    /// After so long a search finds what a call may have made.
    pub(crate) grace: TimeDelta,
    /// Held while something that must be once is looked for and made.
    pub(crate) turns: Turns,
    /// The list of products, once asked for; `None` where there is none for us.
    pub(crate) products: OnceCell<Option<i64>>,
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
            turns: Turns::default(),
            products: OnceCell::new(),
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

    /// As [`AmoConnection::remember`], for what may move: a contact that managers merged, a company
    /// that was deleted and made anew.
    pub(crate) async fn point(
        &self,
        entity: &str,
        kind: &str,
        their_id: i64,
    ) -> Result<(), Failure> {
        let now = self.dealer.clock.now();
        let write = async {
            let mut tx = self.db.begin().await?;
            let id = their_id.to_string();
            links::replace(&mut tx, self.name(), entity, kind, &id, now).await?;
            tx.commit().await?;
            domain::Result::Ok(())
        };
        write.await.map_err(|error: domain::Error| Failure::Unknown { why: error.to_string() })
    }

    /// A search tells something only when the last try to make it must show in it.
    pub(crate) async fn no_fresh_try(&self, entity: &str, kind: &str) -> Result<(), Failure> {
        let step = making(kind);
        let begun = {
            let mut reader = self.db.read().await.map_err(local)?;
            links::begun(&mut reader, self.name(), entity, &step).await.map_err(local)?
        };
        let Some(begun) = begun else { return Ok(()) };
        let wait = begun + self.grace - self.dealer.clock.now();
        match wait.to_std() {
            Ok(after) if !after.is_zero() => Err(being_made(kind, after)),
            _ => Ok(()),
        }
    }

    /// Writes down that something is about to be made. Another process may have begun since we
    /// looked; then it is its turn.
    pub(crate) async fn begin_try(&self, entity: &str, kind: &str) -> Result<(), Failure> {
        let now = self.dealer.clock.now();
        let step = making(kind);
        let mut tx = self.db.begin().await.map_err(local)?;
        let begun = links::begin(&mut tx, self.name(), entity, &step, now - self.grace, now);
        let begun = begun.await.map_err(local)?;
        tx.commit().await.map_err(local)?;
        match begun {
            true => Ok(()),
            false => Err(being_made(kind, self.grace.to_std().unwrap_or_default())),
        }
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
        CallError::Unauthorized
        | CallError::NoAccess { .. }
        | CallError::Blocked
        | CallError::PaymentRequired => Failure::Stop { why },
        CallError::Rejected { .. } => Failure::Rejected { why },
        CallError::ServerError { .. }
        | CallError::Network { .. }
        | CallError::Timeout
        | CallError::Garbage
        | CallError::Local { .. } => Failure::Later { why },
    }
}

/// The step that is begun before something of this kind is made.
fn making(kind: &str) -> String {
    format!("{kind}-making")
}

fn being_made(kind: &str, after: Duration) -> Failure {
    Failure::NotYet { after, why: format!("the {kind} may just have been made") }
}
