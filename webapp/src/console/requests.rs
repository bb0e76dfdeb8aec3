//! Calls for service at the console: all of them, and one.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::audit::Act;
use domain::csv_text::line;
use domain::db::Executor;
use domain::requests::{self, OpenRequest, State, Which};
use domain::thread::Side;
use domain::{Error, links};
use serde_json::json;

use crate::console::audit::ListPage;
use crate::console::board;
use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::frame::{Frame, Section, at_console};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::console::planner::{self, PlanForm};
use crate::console::talk;
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::routes::requests::request_page;
use crate::routes::talk::see;
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Choice, Link, Message};
use crate::views::service::RequestPage;

const BASE: &str = "/staff/requests";

/// One request.
#[derive(Template)]
#[template(path = "staff/request.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) page: RequestPage,
    /// Who is to go and when; none where there is nothing left to do.
    pub(crate) plan: Option<PlanForm>,
    /// Where a manager may move it.
    pub(crate) moves: Vec<Choice>,
    /// The page of the engineer's job.
    pub(crate) job: String,
    /// Its deals in the CRMs.
    pub(crate) deals: Vec<Link>,
    /// What customer and dealer wrote to each other.
    pub(crate) messages: Vec<Message>,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/requests/export", get(export))
        .route("/staff/requests/{number}", get(show))
        .route("/staff/requests/{number}/take", post(take))
        .route("/staff/requests/{number}/assign", post(assign))
}

/// The filters of the list by their word in the address; no word is what is open.
const STATES: [(&str, Which); 7] = [
    ("", Which::Open),
    ("new", Which::In(State::New)),
    ("taken", Which::In(State::Taken)),
    ("scheduled", Which::In(State::Scheduled)),
    ("in_progress", Which::In(State::InProgress)),
    ("done", Which::In(State::Done)),
    ("all", Which::All),
];

/// Access: managers. Three queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let found = requests::page(db, &asked.filter("state", &STATES, PAGE)).await?;
    let chip = |(word, which): &(&'static str, Which)| {
        let label = match which {
            Which::Open => ui.s("console-open").to_owned(),
            Which::All => ui.s("console-all").to_owned(),
            Which::In(state) => present::request_badge(ui, *state).text,
        };
        (*word, label)
    };
    let heads = ["console-request", "console-machine", "console-customer", "console-state"];
    let list = List::of(ui, &asked, "console-requests")
        .search(ui, &asked, "q", "console-requests-search")
        .chips(&asked, "state", STATES.iter().map(chip).collect())
        .heads(ui, &[&heads[..], &["console-audit-when#"]].concat())
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), found.next.as_deref())
        .export(&asked, "/staff/requests/export")
        .live("requests")
        .views(board::views(ui, false));
    let title = ui.s("console-nav-requests").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Requests), title, lead: String::new(), list })
}

fn row(ui: Ui, open: &OpenRequest) -> Row {
    let request = &open.summary;
    let stands = request.machine_down && !present::is_over(request.state);
    let kind = present::word(ui, "kind-", request.kind.as_str());
    let stands = if stands { ui.s("state-machine-down") } else { "" };
    let unread = if request.unread { ui.s("app-request-unread") } else { "" };
    let words: Vec<&str> =
        [unread, kind.as_str(), stands].into_iter().filter(|it| !it.is_empty()).collect();
    let company = present::company(open.company.as_deref(), &open.customer_name);
    Row {
        href: format!("{BASE}/{}", request.number),
        cells: vec![
            Cell::text(&request.number).note(words.join(" · ")),
            Cell::text(machine(ui, open)),
            Cell::text(&open.customer_name).note(company.unwrap_or_default()),
            Cell::badge(present::request_badge(ui, request.state))
                .note(open.taken_by_name.as_deref().unwrap_or_default()),
            Cell::number(ui.when(request.created_at)),
        ],
    }
}

/// The machine of a request, by model and serial; empty where none was named.
pub(super) fn machine(ui: Ui, open: &OpenRequest) -> String {
    let machine = open.summary.machine.as_ref();
    machine.map(|(_, serial, model)| present::machine_name(ui, model, serial)).unwrap_or_default()
}

/// Access: managers.
async fn export(look: Look, asked: Asked) -> Answer {
    look.viewer.manager()?;
    let clerk = look.into_clerk();
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let heads = [
        "console-request",
        "console-audit-when",
        "console-state",
        "console-kind",
        "console-machine",
        "console-customer",
        "app-request-company",
        "app-request-manager",
    ];
    let first = asked.filter("state", &STATES, csv::PIECE);
    Ok(csv::answer("requests.csv", &heads.map(|key| ui.s(key)), move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.before = at;
            let mut db = state.db().read().await?;
            let found = requests::page(&mut db, &filter).await?;
            let zone = state.dealer().zone;
            let lines = found.rows.iter().map(|one| {
                let request = &one.summary;
                line([
                    &request.number,
                    &request.created_at.with_timezone(&zone).format("%F %T").to_string(),
                    &present::request_badge(ui, request.state).text,
                    &present::word(ui, "kind-", request.kind.as_str()),
                    &machine(ui, one),
                    &one.customer_name,
                    one.company.as_deref().unwrap_or_default(),
                    one.taken_by_name.as_deref().unwrap_or_default(),
                ])
            });
            Ok((lines.collect(), found.next))
        }
    }))
}

/// Access: managers. Whoever opens it has read its thread. Nine queries.
async fn show(mut look: Look, Path(number): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let case = requests::by_number_for_staff(db, &number).await?;
    let mut shown = request_page(clerk, &case, false);
    if let Some(machine) = &mut shown.machine {
        machine.href = at_console(&machine.href);
    }
    shown.talk.base = format!("{BASE}/{number}");
    let request = &case.request;
    let job = case.work_order.as_ref();
    let plan = match present::is_over(request.state) {
        true => None,
        false => Some(planner::form(clerk, db, &number, (job, case.offer.visit())).await?),
    };
    let deals = crm_pages(clerk, db, &format!("request:{}", request.id)).await?;
    let (about, messages) = talk::messages(clerk, db, &number).await?;
    let clerk = look.into_clerk();
    see(&clerk, &about, Side::Dealer).await?;
    page(&OnePage {
        frame: clerk.frame(Section::Requests),
        page: shown,
        plan,
        moves: board::moves(clerk.ui, request.state),
        job: job.map(|job| format!("/staff/jobs/{}", job.id)).unwrap_or_default(),
        deals,
        messages,
    })
}

/// The pages of something of ours in the CRMs that have it. A query per connection.
pub(super) async fn crm_pages(
    clerk: &Clerk,
    db: &mut impl Executor,
    entity: &str,
) -> Result<Vec<Link>, Error> {
    let mut pages = Vec::new();
    for connection in clerk.state.connections() {
        let mut steps = links::steps(db, &connection.name, entity).await?;
        steps.sort();
        let page = steps.iter().find_map(|(kind, id)| connection.page(kind, id));
        if let Some(href) = page {
            let title = clerk.ui.with("console-open-in", "crm", &connection.name);
            pages.push(Link { href, title });
        }
    }
    Ok(pages)
}

/// Access: managers. The first one has it.
async fn take(clerk: Clerk, Path(number): Path<String>) -> Answer {
    let manager = clerk.viewer.manager()?;
    let mut tx = clerk.begin().await?;
    let case = requests::by_number_for_staff(&mut tx, &number).await?;
    requests::take(&mut tx, clerk.state.dealer(), manager, &case.request.id).await?;
    let details = json!({});
    let act = Act { act: "request-take", subject: "request", subject_id: &number, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{number}")))
}

/// Access: managers. `engineer_telegram_id` names the engineer.
async fn assign(clerk: Clerk, Path(number): Path<String>, form: Form) -> Answer {
    const FIELD: &str = "engineer_telegram_id";
    let manager = clerk.viewer.manager()?;
    let engineer = form.number(FIELD)?.ok_or(Error::invalid(FIELD, "error-choice"))?;
    let mut tx = clerk.begin().await?;
    let case = requests::by_number_for_staff(&mut tx, &number).await?;
    let dealer = clerk.state.dealer();
    requests::assign(&mut tx, dealer, manager, &case.request.id, engineer).await?;
    let details = json!({ "engineer": engineer });
    let act = Act { act: "request-assign", subject: "request", subject_id: &number, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{number}")))
}
