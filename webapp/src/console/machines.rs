//! Machines at the console: all of them, and the passport of one.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use domain::csv_text::line;
use domain::documents::Owner;
use domain::ids::MachineId;
use domain::machines::{self, MachineState, MachineSummary, Which};

use crate::console::audit::ListPage;
use crate::console::clerk::Look;
use crate::console::csv;
use crate::console::documents::{DocumentDesk, desk};
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::present;
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::park::PassportPage;
use crate::views::parts::{Badge, Tone};

const BASE: &str = "/staff/machines";

/// One machine.
#[derive(Template)]
#[template(path = "staff/machine.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) page: PassportPage,
    /// Its own documents; the model's are at the model.
    pub(crate) desk: DocumentDesk,
    /// The page of its model.
    pub(crate) model: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/machines/export", get(export))
        .route("/staff/machines/{id}", get(show))
}

/// The filters of the list by their word in the address; no word is all.
const STATES: [(&str, Which); 2] = [("", Which::All), ("down", Which::Down)];

/// Access: managers. Three queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let found = machines::page(db, &asked.filter("state", &STATES, PAGE)).await?;
    let chips = vec![
        ("", ui.s("console-all").to_owned()),
        ("down", ui.s("console-machines-down").to_owned()),
    ];
    let heads = ["console-machine", "console-company", "console-state", "console-next#"];
    let list = List::of(ui, &asked, "console-machines")
        .search(ui, &asked, "q", "console-machines-search")
        .chips(&asked, "state", chips)
        .heads(ui, &heads)
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), found.next.as_deref())
        .export(&asked, "/staff/machines/export")
        .live("requests");
    let title = ui.s("console-nav-machines").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Machines), title, lead: String::new(), list })
}

fn row(ui: Ui, machine: &MachineSummary) -> Row {
    let (tone, state) = match machine.state {
        MachineState::Working => (Tone::Ok, "state-machine-working"),
        MachineState::Down => (Tone::Down, "state-machine-down"),
    };
    let next = machine.next_maintenance_on.map(|date| ui.calendar_date(date));
    Row {
        href: format!("{BASE}/{}", machine.id),
        cells: vec![
            Cell::text(present::machine_name(ui, &machine.model_name, &machine.serial)),
            Cell::text(machine.company.as_deref().unwrap_or_default())
                .note(machine.site.as_deref().unwrap_or_default()),
            Cell::badge(Badge { tone, text: ui.s(state).to_owned() }),
            Cell::number(next.unwrap_or_default()),
        ],
    }
}

/// Access: managers.
async fn export(look: Look, asked: Asked) -> Answer {
    look.viewer.manager()?;
    let clerk = look.into_clerk();
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let heads = [
        "console-serial",
        "console-model",
        "console-company",
        "console-site",
        "console-state",
        "console-next",
    ];
    let first = asked.filter("state", &STATES, csv::PIECE);
    Ok(csv::answer("machines.csv", &heads.map(|key| ui.s(key)), move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.before = at;
            let mut db = state.db().read().await?;
            let found = machines::page(&mut db, &filter).await?;
            let lines = found.rows.iter().map(|one| {
                let down = one.state == MachineState::Down;
                let state = if down { "state-machine-down" } else { "state-machine-working" };
                let next = one.next_maintenance_on.map(|date| date.to_string());
                line([
                    &one.serial,
                    &one.model_name,
                    one.company.as_deref().unwrap_or_default(),
                    one.site.as_deref().unwrap_or_default(),
                    ui.s(state),
                    &next.unwrap_or_default(),
                ])
            });
            Ok((lines.collect(), found.next))
        }
    }))
}

/// Access: managers. Six queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let id = MachineId::from(id);
    let mut passport = machines::passport_for_staff(db, &id).await?;
    let desk = desk(clerk, db, &Owner::Machine(id)).await?;
    // Its own are changed here, the model's are changed there.
    passport.documents.retain(|row| desk.documents.iter().all(|own| own.id != row.id));
    let shown = present::passport(clerk, &passport);
    let model = format!("/staff/models/{}", passport.model.id);
    page(&OnePage { frame: clerk.frame(Section::Machines), page: shown, desk, model })
}
