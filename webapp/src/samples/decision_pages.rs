//! Sample pages of a director: what waits, one case, and one that was decided.

use crate::{
    samples::{badge, fact, say},
    ui::Ui,
    views::{
        approvals::{ApprovalsPage, DecisionPage},
        parts::{CaseCell, Tone},
    },
};

const NUMBER: &str = "ORD-2026-000123";

pub(super) fn list(ui: Ui) -> ApprovalsPage {
    let cell = |kind: &str, note: String, total| CaseCell {
        href: "#".to_owned(),
        number: ui.s(kind).to_owned(),
        note,
        badge: badge(Tone::Warning, ui.s("approval-state-open").to_owned()),
        clock: String::new(),
        total,
    };
    let order = format!("{NUMBER} · {}", say(ui, "Анна Ким", "Anna Kim"));
    let joins = say(ui, "Иван Петров → ООО «Вектор»", "Ivan Petrov → Vector LLC");
    ApprovalsPage {
        ui,
        parent: "/app/park",
        mine: vec![
            cell("approval-kind-order_limit", order, Some(38_000_000)),
            cell("approval-kind-membership", joins, None),
        ],
        cases: Vec::new(),
        empty: String::new(),
    }
}

pub(super) fn one(ui: Ui, open: bool) -> DecisionPage {
    let said = |key: &str| ui.with(key, "name", say(ui, "Ольга", "Olga"));
    let (tone, state) = match open {
        true => (Tone::Warning, "approval-state-open"),
        false => (Tone::Danger, "approval-state-rejected"),
    };
    let text = |shown: bool, text: String| if shown { text } else { String::new() };
    DecisionPage {
        ui,
        id: "0".to_owned(),
        version: 1,
        kind: ui.s("approval-kind-order_limit").to_owned(),
        title: NUMBER.to_owned(),
        badge: badge(tone, ui.s(state).to_owned()),
        ended: text(!open, said("approval-ended-rejected")),
        reason: text(!open, say(ui, "Закупаем в следующем квартале", "Next quarter, please")),
        words: String::new(),
        facts: vec![
            fact(ui.s("app-approve-asker"), &say(ui, "Анна Ким", "Anna Kim")),
            fact(ui.s("app-approve-sum"), "380 000 ₽"),
        ],
        lines: vec![fact(
            &format!("{} · 16К20.02.114", say(ui, "Шестерня Z=54", "Gear Z=54")),
            "3 × 12 400 ₽",
        )],
        open,
    }
}
