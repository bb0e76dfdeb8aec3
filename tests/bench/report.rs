//! The table, and how it stands to the targets.

use std::fmt::Write as _;

use crate::drain::Drained;
use crate::growth::Growth;
use crate::process::Memory;
use crate::scenes::Row;

/// A page answers at least this share of what a bare route does.
const PAGE_SHARE: f64 = 0.15;
/// Checkouts reach at least this share of the disk's durable commits.
const COMMIT_SHARE: f64 = 0.5;
/// Milliseconds from the start of the process to ready.
const COLD_START: f64 = 150.0;
/// MiB of an idle process.
const IDLE: f64 = 40.0;
/// How many times slower a page may be over ten times as much.
const GROWTH: f64 = 1.3;
/// How many times slower an archive may make deliveries.
const ARCHIVE: f64 = 1.2;

/// What stands above the rows.
pub(crate) fn heading(pinned: bool) -> String {
    let place = if pinned {
        "servers on processor 0, load from processor 1"
    } else {
        "servers and load share the processors"
    };
    format!(
        "{place}\n\n{:<16}{:>5}{:>9}{:>9}{:>10}{:>9}{:>11}{:>9}{:>8}{:>8}",
        "",
        "conns",
        "p50 µs",
        "p99 µs",
        "req/s",
        "CPU µs",
        "bare req/s",
        "bare µs",
        "ratio",
        "body"
    )
}

/// One scene at one number of connections.
pub(crate) fn row(row: &Row) -> String {
    let mut text = format!(
        "{:<16}{:>5}{:>9}{:>9}{:>10.0}{:>9.1}{:>11.0}{:>9.1}{:>8.3}{:>8}",
        row.name,
        row.connections,
        row.product.p50,
        row.product.p99,
        row.product.rate,
        row.product_cpu,
        row.bare.rate,
        row.bare_cpu,
        ratio(row),
        row.product.body
    );
    if let Some(commits) = row.commits {
        let share = row.product.rate / commits;
        // Writing to a string cannot fail.
        let _ = write!(text, "  {share:.2} of {commits:.0} durable commits/s");
    }
    if row.product.refused > 0 {
        let _ = write!(text, "  refused: {}", row.product.refused);
    }
    text
}

/// The cold starts, sorted.
pub(crate) fn starts(starts: &[f64]) -> String {
    let all: Vec<_> = starts.iter().map(|start| format!("{start:.0}")).collect();
    format!("cold start, ms: {}", all.join(" "))
}

/// Memory.
pub(crate) fn memory(idle: Memory, loaded: Memory) -> String {
    format!(
        "\nRSS, MiB: idle {:.1}, after the load {:.1}, at most {:.1}",
        idle.now, loaded.now, loaded.peak
    )
}

/// The pages over both databases.
pub(crate) fn growth(growth: &[Growth]) -> String {
    let mut text =
        format!("\n{:<20}{:>12}{:>12}{:>8}\n", "CPU µs a page", "small", "10×", "factor");
    for page in growth {
        let (name, factor) = (page.page, page.factor());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<20}{:>12.1}{:>12.1}{factor:>8.2}", page.small, page.large);
    }
    text
}

/// An outbox that was drained without and with an archive.
pub(crate) fn drained(both: &[Drained; 2]) -> String {
    let line = |drained: &Drained| {
        format!(
            "{:<11}{:>9} old deliveries: {:>7.1} orders/s in {} calls of amoCRM",
            drained.engine, drained.archive, drained.per_second, drained.calls
        )
    };
    both.each_ref().map(line).join("\n")
}

/// Each target and what was reached.
pub(crate) fn verdict(
    starts: &[f64],
    rows: &[Row],
    idle: Memory,
    growth: &[Growth],
    drained: &[[Drained; 2]],
) -> String {
    let pages = rows.iter().filter(|row| !row.writes).map(ratio).fold(f64::MAX, f64::min);
    let shares = rows.iter().filter_map(|row| Some(row.product.rate / row.commits?));
    let least = shares.fold(f64::MAX, f64::min);
    let start = starts.get(starts.len() / 2).copied().unwrap_or(f64::MAX);
    let slowest = growth.iter().map(Growth::factor).fold(0.0, f64::max);
    let archive = dearest(drained);
    let lines = [
        (pages >= PAGE_SHARE, format!("pages against bare: {pages:.3} (≥ {PAGE_SHARE})")),
        (least >= COMMIT_SHARE, format!("checkouts to commits: {least:.2} (≥ {COMMIT_SHARE})")),
        (start <= COLD_START, format!("cold start: {start:.0} ms (≤ {COLD_START})")),
        (idle.now <= IDLE, format!("RSS idle: {:.1} MiB (≤ {IDLE})", idle.now)),
        (slowest <= GROWTH, format!("slowest growth: {slowest:.2} (≤ {GROWTH})")),
        (archive <= ARCHIVE, format!("archive's cost: {archive:.2} (≤ {ARCHIVE})")),
    ];
    let lines =
        lines.map(|(held, line)| format!("{} {line}", if held { "ok    " } else { "MISSED" }));
    lines.join("\n")
}

/// What an archive costs deliveries, against its target.
pub(crate) fn archive(drained: &[[Drained; 2]]) -> String {
    let cost = dearest(drained);
    let held = if cost <= ARCHIVE { "ok    " } else { "MISSED" };
    format!("{held} archive's cost: {cost:.2} (≤ {ARCHIVE})")
}

fn dearest(drained: &[[Drained; 2]]) -> f64 {
    let costs = drained.iter().map(|[empty, full]| empty.per_second / full.per_second);
    costs.fold(0.0, f64::max)
}

fn ratio(row: &Row) -> f64 {
    row.product.rate / row.bare.rate.max(1.0)
}
