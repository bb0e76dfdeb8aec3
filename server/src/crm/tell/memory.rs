//! What an account was told already: each step of a story is remembered at once, so that a crash
//! between two of them repeats none.

use std::time::Duration;

use chrono::TimeDelta;
use domain::db::Db;
use domain::{Clock, links};
use tokio::sync::MutexGuard;

use crate::crm::turns::Turns;
use crate::worker::policy::Failure;

/// What one account was told.
#[derive(Debug)]
pub(crate) struct Memory {
    connection: String,
    db: Db,
    clock: Clock,
    /// After so long a search finds what a call may have made.
    grace: TimeDelta,
    /// Held while something that must be once is looked for and made.
    turns: Turns,
}

impl Memory {
    /// Of the connection of this name. After `grace` a search finds what a call may have made.
    pub(crate) fn new(connection: &str, db: Db, clock: Clock, grace: Duration) -> Memory {
        Memory {
            connection: connection.to_owned(),
            db,
            clock,
            grace: TimeDelta::from_std(grace).unwrap_or(TimeDelta::MAX),
            turns: Turns::default(),
        }
    }

    /// After so long a search finds what a call may have made.
    pub(crate) fn grace(&self) -> Duration {
        self.grace.to_std().unwrap_or_default()
    }

    /// Waits for the turn of `entity` inside this process.
    pub(crate) async fn turn(&self, entity: &str) -> MutexGuard<'_, ()> {
        self.turns.of(entity).await
    }

    /// Their id for a step of our entity's story.
    pub(crate) async fn linked(&self, entity: &str, kind: &str) -> Result<Option<String>, Failure> {
        let mut reader = self.db.read().await.map_err(local)?;
        links::find(&mut reader, &self.connection, entity, kind).await.map_err(local)
    }

    /// As [`Memory::linked`], where their ids are numbers.
    pub(crate) async fn linked_id(&self, entity: &str, kind: &str) -> Result<Option<i64>, Failure> {
        Ok(self.linked(entity, kind).await?.and_then(|id| id.parse().ok()))
    }

    /// Their ids of the steps of an entity's story whose name begins so. Ids of another kind of
    /// thing are left out: they may be the same numbers.
    pub(crate) async fn steps_of(
        &self,
        entity: &str,
        begin: &[&str],
    ) -> Result<Vec<String>, Failure> {
        let mut reader = self.db.read().await.map_err(local)?;
        let all = links::steps(&mut reader, &self.connection, entity).await.map_err(local)?;
        let of_kind = |(step, _): &(String, String)| begin.iter().any(|it| step.starts_with(it));
        Ok(all.into_iter().filter(of_kind).map(|(_, id)| id).collect())
    }

    /// Remembers that a step is done, at once: a crash after it repeats nothing.
    pub(crate) async fn remember(
        &self,
        entity: &str,
        kind: &str,
        their_id: &str,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let write = async {
            let mut tx = self.db.begin().await?;
            links::put(&mut tx, &self.connection, entity, kind, their_id, now).await?;
            tx.commit().await?;
            domain::Result::Ok(())
        };
        // It is done there and not known here: the next try must look.
        write.await.map_err(|error: domain::Error| Failure::Unknown { why: error.to_string() })
    }

    /// As [`Memory::remember`], for what may move: a contact that managers merged, a company that
    /// was deleted and made anew.
    pub(crate) async fn point(
        &self,
        entity: &str,
        kind: &str,
        their_id: i64,
    ) -> Result<(), Failure> {
        self.replace(entity, kind, &their_id.to_string()).await
    }

    /// As [`Memory::point`], where it is no number.
    pub(crate) async fn replace(
        &self,
        entity: &str,
        kind: &str,
        their_id: &str,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let write = async {
            let mut tx = self.db.begin().await?;
            links::replace(&mut tx, &self.connection, entity, kind, their_id, now).await?;
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
            links::begun(&mut reader, &self.connection, entity, &step).await.map_err(local)?
        };
        let Some(begun) = begun else { return Ok(()) };
        let wait = begun + self.grace - self.clock.now();
        match wait.to_std() {
            Ok(after) if !after.is_zero() => Err(being_made(kind, after)),
            _ => Ok(()),
        }
    }

    /// Writes down that something is about to be made. Another process may have begun since we
    /// looked; then it is its turn.
    pub(crate) async fn begin_try(&self, entity: &str, kind: &str) -> Result<(), Failure> {
        let now = self.clock.now();
        let step = making(kind);
        let mut tx = self.db.begin().await.map_err(local)?;
        let begun = links::begin(&mut tx, &self.connection, entity, &step, now - self.grace, now);
        let begun = begun.await.map_err(local)?;
        tx.commit().await.map_err(local)?;
        match begun {
            true => Ok(()),
            false => Err(being_made(kind, self.grace())),
        }
    }
}

/// Our own side failed before anything was sent.
pub(crate) fn local(error: impl std::fmt::Display) -> Failure {
    Failure::Later { why: error.to_string() }
}

/// It will never pass as it is, and this is why.
pub(crate) fn rejected(why: &str) -> Failure {
    Failure::Rejected { why: why.to_owned() }
}

/// The step that is begun before something of this kind is made.
fn making(kind: &str) -> String {
    format!("{kind}-making")
}

fn being_made(kind: &str, after: Duration) -> Failure {
    Failure::NotYet { after, why: format!("the {kind} may just have been made") }
}
