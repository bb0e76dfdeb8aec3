//! Cases to decide, as managers see them.

use domain::approvals::Kind;
use domain::approvals::disputes::{Case, Decision};
use domain::text::Phone;

use crate::present::timeline;
use crate::ui::Ui;
use crate::views::approvals::{ApprovalView, DecisionButton, Versus};

/// What stands where nothing is known.
const NOTHING: &str = "—";

/// A case with both histories side by side.
pub(crate) fn approval(ui: Ui, case: &Case) -> ApprovalView {
    let (claim, known) = (&case.claim, &case.machine);
    let title = match case.approval.kind {
        Kind::Typo => "app-approvals-typo",
        _ => "app-approvals-owner",
    };
    let phone = claim.phone.as_ref().map(Phone::shown);
    let buyer = [claim.company.clone(), claim.customer_name.clone(), phone];
    let owner = [known.company.clone(), case.owner.clone()];
    let mut owner = joined(owner);
    if owner == NOTHING {
        ui.s("approval-nobody").clone_into(&mut owner);
    }
    let row = |label, deal: &str, ours: &str, mono| Versus {
        label: ui.s(label).to_owned(),
        deal: deal.to_owned(),
        ours: ours.to_owned(),
        mono,
    };
    let source = [
        ("title", claim.title.as_str().into()),
        ("deal", claim.deal.as_str().into()),
        ("connection", claim.connection.as_str().into()),
    ];
    ApprovalView {
        id: case.approval.id.to_string(),
        title: ui.s(title).to_owned(),
        asked_at: ui.when(case.approval.created_at),
        rows: vec![
            row("app-approvals-row-serial", &claim.serial, &known.serial, true),
            row("app-approvals-row-model", &claim.model, &known.model_name, false),
            row("app-approvals-row-owner", &joined(buyer), &owner, false),
        ],
        source: ui.f("app-approvals-source", &source),
        passport: format!("/app/machines/{}", known.id),
        history: case.history.iter().map(|event| timeline(ui, event)).collect(),
        decisions: Decision::fitting(case.approval.kind)
            .iter()
            .map(|one| button(ui, *one))
            .collect(),
    }
}

fn button(ui: Ui, decision: Decision) -> DecisionButton {
    DecisionButton {
        word: decision.as_str(),
        label: ui.s(decision.label()).to_owned(),
        ask: ui.s(&format!("app-approvals-{}-ask", decision.as_str())).to_owned(),
        refuses: decision == Decision::Reject,
    }
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    let known: Vec<String> =
        parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
    if known.is_empty() { NOTHING.to_owned() } else { known.join(" · ") }
}
