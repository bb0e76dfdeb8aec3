//! What a catalogue costs: goods of a portal read twice, and a price feed, each by a process of its
//! own over an empty database. The portal has no limit here: its pace would be all that shows.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use domain::Clock;
use sandbox::bitrix24::{Bitrix24, Bitrix24Options};
use server::config::{CatalogueCommand, Command, ImportKind, PartsArgs};
use tokio::net::TcpListener;

use crate::data;
use crate::process::{self, Setting};

/// How many goods there are, each time.
const SIZES: [usize; 3] = [5_000, 10_000, 20_000];
/// MiB of the process that synchronises.
const PEAK: f64 = 200.0;
/// How many times more a good may cost among four times as many.
const LINEAR: f64 = 1.5;
/// Characters of an offer's description, which nobody reads.
const DESCRIPTION: usize = 2_000;

const FILE: &str = r#"
[[connection]]
name = "amo"
kind = "amocrm"

[[connection]]
name = "b24"
kind = "bitrix24"
takes = []

[connection.catalogue]
sku = "property258"
"#;

/// One catalogue, read twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read {
    what: &'static str,
    goods: usize,
    /// Seconds of the first run.
    first: f64,
    /// Seconds of the second, which changes nothing.
    again: f64,
    /// MiB at most, of both.
    peak: f64,
    /// Calls of the portal by the first run.
    calls: usize,
}

/// What this program does as the product: `sync` or `feed`, then its peak.
pub(crate) fn command(what: &str) -> Command {
    match what {
        "sync" => Command::Catalogue(CatalogueCommand::Sync {
            connection: None,
            full: true,
            dry_run: false,
            force: false,
        }),
        _ => Command::Import {
            what: ImportKind::Parts,
            file: PathBuf::from("feed.yml"),
            dry_run: false,
            parts: PartsArgs { full: false, source: None, force: false },
        },
    }
}

/// Measures all of them.
pub(crate) async fn measure(folder: &Path, pinned: bool) -> anyhow::Result<Vec<Read>> {
    let folder = folder.join("catalogue");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("mypark.toml"), FILE)?;
    let mut all = Vec::new();
    for goods in SIZES {
        let portal = portal().await?;
        portal.stock(goods);
        all.push(of("portal", goods, &folder, pinned, &portal).await?);
    }
    let goods = SIZES[2];
    write_feed(&folder.join("feed.yml"), goods)?;
    all.push(of("feed", goods, &folder, pinned, &portal().await?).await?);
    Ok(all)
}

async fn of(
    what: &'static str,
    goods: usize,
    folder: &Path,
    pinned: bool,
    portal: &Bitrix24,
) -> anyhow::Result<Read> {
    let file = folder.join("catalogue.db");
    data::remove(&file);
    let database = format!("sqlite://{}", file.display());
    data::prepare(&database).await?;
    let more = vec![
        ("BITRIX24_WEBHOOK_URL", portal.webhook_url()),
        ("BITRIX24_CALLS_PER_SECOND", "1000".to_owned()),
        ("BITRIX24_CALLS_AT_ONCE", "1000".to_owned()),
    ];
    let setting = Setting { database, workers: false, more };
    let word = if what == "portal" { "sync" } else { "feed" };
    let mut runs = Vec::new();
    let mut calls = 0;
    for expected in [format!("created {goods}"), format!("unchanged {goods}")] {
        let started = Instant::now();
        let said = process::job(folder, &setting, pinned, word).await?;
        runs.push((started.elapsed().as_secs_f64(), peak_of(&said)?));
        anyhow::ensure!(said.contains(&expected), "not «{expected}»: {said}");
        if calls == 0 {
            calls = portal.calls().len();
        }
    }
    let [(first, one), (again, other)] = runs[..] else { anyhow::bail!("two runs") };
    Ok(Read { what, goods, first, again, peak: one.max(other), calls })
}

/// A portal that answers as fast as it can.
async fn portal() -> anyhow::Result<Bitrix24> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let clock = Clock::system();
    let url = format!("http://{}", listener.local_addr()?);
    let mut options = Bitrix24Options::new(url, Arc::new(move || clock.now()));
    options.bucket = None;
    let portal = Bitrix24::new(options);
    let router = portal.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(portal)
}

fn write_feed(file: &Path, offers: usize) -> anyhow::Result<()> {
    let mut feed = std::io::BufWriter::new(std::fs::File::create(file)?);
    write!(
        feed,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<yml_catalog date=\"2026-11-20\"><shop>\
         <categories><category id=\"1\">Подшипники</category></categories><offers>"
    )?;
    let description = "ъ".repeat(DESCRIPTION);
    for n in 1..=offers {
        write!(
            feed,
            "<offer id=\"{n}\" available=\"true\"><name>Подшипник {n}</name><price>{n}</price>\
             <currencyId>RUR</currencyId><categoryId>1</categoryId><vendorCode>P-{n}</vendorCode>\
             <count>3</count><description>{description}</description></offer>"
        )?;
    }
    write!(feed, "</offers></shop></yml_catalog>")?;
    Ok(feed.flush()?)
}

fn peak_of(said: &str) -> anyhow::Result<f64> {
    let peak = said.lines().find_map(|line| line.strip_prefix("peak "));
    Ok(peak.context("a peak")?.trim().parse()?)
}

/// The table.
pub(crate) fn table(all: &[Read]) -> String {
    let mut text = format!(
        "\n{:<10}{:>8}{:>10}{:>10}{:>12}{:>8}\n",
        "catalogue", "goods", "first s", "again s", "peak MiB", "calls"
    );
    for read in all {
        let Read { what, goods, first, again, peak, calls } = read;
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "{what:<10}{goods:>8}{first:>10.1}{again:>10.1}{peak:>12.0}{calls:>8}");
    }
    text
}

/// The targets and what was reached.
pub(crate) fn verdict(all: &[Read]) -> String {
    let peak = all.iter().map(|read| read.peak).fold(0.0, f64::max);
    let of_portal: Vec<&Read> = all.iter().filter(|read| read.what == "portal").collect();
    let growth = match of_portal[..] {
        [few, .., many] => {
            let each = |read: &Read| (read.first + read.again) / f64::from(size(read.goods));
            each(many) / each(few)
        }
        _ => f64::MAX,
    };
    let lines = [
        (peak <= PEAK, format!("memory of a catalogue: {peak:.0} MiB (≤ {PEAK})")),
        (
            growth <= LINEAR,
            format!("time of a good among four times as many: {growth:.2} (≤ {LINEAR})"),
        ),
    ];
    lines
        .map(|(held, line)| format!("{} {line}", if held { "ok    " } else { "MISSED" }))
        .join("\n")
}

fn size(goods: usize) -> u32 {
    u32::try_from(goods).unwrap_or(u32::MAX)
}
