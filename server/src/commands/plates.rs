//! `mypark plates`: blank plates in sheets, and what they are on.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use domain::plates::{self, Code, Printed};
use domain::texts::{Lang, Texts};
use domain::{Clock, machines};
use webapp::paper::sheet::{self, PlateText};

use crate::build::dealer;
use crate::commands::{one_line, open, out, out_json, table};
use crate::config::{Config, PlatesCommand};

/// Runs `mypark plates …`.
pub(crate) async fn plates(config: &Config, command: PlatesCommand) -> anyhow::Result<()> {
    match command {
        PlatesCommand::Make { count, out } => make(config, count, &out).await,
        PlatesCommand::Print { batch, out } => {
            let db = open(config).await?;
            let codes = plates::of_batch(&mut db.read().await?, &batch).await?;
            anyhow::ensure!(!codes.is_empty(), "there is no batch {batch}: `mypark plates list`");
            print(config, &codes, &out)
        }
        PlatesCommand::List { batch, json } => list(config, batch.as_deref(), json).await,
        PlatesCommand::Bind { code, serial } => bind(config, &code, &serial).await,
    }
}

async fn make(config: &Config, count: usize, to: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        (1..=plates::MAX_BATCH).contains(&count),
        "--count: between 1 and {} plates at a time",
        plates::MAX_BATCH
    );
    address(config, "00000000")?;
    let db = open(config).await?;
    let mut tx = db.begin().await?;
    let (batch, codes) = plates::make(&mut tx, count, Clock::system().now()).await?;
    // Written before they count: a plate without a sheet is nobody's.
    print(config, &codes, to)?;
    tx.commit().await?;
    out(&format!("batch {batch}: {count} plates"))
}

/// Writes the sheets of these plates and says where they are.
fn print(config: &Config, codes: &[String], to: &Path) -> anyhow::Result<()> {
    let texts = Texts::of(Lang::Ru);
    let seller = &config.dealer_name;
    let phone = config.dealer_phone.as_ref().map(|phone| phone.shown()).unwrap_or_default();
    let plate = |code: &String| -> anyhow::Result<PlateText> {
        Ok(PlateText {
            address: address(config, code)?,
            code: Code::parse(code).map_or_else(|| code.clone(), |code| code.shown()),
            seller: seller.clone(),
            phone: phone.clone(),
            hint: texts.get("plate-hint").to_owned(),
        })
    };
    let plates = codes.iter().map(plate).collect::<anyhow::Result<Vec<_>>>()?;
    if to.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("pdf")) {
        let bytes = sheet::pdf(&plates)?;
        std::fs::write(to, bytes).with_context(|| format!("writing {}", to.display()))?;
        return out(&to.display().to_string());
    }
    let sheets = sheet::svg(&plates).context("PUBLIC_URL is too long for a plate")?;
    for (nth, sheet) in sheets.iter().enumerate() {
        let path = numbered(to, nth);
        std::fs::write(&path, sheet).with_context(|| format!("writing {}", path.display()))?;
        out(&path.display().to_string())?;
    }
    Ok(())
}

/// What a plate bears for ever, so it must be the address by which customers reach this server.
fn address(config: &Config, code: &str) -> anyhow::Result<String> {
    let url = config.public_url.as_ref().context(
        "PUBLIC_URL is not set: plates bear it for ever, so it must be the final address",
    )?;
    Ok(format!("{}/p/{code}", url.as_str().trim_end_matches('/')))
}

/// `sheet.svg`, `sheet-2.svg`, …
fn numbered(to: &Path, nth: usize) -> PathBuf {
    if nth == 0 {
        return to.to_owned();
    }
    let stem = to.file_stem().unwrap_or_default().to_string_lossy();
    let extension = to.extension().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!("{stem}-{}.{extension}", nth + 1))
}

async fn list(config: &Config, batch: Option<&str>, json: bool) -> anyhow::Result<()> {
    let db = open(config).await?;
    let known = plates::list(&mut db.read().await?, batch).await?;
    if json {
        return out_json(&known);
    }
    if known.is_empty() {
        return out("no plates yet: `mypark plates make`");
    }
    let row = |plate: &Printed| {
        let machine = match (&plate.model, &plate.serial) {
            (Some(model), Some(serial)) => one_line(&format!("{model} {serial}")),
            _ => "blank".to_owned(),
        };
        let zone = config.time_zone;
        let seen = plate.seen_at.map(|at| at.with_timezone(&zone).format("%F %R").to_string());
        let code = Code::parse(&plate.code).map_or_else(String::new, |code| code.shown());
        vec![plate.batch.clone(), code, machine, seen.unwrap_or_default()]
    };
    out(&table(&known.iter().map(row).collect::<Vec<_>>()))
}

async fn bind(config: &Config, code: &str, serial: &str) -> anyhow::Result<()> {
    let db = open(config).await?;
    let d = dealer(config, Clock::system());
    let mut tx = db.begin().await?;
    let machine = machines::by_serial(&mut tx, serial).await?;
    let machine = machine.with_context(|| format!("there is no machine {serial}"))?;
    let code = match plates::bind(&mut tx, &d, None, code, &machine).await {
        Err(domain::Error::Conflict(_)) => anyhow::bail!("{code} is on another machine already"),
        Err(domain::Error::Invalid(_)) => anyhow::bail!("{code} is no plate: `mypark plates list`"),
        bound => bound?,
    };
    tx.commit().await?;
    out(&format!("{} is on {serial} now", code.shown()))
}
