//! The audit log: who did what. Read only, as the log is.

use askama::Template;
use axum::Router;
use axum::routing::get;
use domain::audit::{self, Entry, Filter};
use domain::csv_text::line;
use domain::ids::StaffId;
use domain::staff;
use serde_json::Value;

use crate::console::clerk::Look;
use crate::console::csv;
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::Event;

/// A list and nothing else.
#[derive(Template)]
#[template(path = "staff/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) list: List,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/staff/audit", get(list)).route("/staff/audit/export", get(export))
}

fn filter(asked: &Asked, limit: i64) -> Filter {
    Filter {
        staff: asked.owned("who").map(StaffId::from),
        subject: asked.owned("on").zip(asked.owned("id")),
        before: asked.before(),
        limit,
    }
}

/// Access: administrators. Four queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.administrator()?;
    let ui = clerk.ui;
    let found = audit::page(db, &filter(&asked, PAGE)).await?;
    let people = staff::list(db).await?;
    let everybody = (String::new(), ui.s("console-audit-everybody").to_owned());
    let people = people.into_iter().map(|one| (one.id.to_string(), one.name));
    let people = std::iter::once(everybody).chain(people).collect();
    let list = List::of(ui, &asked, "console-audit")
        .select(&asked, "who", ui.s("console-audit-who"), people)
        .heads(ui, &["console-audit-what", "console-audit-who", "console-audit-when#"])
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), found.next.as_deref())
        .export(&asked, "/staff/audit/export")
        .live("audit");
    let frame = clerk.frame(Section::Audit);
    let title = ui.s("console-nav-audit").to_owned();
    page(&ListPage { frame, title, lead: ui.s("console-audit-lead").to_owned(), list })
}

fn row(ui: Ui, entry: &Entry) -> Row {
    let said = [subject(ui, entry), details(entry)];
    let said: Vec<String> = said.into_iter().filter(|words| !words.is_empty()).collect();
    Row {
        href: String::new(),
        cells: vec![
            Cell::text(act(ui, entry)).note(said.join(" · ")),
            Cell::text(&entry.who),
            Cell::number(ui.when(entry.at)),
        ],
    }
}

/// An entry as its thing's own history tells it.
pub(super) fn entry_event(ui: Ui, entry: &Entry) -> Event {
    let said = [act(ui, entry), details(entry)];
    let said: Vec<String> = said.into_iter().filter(|words| !words.is_empty()).collect();
    Event { at: format!("{} · {}", ui.when(entry.at), entry.who), title: said.join(" · ") }
}

fn act(ui: Ui, entry: &Entry) -> String {
    ui.s(&format!("audit-{}", entry.act)).to_owned()
}

fn subject(ui: Ui, entry: &Entry) -> String {
    format!("{} {}", ui.s(&format!("audit-on-{}", entry.subject)), entry.subject_id)
}

/// Details as people read them: `role: manager`.
fn details(entry: &Entry) -> String {
    let Ok(Value::Object(object)) = serde_json::from_str(&entry.details) else {
        return String::new();
    };
    let said = object.into_iter().map(|(name, value)| match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    said.collect::<Vec<_>>().join(", ")
}

/// Access: administrators.
async fn export(look: Look, asked: Asked) -> Answer {
    look.viewer.administrator()?;
    let clerk = look.into_clerk();
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let heads = ["console-audit-when", "console-audit-who", "console-audit-what"];
    let heads = heads.map(|key| ui.s(key));
    let heads =
        [heads[0], heads[1], heads[2], ui.s("console-audit-on"), ui.s("console-audit-more")];
    let first = filter(&asked, csv::PIECE);
    Ok(csv::answer("audit.csv", &heads, move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.before = at;
            let mut db = state.db().read().await?;
            let found = audit::page(&mut db, &filter).await?;
            let zone = state.dealer().zone;
            let lines = found.rows.iter().map(|entry| {
                let at = entry.at.with_timezone(&zone).format("%F %T").to_string();
                line([&at, &entry.who, &act(ui, entry), &subject(ui, entry), &details(entry)])
            });
            Ok((lines.collect(), found.next))
        }
    }))
}
