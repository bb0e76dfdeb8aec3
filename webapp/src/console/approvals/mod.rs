//! Approvals at the console: what waits, one case, the answer to it.

pub(crate) mod dry;
pub(crate) mod hand;
mod late_cancel;
pub(crate) mod report;
mod rules;
pub(crate) mod seats;
mod show;
mod typed;

#[cfg(any(test, feature = "gallery"))]
pub(crate) use self::{
    dry::DryView,
    hand::NewApprovalPage,
    report::ReportPage,
    rules::{RuleForm, RulesPage, Written, labelled},
    seats::{Bench, needs},
    show::{ApprovalPage, SeatView},
};

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::Error;
use domain::approvals::desk::{self, Filter, Summary};
use domain::approvals::{self, Decider, Outcome, State, Via, disputes};
use domain::audit::Act;
use domain::csv_text::line;
use domain::ids::ApprovalId;
use serde_json::json;

use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::input::Form;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Badge, Tone};

const BASE: &str = "/staff/approvals";

/// The list of cases.
#[derive(Template)]
#[template(path = "staff/approvals.html")]
pub(crate) struct ApprovalsPage {
    pub(crate) frame: Frame,
    pub(crate) list: List,
    /// Whether the reader writes rules.
    pub(crate) rules: bool,
    /// Whether the reader sees how quickly whom decides.
    pub(crate) report: bool,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/approvals/export", get(export))
        .route("/staff/approvals/{id}", get(show::show))
        .route("/staff/approvals/{id}/decide", post(decide))
        .route("/staff/approvals/{id}/dispute", post(dispute))
        .merge(rules::router())
        .merge(dry::router())
        .merge(report::router())
        .merge(hand::router())
        .merge(late_cancel::router())
}

/// Which cases an address asks for; open ones where it does not say.
fn filter(clerk: &Clerk, asked: &Asked, limit: i64) -> Filter {
    let own = asked.get("state") == Some("mine");
    let state = match asked.get("state") {
        None | Some("mine") => Some(State::Open),
        Some(word) => State::parse(word),
    };
    Filter {
        state,
        asks: own.then(|| clerk.staff.id.clone()),
        before: asked.before().map(ApprovalId::from),
        limit,
    }
    .seen_by(&clerk.staff)
}

/// Access: managers; others see what they are asked. Three queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    let (rows, next) = desk::page(db, &filter(clerk, &asked, PAGE)).await?;
    let ui = clerk.ui;
    let states = ["", "mine", "approved", "rejected", "changes_requested", "expired", "all"];
    let states = states.map(|state| (state, ui.s(&chip_key(state)).to_owned()));
    let heads = [
        "console-approval-what",
        "console-approval-sum#",
        "console-state",
        "console-approval-who",
        "console-approval-until#",
    ];
    let list = List::of(ui, &asked, "console-approvals")
        .chips(&asked, "state", states.into())
        .heads(ui, &heads)
        .rows(
            &asked,
            rows.iter().map(|one| row(ui, one)).collect(),
            next.as_ref().map(ApprovalId::as_str),
        )
        .export(&asked, "/staff/approvals/export")
        .live("approvals");
    let rules = clerk.staff.is_administrator();
    let report = clerk.staff.is_manager();
    page(&ApprovalsPage { frame: clerk.frame(Section::Approvals), list, rules, report })
}

fn chip_key(state: &str) -> String {
    match state {
        "" => "console-approvals-open".to_owned(),
        state => format!("console-approvals-{}", state.replace('_', "-")),
    }
}

/// What a case is about: its title, or its kind where it has none.
fn title(ui: Ui, kind: approvals::Kind, title: &str) -> String {
    match title {
        "" => ui.s(&format!("approval-kind-{}", kind.as_str())).to_owned(),
        title => title.to_owned(),
    }
}

/// Where a case stands, in a word.
fn badge(ui: Ui, state: State) -> Badge {
    let tone = match state {
        State::Open | State::ChangesRequested => Tone::Warning,
        State::Approved => Tone::Ok,
        State::Rejected | State::Expired => Tone::Danger,
        State::Withdrawn => Tone::Plain,
    };
    let text = ui.s(&format!("console-approval-state-{}", state.as_str())).to_owned();
    Badge { tone, text }
}

fn row(ui: Ui, one: &Summary) -> Row {
    let asker = Some(one.requester_name.as_str()).filter(|name| !name.is_empty());
    let said: Vec<&str> = [one.rule_name.as_deref(), asker].into_iter().flatten().collect();
    let who = one.decided_by.as_deref().or(one.awaits.as_deref()).unwrap_or_default();
    let time = one.decided_at.or(one.deadline_at).map(|at| ui.when(at)).unwrap_or_default();
    Row {
        href: format!("{BASE}/{}", one.id),
        cells: vec![
            Cell::text(title(ui, one.kind, &one.title)).note(said.join(" · ")),
            Cell::number(one.amount.map(|sum| ui.money(sum.as_kopecks())).unwrap_or_default()),
            Cell::badge(badge(ui, one.state)),
            Cell::text(who),
            Cell::number(time),
        ],
    }
}

/// Access: managers; others get what they are asked.
async fn export(look: Look, asked: Asked) -> Answer {
    let clerk = look.into_clerk();
    let first = filter(&clerk, &asked, csv::PIECE);
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let keys = [
        "console-approval-what",
        "console-approval-sum",
        "console-state",
        "console-approval-asker",
        "console-approval-rule",
        "console-approval-asked",
        "console-approval-until",
        "console-approval-decided",
        "console-approval-who",
    ];
    Ok(csv::answer("approvals.csv", &keys.map(|key| ui.s(key)), move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.before = at.map(ApprovalId::from);
            let mut db = state.db().read().await?;
            let (rows, next) = desk::page(&mut db, &filter).await?;
            let zone = state.dealer().zone;
            let at = |time: chrono::DateTime<chrono::Utc>| {
                time.with_timezone(&zone).format("%F %T").to_string()
            };
            let lines = rows.iter().map(|one| {
                line([
                    title(ui, one.kind, &one.title),
                    one.amount.map(|sum| sum.to_string()).unwrap_or_default(),
                    badge(ui, one.state).text,
                    one.requester_name.clone(),
                    one.rule_name.clone().unwrap_or_default(),
                    at(one.asked_at),
                    one.deadline_at.map(at).unwrap_or_default(),
                    one.decided_at.map(at).unwrap_or_default(),
                    one.decided_by.clone().or(one.awaits.clone()).unwrap_or_default(),
                ])
            });
            Ok((lines.collect(), next.map(|next| next.to_string())))
        }
    }))
}

/// Access: whoever is asked. The first answer counts; one that does not changes nothing.
async fn decide(clerk: Clerk, Path(id): Path<String>, form: Form) -> Answer {
    let id = ApprovalId::from(id);
    let outcome = Outcome::parse(form.required("outcome")?);
    let outcome = outcome.ok_or(Error::invalid("outcome", "error-choice"))?;
    let version = form.number("version")?.ok_or(Error::invalid("version", "error-required"))?;
    let who = Decider { staff: clerk.staff.id.clone(), via: Via::Console };
    let mut tx = clerk.begin().await?;
    let d = clerk.state.dealer();
    let reason = form.text("reason");
    approvals::decide(&mut tx, d, &who, &id, version, outcome, reason).await?;
    let details = json!({ "outcome": outcome.as_str(), "version": version, "reason": reason });
    let subject_id = id.as_str();
    let act = Act { act: "approval-decide", subject: "approval", subject_id, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}

/// Access: managers. Decides whose machine a serial is.
async fn dispute(clerk: Clerk, Path(id): Path<String>, form: Form) -> Answer {
    let manager = clerk.viewer.manager()?;
    let id = ApprovalId::from(id);
    let decision = disputes::Decision::parse(form.required("decision")?);
    let decision = decision.ok_or(Error::invalid("decision", "error-choice"))?;
    let mut tx = clerk.begin().await?;
    let d = clerk.state.dealer();
    disputes::decide(&mut tx, d, manager, &id, (decision, Via::Console)).await?;
    let details = json!({ "decision": decision.as_str() });
    let subject_id = id.as_str();
    let act = Act { act: "approval-decide", subject: "approval", subject_id, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}
