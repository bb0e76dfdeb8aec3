//! What waits, for whom and how long; how quickly whom decides; both for a spreadsheet.

use askama::Template;
use axum::Router;
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use domain::approvals::report::{self, Awaited, Speed};
use domain::csv_text::line;
use domain::ids::ApprovalId;

use crate::console::approvals::{BASE, title};
use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, Row};
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::ui::Ui;

const REPORT: &str = "/staff/approvals/report";
const TIMES: &str = "/staff/approvals/report/times";
const CASES: &str = "/staff/approvals/report/cases";
/// The periods that an address may name, in days; the one without a word where it names none.
const PERIODS: [(&str, i64); 4] = [("7", 7), ("", 30), ("90", 90), ("365", 365)];

/// The report.
#[derive(Template)]
#[template(path = "staff/report.html")]
pub(crate) struct ReportPage {
    pub(crate) frame: Frame,
    pub(crate) waits: List,
    pub(crate) speed: List,
    /// Where the times of the period are a CSV.
    pub(crate) times: String,
    /// Where the cases of the period are.
    pub(crate) cases: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route(REPORT, get(show)).route(TIMES, get(times)).route(CASES, get(cases))
}

/// Access: managers. Four queries.
async fn show(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let awaited = report::awaited(db).await?;
    let speed = report::speed(db, clerk.state.dealer(), period(clerk, &asked)).await?;
    page(&ReportPage {
        frame: clerk.frame(Section::Approvals),
        waits: waits(ui, awaited.iter().map(|one| waiting(ui, one, clerk.state.now())).collect()),
        speed: speeds(ui, &asked, speed.iter().map(|one| decided(ui, one)).collect()),
        times: asked.at(TIMES, "", ""),
        cases: asked.at(CASES, "", ""),
    })
}

/// From when to when.
fn period(clerk: &Clerk, asked: &Asked) -> (DateTime<Utc>, DateTime<Utc>) {
    let word = asked.get("days").unwrap_or_default();
    let (_, days) = PERIODS.iter().find(|(one, _)| *one == word).unwrap_or(&("", 30));
    let now = clerk.state.now();
    (now - TimeDelta::days(*days), now)
}

/// The table of what waits.
pub(crate) fn waits(ui: Ui, rows: Vec<Row>) -> List {
    let heads = [
        "console-approval-what",
        "console-approval-sum#",
        "console-report-whom",
        "console-report-long#",
        "console-approval-until#",
    ];
    List { rows, ..List::default() }.heads(ui, &heads)
}

/// The table of medians, with the periods to choose from.
pub(crate) fn speeds(ui: Ui, asked: &Asked, rows: Vec<Row>) -> List {
    let chip = |(word, days): (&'static str, i64)| (word, ui.count("console-report-days", days));
    let heads = [
        "console-approval-rule",
        "console-report-who",
        "console-report-answers#",
        "console-report-median#",
    ];
    let list = List { rows, ..List::default() }.heads(ui, &heads);
    list.chips(asked, "days", PERIODS.map(chip).into())
}

fn waiting(ui: Ui, one: &Awaited, now: DateTime<Utc>) -> Row {
    let nobody = || ui.s("console-report-nobody-left").to_owned();
    Row {
        href: format!("{BASE}/{}", one.approval),
        cells: vec![
            Cell::text(title(ui, one.kind, &one.title))
                .note(one.rule_name.clone().unwrap_or_default()),
            Cell::number(one.amount.map(|sum| ui.money(sum.as_kopecks())).unwrap_or_default()),
            Cell::text(one.name.clone().unwrap_or_else(nobody)),
            Cell::number(ui.span(now - one.asked_at)),
            Cell::number(one.deadline_at.map(|at| ui.when(at)).unwrap_or_default()),
        ],
    }
}

fn decided(ui: Ui, one: &Speed) -> Row {
    let [rule, person] = named(ui, one);
    Row {
        href: String::new(),
        cells: vec![
            Cell::text(rule),
            Cell::text(person),
            Cell::number(one.answers.to_string()),
            Cell::number(ui.span(TimeDelta::minutes(one.median_minutes))),
        ],
    }
}

/// The rule and the person, or what stands for none.
fn named(ui: Ui, one: &Speed) -> [String; 2] {
    let or =
        |name: &Option<String>, key: &str| name.clone().unwrap_or_else(|| ui.s(key).to_owned());
    [or(&one.rule, "console-report-no-rule"), or(&one.person, "console-report-all")]
}

/// Access: managers. The medians of the period.
async fn times(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let speed = report::speed(db, clerk.state.dealer(), period(clerk, &asked)).await?;
    let lines = speed.iter().map(|one| {
        let [rule, person] = named(ui, one);
        line([rule, person, one.answers.to_string(), one.median_minutes.to_string()])
    });
    let lines: String = lines.collect();
    let keys = [
        "console-approval-rule",
        "console-report-who",
        "console-report-answers",
        "console-report-median-minutes",
    ];
    Ok(csv::answer("approval-times.csv", &keys.map(|key| ui.s(key)), move |_| {
        let lines = lines.clone();
        async move { Ok((lines, None)) }
    }))
}

/// Access: managers. The cases that were first asked in the period.
async fn cases(look: Look, asked: Asked) -> Answer {
    let clerk = look.into_clerk();
    clerk.viewer.manager()?;
    let (period, texts) = (period(&clerk, &asked), clerk.ui.texts());
    let state = clerk.state.clone();
    Ok(csv::answer("approvals.csv", &report::COLUMNS.map(|key| texts.get(key)), move |at| {
        let state = state.clone();
        async move {
            let mut db = state.db().read().await?;
            let before = at.map(ApprovalId::from);
            let lines = report::lines(&mut db, period, before.as_ref(), csv::PIECE).await?;
            let full = i64::try_from(lines.len()).is_ok_and(|read| read == csv::PIECE);
            let next = lines.last().filter(|_| full).map(|last| last.id.to_string());
            Ok((report::csv_rows(&lines, texts, state.dealer().zone), next))
        }
    }))
}
