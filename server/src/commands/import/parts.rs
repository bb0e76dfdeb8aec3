//! `mypark import parts`: a table or a YML feed.

use std::path::Path;

use domain::Dealer;
use domain::catalogue::{self, Plan, Rules};
use domain::db::Db;
use domain::import::{Report, parts_csv, parts_yml};

use crate::commands::progress::Progress;
use crate::config::PartsArgs;
use crate::crm::catalogue::finish;

/// The most of a source's goods that one run may switch off, in per cent.
pub(crate) const OFF_LIMIT: usize = 20;

/// Whose goods are those of a feed that was not given another name.
const FEED: &str = "yml";

/// A file and what it holds.
pub(crate) struct File<'a> {
    /// Its extension says what it is.
    pub(crate) path: &'a Path,
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
}

impl File<'_> {
    fn is_yml(&self) -> bool {
        let extension = self.path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_lowercase).as_deref() {
            Some("yml" | "xml") => true,
            Some("csv") => false,
            _ => self.bytes.trim_ascii_start().starts_with(b"<?xml"),
        }
    }
}

/// Compares the file, and writes what it brings unless `dry_run`.
///
/// # Errors
/// Where too much would be switched off; the inner error is that of the file as a whole.
pub(crate) async fn import(
    db: &Db,
    dealer: &Dealer,
    file: &File<'_>,
    args: &PartsArgs,
    dry_run: bool,
) -> anyhow::Result<domain::Result<Report>> {
    let yml = file.is_yml();
    let rules = Rules {
        source: args.source.clone().or_else(|| yml.then(|| FEED.to_owned())),
        whole: yml || args.full,
        off_limit: (!args.force).then_some(OFF_LIMIT),
    };
    let mut plan = Plan::begin(&mut db.read().await?, rules).await?;
    let read = match yml {
        true => parts_yml(&mut plan, dealer, file.bytes),
        false => parts_csv(&mut plan, dealer, file.bytes),
    };
    if let Err(error) = read {
        return Ok(Err(error));
    }
    finish(&mut plan, OFF_LIMIT)?;
    if dry_run {
        return Ok(Ok(plan.report().clone()));
    }
    let mut progress = Progress::new("written", plan.left());
    Ok(catalogue::carry_out(db, dealer, plan, |left| progress.left(left)).await)
}
