//! One case: what is asked, who answered, what is to be said.

use askama::Template;
use axum::extract::Path;
use domain::Error;
use domain::approvals::{self, Case, Event, Hung, Outcome, Seat, Stand, disputes};
use domain::db::Reader;
use domain::ids::ApprovalId;

use crate::console::approvals::{badge, title};
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::present;
use crate::reply::{Answer, page};
use crate::ui::Ui;
use crate::views::approvals::ApprovalView;
use crate::views::parts::{self, Badge, Fact, FileLink, Tone};

/// So many goods of a deal are shown; the CRM has the rest.
const ROWS: usize = 50;

/// One case.
#[derive(Template)]
#[template(path = "staff/approval.html")]
pub(crate) struct ApprovalPage {
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) title: String,
    pub(crate) badge: Badge,
    pub(crate) facts: Vec<Fact>,
    pub(crate) words: String,
    /// The deal in its CRM; empty where there is none.
    pub(crate) url: String,
    /// What is new since the version before.
    pub(crate) changes: Vec<String>,
    pub(crate) goods: Vec<Fact>,
    /// The number of our order that it is about; empty where it is about none.
    pub(crate) order: String,
    pub(crate) files: Vec<FileLink>,
    /// Files that open in the CRM alone: name and size.
    pub(crate) left: Vec<(String, String)>,
    pub(crate) seats: Vec<SeatView>,
    pub(crate) history: Vec<parts::Event>,
    /// The answers that the reader may give: word and label; none where they are not asked.
    pub(crate) answers: Vec<(&'static str, String)>,
    /// Why they may not, where that is worth saying.
    pub(crate) refused: String,
    /// Both histories of a disputed serial, with their own answers.
    pub(crate) dispute: Option<ApprovalView>,
}

/// Who is or was asked.
pub(crate) struct SeatView {
    pub(crate) name: String,
    pub(crate) badge: Badge,
    pub(crate) note: String,
}

/// Access: managers; others what they are asked. Nine queries, a handful of rows each.
pub(super) async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    let id = ApprovalId::from(id);
    approvals::visible(db, clerk.state.dealer(), &clerk.staff, &id).await?;
    let case = approvals::load(db, &id).await?;
    let events = approvals::history(db, &id).await?;
    let ui = clerk.ui;
    let approval = &case.approval;
    let (answers, refused) = answers(clerk, db, &case).await?;
    let dispute = match approval.kind.is_dispute() {
        true => Some(disputes::load(db, &id).await?),
        false => None,
    };
    let waits = approval.state == approvals::State::Open && clerk.staff.is_manager();
    let dispute = dispute.map(|case| {
        let mut view = present::approval(ui, &case);
        view.decisions.retain(|_| waits);
        view
    });
    let (photos, files) = present::files(clerk, &case.files);
    page(&ApprovalPage {
        frame: clerk.frame(Section::Approvals),
        id: id.to_string(),
        version: approval.version,
        title: title(ui, approval.kind, &approval.title),
        badge: badge(ui, approval.state),
        facts: facts(ui, &case),
        words: approval.words.clone(),
        url: approval.url.clone().filter(|url| is_web(url)).unwrap_or_default(),
        changes: changes(ui, &case),
        goods: goods(ui, &case),
        order: case.discount.as_ref().map(|of| of.order.clone()).unwrap_or_default(),
        files: photos.into_iter().chain(files).collect(),
        left: case.left.iter().map(|file| left(ui, file)).collect(),
        seats: case.seats.iter().map(|one| seat(ui, one)).collect(),
        history: events.iter().rev().map(|event| happened(ui, event)).collect(),
        answers,
        refused,
        dispute,
    })
}

type Answers = (Vec<(&'static str, String)>, String);

async fn answers(clerk: &Clerk, db: &mut Reader, case: &Case) -> Result<Answers, Error> {
    let approval = &case.approval;
    if approval.kind.is_dispute() || approval.state != approvals::State::Open {
        return Ok((Vec::new(), String::new()));
    }
    let (d, own) = (clerk.state.dealer(), &clerk.staff.id);
    match approvals::answerable(db, d, own, &approval.id, approval.version).await {
        Ok(()) => {
            let of = |one: Outcome| (one.as_str(), clerk.ui.s(one.label()).to_owned());
            Ok((Outcome::ALL.map(of).into(), String::new()))
        }
        Err(Error::Refused(why)) => Ok((Vec::new(), clerk.ui.s(why.key()).to_owned())),
        Err(error) => Err(error),
    }
}

/// What a CRM says of itself is not believed: only an address of the web is led to.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn facts(ui: Ui, case: &Case) -> Vec<Fact> {
    let approval = &case.approval;
    let deal = case.facts.as_ref();
    let sum = approval.amount.map(|sum| ui.money(sum.as_kopecks()));
    let until = approval.deadline_at.map(|at| ui.when(at));
    let decided = approval.decided_at.map(|at| ui.when(at));
    let fact = |key, value: Option<&str>| present::fact(ui, key, value);
    let rows = [
        fact("console-approval-sum", sum.as_deref()),
        fact("console-approval-asker", Some(&approval.requester_name)),
        fact("console-approval-rule", approval.rule_name.as_deref()),
        fact("console-approval-connection", approval.connection.as_deref()),
        fact("console-approval-stage", deal.map(|deal| deal.stage.as_str())),
        fact("console-approval-asked", Some(&ui.when(approval.asked_at))),
        fact("console-approval-until", until.as_deref()),
        fact("console-approval-decided", decided.as_deref()),
        fact("console-approval-who", case.decided_by.as_deref()),
        fact("console-approval-reason", approval.reason.as_deref()),
    ];
    let mut rows: Vec<Fact> = rows.into_iter().flatten().collect();
    rows.extend(present::taken_off(ui, case));
    rows
}

fn left(ui: Ui, file: &Hung) -> (String, String) {
    (file.name.clone(), file.size.map(|size| present::size(ui, size)).unwrap_or_default())
}

fn changes(ui: Ui, case: &Case) -> Vec<String> {
    let said = |change: &approvals::deals::Change| {
        let args = [
            ("name", change.name.as_str().into()),
            ("from", change.from.as_str().into()),
            ("to", change.to.as_str().into()),
        ];
        ui.f(change.what.key(), &args)
    };
    case.changes.iter().take(ROWS).map(said).collect()
}

fn goods(ui: Ui, case: &Case) -> Vec<Fact> {
    let rows = case.facts.as_ref().map(|facts| facts.rows.as_slice()).unwrap_or_default();
    let good = |row: &approvals::deals::DealRow| Fact {
        label: row.name.clone(),
        value: format!("{} × {}", row.quantity, ui.money(row.price.as_kopecks())),
        mono: false,
    };
    rows.iter().take(ROWS).map(good).collect()
}

fn seat(ui: Ui, seat: &Seat) -> SeatView {
    let tone = match seat.state {
        Stand::Asked | Stand::ChangesRequested => Tone::Warning,
        Stand::Approved => Tone::Ok,
        Stand::Rejected => Tone::Danger,
        Stand::Waiting | Stand::Passed | Stand::Ended => Tone::Plain,
    };
    let text = ui.s(&format!("console-seat-{}", seat.state.as_str())).to_owned();
    let stood_in = seat.stood_in.as_ref().map(|name| ui.with("console-seat-by", "name", name));
    let at = seat.decided_at.map(|at| ui.when(at));
    let said = [stood_in, at, seat.reason.clone()];
    let note = said.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    SeatView { name: seat.name.clone(), badge: Badge { tone, text }, note }
}

fn happened(ui: Ui, event: &Event) -> parts::Event {
    let what = ui.s(&format!("console-approval-event-{}", event.kind)).to_owned();
    // What changed stands above; here it is JSON.
    let words =
        Some(event.words.clone()).filter(|words| !words.is_empty() && !words.starts_with('['));
    let said = [Some(what), event.staff.clone(), words];
    parts::Event {
        at: ui.when(event.at),
        title: said.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}
