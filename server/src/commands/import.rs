//! `mypark import`: tables of the dealer, with a report.

mod parts;

use std::path::Path;

use anyhow::Context as _;
use domain::import::{self, Report};
use domain::text::FieldFault;
use domain::texts::{Lang, Texts};
use domain::{Clock, Error};

use crate::build::dealer;
use crate::commands::{open, out};
use crate::config::{Config, ImportKind, PartsArgs};

/// Imports a file, or only reports what importing it would do. Lines that cannot be taken are
/// named and leave the others alone.
pub(crate) async fn import(
    config: &Config,
    what: ImportKind,
    file: &Path,
    dry_run: bool,
    args: &PartsArgs,
) -> anyhow::Result<()> {
    let db = open(config).await?;
    let dealer = dealer(config, Clock::system());
    let for_parts = args.full || args.force || args.source.is_some();
    let read = match what {
        ImportKind::Parts => parts::import(&db, &dealer, file, args, dry_run).await?,
        _ if for_parts => anyhow::bail!("--full, --source and --force are for parts"),
        _ => {
            let bytes = read(file)?;
            let mut tx = db.begin().await?;
            let read = match what {
                ImportKind::Machines => import::machines(&mut tx, &dealer, &bytes).await,
                _ => import::models(&mut tx, &dealer, &bytes).await,
            };
            if !dry_run && read.is_ok() {
                tx.commit().await?;
                domain::parts::catch_up(&db).await?;
            }
            read
        }
    };
    let report = match read {
        Err(Error::Invalid(fault)) => anyhow::bail!("{}: {}", file.display(), words(&fault)),
        read => read?,
    };
    out(&shown(&report, dry_run))?;
    let refused = report.refused.len();
    anyhow::ensure!(
        refused == 0,
        "{refused} of the lines were not taken: mend them and import {} again",
        file.display()
    );
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// A report as a command prints it.
pub(crate) fn shown(report: &Report, dry_run: bool) -> String {
    let Report { created, changed, unchanged, switched_off, refused } = report;
    let mut lines: Vec<String> =
        refused.iter().map(|(place, fault)| format!("{place}: {}", words(fault))).collect();
    let off = match switched_off {
        0 => String::new(),
        off => format!(", switched off {off}"),
    };
    lines.push(format!(
        "created {created}, changed {changed}, unchanged {unchanged}, refused {}{off}{}",
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
    use domain::import::Place;

    use super::*;

    #[test]
    fn the_report_names_every_refused_line_and_ends_with_the_sum() {
        let fault = FieldFault { field: "price", problem: "error-money" };
        let refused = vec![(Place::Line(5), fault), (Place::Id("k-7".to_owned()), fault)];
        let mut report =
            Report { created: 2, changed: 1, unchanged: 7, refused, ..Report::default() };
        let text = shown(&report, true);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("line 5: price: An amount in roubles"), "{text}");
        assert!(lines[1].starts_with("id k-7: price: "), "{text}");
        assert_eq!(
            lines[2],
            "created 2, changed 1, unchanged 7, refused 2; a dry run: nothing was written"
        );
        report.refused.clear();
        report.switched_off = 4;
        assert_eq!(
            shown(&report, false),
            "created 2, changed 1, unchanged 7, refused 0, switched off 4"
        );
    }
}
