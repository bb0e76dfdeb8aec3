//! Sample pages of the desk: approvals, deliveries, events, a plan.

use crate::{
    samples::{badge, events, fact, say},
    ui::Ui,
    views::{
        approvals::{ApprovalView, ApprovalsPage, ApprovalsWaiting, DecisionButton, Versus},
        deliveries::{
            Call, Chip, DeliveriesPage, DeliveryPage, DeskCell, EventPage, EventsPage, PlanField,
            PlanPage, PlanStep, Sources, Try,
        },
        parts::{Event, Tone},
    },
};

pub(crate) fn waiting(ui: Ui) -> ApprovalsWaiting {
    ApprovalsWaiting { ui, count: 2 }
}

/// What may become of a catalogue: read now, well, failed, not believed.
pub(crate) fn sources(ui: Ui) -> Sources {
    let cell = |tone, note: String| DeskCell {
        href: "/app/parts".to_owned(),
        title: ui.with("app-catalogue", "source", "Bitrix24"),
        note,
        tone,
        value: String::new(),
    };
    let synced =
        ui.with("app-catalogue-synced", "time", say(ui, "сегодня в 09:40", "today at 09:40"));
    let read =
        ui.f("app-catalogue-read", &[("done", 4_000_i64.into()), ("total", 20_000_i64.into())]);
    let refused =
        ui.f("app-catalogue-refused", &[("off", 9_100_i64.into()), ("of", 20_000_i64.into())]);
    let pictures = ui.count("app-catalogue-pictures", 214_i64);
    let cells = vec![
        cell(Tone::Plain, read),
        cell(Tone::Ok, format!("{synced} · {pictures}")),
        cell(Tone::Warning, format!("{synced} · 503 Service Unavailable")),
        cell(Tone::Danger, refused),
    ];
    Sources { ui, cells }
}

pub(crate) fn approvals(ui: Ui, full: bool) -> ApprovalsPage {
    let cases = vec![
        approval(
            ui,
            ("1", "app-approvals-owner"),
            ["0457", "0457"],
            ["approval-transfer", "approval-reject"],
        ),
        approval(
            ui,
            ("2", "app-approvals-typo"),
            ["ТС-2041-88", "ТС-2014-88"],
            ["approval-separate", "approval-reject"],
        ),
    ];
    let empty = ui.s("app-approvals-empty-text").to_owned();
    let cases = if full { cases } else { Vec::new() };
    ApprovalsPage { ui, parent: "/app/desk", mine: Vec::new(), cases, empty }
}

fn approval(
    ui: Ui,
    (id, title): (&str, &str),
    serials: [&str; 2],
    decisions: [&'static str; 2],
) -> ApprovalView {
    let row = |label: &str, deal: String, ours: String, mono| Versus {
        label: ui.s(label).to_owned(),
        deal,
        ours,
        mono,
    };
    let button = |label: &'static str| DecisionButton {
        word: "reject",
        label: ui.s(label).to_owned(),
        ask: String::new(),
        refuses: label == "approval-reject",
    };
    let source = [
        ("title", say(ui, "Станок 1М63Б", "Machine 1М63Б").into()),
        ("deal", "41230417".into()),
        ("connection", "amocrm".into()),
    ];
    ApprovalView {
        id: id.to_owned(),
        title: ui.s(title).to_owned(),
        asked_at: say(ui, "сегодня в 9:12", "today at 9:12"),
        rows: vec![
            row("app-approvals-row-serial", serials[0].to_owned(), serials[1].to_owned(), true),
            row("app-approvals-row-model", "1М63Б".to_owned(), "1М63Б".to_owned(), false),
            row(
                "app-approvals-row-owner",
                say(ui, "ООО «Пример» · +7 900 111-22-33", "Example Ltd · +7 900 111-22-33"),
                say(ui, "АО «Образец» · Иван", "Sample JSC · Ivan"),
                false,
            ),
        ],
        source: ui.f("app-approvals-source", &source),
        passport: "/app/machines/0457".to_owned(),
        history: events(ui),
        decisions: decisions.map(button).into(),
    }
}

fn cell(title: String, note: String, tone: Tone, value: &str) -> DeskCell {
    DeskCell { href: "#".to_owned(), title, note, tone, value: value.to_owned() }
}

fn chips(ui: Ui, on: &str) -> Vec<Chip> {
    let chip = |state: &str, label: String| Chip { href: "#".to_owned(), label, on: state == on };
    let all = chip("", ui.s("app-desk-all").to_owned());
    let word = |state: &str| chip(state, ui.s(&format!("state-delivery-{state}")).to_owned());
    [all].into_iter().chain(["waiting", "unknown", "dead", "delivered"].map(word)).collect()
}

pub(crate) fn deliveries(ui: Ui, full: bool) -> DeliveriesPage {
    let cells = vec![
        cell(
            say(ui, "Сделка по заказу ORD-2026-000123", "Deal of order ORD-2026-000123"),
            say(ui, "ждёт до 9:40 · 502", "waits until 9:40 · 502"),
            Tone::Warning,
            "",
        ),
        cell(
            say(ui, "Сделка по заявке SRV-2026-000045", "Deal of request SRV-2026-000045"),
            say(ui, "отказано · 400: поля 999 нет", "refused · 400: no field 999"),
            Tone::Danger,
            "",
        ),
        cell(
            say(ui, "Письмо о заказе ORD-2026-000122", "Mail about order ORD-2026-000122"),
            say(ui, "доставлено сегодня в 9:12", "delivered today at 9:12"),
            Tone::Ok,
            "",
        ),
    ];
    let connections = vec![
        cell("amocrm".to_owned(), say(ui, "токен отозван", "token revoked"), Tone::Danger, "14"),
        cell("Telegram".to_owned(), say(ui, "работает", "works"), Tone::Ok, ""),
    ];
    DeliveriesPage {
        ui,
        connections: if full { connections } else { Vec::new() },
        states: chips(ui, ""),
        entity: String::new(),
        narrowed: None,
        cells: if full { cells } else { Vec::new() },
        more: full.then(|| "#".to_owned()),
        export: "#".to_owned(),
        dead: if full { 1 } else { 0 },
    }
}

pub(crate) fn delivery(ui: Ui) -> DeliveryPage {
    let call = |title: &str, note: &str, tone, response: &str| Call {
        title: title.to_owned(),
        url: "https://example.amocrm.ru/api/v4/leads".to_owned(),
        note: note.to_owned(),
        tone,
        request: "[{\"name\":\"ORD-2026-000123\",\"price\":37200}]".to_owned(),
        response: response.to_owned(),
        dropped: false,
    };
    DeliveryPage {
        ui,
        href: "#".to_owned(),
        title: say(ui, "Сделка по заказу ORD-2026-000123", "Deal of order ORD-2026-000123"),
        badge: badge(Tone::Warning, ui.s("state-delivery-waiting").to_owned()),
        facts: vec![
            fact(ui.s("app-delivery-to"), "amocrm"),
            fact(ui.s("app-delivery-next"), &say(ui, "сегодня в 9:40", "today at 9:40")),
            fact(ui.s("app-delivery-tries"), "1"),
        ],
        error: "502: Bad Gateway".to_owned(),
        tries: vec![Try {
            title: ui.f(
                "app-try",
                &[
                    ("number", 1.into()),
                    ("time", say(ui, "сегодня в 9:35", "today at 9:35").into()),
                ],
            ),
            note: "502".to_owned(),
            tone: Tone::Warning,
            calls: vec![
                call("GET /api/v4/contacts", "200 · 84", Tone::Plain, "{\"_embedded\":{}}"),
                call("POST /api/v4/leads", "502 · 1204", Tone::Warning, "<html>502</html>"),
            ],
        }],
        acts: vec![Event {
            at: say(ui, "сегодня в 9:34", "today at 9:34"),
            title: ui.with("app-act-retry", "who", say(ui, "Олег", "Oleg")),
        }],
        can_retry: true,
        can_cancel: true,
    }
}

pub(crate) fn plan(ui: Ui) -> PlanPage {
    let field = |label: String, was: &str, value: String| PlanField {
        label,
        was: if was.is_empty() { String::new() } else { ui.with("plan-was", "was", was) },
        value,
    };
    PlanPage {
        ui,
        parent: "/app/desk/deliveries".to_owned(),
        lead: say(ui, "Этап сделки ORD-2026-000123", "Stage of ORD-2026-000123"),
        steps: vec![PlanStep {
            title: say(ui, "Изменить сделку 41230417", "Change deal 41230417"),
            fields: vec![
                field(
                    ui.s("plan-field-stage").to_owned(),
                    &say(ui, "Заявка", "New"),
                    say(ui, "Отгрузка", "Shipping"),
                ),
                field(ui.s("plan-field-price").to_owned(), "", "37 200".to_owned()),
            ],
            text: String::new(),
        }],
    }
}

pub(crate) fn inbound(ui: Ui) -> EventsPage {
    EventsPage {
        ui,
        states: chips(ui, ""),
        cells: vec![cell(
            say(ui, "amocrm · не понято", "amocrm · not understood"),
            say(ui, "сегодня в 9:12 · чужой аккаунт", "today at 9:12 · another account"),
            Tone::Danger,
            "",
        )],
        more: None,
    }
}

pub(crate) fn event(ui: Ui) -> EventPage {
    EventPage {
        ui,
        href: "#".to_owned(),
        title: "amocrm".to_owned(),
        badge: badge(Tone::Danger, say(ui, "не понято", "not understood")),
        facts: vec![fact(
            ui.s("app-delivery-promised"),
            &say(ui, "сегодня в 9:12", "today at 9:12"),
        )],
        error: say(ui, "вебхук чужого аккаунта", "a webhook of another account"),
        body: "leads[status][0][id]=12345&leads[status][0][status_id]=142".to_owned(),
        dropped: false,
        acts: Vec::new(),
        can_retry: true,
    }
}
