//! `mypark catalogue`: the goods of a CRM become parts.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::Clock;
use domain::catalogue::{Run, Stage, Step, last_runs};

use crate::build::dealer;
use crate::commands::import::shown;
use crate::commands::progress::Progress;
use crate::commands::{open, out};
use crate::config::{CatalogueCommand, Config};
use crate::crm::Crms;
use crate::crm::catalogue::SyncOptions;
use crate::http;
use crate::worker::policy::Policy;

/// Runs a command.
pub(crate) async fn catalogue(config: &Config, command: CatalogueCommand) -> anyhow::Result<()> {
    match command {
        CatalogueCommand::Sync { connection, full, dry_run, force } => {
            let options = SyncOptions { full, dry_run, force };
            Box::pin(sync(config, connection.as_deref(), options)).await
        }
        CatalogueCommand::Status { json } => status(config, json).await,
    }
}

/// Synchronises one connection, or each that has a catalogue. One that fails does not stop the
/// others.
async fn sync(config: &Config, only: Option<&str>, options: SyncOptions) -> anyhow::Result<()> {
    let db = open(config).await?;
    let dealer = Arc::new(dealer(config, Clock::system()));
    let http = http::client(config.retry.call_timeout)?;
    let policy = Policy::of(&config.retry);
    let key = config.secret_key.as_ref();
    let crms = Crms::new(&config.connections, &http, &db, &dealer, &policy, key);
    let names: Vec<&str> = crms.with_catalogue().collect();
    let names: Vec<&str> = match only {
        Some(only) => names.into_iter().filter(|name| *name == only).collect(),
        None => names,
    };
    anyhow::ensure!(
        !names.is_empty(),
        "no connection is the source of the catalogue: set [connection.catalogue] in mypark.toml"
    );
    let mut failed = Vec::new();
    for name in names {
        let mut progress = Stages::default();
        let synced = crms.sync_catalogue(name, options, &mut |step| progress.show(step)).await;
        match synced {
            Ok(report) => out(&format!("{name}: {}", shown(&report, options.dry_run)))?,
            Err(error) => failed.push(format!("{name}: {error:#}")),
        }
    }
    anyhow::ensure!(failed.is_empty(), "{}", failed.join("; "));
    Ok(())
}

/// How each source stands.
async fn status(config: &Config, json: bool) -> anyhow::Result<()> {
    let db = open(config).await?;
    let runs = last_runs(&mut db.read().await?).await?;
    if json {
        return crate::commands::out_json(&runs);
    }
    if runs.is_empty() {
        return out("nothing was ever synchronised");
    }
    for run in runs {
        out(&standing(&run, Clock::system().now()))?;
    }
    Ok(())
}

/// How a source stands, in a line.
fn standing(run: &Run, now: DateTime<Utc>) -> String {
    let when = |at: Option<DateTime<Utc>>| {
        at.map_or("never".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
    };
    let mut line = format!(
        "{}: last run {}, everything asked for {}",
        run.source,
        when(run.ran_at),
        when(run.full_at)
    );
    if let Some(Step { stage, done, total }) = run.under_way(now) {
        let what = match stage {
            Stage::Read => "read",
            Stage::Write => "written",
        };
        line.push_str(&format!("; under way: {what} {done} of {total}"));
    }
    if let (Some(off), Some(of)) = (run.refused_off, run.refused_of) {
        line.push_str(&format!(
            "; refused {}: {off} of {of} goods would be switched off, see --force",
            when(run.refused_at)
        ));
    }
    if let Some(error) = &run.error {
        line.push_str(&format!("; failed: {}", crate::commands::one_line(error)));
    } else if let Some(report) = &run.report {
        line.push_str(&format!("; {report}"));
    }
    if run.pictures_left > 0 {
        line.push_str(&format!("; pictures to fetch {}", run.pictures_left));
    }
    line
}

/// What a watching person sees of a run.
#[derive(Default)]
struct Stages {
    writing: Option<Progress>,
    reading: Option<Progress>,
}

impl Stages {
    fn show(&mut self, Step { stage, done, total }: Step) {
        // How many there are shows only when the first was asked for.
        let progress = match stage {
            Stage::Read => self.reading.get_or_insert_with(|| Progress::new("read", total)),
            Stage::Write => self.writing.get_or_insert_with(|| Progress::new("written", total)),
        };
        progress.left(total.saturating_sub(done));
    }
}
