//! The engineers' week: who goes where on which day, and the form that says so for one request.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone as _, Utc, Weekday};
use domain::audit::Act;
use domain::db::Executor;
use domain::staff::{self, Role, Staff};
use domain::work_orders::{self, Listed, Plan, Window, WorkOrder, day_window};
use domain::{Dealer, Error, requests};
use serde_json::json;

use crate::console::board::{self, Card, Column};
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::console::jobs;
use crate::console::list::{Asked, Tab};
use crate::fault::Fault;
use crate::input::Form;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Badge, Choice, Tone};

const BASE: &str = "/staff/jobs/board";
/// Days of a week that is shown.
const DAYS: u64 = 7;
/// Requests of the tray, and cards of a cell; the lists have the rest.
const CARDS: i64 = 20;
const CELL: usize = 12;

/// The week.
#[derive(Template)]
#[template(path = "staff/planner.html")]
pub(crate) struct PlannerPage {
    pub(crate) frame: Frame,
    pub(crate) views: Vec<Tab>,
    /// The week before, this one, the next.
    pub(crate) weeks: Vec<Tab>,
    /// Its first day, as a form says it.
    pub(crate) from: String,
    pub(crate) days: Vec<Day>,
    /// Requests to which nobody is sent.
    pub(crate) tray: Column,
    pub(crate) rows: Vec<PlanRow>,
    pub(crate) engineers: Vec<Choice>,
}

/// The head of a column.
pub(crate) struct Day {
    pub(crate) label: String,
    pub(crate) today: bool,
}

/// An engineer's week: what has no day yet, and each day.
pub(crate) struct PlanRow {
    pub(crate) name: String,
    pub(crate) cells: Vec<Column>,
}

/// Who is to go, and when.
pub(crate) struct PlanForm {
    pub(crate) number: String,
    pub(crate) engineers: Vec<Choice>,
    pub(crate) day: String,
    pub(crate) from: String,
    pub(crate) until: String,
    /// Somebody is named already.
    pub(crate) planned: bool,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(show).post(drop_card))
        .route("/staff/requests/{number}/plan", post(plan))
}

/// The form for one request and its job; the time that the customer chose stands there until the job
/// has its own.
pub(super) async fn form(
    clerk: &Clerk,
    db: &mut impl Executor,
    number: &str,
    (job, chosen): (Option<&WorkOrder>, Option<Window>),
) -> Result<PlanForm, Error> {
    let zone = clerk.state.dealer().zone;
    let window = job.and_then(WorkOrder::window).or(chosen);
    let local = |at: Option<DateTime<Utc>>, format: &str| {
        at.map(|at| at.with_timezone(&zone).format(format).to_string()).unwrap_or_default()
    };
    let people = engineers(db).await?;
    let choice = |one: &Staff| {
        let selected = job.is_some_and(|job| job.engineer_id == one.id);
        present::choice(&one.telegram_id.to_string(), one.name.clone(), selected)
    };
    Ok(PlanForm {
        number: number.to_owned(),
        engineers: people.iter().map(choice).collect(),
        day: local(window.map(|window| window.from), "%F"),
        from: local(window.map(|window| window.from), "%H:%M"),
        until: local(window.map(|window| window.until), "%H:%M"),
        planned: job.is_some(),
    })
}

/// Whom one may send: engineers first.
async fn engineers(db: &mut impl Executor) -> Result<Vec<Staff>, Error> {
    let mut people = staff::list(db).await?;
    people.sort_by_key(|person| person.role != Role::Engineer);
    Ok(people)
}

/// Access: managers. Five queries.
async fn show(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let (ui, eye, d) = (clerk.ui, Eye::of(clerk), clerk.state.dealer());
    let typed = asked.get("from").and_then(|day| NaiveDate::parse_from_str(day, "%F").ok());
    let monday = typed.unwrap_or(eye.today).week(Weekday::Mon).first_day();
    let days: Vec<NaiveDate> = monday.iter_days().take(8).collect();
    let at = |day: NaiveDate| start(d, day).ok_or(Error::invalid("from", "error-date"));
    let jobs = work_orders::board(db, (at(days[0])?, at(days[7])?)).await?;
    let free = requests::unassigned(db, asked.get("at"), CARDS).await?;
    let more = if free.next.is_some() { "+" } else { "" };
    let tray = Column {
        drop: String::new(),
        title: ui.s("console-planner-free").to_owned(),
        count: format!("{}{more}", free.rows.len()),
        cards: free.rows.iter().map(|open| board::card(&eye, open)).collect(),
        next: free.next.map(|key| asked.href("at", &key)),
        first: asked.get("at").map(|_| asked.href("at", "")),
    };
    let people = engineers(db).await?;
    let choice =
        |one: &Staff| present::choice(&one.telegram_id.to_string(), one.name.clone(), false);
    let goes = |one: &&Staff| {
        one.role == Role::Engineer
            || jobs.iter().any(|job| job.engineer_telegram_id == one.telegram_id)
    };
    let row = |one: &Staff| PlanRow {
        name: one.name.clone(),
        cells: week(ui, d, one, &days[..7], &jobs),
    };
    let day = |day: &NaiveDate| Day {
        label: format!("{}, {}", ui.s(weekday(*day)), ui.calendar_date(*day)),
        today: *day == eye.today,
    };
    page(&PlannerPage {
        frame: clerk.frame(Section::Jobs),
        views: jobs::views(ui, true),
        weeks: weeks(ui, monday, eye.today),
        from: monday.to_string(),
        days: days[..7].iter().map(day).collect(),
        tray,
        rows: people.iter().filter(goes).map(row).collect(),
        engineers: people.iter().map(choice).collect(),
    })
}

fn weekday(day: NaiveDate) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "console-day-1",
        Weekday::Tue => "console-day-2",
        Weekday::Wed => "console-day-3",
        Weekday::Thu => "console-day-4",
        Weekday::Fri => "console-day-5",
        Weekday::Sat => "console-day-6",
        Weekday::Sun => "console-day-7",
    }
}

fn weeks(ui: Ui, monday: NaiveDate, today: NaiveDate) -> Vec<Tab> {
    let this = today.week(Weekday::Mon).first_day();
    let tab = |day: Option<NaiveDate>, key: &str, on| {
        let from = day.map(|day| day.to_string()).unwrap_or_default();
        Tab::to(ui, Asked::new(BASE, &[]).href("from", &from), key, on)
    };
    vec![
        tab(monday.checked_sub_days(Days::new(DAYS)), "console-week-before", false),
        tab(None, "console-week-this", monday == this),
        tab(monday.checked_add_days(Days::new(DAYS)), "console-week-next", false),
    ]
}

/// When a day begins for the dealer.
fn start(d: &Dealer, day: NaiveDate) -> Option<DateTime<Utc>> {
    // Where clocks go forward at midnight the day begins an hour later.
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).map(|time| day.and_time(time));
    let midnight = d.zone.from_local_datetime(&at(0)?).earliest();
    midnight.or_else(|| d.zone.from_local_datetime(&at(1)?).earliest()).map(|at| at.to_utc())
}

/// The cells of an engineer: without a day, then day by day.
fn week(ui: Ui, d: &Dealer, one: &Staff, days: &[NaiveDate], jobs: &[Listed]) -> Vec<Column> {
    let own = |job: &&Listed| job.engineer_telegram_id == one.telegram_id;
    let on = |job: &Listed| job.window_from.map(|at| at.with_timezone(&d.zone).date_naive());
    let cell = |day: Option<NaiveDate>| {
        let found: Vec<&Listed> = jobs.iter().filter(own).filter(|job| on(job) == day).collect();
        let value = day.map(|day| day.to_string()).unwrap_or_default();
        let rest =
            (found.len() > CELL).then(|| format!("/staff/jobs?engineer={}", one.telegram_id));
        Column {
            drop: format!("engineer_telegram_id={}&day={value}", one.telegram_id),
            title: match day {
                Some(day) => format!("{}, {}", one.name, ui.calendar_date(day)),
                None => format!("{}, {}", one.name, ui.s("console-planner-no-day")),
            },
            count: String::new(),
            cards: found.into_iter().take(CELL).map(|job| card(ui, d, job)).collect(),
            next: rest,
            first: None,
        }
    };
    std::iter::once(None).chain(days.iter().copied().map(Some)).map(cell).collect()
}

fn card(ui: Ui, d: &Dealer, job: &Listed) -> Card {
    let mut badges = vec![present::job_badge(ui, job.state)];
    if job.machine_down {
        badges.push(Badge { tone: Tone::Down, text: ui.s("state-machine-down").to_owned() });
    }
    let time = |at: DateTime<Utc>| at.with_timezone(&d.zone).format("%-H:%M").to_string();
    let window = job.window().map(|it| format!("{}–{}", time(it.from), time(it.until)));
    Card {
        number: job.number.clone(),
        href: format!("/staff/jobs/{}", job.id),
        machine: jobs::machine(ui, job),
        note: job.company.as_deref().unwrap_or(&job.customer_name).to_owned(),
        badges,
        age: window.unwrap_or_default(),
    }
}

/// Access: managers. The job of `number` goes to an engineer for a day.
async fn drop_card(clerk: Clerk, form: Form) -> Answer {
    clerk.viewer.manager()?;
    let number = form.required("number")?.to_owned();
    planned(&clerk, &number, &form).await?;
    Ok(see_other(&Asked::new(BASE, &[]).href("from", form.text("week").unwrap_or_default())))
}

/// Access: managers. `engineer_telegram_id` goes; on `day`, from `from` until `until`.
async fn plan(clerk: Clerk, Path(number): Path<String>, form: Form) -> Answer {
    planned(&clerk, &number, &form).await?;
    Ok(see_other(&format!("/staff/requests/{number}")))
}

async fn planned(clerk: &Clerk, number: &str, form: &Form) -> Result<(), Fault> {
    const FIELD: &str = "engineer_telegram_id";
    let manager = clerk.viewer.manager()?;
    let engineer = form.number(FIELD)?.ok_or(Error::invalid(FIELD, "error-choice"))?;
    let d = clerk.state.dealer();
    let mut tx = clerk.begin().await?;
    let case = requests::by_number_for_staff(&mut tx, number).await?;
    let former = case.work_order.as_ref().and_then(WorkOrder::window).or(case.offer.visit());
    let plan = Plan { engineer_telegram_id: engineer, window: window(d, form, former)? };
    let job = work_orders::plan(&mut tx, d, manager, &case.request.id, &plan).await?;
    let on = job.window_from.map(|at| at.with_timezone(&d.zone).format("%F %H:%M").to_string());
    let details = json!({ "engineer": engineer, "from": on });
    let act = Act { act: "request-plan", subject: "request", subject_id: number, details };
    clerk.done(tx, &act).await
}

/// The window that a form names: a day with its times, or a day alone, which keeps the times that the
/// job had.
fn window(d: &Dealer, form: &Form, former: Option<Window>) -> Result<Option<Window>, Error> {
    let time = |name: &'static str| match form.text(name) {
        None => Ok(None),
        Some(text) => NaiveTime::parse_from_str(text, "%H:%M")
            .map(Some)
            .map_err(|_| Error::invalid(name, "error-time")),
    };
    let Some(day) = form.date("day")? else { return Ok(None) };
    match time("from")?.zip(time("until")?) {
        Some((from, until)) => Window::on(d, day, from, until).map(Some),
        None => Ok(day_window(d, day, former)),
    }
}
