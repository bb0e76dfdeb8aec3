//! What is asked of people, as pages say it.

use domain::approvals::deals::Change;
use domain::approvals::{Case, State};

use crate::present::{company, discount_facts, fact};
use crate::ui::Ui;
use crate::views::parts::Fact;

/// What kind of thing is asked.
pub(crate) fn kind(ui: Ui, case: &Case) -> String {
    ui.s(&format!("approval-kind-{}", case.approval.kind.as_str())).to_owned()
}

/// How it ended, and who decided.
pub(crate) fn outcome(ui: Ui, case: &Case) -> String {
    state_of(ui, case.approval.state, case.decided_by.as_deref())
}

/// How a case ended in this state, and by whom.
pub(super) fn state_of(ui: Ui, state: State, decided_by: Option<&str>) -> String {
    let state = state.as_str().replace('_', "-");
    ui.with(&format!("approval-ended-{state}"), "name", decided_by.unwrap_or("—"))
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
    facts.extend(taken_off(ui, case));
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

/// Whose order it is and what a quote takes off it; nothing where that is not asked.
pub(crate) fn taken_off(ui: Ui, case: &Case) -> Vec<Fact> {
    let Some(of) = &case.discount else { return Vec::new() };
    let whose = [
        fact(ui, "app-request-customer", Some(&of.customer)),
        fact(ui, "app-request-company", company(of.company.as_deref(), &of.customer)),
    ];
    whose.into_iter().flatten().chain(discount_facts(ui, &of.discount)).collect()
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
