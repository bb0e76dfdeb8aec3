//! What the disk itself can do: the smallest durable commits of SQLite, one after another.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};

const LENGTH: Duration = Duration::from_secs(1);

/// Durable commits of one row a second.
pub(crate) async fn per_second(folder: &Path) -> anyhow::Result<f64> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("durable.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut conn = SqliteConnection::connect_with(&options).await?;
    sqlx::query("create table if not exists commits (text text not null)")
        .execute(&mut conn)
        .await?;
    sqlx::query("delete from commits").execute(&mut conn).await?;
    let started = Instant::now();
    let mut commits = 0_u32;
    while started.elapsed() < LENGTH {
        sqlx::query("insert into commits (text) values ($1)")
            .bind("a row of a hundred bytes or so, since an order is hardly less than that")
            .execute(&mut conn)
            .await?;
        commits += 1;
    }
    let rate = f64::from(commits) / started.elapsed().as_secs_f64();
    conn.close().await?;
    Ok(rate)
}
