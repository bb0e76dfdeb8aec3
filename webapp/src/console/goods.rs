//! Parts at the console, and the tables that bring models, parts and machines.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::routing::get;
use domain::audit::Act;
use domain::catalogue::last_runs;
use domain::import::{self, Place, Report};
use domain::parts::{self, Park, Part};
use domain::text::FieldFault;
use domain::{Error, Money};
use serde_json::json;

use crate::console::audit::ListPage;
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, Row};
use crate::present;
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::ui::Ui;
use crate::upload;
use crate::views::parts::Choice;

const IMPORT: &str = "/staff/import";
/// The largest table that is taken, in bytes; longer ones go by the command line.
const MAX_TABLE: usize = 32 * 1024 * 1024;
/// So many refused lines are shown: more are mended by mending these.
const SHOWN: usize = 200;

/// The form, and what the last table came to.
#[derive(Template)]
#[template(path = "staff/import.html")]
pub(crate) struct ImportPage {
    pub(crate) frame: Frame,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) outcome: Option<Outcome>,
}

/// What a table came to.
pub(crate) struct Outcome {
    /// The name of its file.
    pub(crate) file: String,
    /// Nothing was written.
    pub(crate) dry: bool,
    /// It cannot be read at all, and why.
    pub(crate) fault: String,
    pub(crate) counts: Vec<(String, String)>,
    /// Lines that were not taken, with the reason.
    pub(crate) refused: Vec<(String, String)>,
    /// More of them than are shown.
    pub(crate) more: usize,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/staff/parts", get(list))
        .route(IMPORT, get(form).post(take).layer(DefaultBodyLimit::max(MAX_TABLE)))
}

/// Access: managers. Four queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let words = asked.get("q").unwrap_or_default();
    let found = parts::search(db, Park::Any, words, None, asked.before().as_deref()).await?;
    let heads = ["console-part", "console-category", "console-stock", "console-price#"];
    let list = List::of(ui, &asked, "console-parts")
        .search(ui, &asked, "q", "console-parts-search")
        .heads(ui, &heads)
        .rows(&asked, found.parts.iter().map(|one| row(ui, one)).collect(), found.next.as_deref());
    // Where the CRM's catalogue stands, also while it is being read.
    let (runs, now) = (last_runs(db).await?, clerk.state.now());
    let said = runs.iter().map(|run| {
        let cell = present::source_cell(ui, run, now);
        format!("{}: {}", cell.title, cell.note)
    });
    let lead = said.collect::<Vec<_>>().join(" · ");
    let title = ui.s("console-nav-parts").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Parts), title, lead, list })
}

fn row(ui: Ui, part: &Part) -> Row {
    let price = part.price.map(Money::as_kopecks);
    let asked = || ui.s("app-price-on-request").to_owned();
    Row {
        href: format!("/staff/parts/{}", part.id),
        cells: vec![
            Cell::text(&part.name).note(&part.sku),
            Cell::text(&part.category),
            Cell::text(present::stock(ui, part)),
            Cell::number(price.map_or_else(asked, |kopecks| ui.money(kopecks))),
        ],
    }
}

/// A table that the console takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Models,
    Parts,
    Machines,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Models, Kind::Parts, Kind::Machines];

    fn name(self) -> &'static str {
        match self {
            Kind::Models => "models",
            Kind::Parts => "parts",
            Kind::Machines => "machines",
        }
    }

    fn choice(self, ui: Ui, chosen: Option<Kind>) -> Choice {
        let label = ui.s(&format!("console-import-{}", self.name())).to_owned();
        present::choice(self.name(), label, chosen == Some(self))
    }
}

/// Access: administrators. Two queries.
async fn form(look: Look) -> Answer {
    look.viewer.administrator()?;
    let kinds = Kind::ALL.map(|kind| kind.choice(look.ui, None)).into();
    page(&ImportPage { frame: look.frame(Section::Import), kinds, outcome: None })
}

/// Access: administrators. `what` names the table; without `apply` nothing is written.
async fn take(clerk: Clerk, parts: Multipart) -> Answer {
    clerk.viewer.administrator()?;
    let (form, file) = upload::one_file(parts, MAX_TABLE).await?;
    let kind = Kind::ALL.into_iter().find(|kind| Some(kind.name()) == form.text("what"));
    let kind = kind.ok_or(Error::invalid("what", "error-choice"))?;
    let (name, bytes) = file.ok_or(Error::invalid("file", "error-required"))?;
    let dry = form.text("apply").is_none();
    let outcome = Outcome { file: name, dry, ..bring(&clerk, kind, &bytes, dry).await? };
    let ui = clerk.ui;
    let kinds = Kind::ALL.map(|one| one.choice(ui, Some(kind))).into();
    page(&ImportPage { frame: clerk.frame(Section::Import), kinds, outcome: Some(outcome) })
}

async fn bring(
    clerk: &Clerk,
    kind: Kind,
    bytes: &[u8],
    dry: bool,
) -> Result<Outcome, crate::fault::Fault> {
    let (ui, d) = (clerk.ui, clerk.state.dealer());
    let mut tx = clerk.begin().await?;
    let read = match kind {
        Kind::Models => import::models(&mut tx, d, bytes).await,
        Kind::Parts => import::parts(&mut tx, d, bytes).await,
        Kind::Machines => import::machines(&mut tx, d, bytes).await,
    };
    let report = match read {
        Ok(report) => report,
        Err(Error::Invalid(fault)) => return Ok(Outcome::unread(words(ui, &fault))),
        Err(other) => return Err(other.into()),
    };
    if !dry {
        let Report { created, changed, refused, .. } = &report;
        let details = json!({ "created": created, "changed": changed, "refused": refused.len() });
        let act = Act { act: "import", subject: "table", subject_id: kind.name(), details };
        clerk.done(tx, &act).await?;
        parts::catch_up(clerk.state.db()).await?;
    }
    Ok(Outcome::of(ui, &report))
}

impl Outcome {
    fn unread(fault: String) -> Outcome {
        Outcome { fault, ..Outcome::empty() }
    }

    fn empty() -> Outcome {
        Outcome {
            file: String::new(),
            dry: true,
            fault: String::new(),
            counts: Vec::new(),
            refused: Vec::new(),
            more: 0,
        }
    }

    fn of(ui: Ui, report: &Report) -> Outcome {
        let Report { created, changed, unchanged, refused, .. } = report;
        let counts = [
            ("console-import-created", *created),
            ("console-import-changed", *changed),
            ("console-import-unchanged", *unchanged),
            ("console-import-refused", refused.len()),
        ];
        let place = |place: &Place| match place {
            Place::Line(line) => ui.with("console-import-line", "count", line.to_string()),
            Place::Id(id) => id.clone(),
        };
        let shown = refused.iter().take(SHOWN);
        Outcome {
            counts: counts.map(|(key, count)| (ui.s(key).to_owned(), count.to_string())).into(),
            refused: shown.map(|(at, fault)| (place(at), words(ui, fault))).collect(),
            more: refused.len().saturating_sub(SHOWN),
            ..Outcome::empty()
        }
    }
}

fn words(ui: Ui, fault: &FieldFault) -> String {
    format!("{}: {}", fault.field, ui.s(fault.problem))
}
