//! The mapping editor: our states and fields beside the stages and fields that a connection's account was
//! last seen to have. The page asks nobody outside; «Обновить» promises a look, and the page hears of it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::audit::Act;
use domain::connection_settings::{self, Edit};
use domain::db::Executor;
use domain::mapping::{self, Objection, Objections, Row, Section as Part, Table};
use serde_json::{Value, json};

use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::console::guard::Said as Told;
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::Choice;

/// The table of one connection.
#[derive(Template)]
#[template(path = "staff/mapping.html")]
pub(crate) struct MappingPage {
    pub(crate) frame: Frame,
    /// The connection's name.
    pub(crate) name: String,
    pub(crate) version: i64,
    /// When the account was last seen, in words.
    pub(crate) seen: String,
    /// Whether there is anything to choose from.
    pub(crate) known: bool,
    /// Whether the account is being looked at.
    pub(crate) looking: bool,
    /// What was objected to, above the table.
    pub(crate) problems: Vec<String>,
    pub(crate) parts: Vec<PartView>,
    /// The account's people: their name there, and who of the staff they are.
    pub(crate) people: Vec<(String, String)>,
}

/// Rows of one kind.
pub(crate) struct PartView {
    pub(crate) title: String,
    pub(crate) rows: Vec<RowView>,
}

/// One state or field of ours.
pub(crate) struct RowView {
    pub(crate) key: String,
    pub(crate) label: String,
    /// By pipeline.
    pub(crate) groups: Vec<Group>,
    /// Where the value comes from.
    pub(crate) source: String,
    /// Whether it is the console's.
    pub(crate) changed: bool,
    pub(crate) problems: Vec<String>,
}

/// Choices of one pipeline.
pub(crate) struct Group {
    /// Empty where there is but one.
    pub(crate) of: String,
    pub(crate) choices: Vec<Choice>,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/staff/connections/{name}/mapping", get(show).post(save))
        .route("/staff/connections/{name}/look", post(look))
}

fn address(name: &str) -> String {
    format!("/staff/connections/{name}/mapping")
}

/// Access: administrators. Six queries, each of a few rows.
async fn show(mut look: Look, Path(name): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.administrator()?;
    let table = clerk.state.mapper()?.table(&name).await?;
    let said = Said { wished: HashMap::new(), objections: Vec::new() };
    page(&made(clerk, db, &name, &table, &said).await?)
}

/// Access: administrators. What is asked is the account's answer, which comes later.
async fn look(clerk: Clerk, Path(name): Path<String>) -> Answer {
    clerk.viewer.administrator()?;
    clerk.state.mapper()?.table(&name).await?;
    let mut tx = clerk.begin().await?;
    mapping::look(&mut tx, &name, clerk.state.now()).await?;
    let act = Act {
        act: "connection-look",
        subject: "connection",
        subject_id: &name,
        details: json!({}),
    };
    clerk.done(tx, &act).await?;
    Ok(see_other(&address(&name)))
}

/// Access: administrators. All that differs is changed together, or nothing.
async fn save(clerk: Clerk, Path(name): Path<String>, form: Form) -> Answer {
    let by = clerk.viewer.administrator()?;
    let version = form.number("version")?.unwrap_or_default();
    let restored = form.owned("restore");
    let wished: HashMap<String, String> = form.into_pairs().into_iter().collect();
    let mapper = clerk.state.mapper()?;
    let table = mapper.table(&name).await?;
    let edits: Vec<Edit> = match restored {
        Some(key) => {
            table.rows().filter(|row| row.key == key).map(|row| (row.key.clone(), None)).collect()
        }
        None => table.edits(wished.iter().map(|(key, value)| (key.as_str(), value.as_str()))),
    };
    if edits.is_empty() {
        return Ok(see_other(&address(&name)));
    }
    let objections = mapper.objections(&name, &edits).await?;
    if !objections.is_empty() {
        let mut db = clerk.state.db().read().await.map_err(domain::Error::from)?;
        let said = Said { wished, objections };
        let page = made(&clerk, &mut db, &name, &table, &said).await?;
        let html = axum::response::Html(page.render()?);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Extension(Told), html).into_response());
    }
    let mut tx = clerk.begin().await?;
    let now = clerk.state.now();
    connection_settings::change(&mut tx, &name, version, &edits, (&by.id, now)).await?;
    let details = details(&table, &edits);
    let act = Act { act: "mapping-change", subject: "connection", subject_id: &name, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&address(&name)))
}

/// What stood there, and what stands there now.
fn details(table: &Table, edits: &[Edit]) -> Value {
    let edit = |(key, value): &Edit| {
        let row = table.rows().find(|row| row.key == *key);
        let was = row.and_then(Row::value).unwrap_or_default();
        let file = row.and_then(|row| row.written.as_deref()).unwrap_or_default();
        let now = value.as_deref().unwrap_or(file);
        (key.clone(), Value::String(format!("{was} → {now}")))
    };
    Value::Object(edits.iter().map(edit).collect())
}

/// What somebody chose, and why it was not taken.
struct Said {
    wished: HashMap<String, String>,
    objections: Objections,
}

async fn made(
    clerk: &Clerk,
    db: &mut impl Executor,
    name: &str,
    table: &Table,
    said: &Said,
) -> Result<MappingPage, domain::Error> {
    let ui = clerk.ui;
    let seen = match table.seen_at {
        Some(at) => ui.with("console-mapping-seen", "when", ui.when(at)),
        None => ui.s("console-mapping-unseen").to_owned(),
    };
    let people = table.people.iter().map(|one| {
        let staff = one.staff.clone();
        (one.name.clone(), staff.unwrap_or_else(|| ui.s("console-mapping-nobody").to_owned()))
    });
    Ok(MappingPage {
        frame: clerk.frame(Section::Connections),
        name: name.to_owned(),
        version: table.version,
        seen,
        known: table.seen_at.is_some(),
        looking: mapping::is_looked_at(db, name).await?,
        problems: said.at(ui, table, "").collect(),
        parts: table.sections.iter().map(|part| part_view(ui, table, part, said)).collect(),
        people: people.collect(),
    })
}

fn part_view(ui: Ui, table: &Table, part: &Part, said: &Said) -> PartView {
    let row = |row: &Row| RowView {
        key: row.key.clone(),
        label: label(ui, part.of, &row.ours),
        groups: groups(ui, row, said),
        source: source(ui, row),
        changed: row.changed.is_some(),
        problems: problems(ui, table, row, said),
    };
    PartView { title: ui.s(title(part.of)).to_owned(), rows: part.rows.iter().map(row).collect() }
}

fn title(of: &str) -> &'static str {
    match of {
        "order" => "console-mapping-order",
        "request" => "console-mapping-request",
        // What the page says of itself is another key.
        "lead" => "console-mapping-lead-head",
        _ => "console-mapping-field",
    }
}

/// Our own word for a state or a field.
fn label(ui: Ui, of: &str, ours: &str) -> String {
    match of {
        "field" => ui.s(&format!("plan-field-{ours}")).to_owned(),
        of => ui.s(&format!("state-{of}-{ours}")).to_owned(),
    }
}

/// What could stand there; what stands there is among it, also where the account has no such thing.
fn groups(ui: Ui, row: &Row, said: &Said) -> Vec<Group> {
    let value = said.wished.get(&row.key).map(String::as_str).or(row.value()).unwrap_or_default();
    let nothing = present::choice("", ui.s("console-mapping-nothing").to_owned(), value.is_empty());
    let mut first = vec![nothing];
    let known = row.choices.iter().flat_map(|group| &group.all).any(|one| one.id == value);
    if !known && !value.is_empty() {
        let gone = ui.with("console-mapping-gone", "id", value);
        first.push(present::choice(value, gone, true));
    }
    let groups = row.choices.iter().map(|group| Group {
        of: group.of.clone(),
        choices: group
            .all
            .iter()
            .map(|one| {
                let label = format!("{} ({})", one.name, one.id);
                present::choice(&one.id, label, one.id == value)
            })
            .collect(),
    });
    let mut groups: Vec<Group> = groups.collect();
    match groups.first_mut().filter(|group| group.of.is_empty()) {
        Some(only) => drop(only.choices.splice(0..0, first)),
        None => groups.insert(0, Group { of: String::new(), choices: first }),
    }
    groups
}

fn source(ui: Ui, row: &Row) -> String {
    match (&row.changed, &row.written) {
        (Some(changed), _) => ui.f(
            "console-mapping-changed",
            &[
                ("who", changed.who.as_str().into()),
                ("when", ui.when(changed.changed_at).into()),
                ("file", row.written.as_deref().unwrap_or("—").into()),
            ],
        ),
        (None, Some(_)) => ui.s("console-mapping-written").to_owned(),
        (None, None) => String::new(),
    }
}

/// What was objected to, else what the doctor found.
fn problems(ui: Ui, table: &Table, row: &Row, said: &Said) -> Vec<String> {
    let objected: Vec<String> = said.at(ui, table, &row.key).collect();
    match objected.is_empty() {
        true => row.defects.iter().map(|defect| defect.words(ui.texts().lang())).collect(),
        false => objected,
    }
}

impl Said {
    fn at<'a>(
        &'a self,
        ui: Ui,
        table: &'a Table,
        key: &'a str,
    ) -> impl Iterator<Item = String> + 'a {
        let here = self.objections.iter().filter(move |(of, _)| of == key);
        here.map(move |(_, objection)| words(ui, table, objection))
    }
}

fn words(ui: Ui, table: &Table, objection: &Objection) -> String {
    match objection {
        Objection::Defect(defect) => defect.words(ui.texts().lang()),
        Objection::Twice { stage, other } => {
            let of = table.sections.iter().find_map(|part| {
                let row = part.rows.iter().find(|row| row.key == *other)?;
                Some(label(ui, part.of, &row.ours))
            });
            let other = of.unwrap_or_else(|| other.clone());
            let args = [("stage", stage.as_str().into()), ("other", other.as_str().into())];
            ui.f("console-mapping-twice", &args)
        }
        Objection::Senseless => ui.s("console-mapping-senseless").to_owned(),
    }
}
