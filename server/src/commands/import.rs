//! `mypark import`: tables of the dealer, with a report.

use std::path::Path;

use anyhow::Context as _;
use domain::import::{self, Report};
use domain::text::FieldFault;
use domain::texts::{Lang, Texts};
use domain::{Clock, Error};

use crate::build::dealer;
use crate::commands::{open, out};
use crate::config::{Config, ImportKind};

/// Imports a file, or only reports what importing it would do. Lines that cannot be taken are
/// named and leave the others alone.
pub(crate) async fn import(
    config: &Config,
    what: ImportKind,
    file: &Path,
    dry_run: bool,
) -> anyhow::Result<()> {
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let db = open(config).await?;
    let dealer = dealer(config, Clock::system());
    let mut tx = db.begin().await?;
    let read = match what {
        ImportKind::Models => import::models(&mut tx, &dealer, &bytes).await,
        ImportKind::Parts => import::parts(&mut tx, &dealer, &bytes).await,
        ImportKind::Machines => import::machines(&mut tx, &dealer, &bytes).await,
    };
    let report = match read {
        Err(Error::Invalid(fault)) => anyhow::bail!("{}: {}", file.display(), words(&fault)),
        read => read?,
    };
    if !dry_run {
        tx.commit().await?;
    }
    out(&shown(&report, dry_run))?;
    let refused = report.refused.len();
    anyhow::ensure!(
        refused == 0,
        "{refused} of the lines were not taken: mend them and import {} again",
        file.display()
    );
    Ok(())
}

fn shown(report: &Report, dry_run: bool) -> String {
    let Report { created, changed, unchanged, refused } = report;
    let mut lines: Vec<String> =
        refused.iter().map(|(line, fault)| format!("line {line}: {}", words(fault))).collect();
    lines.push(format!(
        "created {created}, changed {changed}, unchanged {unchanged}, refused {}{}",
        refused.len(),
        if dry_run { "; a dry run: nothing was written" } else { "" }
    ));
    lines.join("\n")
}

fn words(fault: &FieldFault) -> String {
    format!("{}: {}", fault.field, Texts::of(Lang::En).get(fault.problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_every_refused_line_and_ends_with_the_sum() {
        let fault = FieldFault { field: "price", problem: "error-money" };
        let report = Report { created: 2, changed: 1, unchanged: 7, refused: vec![(5, fault)] };
        let shown = shown(&report, true);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("line 5: price: An amount in roubles"), "{shown}");
        assert_eq!(
            lines[1],
            "created 2, changed 1, unchanged 7, refused 1; a dry run: nothing was written"
        );
    }
}
