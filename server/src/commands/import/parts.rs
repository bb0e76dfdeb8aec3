//! `mypark import parts`: a table or a YML feed.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use domain::Dealer;
use domain::catalogue::{self, Plan, Rules};
use domain::db::Db;
use domain::import::{Report, parts_csv, parts_yml};

use crate::commands::progress::Progress;
use crate::config::PartsArgs;

/// The most of a source's goods that one run may switch off, in per cent.
pub(crate) const OFF_LIMIT: usize = 20;

/// Whose goods are those of a feed that was not given another name.
const FEED: &str = "yml";

/// Whether a file is a price feed: its extension says so, else its beginning.
fn is_yml(path: &Path) -> anyhow::Result<bool> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    Ok(match extension.map(str::to_lowercase).as_deref() {
        Some("yml" | "xml") => true,
        Some("csv") => false,
        _ => {
            let mut head = Vec::new();
            open(path)?.take(200).read_to_end(&mut head)?;
            head.trim_ascii_start().starts_with(b"<?xml")
        }
    })
}

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Compares the file, and writes what it brings unless `dry_run`.
///
/// # Errors
/// Where too much would be switched off; the inner error is that of the file as a whole.
pub(crate) async fn import(
    db: &Db,
    dealer: &Dealer,
    path: &Path,
    args: &PartsArgs,
    dry_run: bool,
) -> anyhow::Result<domain::Result<Report>> {
    let yml = is_yml(path)?;
    let rules = Rules {
        source: args.source.clone().or_else(|| yml.then(|| FEED.to_owned())),
        whole: yml || args.full,
        off_limit: (!args.force).then_some(OFF_LIMIT),
    };
    let mut plan = Plan::begin(&mut db.read().await?, rules).await?;
    let read = match yml {
        true => parts_yml(&mut plan, dealer, open(path)?),
        false => parts_csv(&mut plan, dealer, &super::read(path)?),
    };
    if let Err(error) = read {
        return Ok(Err(error));
    }
    plan.finish()?;
    if dry_run {
        return Ok(Ok(plan.report().clone()));
    }
    let mut progress = Progress::new("written", plan.left());
    Ok(catalogue::carry_out(db, dealer, plan, |left| progress.left(left)).await)
}
