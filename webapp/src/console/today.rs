//! Today: what needs the reader, by role.

use askama::Template;
use axum::Router;
use axum::routing::get;
use domain::approvals::desk;
use domain::db::Reader;
use domain::{leads, orders, outbox, requests, work_orders};

use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section, at_console};
use crate::present::{self, Eye};
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::deliveries::DeskCell;
use crate::views::parts::CaseCell;

/// What needs the reader.
#[derive(Template)]
#[template(path = "staff/today.html")]
pub(crate) struct TodayPage {
    pub(crate) frame: Frame,
    /// Cases by what is to be done about them; none of them is empty.
    pub(crate) groups: Vec<Group>,
    /// How many decisions wait.
    pub(crate) approvals: i64,
    /// Connections that are stopped or lack something.
    pub(crate) troubles: Vec<DeskCell>,
    /// Deliveries that were given up.
    pub(crate) dead: i64,
}

/// Cases of one kind.
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) cases: Vec<CaseCell>,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/staff", get(today)).route("/staff/", get(today))
}

/// Access: staff. Engineers see their jobs, managers what is open. Two queries for the reader, and
/// at most seven, each of what is open.
async fn today(mut look: Look) -> Answer {
    let (clerk, db) = look.parts();
    let ui = clerk.ui;
    let mut groups = jobs(clerk, db).await?;
    let waiting = desk::asked_of(db, &clerk.staff.id).await?;
    let (mut troubles, mut dead) = (Vec::new(), 0);
    if clerk.staff.is_manager() {
        groups.extend(open(clerk, db).await?);
        let circuits = outbox::circuits(db).await?;
        troubles.extend(circuits.iter().filter_map(|one| present::stopped_cell(ui, one)));
        troubles.extend(circuits.iter().filter_map(|one| present::consent_cell(ui, one)));
        troubles.extend(circuits.iter().flat_map(|one| present::mapping_cells(ui, one)));
        for cell in &mut troubles {
            cell.href = at_console(&cell.href);
        }
        let counts = outbox::counts(db).await?;
        let given_up = counts.iter().filter(|(_, state, _)| *state == outbox::State::Dead);
        dead = given_up.map(|(_, _, count)| count).sum();
    }
    groups.retain(|group| !group.cases.is_empty());
    let frame = clerk.frame(Section::Today);
    page(&TodayPage { frame, groups, approvals: waiting, troubles, dead })
}

/// What the reader must do themselves.
async fn jobs(clerk: &Clerk, db: &mut Reader) -> domain::Result<Vec<Group>> {
    let eye = Eye::of(clerk);
    let jobs = work_orders::list(db, &clerk.staff.id).await?;
    let open: Vec<_> =
        jobs.into_iter().filter(|job| job.state != work_orders::State::Done).collect();
    let groups = present::job_groups(&eye, &open).into_iter();
    let own_cases = |cases: Vec<CaseCell>| cases.into_iter().map(led).collect();
    Ok(groups.map(|group| Group { title: group.title, cases: own_cases(group.cases) }).collect())
}

/// What waits for a manager, what is the reader's, what others have taken.
async fn open(clerk: &Clerk, db: &mut Reader) -> domain::Result<Vec<Group>> {
    let (ui, eye) = (clerk.ui, Eye::of(clerk));
    let mut sorted = Sorted::of(ui, &clerk.staff.name);
    for request in &requests::open(db).await? {
        let free = matches!(request.summary.state, requests::State::New | requests::State::Taken);
        let taken = request.taken_by_name.as_deref();
        sorted.put(present::open_request_cell(&eye, request), taken, free);
    }
    for order in &orders::open(db).await? {
        sorted.put(present::open_order_cell(&eye, order), order.taken_by_name.as_deref(), true);
    }
    for lead in &leads::open(db).await? {
        let cell = present::open_lead_cell(&eye, lead);
        let free = lead.lead.state != leads::State::Suspected;
        sorted.put(cell, lead.taken_by_name.as_deref(), free);
    }
    Ok(sorted.groups.into())
}

struct Sorted<'a> {
    reader: &'a str,
    groups: [Group; 3],
}

impl Sorted<'_> {
    fn of(ui: Ui, reader: &str) -> Sorted<'_> {
        let keys = ["app-desk-waiting", "app-desk-mine", "app-desk-taken"];
        let groups = keys.map(|key| Group { title: ui.s(key).to_owned(), cases: Vec::new() });
        Sorted { reader, groups }
    }

    /// A case that nobody took waits, as long as somebody may take it.
    fn put(&mut self, case: CaseCell, taken: Option<&str>, free: bool) {
        let group = match taken {
            None if free => 0,
            Some(name) if name != self.reader => 2,
            _ => 1,
        };
        self.groups[group].cases.push(led(case));
    }
}

/// A case whose page is the console's.
fn led(case: CaseCell) -> CaseCell {
    CaseCell { href: at_console(&case.href), ..case }
}
