//! Jobs at the console: an engineer's own, or everybody's for managers, and one with what its
//! engineer may do with it.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::routing::{get, post};
use domain::audit::Act;
use domain::csv_text::line;
use domain::db::Tx;
use domain::ids::{StaffId, WorkOrderId};
use domain::staff;
use domain::work_orders::{self, Listed, State, Which};
use serde_json::json;

use crate::console::audit::ListPage;
use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::frame::{Frame, Section, at_console};
use crate::console::list::{Asked, Cell, List, PAGE, Row, Tab};
use crate::console::planner::{self, PlanForm};
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::routes::jobs::{job_page, report};
use crate::state::AppState;
use crate::ui::Ui;
use crate::upload::{MAX_UPLOAD, Upload};
use crate::views::work::JobPage;

const BASE: &str = "/staff/jobs";

/// One job.
#[derive(Template)]
#[template(path = "staff/job.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) page: JobPage,
    /// The page of its request; empty for an engineer, who sees jobs alone.
    pub(crate) request: String,
    /// Who is to go and when, while a manager may change that.
    pub(crate) plan: Option<PlanForm>,
}

pub(super) fn router() -> Router<AppState> {
    let done = Router::new()
        .route("/staff/jobs/{id}/done", post(done))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD));
    Router::new()
        .route(BASE, get(list))
        .route("/staff/jobs/export", get(export))
        .route("/staff/jobs/{id}", get(show))
        .route("/staff/jobs/{id}/accept", post(accept))
        .route("/staff/jobs/{id}/start", post(start))
        .route("/staff/jobs/{id}/pause", post(pause))
        .merge(done)
}

/// The filters of the list by their word in the address; no word is what is open.
const STATES: [(&str, Which); 7] = [
    ("", Which::Open),
    ("assigned", Which::In(State::Assigned)),
    ("accepted", Which::In(State::Accepted)),
    ("in_progress", Which::In(State::InProgress)),
    ("paused", Which::In(State::Paused)),
    ("done", Which::In(State::Done)),
    ("all", Which::All),
];

/// The list and the week; the week is the managers'.
pub(super) fn views(ui: Ui, board: bool) -> Vec<Tab> {
    vec![
        Tab::to(ui, BASE, "console-as-list", !board),
        Tab::to(ui, "/staff/jobs/board", "console-as-week", board),
    ]
}

/// The machine of a job, by model and serial; empty where none was named.
pub(super) fn machine(ui: Ui, job: &Listed) -> String {
    let named = job.model_name.as_deref().zip(job.serial.as_deref());
    named.map(|(model, serial)| present::machine_name(ui, model, serial)).unwrap_or_default()
}

/// Whose jobs this person sees: their own, or those of whom the address names; all otherwise.
fn whose(clerk: &Clerk, asked: &Asked, people: &[staff::Staff]) -> Option<StaffId> {
    if !clerk.staff.is_manager() {
        return Some(clerk.staff.id.clone());
    }
    let wanted = asked.get("engineer").and_then(|id| id.parse::<i64>().ok())?;
    people.iter().find(|one| one.telegram_id == wanted).map(|one| one.id.clone())
}

/// Access: staff: engineers their own, managers all. Four queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    let ui = clerk.ui;
    let people = staff::list(db).await?;
    let engineer = whose(clerk, &asked, &people);
    let filter = asked.filter("state", &STATES, PAGE);
    let found = work_orders::page(db, &filter, engineer.as_ref()).await?;
    let chip = |(word, which): &(&'static str, Which)| {
        let label = match which {
            Which::Open => ui.s("console-open").to_owned(),
            Which::All => ui.s("console-all").to_owned(),
            Which::In(state) => present::job_badge(ui, *state).text,
        };
        (*word, label)
    };
    let heads = [
        "console-request",
        "console-machine",
        "console-customer",
        "console-engineer",
        "console-state",
        "console-window#",
    ];
    let mut list = List::of(ui, &asked, "console-jobs")
        .search(ui, &asked, "q", "console-requests-search")
        .chips(&asked, "state", STATES.iter().map(chip).collect())
        .heads(ui, &heads)
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), found.next.as_deref())
        .export(&asked, "/staff/jobs/export")
        .live("requests");
    if clerk.staff.is_manager() {
        let all = (String::new(), ui.s("console-all-engineers").to_owned());
        let people = people.into_iter().map(|one| (one.telegram_id.to_string(), one.name));
        let people = std::iter::once(all).chain(people).collect();
        list = list.select(&asked, "engineer", ui.s("console-engineer"), people);
        list = list.views(views(ui, false));
    }
    let title = ui.s("console-nav-jobs").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Jobs), title, lead: String::new(), list })
}

fn row(ui: Ui, job: &Listed) -> Row {
    let kind = present::word(ui, "kind-", job.kind.as_str());
    let stands = job.machine_down && job.state != State::Done;
    let stands = if stands { ui.s("state-machine-down") } else { "" };
    let said: Vec<&str> = [kind.as_str(), stands].into_iter().filter(|it| !it.is_empty()).collect();
    let company = present::company(job.company.as_deref(), &job.customer_name);
    let window = job.window().map(|window| ui.window(window.from, window.until));
    Row {
        href: format!("{BASE}/{}", job.id),
        cells: vec![
            Cell::text(&job.number).note(said.join(" · ")),
            Cell::text(machine(ui, job)).note(job.site.as_deref().unwrap_or_default()),
            Cell::text(&job.customer_name).note(company.unwrap_or_default()),
            Cell::text(&job.engineer),
            Cell::badge(present::job_badge(ui, job.state)),
            Cell::number(window.unwrap_or_default()),
        ],
    }
}

/// Access: staff: engineers their own, managers all.
async fn export(mut look: Look, asked: Asked) -> Answer {
    let people = staff::list(&mut look.db).await?;
    let clerk = look.into_clerk();
    let engineer = whose(&clerk, &asked, &people);
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let heads = [
        "console-request",
        "console-since",
        "console-state",
        "console-kind",
        "console-machine",
        "console-customer",
        "app-request-company",
        "console-engineer",
        "console-window-from",
        "console-window-until",
    ];
    let first = asked.filter("state", &STATES, csv::PIECE);
    Ok(csv::answer("jobs.csv", &heads.map(|key| ui.s(key)), move |at| {
        let (state, mut filter, engineer) = (state.clone(), first.clone(), engineer.clone());
        async move {
            filter.before = at;
            let mut db = state.db().read().await?;
            let found = work_orders::page(&mut db, &filter, engineer.as_ref()).await?;
            let zone = state.dealer().zone;
            let moment = |at: chrono::DateTime<chrono::Utc>| {
                at.with_timezone(&zone).format("%F %T").to_string()
            };
            let lines = found.rows.iter().map(|one| {
                line([
                    &one.number,
                    &moment(one.created_at),
                    &present::job_badge(ui, one.state).text,
                    &present::word(ui, "kind-", one.kind.as_str()),
                    &machine(ui, one),
                    &one.customer_name,
                    one.company.as_deref().unwrap_or_default(),
                    &one.engineer,
                    &one.window_from.map(moment).unwrap_or_default(),
                    &one.window_until.map(moment).unwrap_or_default(),
                ])
            });
            Ok((lines.collect(), found.next))
        }
    }))
}

/// Access: the job's engineer, managers. Six queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    let job = work_orders::job(db, &clerk.staff, &WorkOrderId::from(id)).await?;
    let mut shown = job_page(clerk, &job);
    let manages = clerk.staff.is_manager();
    if let Some(machine) = &mut shown.machine {
        // Machines are the managers' section.
        machine.href = if manages { at_console(&machine.href) } else { String::new() };
    }
    let number = &job.request_number;
    let plan = match manages && job.work_order.state != State::Done {
        true => Some(planner::form(clerk, db, number, (Some(&job.work_order), None)).await?),
        false => None,
    };
    let request = if manages { format!("/staff/requests/{number}") } else { String::new() };
    page(&OnePage { frame: clerk.frame(Section::Jobs), page: shown, request, plan })
}

/// Access: the job's engineer.
async fn accept(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let (id, mut tx) = (WorkOrderId::from(id), clerk.begin().await?);
    work_orders::accept(&mut tx, clerk.state.dealer(), &clerk.staff, &id).await?;
    settled(&clerk, tx, "job-accept", &id).await
}

/// Access: the job's engineer.
async fn start(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let (id, mut tx) = (WorkOrderId::from(id), clerk.begin().await?);
    work_orders::start(&mut tx, clerk.state.dealer(), &clerk.staff, &id).await?;
    settled(&clerk, tx, "job-start", &id).await
}

/// Access: the job's engineer.
async fn pause(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let (id, mut tx) = (WorkOrderId::from(id), clerk.begin().await?);
    work_orders::pause(&mut tx, clerk.state.dealer(), &clerk.staff, &id).await?;
    settled(&clerk, tx, "job-pause", &id).await
}

/// Access: the job's engineer. `report`, `hours`?, `next_maintenance_on`?, `files`*.
async fn done(clerk: Clerk, Path(id): Path<String>, upload: Upload) -> Answer {
    let dealer = clerk.state.dealer();
    let report = report(upload, dealer).await?;
    let (id, mut tx) = (WorkOrderId::from(id), clerk.begin().await?);
    work_orders::done(&mut tx, dealer, &clerk.staff, &id, &report).await?;
    settled(&clerk, tx, "job-done", &id).await
}

async fn settled(clerk: &Clerk, tx: Tx, act: &'static str, id: &WorkOrderId) -> Answer {
    let subject_id = id.as_str();
    clerk.done(tx, &Act { act, subject: "job", subject_id, details: json!({}) }).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}
