//! The commands: each a short way from the command line to the domain. What they answer goes to
//! standard output, in the language of `--help`; what went wrong is one line on standard error.

mod backup;
mod catalogue;
mod deliveries;
mod doctor;
mod events;
mod import;
mod plates;
mod progress;
mod serve;
mod staff;
mod token;

use std::io::{ErrorKind, Write as _};

use anyhow::Context as _;
use domain::db::Db;
use serde::Serialize;

use crate::build::open_database;
use crate::config::{Command, Config};

/// Runs a command to its end.
///
/// # Errors
/// What went wrong and what to do about it.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::Serve { only, no_migrate } => {
            Box::pin(serve::serve(config, &only, no_migrate)).await
        }
        Command::Migrate => serve::migrate(&config).await,
        Command::Doctor { fix } => Box::pin(doctor::doctor(&config, fix)).await,
        Command::Import { what, file, dry_run, parts } => {
            Box::pin(import::import(&config, what, &file, dry_run, &parts)).await
        }
        Command::Catalogue(command) => Box::pin(catalogue::catalogue(&config, command)).await,
        Command::Staff(command) => staff::staff(&config, command).await,
        Command::Plates(command) => plates::plates(&config, command).await,
        Command::Deliveries(command) => Box::pin(deliveries::deliveries(&config, command)).await,
        Command::Events(command) => Box::pin(events::events(&config, command)).await,
        Command::Token { name, expires } => token::token(&config, &name, expires).await,
        Command::Backup { file } => backup::backup(&config, &file).await,
    }
}

/// Says on standard error, in one line, why the process ends.
pub fn complain(error: &anyhow::Error) {
    // If standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{}", one_line(&format!("{error:#}")));
}

/// Writes an answer and ends its line.
///
/// # Errors
/// When standard output takes no more. A reader who has seen enough, such as `head`, is no error.
pub(crate) fn out(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("writing the answer")
        }
        _ => Ok(()),
    }
}

/// Writes an answer as JSON.
pub(crate) fn out_json(answer: &impl Serialize) -> anyhow::Result<()> {
    out(&serde_json::to_string_pretty(answer)?)
}

/// The database of the configuration; refuses one whose schema is not this program's.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Db> {
    let db = open_database(config).await?;
    // Where nothing was ever migrated, even the table of migrations is missing.
    anyhow::ensure!(
        db.is_migrated().await.unwrap_or(false),
        "the database is not up to date: run `mypark migrate`"
    );
    Ok(db)
}

/// Rows as columns that stand under each other.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Texts of people and of other servers, which may hold line breaks or move the cursor, as one
/// plain line.
pub(crate) fn one_line(text: &str) -> String {
    let plain = text.replace(|c: char| c.is_control(), " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let rows = [row(["1", "Анна"]), row(["12345", "Пётр"]), row(["1", ""])];
        assert_eq!(table(&rows), "1      Анна\n12345  Пётр\n1");
        assert_eq!(table(&[]), "");
    }

    #[test]
    fn a_complaint_is_one_plain_line() {
        assert_eq!(one_line("first\n\tsecond \u{1b}[31mred"), "first second [31mred");
    }
}
