//! `mypark serve` and `mypark migrate`.

use anyhow::Context as _;
use domain::Clock;
use domain::db::Db;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::Server;
use crate::build::open_database;
use crate::commands::{open, out};
use crate::config::{Config, Role};

/// Runs the product until SIGTERM or SIGINT.
pub(crate) async fn serve(config: Config, only: &[Role], no_migrate: bool) -> anyhow::Result<()> {
    let db = if no_migrate { open(&config).await? } else { open_migrated(&config).await? };
    let server = Box::pin(Server::over(config, Clock::system(), db)).await?;
    let stop = CancellationToken::new();
    stop_on_signal(&stop)?;
    Box::pin(server.run(only, stop)).await
}

/// Brings the database up to date.
pub(crate) async fn migrate(config: &Config) -> anyhow::Result<()> {
    open_migrated(config).await?.close().await;
    out("the database is up to date")
}

async fn open_migrated(config: &Config) -> anyhow::Result<Db> {
    let db = open_database(config).await?;
    db.migrate().await.context(
        "the database cannot be brought up to date; a backup and the program of its time still fit",
    )?;
    domain::parts::catch_up(&db).await.context("indexing the catalogue")?;
    domain::people::catch_up(&db).await.context("indexing names")?;
    Ok(db)
}

fn stop_on_signal(stop: &CancellationToken) -> anyhow::Result<()> {
    let listen = |kind| signal(kind).context("listening for signals");
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let stop = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.cancel();
    });
    Ok(())
}
