//! The database, and what stands in it that an operator should know.

use std::path::Path;

use domain::catalogue::Run;
use domain::db::Db;
use domain::outbox::State;
use domain::{catalogue, outbox, staff};
use secrecy::ExposeSecret as _;

use crate::build::open_database;
use crate::commands::doctor::report::Line;
use crate::config::Config;

const WHAT: &str = "database";

/// Whether it answers and is up to date, who is there to act, and what was given up.
pub(super) async fn check(config: &Config) -> Vec<Line> {
    let url = config.database_url.expose_secret();
    if let Some(path) = missing(config) {
        let words = format!("{path} does not exist yet: run `mypark migrate`");
        return vec![Line::bad(WHAT, words)];
    }
    let engine = if url.starts_with("sqlite") { "SQLite" } else { "PostgreSQL" };
    let db = match open_database(config).await {
        Ok(db) => db,
        Err(error) => return vec![Line::bad(WHAT, format!("{error:#}"))],
    };
    let mut lines = match db.is_migrated().await {
        Ok(true) => vec![Line::good(WHAT, format!("{engine} answers and is up to date"))],
        _ => {
            let words = format!("{engine} answers, but is not up to date: run `mypark migrate`");
            return vec![Line::bad(WHAT, words)];
        }
    };
    match content(&db).await {
        Ok(more) => lines.extend(more),
        Err(error) => lines.push(Line::bad(WHAT, format!("cannot be read: {error}"))),
    }
    db.close().await;
    lines
}

/// How a source of parts stands.
fn source_of_parts(run: &Run) -> Line {
    const WHAT: &str = "catalogue";
    let name = &run.source;
    if let (Some(off), Some(of)) = (run.refused_off, run.refused_of) {
        let words = format!(
            "{name}: {off} of {of} goods would be switched off, so what is gone there is still \
             sold here. Look whether the source is whole, then run `mypark catalogue sync \
             --connection {name} --full --force`"
        );
        return Line::warning(WHAT, words);
    }
    match &run.error {
        Some(why) => Line::warning(WHAT, format!("{name} was not synchronised: {why}")),
        None => Line::good(WHAT, format!("{name} is a source of parts")),
    }
}

/// The SQLite file that is not there yet: opening it would make it.
pub(super) fn missing(config: &Config) -> Option<&str> {
    let path = config.database_url.expose_secret().strip_prefix("sqlite://")?;
    let file = path.split('?').next().unwrap_or(path);
    (!Path::new(file).exists()).then_some(path)
}

async fn content(db: &Db) -> domain::Result<Vec<Line>> {
    let mut reader = db.read().await?;
    let mut lines = Vec::new();
    if staff::managers(&mut reader).await?.is_empty() {
        let words = "nobody is told of orders and requests: `mypark staff add --role manager …`";
        lines.push(Line::warning("staff", words));
    }
    lines.extend(catalogue::last_runs(&mut reader).await?.iter().map(source_of_parts));
    let counts = outbox::counts(&mut reader).await?;
    for (connection, state, count) in &counts {
        if *state == State::Dead {
            let words = format!(
                "{count} to {connection} were given up: `mypark deliveries list --state dead`"
            );
            lines.push(Line::warning("deliveries", words));
        }
    }
    let mut connections: Vec<&String> = counts.iter().map(|(connection, ..)| connection).collect();
    connections.dedup();
    for connection in connections {
        if let Some((_, Some(reason))) = outbox::paused(&mut reader, connection).await? {
            let words =
                format!("{connection} is paused ({reason}); it goes on once that is mended");
            lines.push(Line::warning("deliveries", words));
        }
    }
    Ok(lines)
}
