//! One database layer for SQLite and PostgreSQL: one SQL text, one set of row structs.
//!
//! A domain function that changes something takes `&mut Tx`; one that only reads takes
//! `&mut impl Executor`, so it works inside a transaction and on a [`Reader`], which is a pooled
//! connection without one: on SQLite each statement is a hop to the driver's own thread
//! (15–20 µs), and `begin` and `commit` would be two more of them.

mod lane;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Postgres, Transaction};
use tokio::sync::Notify;

use lane::Lane;
pub use lane::Lent;

/// The database of a running product; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Engine,
    signals: Arc<Signals>,
}

#[derive(Clone, Debug)]
enum Engine {
    /// Read-only connections, and the one that writes: its queue makes writers wait in turn.
    Sqlite {
        read: Lane,
        write: Lane,
    },
    Postgres(PgPool),
}

/// Wakes the workers of this process at once; other processes find the work by polling.
#[derive(Debug, Default)]
pub struct Signals {
    /// A committed transaction put deliveries into the outbox.
    pub outbox: Notify,
    /// A committed transaction stored an inbound event.
    pub inbox: Notify,
}

/// A transaction that writes. Dropped without [`Tx::commit`], it rolls back.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    signals: Arc<Signals>,
    /// Set by `outbox::enqueue`: the commit wakes the delivery workers.
    pub(crate) wakes_outbox: bool,
    /// Set by `inbox::store`: the commit wakes the worker of inbound events.
    pub(crate) wakes_inbox: bool,
}

#[derive(Debug)]
enum Inner {
    /// Opened by `begin immediate`, so that a read followed by a write cannot be refused.
    Sqlite(Lent),
    Postgres(Transaction<'static, Postgres>),
}

/// A connection for reading, outside any transaction: each statement sees its own snapshot.
#[derive(Debug)]
pub enum Reader {
    /// One of the read-only connections.
    Sqlite(Lent),
    /// From the pool.
    Postgres(PoolConnection<Postgres>),
}

/// What a query macro runs on.
#[derive(Debug)]
pub enum Conn<'c> {
    /// A SQLite connection.
    Sqlite(&'c mut SqliteConnection),
    /// A PostgreSQL connection.
    Postgres(&'c mut PgConnection),
}

/// Anything that can run a reading query: [`Tx`] or [`Reader`].
pub trait Executor: Send {
    /// The connection behind it.
    fn conn(&mut self) -> Conn<'_>;
}

impl Executor for Tx {
    fn conn(&mut self) -> Conn<'_> {
        match &mut self.inner {
            Inner::Sqlite(conn) => Conn::Sqlite(conn),
            Inner::Postgres(tx) => Conn::Postgres(tx),
        }
    }
}

impl Executor for Reader {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Reader::Sqlite(conn) => Conn::Sqlite(conn),
            Reader::Postgres(conn) => Conn::Postgres(conn),
        }
    }
}

impl Tx {
    /// Makes everything that was done durable, then wakes the workers that it concerns.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self.inner {
            Inner::Sqlite(conn) => conn.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        if self.wakes_outbox {
            self.signals.outbox.notify_waiters();
        }
        if self.wakes_inbox {
            self.signals.inbox.notify_waiters();
        }
        Ok(())
    }
}

impl Db {
    fn over(engine: Engine) -> Db {
        Db { engine, signals: Arc::default() }
    }

    /// What commits wake.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Opens `sqlite://path` (made if absent) or `postgres://…`. Changes nothing in it:
    /// see [`Db::migrate`].
    pub async fn connect(url: &str) -> sqlx::Result<Db> {
        if url.starts_with("sqlite:") {
            return connect_sqlite(url).await;
        }
        // The session's zone is UTC whatever the server's is, so `date` never shifts.
        let options = PgConnectOptions::from_str(url)?.options([("timezone", "UTC")]);
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        Ok(Db::over(Engine::Postgres(pool)))
    }

    /// Brings the schema up to date. Migrations only go forward.
    pub async fn migrate(&self) -> Result<(), sqlx::migrate::MigrateError> {
        match &self.engine {
            Engine::Sqlite { write, .. } => MIGRATIONS.run(&mut *write.take().await?).await,
            Engine::Postgres(pool) => MIGRATIONS.run(pool).await,
        }
    }

    /// Whether every migration that this program knows has been applied.
    pub async fn is_migrated(&self) -> sqlx::Result<bool> {
        let mut reader = self.read().await?;
        let known = i64::try_from(MIGRATIONS.iter().count()).unwrap_or(i64::MAX);
        let applied: (i64,) =
            fetch_one!(&mut reader, (i64,), "select count(*) from _sqlx_migrations where success")?;
        Ok(applied.0 >= known)
    }

    /// Opens a transaction that may write.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        let inner = match &self.engine {
            Engine::Sqlite { write, .. } => {
                let mut conn = write.take().await?;
                conn.begin().await?;
                Inner::Sqlite(conn)
            }
            Engine::Postgres(pool) => Inner::Postgres(pool.begin_with("begin").await?),
        };
        Ok(Tx { inner, signals: self.signals.clone(), wakes_outbox: false, wakes_inbox: false })
    }

    /// Takes a connection for reading; one serves all queries of a page.
    pub async fn read(&self) -> sqlx::Result<Reader> {
        match &self.engine {
            Engine::Sqlite { read, .. } => Ok(Reader::Sqlite(read.take().await?)),
            Engine::Postgres(pool) => Ok(Reader::Postgres(pool.acquire().await?)),
        }
    }

    /// Writes a consistent copy of a SQLite database to `file` while the product runs.
    /// PostgreSQL has its own tools: the answer is then an error that says so.
    pub async fn backup(&self, file: &str) -> sqlx::Result<()> {
        match &self.engine {
            Engine::Sqlite { read, .. } => {
                let mut conn = read.take().await?;
                sqlx::query("vacuum into $1").bind(file).execute(&mut *conn).await?;
                Ok(())
            }
            Engine::Postgres(_) => Err(sqlx::Error::Configuration(
                "this database is PostgreSQL: copy it with pg_dump".into(),
            )),
        }
    }

    /// Closes every connection after what runs has ended.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

async fn connect_sqlite(url: &str) -> sqlx::Result<Db> {
    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what a person was told is saved must survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .pragma("cache_size", "-16000");
    let write = Lane::open(options.clone().create_if_missing(true), 1).await?;
    let read = Lane::open(options.read_only(true), 4).await?;
    Ok(Db::over(Engine::Sqlite { read, write }))
}

/// All rows of a query as `$row` (a `FromRow` struct or a tuple): `fetch_all!(db, Row, "sql", args…)`.
#[macro_export]
macro_rules! fetch_all {
    ($db:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $crate::db::Executor::conn($db) {
            $crate::db::Conn::Sqlite(conn) => {
                ::sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_all(conn).await
            }
            $crate::db::Conn::Postgres(conn) => {
                ::sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_all(conn).await
            }
        }
    };
}

/// The row of a query, or `None`: `fetch_optional!(db, Row, "sql", args…)`.
#[macro_export]
macro_rules! fetch_optional {
    ($db:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $crate::db::Executor::conn($db) {
            $crate::db::Conn::Sqlite(conn) => {
                ::sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_optional(conn).await
            }
            $crate::db::Conn::Postgres(conn) => {
                ::sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_optional(conn).await
            }
        }
    };
}

/// The one row of a query that always has one: `fetch_one!(db, Row, "sql", args…)`.
#[macro_export]
macro_rules! fetch_one {
    ($db:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $crate::db::Executor::conn($db) {
            $crate::db::Conn::Sqlite(conn) => {
                ::sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_one(conn).await
            }
            $crate::db::Conn::Postgres(conn) => {
                ::sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_one(conn).await
            }
        }
    };
}

/// A statement that changes rows; answers how many: `execute!(tx, "sql", args…)`.
#[macro_export]
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $crate::db::Executor::conn($tx) {
            $crate::db::Conn::Sqlite(conn) => {
                ::sqlx::query($sql)$(.bind($arg))*.execute(conn).await
                    .map(|done| done.rows_affected())
            }
            $crate::db::Conn::Postgres(conn) => {
                ::sqlx::query($sql)$(.bind($arg))*.execute(conn).await
                    .map(|done| done.rows_affected())
            }
        }
    };
}

pub use {execute, fetch_all, fetch_one, fetch_optional};
