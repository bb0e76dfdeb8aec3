//! What a director decides for their company.

use domain::approvals::{Approval, ForDirector, State};
use domain::orders::OrderLine;

use crate::present::{fact, state_of, word};
use crate::ui::Ui;
use crate::views::approvals::DecisionPage;
use crate::views::parts::{Badge, CaseCell, Fact, Tone};

/// A case that waits, in a list.
pub(crate) fn decision_cell(ui: Ui, approval: &Approval) -> CaseCell {
    let note = [approval.title.as_str(), approval.requester_name.as_str()];
    let note: Vec<&str> = note.into_iter().filter(|said| !said.is_empty()).collect();
    CaseCell {
        href: format!("/app/approvals/{}", approval.id),
        number: word(ui, "approval-kind-", approval.kind.as_str()),
        note: format!("{} · {}", note.join(" · "), ui.when(approval.asked_at)),
        badge: badge(ui, approval.state),
        clock: String::new(),
        total: approval.amount.map(|sum| sum.as_kopecks()),
    }
}

/// The page of one case.
pub(crate) fn decision(ui: Ui, case: &ForDirector) -> DecisionPage {
    let approval = &case.approval;
    let open = approval.state == State::Open;
    let sum = approval.amount.map(|sum| ui.money(sum.as_kopecks()));
    let until = approval.deadline_at.filter(|_| open).map(|at| ui.when(at));
    let rows = [
        fact(ui, "app-approve-asker", Some(&approval.requester_name)),
        fact(ui, "app-approve-sum", sum.as_deref()),
        fact(ui, "app-decision-asked", Some(&ui.when(approval.asked_at))),
        fact(ui, "app-approve-until", until.as_deref()),
    ];
    DecisionPage {
        ui,
        id: approval.id.to_string(),
        version: approval.version,
        kind: word(ui, "approval-kind-", approval.kind.as_str()),
        title: approval.title.clone(),
        badge: badge(ui, approval.state),
        ended: match open {
            true => String::new(),
            false => state_of(ui, approval.state, case.decided_by.as_deref()),
        },
        reason: approval.reason.clone().unwrap_or_default(),
        words: approval.words.clone(),
        facts: rows.into_iter().flatten().collect(),
        lines: case.lines.iter().map(|one| line(ui, one)).collect(),
        open,
    }
}

fn line(ui: Ui, line: &OrderLine) -> Fact {
    let price = line.price.map(|price| ui.money(price.as_kopecks()));
    let price = price.unwrap_or_else(|| ui.s("app-price-on-request").to_owned());
    let label = format!("{} · {}", line.name, line.sku);
    Fact { label, value: format!("{} × {price}", line.quantity), mono: false }
}

fn badge(ui: Ui, state: State) -> Badge {
    let tone = match state {
        State::Open | State::ChangesRequested => Tone::Warning,
        State::Approved => Tone::Ok,
        State::Rejected => Tone::Danger,
        State::Withdrawn | State::Expired => Tone::Plain,
    };
    Badge { tone, text: word(ui, "approval-state-", state.as_str()) }
}
