//! What is asked of people, as pages say it.

use domain::approvals::deals::Change;
use domain::approvals::{Case, State};

use crate::ui::Ui;
use crate::views::parts::Fact;

/// What kind of thing is asked.
pub(crate) fn kind(ui: Ui, case: &Case) -> String {
    ui.s(&format!("approval-kind-{}", case.approval.kind.as_str())).to_owned()
}

/// How it ended, and who decided.
pub(crate) fn outcome(ui: Ui, case: &Case) -> String {
    let state = case.approval.state.as_str().replace('_', "-");
    let name = case.decided_by.as_deref().unwrap_or("—");
    ui.with(&format!("approval-ended-{state}"), "name", name)
}

/// Who asks, the sum, what has changed, the goods, the deadline.
pub(crate) fn facts(ui: Ui, case: &Case) -> Vec<Fact> {
    let approval = &case.approval;
    let fact =
        |label: &str, value: String| Fact { label: ui.s(label).to_owned(), value, mono: false };
    let mut facts = Vec::new();
    if !approval.requester_name.is_empty() {
        facts.push(fact("app-approve-asker", approval.requester_name.clone()));
    }
    if let Some(sum) = approval.amount {
        facts.push(fact("app-approve-sum", sum.to_string()));
    }
    facts.extend(case.changes.iter().map(|change| fact("app-approve-changed", said(ui, change))));
    for row in case.facts.iter().flat_map(|facts| &facts.rows) {
        let value = format!("{} × {}", row.quantity, row.price);
        facts.push(Fact { label: row.name.clone(), value, mono: false });
    }
    if let (State::Open, Some(at)) = (approval.state, approval.deadline_at) {
        facts.push(fact("app-approve-until", ui.when(at)));
    }
    facts
}

/// What has changed, in a sentence.
pub(crate) fn said(ui: Ui, change: &Change) -> String {
    let args = [
        ("name", change.name.as_str().into()),
        ("from", change.from.as_str().into()),
        ("to", change.to.as_str().into()),
    ];
    ui.f(change.what.key(), &args)
}
