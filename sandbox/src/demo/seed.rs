//! The dealer of the demo: catalogue, companies, machines with a history, documents, staff.
//!
//! The files speak of one day; everything in them is shifted to today, so that what is due in
//! thirty days stays due in thirty days.

use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::db::{Db, Tx};
use domain::documents::{self, Description, Owner};
use domain::portal_users::{self, PortalUser};
use domain::staff::{self, Role};
use domain::text::Email;
use domain::{Dealer, files, import, machines, settings};
use serde::Deserialize;

use crate::bitrix24::USER_MANAGER;
use crate::demo::day;
use crate::demo::people::{CUSTOMER, ENGINEER, MANAGER};

const MODELS: &[u8] = include_bytes!("../../data/models.csv");
const PARTS: &[u8] = include_bytes!("../../data/parts.csv");
const MACHINES: &str = include_str!("../../data/machines.csv");
const HISTORY: &str = include_str!("../../data/history.json");
/// Where a checkout keeps the documents and photos.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
/// Set once the database is filled.
const DONE: &str = "demo:seeded";

#[derive(Deserialize)]
struct History {
    as_of: NaiveDate,
    timeline: Vec<Event>,
    documents: Vec<Document>,
}

#[derive(Deserialize)]
struct Event {
    serial: String,
    at: DateTime<Utc>,
    kind: String,
    title: String,
}

#[derive(Deserialize)]
struct Document {
    model: Option<String>,
    serial: Option<String>,
    kind: String,
    title: String,
    language: String,
    #[serde(default)]
    revision: String,
    file: String,
}

/// Fills an empty database; a filled one is left as the visitor made it.
///
/// # Errors
/// When a file of the demo does not fit the product.
pub async fn fill(db: &Db, dealer: &Dealer) -> anyhow::Result<()> {
    let seeded = settings::get(&mut db.read().await?, DONE).await?;
    if seeded.is_some() {
        return Ok(());
    }
    let history: History = serde_json::from_str(HISTORY).context("history.json")?;
    let shift = day::working(dealer).today() - history.as_of;
    copy_photos(&dealer.uploads)?;
    let mut tx = db.begin().await?;
    // Whom the bot knows by id need not share a phone; a visitor should see that it works.
    let machines = shifted(MACHINES, shift).replace(&format!(";{CUSTOMER};"), ";;");
    for (name, report) in [
        ("models.csv", import::models(&mut tx, dealer, MODELS).await?),
        ("parts.csv", import::parts(&mut tx, dealer, PARTS).await?),
        ("machines.csv", import::machines(&mut tx, dealer, machines.as_bytes()).await?),
    ] {
        anyhow::ensure!(report.refused.is_empty(), "{name}: {:?}", report.refused);
    }
    let now = dealer.clock.now();
    staff::add(&mut tx, ENGINEER, Role::Engineer, "Игорь Крылов", now).await?;
    // An administrator is a manager too, and what did not get through can be tried again.
    staff::add(&mut tx, MANAGER, Role::Administrator, "Мария Лебедева", now).await?;
    know_in_portal(&mut tx, now).await?;
    for event in &history.timeline {
        let machine = documents::machine_by_serial(&mut tx, &event.serial).await?;
        let at = event.at + shift;
        machines::add_timeline(&mut tx, &machine, at, &event.kind, &event.title, None).await?;
    }
    for document in &history.documents {
        add_document(&mut tx, dealer, document).await.with_context(|| document.file.clone())?;
    }
    add_model_photos(&mut tx, &dealer.uploads.join("photos")).await?;
    settings::put(&mut tx, DONE, "yes").await?;
    tx.commit().await?;
    Ok(())
}

/// The manager is known in the portal from the start, and may sign in by it.
async fn know_in_portal(tx: &mut Tx, now: DateTime<Utc>) -> anyhow::Result<()> {
    let email = Email::parse("manager@dealer.example");
    staff::set_reach(tx, MANAGER, email.as_ref(), None).await?;
    let known = PortalUser { id: USER_MANAGER, email, phones: Vec::new(), active: true };
    portal_users::match_all(tx, "bitrix24", &[known], now).await?;
    Ok(())
}

async fn add_document(tx: &mut Tx, dealer: &Dealer, document: &Document) -> anyhow::Result<()> {
    let owner = match (&document.model, &document.serial) {
        (Some(model), _) => Owner::Model(documents::model_by_code(tx, model).await?),
        (None, Some(serial)) => Owner::Machine(documents::machine_by_serial(tx, serial).await?),
        (None, None) => anyhow::bail!("a document belongs to a model or a machine"),
    };
    let bytes = std::fs::read(Path::new(DATA).join("files").join(&document.file))?;
    let file = files::accept(&dealer.uploads, &document.file, &bytes).await?;
    let description = Description {
        kind: &document.kind,
        title: &document.title,
        language: &document.language,
        revision: &document.revision,
    };
    documents::add(tx, &owner, &description, &file, dealer.clock.now()).await?;
    Ok(())
}

/// A picture called `machine-<code>.svg` is the model's.
async fn add_model_photos(tx: &mut Tx, photos: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(photos)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let code = name.strip_prefix("machine-").and_then(|rest| rest.strip_suffix(".svg"));
        if let Some(code) = code {
            let model = documents::model_by_code(tx, code).await?;
            documents::set_model_photo(tx, &model, &name).await?;
        }
    }
    Ok(())
}

fn copy_photos(uploads: &Path) -> anyhow::Result<()> {
    let to = uploads.join("photos");
    std::fs::create_dir_all(&to)?;
    for entry in std::fs::read_dir(Path::new(DATA).join("photos"))? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// The file with every date in it moved.
fn shifted(csv: &str, by: TimeDelta) -> String {
    let mut lines = Vec::new();
    for line in csv.lines() {
        let cells = line.split(';').map(|cell| match NaiveDate::parse_from_str(cell, "%Y-%m-%d") {
            Ok(day) => (day + by).to_string(),
            Err(_) => cell.to_owned(),
        });
        lines.push(cells.collect::<Vec<_>>().join(";"));
    }
    lines.join("\n")
}
