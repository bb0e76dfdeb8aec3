//! Connections of a SQLite database, lent one at a time in the order of asking.
//!
//! sqlx's own pool asks the driver's thread about a connection whenever it comes back: one more hop
//! for every page, and between any two transactions one that the next writer waits for. Here a
//! connection goes back as it is. Only a transaction that was not committed is rolled back first.
//!
//! A durable commit waits for the disk, a hundred times longer than the statements before it. So
//! those who write at the same time share one: a transaction that commits while others wait for
//! their turn stays open as a part of a group, the next one begins as a savepoint inside it, and
//! the first of the group commits for all when its turn comes again. Nobody hears «committed»
//! before the disk has it; a commit that fails fails for the whole group.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Error, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

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
    /// How many wait for their turn to work; a group that waits to be committed does not count.
    waiting: AtomicUsize,
    idle: Mutex<Vec<Held>>,
}

/// A connection and the group of transactions that stands open on it.
#[derive(Debug)]
struct Held {
    conn: SqliteConnection,
    /// Those who have done their part and wait for the commit.
    group: Vec<oneshot::Sender<Shared>>,
}

/// What became of a group's commit; the driver's error cannot be cloned, so its words go round.
type Shared = std::result::Result<(), String>;

/// What the holder of a connection has open on it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Open {
    Nothing,
    /// A transaction of its own.
    Alone,
    /// A savepoint within the transaction of a group.
    Member,
}

/// A connection on loan; goes back when dropped.
#[derive(Debug)]
pub struct Lent {
    /// Always there until the drop.
    held: Option<Held>,
    lane: Arc<Inner>,
    /// What may be open.
    open: Open,
    turn: Option<OwnedSemaphorePermit>,
}

impl Lane {
    /// Opens the first connection; up to `most` are opened as they are needed.
    pub(crate) async fn open(options: SqliteConnectOptions, most: u32) -> Result<Lane> {
        let first = Held::connect(&options).await?;
        let turns = usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS);
        Ok(Lane(Arc::new(Inner {
            options,
            most,
            turns: Arc::new(Semaphore::new(turns)),
            waiting: AtomicUsize::new(0),
            idle: Mutex::new(vec![first]),
        })))
    }

    /// Takes a connection when one is free.
    pub(crate) async fn take(&self) -> Result<Lent> {
        let turn = match self.0.turns.clone().try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => self.wait().await?,
        };
        let held = match self.0.pop() {
            Some(held) => held,
            None => Held::connect(&self.0.options).await?,
        };
        Ok(Lent::new(held, &self.0, turn))
    }

    async fn wait(&self) -> Result<OwnedSemaphorePermit> {
        let _counted = Waiting::new(&self.0.waiting);
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
        while let Some(mut held) = self.0.pop() {
            held.commit_group().await;
            if let Err(error) = held.conn.close().await {
                tracing::warn!(%error, "closing the database");
            }
        }
        self.0.turns.close();
        drop(all);
    }
}

/// Counts somebody who waits for as long as they do, also when they give up.
struct Waiting<'a>(&'a AtomicUsize);

impl Waiting<'_> {
    fn new(count: &AtomicUsize) -> Waiting<'_> {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Inner {
    fn pop(&self) -> Option<Held> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn push(&self, held: Held) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(held);
    }

    /// Commits the group that is open when all who wait now have had their turn.
    async fn commit_group(self: Arc<Inner>) {
        // Whoever closes the lane commits what is open.
        let Ok(turn) = self.turns.clone().acquire_owned().await else { return };
        let Some(mut held) = self.pop() else { return };
        held.commit_group().await;
        drop(Lent::new(held, &self, turn));
    }
}

impl Held {
    async fn connect(options: &SqliteConnectOptions) -> Result<Held> {
        let conn = SqliteConnection::connect_with(options).await?;
        Ok(Held { conn, group: Vec::new() })
    }

    async fn run(&mut self, statement: &'static str) -> Result<()> {
        sqlx::query(statement).execute(&mut self.conn).await?;
        Ok(())
    }

    async fn commit_group(&mut self) {
        if self.group.is_empty() {
            return;
        }
        let committed = self.run("commit").await.map_err(|error| error.to_string());
        if committed.is_err() {
            // It fails when the failure has rolled back already.
            let _ = self.run("rollback").await;
        }
        for member in self.group.drain(..) {
            // Those who gave up waiting hear nothing.
            let _ = member.send(committed.clone());
        }
    }
}

impl Lent {
    fn new(held: Held, lane: &Arc<Inner>, turn: OwnedSemaphorePermit) -> Lent {
        Lent { held: Some(held), lane: lane.clone(), open: Open::Nothing, turn: Some(turn) }
    }

    fn held(&mut self) -> &mut Held {
        self.held.as_mut().expect("a connection is on loan until the drop")
    }

    /// Opens a transaction that may write, so that a read followed by a write cannot be refused.
    pub(crate) async fn begin(&mut self) -> Result<()> {
        // Before the statement: whoever gives up waiting for it leaves a transaction open.
        if self.held().group.is_empty() {
            self.open = Open::Alone;
            self.held().run("begin immediate").await
        } else {
            self.open = Open::Member;
            self.held().run("savepoint member").await
        }
    }

    /// Makes the transaction durable, together with others if others wait.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if self.held().group.is_empty() && self.lane.waiting.load(Ordering::Relaxed) == 0 {
            self.held().run("commit").await?;
            self.open = Open::Nothing;
            return Ok(());
        }
        if self.open == Open::Member {
            self.held().run("release member").await?;
        }
        let (member, committed) = oneshot::channel();
        self.open = Open::Nothing;
        self.held().group.push(member);
        if self.held().group.len() == 1 {
            tokio::spawn(self.lane.clone().commit_group());
        }
        // The next one goes on with this connection.
        drop(self);
        match committed.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(words)) => Err(Error::Protocol(words)),
            Err(_closed) => Err(Error::PoolClosed),
        }
    }
}

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.held.as_ref().expect("a connection is on loan until the drop").conn
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.held().conn
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut held) = self.held.take() else { return };
        let undo: &[&'static str] = match self.open {
            Open::Nothing => return self.lane.push(held),
            Open::Alone => &["rollback"],
            Open::Member => &["rollback to member", "release member"],
        };
        // Without a runtime the connection is closed, which rolls back too.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (lane, turn) = (self.lane.clone(), self.turn.take());
        runtime.spawn(async move {
            for statement in undo {
                // It fails when there is nothing to undo after all: the connection is clean then.
                let _ = held.run(statement).await;
            }
            lane.push(held);
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

    /// Holds the connection until `others` wait for it, and commits then.
    async fn crowd(lane: &Lane, others: Vec<tokio::task::JoinHandle<()>>) {
        let mut conn = lane.take().await.unwrap();
        conn.begin().await.unwrap();
        sqlx::query("insert into kept values (1)").execute(&mut *conn).await.unwrap();
        while lane.0.waiting.load(Ordering::Relaxed) < others.len() {
            tokio::task::yield_now().await;
        }
        conn.commit().await.unwrap();
        for other in others {
            other.await.unwrap();
        }
    }

    #[tokio::test]
    async fn those_who_write_at_once_share_a_commit_and_one_that_fails_takes_only_its_own_back() {
        let (_folder, lane) = lane(1).await;
        for round in 1..=20 {
            let other = |commit| {
                let lane = lane.clone();
                tokio::spawn(async move { put(&lane, commit).await })
            };
            let others = (0..9).map(|number| other(number % 3 != 0)).collect();
            crowd(&lane, others).await;
            assert_eq!(kept(&lane).await, round * 7);
        }
    }

    #[tokio::test]
    async fn whoever_gives_up_within_a_group_harms_nobody() {
        let (_folder, lane) = lane(1).await;
        for round in 1..=20 {
            let hasty = (0..6).map(|number| {
                let lane = lane.clone();
                tokio::spawn(async move {
                    let work = async {
                        put(&lane, true).await;
                    };
                    // Some leave while they wait, begin, write or commit.
                    let patience = Duration::from_micros(number * 100 + round * 10);
                    let _ = tokio::time::timeout(patience, work).await;
                })
            });
            let hasty = hasty.collect();
            tokio::task::yield_now().await;
            let mut conn = lane.take().await.unwrap();
            conn.begin().await.unwrap();
            sqlx::query("insert into kept values (2)").execute(&mut *conn).await.unwrap();
            conn.commit().await.unwrap();
            let hasty: Vec<tokio::task::JoinHandle<()>> = hasty;
            for other in hasty {
                other.await.unwrap();
            }
        }
        let mut conn = lane.take().await.unwrap();
        let sql = "select count(*) from kept where n = 2";
        let kept: i64 = sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap();
        assert_eq!(kept, 20);
    }

    #[tokio::test]
    async fn closing_commits_what_a_group_has_done() {
        let (_folder, lane) = lane(1).await;
        let mut conn = lane.take().await.unwrap();
        conn.begin().await.unwrap();
        sqlx::query("insert into kept values (1)").execute(&mut *conn).await.unwrap();
        let (member, committed) = oneshot::channel();
        conn.open = Open::Nothing;
        conn.held().group.push(member);
        drop(conn);
        lane.close().await;
        assert_eq!(committed.await, Ok(Ok(())));
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
