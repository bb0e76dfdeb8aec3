//! Connections of a SQLite database, lent one at a time in the order of asking.
//!
//! sqlx's own pool asks the driver's thread about a connection whenever it comes back: one more hop
//! for every page, and between any two transactions one that the next writer waits for. Here a
//! connection goes back as it is. Only a transaction that was not committed is rolled back first.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Error, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections of one kind; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Lane(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: SqliteConnectOptions,
    most: u32,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection on loan; goes back when dropped.
#[derive(Debug)]
pub struct Lent {
    /// Always there until the drop.
    conn: Option<SqliteConnection>,
    lane: Arc<Inner>,
    /// Whether a transaction may be open.
    open: bool,
    turn: Option<OwnedSemaphorePermit>,
}

impl Lane {
    /// Opens the first connection; up to `most` are opened as they are needed.
    pub(crate) async fn open(options: SqliteConnectOptions, most: u32) -> Result<Lane> {
        let first = SqliteConnection::connect_with(&options).await?;
        let turns = usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS);
        Ok(Lane(Arc::new(Inner {
            options,
            most,
            turns: Arc::new(Semaphore::new(turns)),
            idle: Mutex::new(vec![first]),
        })))
    }

    /// Takes a connection when one is free.
    pub(crate) async fn take(&self) -> Result<Lent> {
        let turn = match self.0.turns.clone().try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => self.wait().await?,
        };
        let conn = match self.0.pop() {
            Some(conn) => conn,
            None => SqliteConnection::connect_with(&self.0.options).await?,
        };
        Ok(Lent { conn: Some(conn), lane: self.0.clone(), open: false, turn: Some(turn) })
    }

    async fn wait(&self) -> Result<OwnedSemaphorePermit> {
        match tokio::time::timeout(PATIENCE, self.0.turns.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_closed)) => Err(Error::PoolClosed),
            Err(_elapsed) => Err(Error::PoolTimedOut),
        }
    }

    /// Waits until every connection has come back, and closes them.
    pub(crate) async fn close(&self) {
        // Closed already, there is nothing left to wait for.
        let all = self.0.turns.acquire_many(self.0.most).await;
        while let Some(conn) = self.0.pop() {
            if let Err(error) = conn.close().await {
                tracing::warn!(%error, "closing the database");
            }
        }
        self.0.turns.close();
        drop(all);
    }
}

impl Inner {
    fn pop(&self) -> Option<SqliteConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn push(&self, conn: SqliteConnection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
    }
}

impl Lent {
    /// Opens a transaction that may write, so that a read followed by a write cannot be refused.
    pub(crate) async fn begin(&mut self) -> Result<()> {
        // Before the statement: whoever gives up waiting for it leaves a transaction open.
        self.open = true;
        sqlx::query("begin immediate").execute(&mut **self).await?;
        Ok(())
    }

    /// Makes the transaction durable.
    pub(crate) async fn commit(&mut self) -> Result<()> {
        sqlx::query("commit").execute(&mut **self).await?;
        self.open = false;
        Ok(())
    }
}

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.conn.as_ref().expect("a connection is on loan until the drop")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.conn.as_mut().expect("a connection is on loan until the drop")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        if !self.open {
            self.lane.push(conn);
            return;
        }
        // Without a runtime the connection is closed, which rolls back too.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (lane, turn) = (self.lane.clone(), self.turn.take());
        runtime.spawn(async move {
            // It fails when there is no transaction after all: the connection is clean then.
            let _ = sqlx::query("rollback").execute(&mut conn).await;
            lane.push(conn);
            drop(turn);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lane(most: u32) -> (tempfile::TempDir, Lane) {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("lane.db"))
            .create_if_missing(true);
        let lane = Lane::open(options, most).await.unwrap();
        sqlx::query("create table kept (n bigint not null)")
            .execute(&mut *lane.take().await.unwrap())
            .await
            .unwrap();
        (folder, lane)
    }

    async fn put(lane: &Lane, commit: bool) {
        let mut conn = lane.take().await.unwrap();
        conn.begin().await.unwrap();
        sqlx::query("insert into kept values (1)").execute(&mut *conn).await.unwrap();
        if commit {
            conn.commit().await.unwrap();
        }
    }

    async fn kept(lane: &Lane) -> i64 {
        let mut conn = lane.take().await.unwrap();
        let sql = "select count(*) from kept";
        sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_not_committed_is_rolled_back_before_the_next_turn() {
        let (_folder, lane) = lane(1).await;
        put(&lane, false).await;
        assert_eq!(kept(&lane).await, 0);
        put(&lane, true).await;
        assert_eq!(kept(&lane).await, 1);
    }

    #[tokio::test]
    async fn a_transaction_given_up_while_it_opens_or_commits_leaves_no_lock() {
        let (_folder, lane) = lane(1).await;
        for _ in 0..50 {
            let mut conn = lane.take().await.unwrap();
            let _ = tokio::time::timeout(Duration::ZERO, conn.begin()).await;
            drop(conn);
            let mut conn = lane.take().await.unwrap();
            conn.begin().await.unwrap();
            let _ = tokio::time::timeout(Duration::ZERO, conn.commit()).await;
        }
        put(&lane, true).await;
        assert_eq!(kept(&lane).await, 1);
    }

    #[tokio::test]
    async fn a_closed_lane_lends_nothing() {
        let (_folder, lane) = lane(2).await;
        let lent = lane.take().await.unwrap();
        let closing = tokio::spawn({
            let lane = lane.clone();
            async move { lane.close().await }
        });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished());
        drop(lent);
        closing.await.unwrap();
        assert!(matches!(lane.take().await, Err(Error::PoolClosed)));
    }
}
