//! Sample pages of the console: whole documents, unlike those of the Mini App.

use askama::Template;
use chrono::TimeDelta;
use domain::approvals::rules::{Approver, Need};
use domain::staff::{Role, Staff};

use crate::assets::Assets;
use crate::console::approvals::{
    ApprovalPage, Bench, DryView, NewApprovalPage, ReportPage, RuleForm, RulesPage, SeatView,
    Written, dry, hand, labelled, needs, report,
};
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, Row};
use crate::console::memberships::{MembershipView, MembershipsPage};
use crate::console::sign_in::SignInPage;
use crate::console::substitutes::{AbsenceView, SubstitutesPage};
use crate::console::today::{Group, TodayPage};
use crate::console::{Refusal, deliveries};
use crate::present;
use crate::samples::console_boards as boards;
use crate::samples::console_cases;
use crate::samples::mapping_page::mapping;
use crate::samples::{badge, cases, events, fact, say};
use crate::ui::Ui;
use crate::views::parts::Tone;

/// Their names.
pub(crate) const NAMES: [&str; 16] = [
    "console-sign-in",
    "console-today",
    "console-list",
    "console-list-empty",
    "console-approval",
    "console-rule-dry",
    "console-approval-new",
    "console-report",
    "console-substitutes",
    "console-memberships",
    "console-mapping",
    "console-refusal",
    "console-board",
    "console-planner",
    "console-company",
    "console-model",
];

/// One of them; `None` for an unknown name.
pub(crate) fn page(name: &str, ui: Ui, assets: &Assets) -> Result<Option<String>, askama::Error> {
    let bare = || Frame::bare(assets.clone(), ui);
    let document = match name {
        "console-sign-in" => sign_in(ui, bare()).render(),
        "console-today" => today(ui, frame(ui, assets, Section::Today)).render(),
        "console-list" => list(ui, frame(ui, assets, Section::Deliveries), true).render(),
        "console-list-empty" => list(ui, frame(ui, assets, Section::Deliveries), false).render(),
        "console-approval" => approval(ui, frame(ui, assets, Section::Approvals)).render(),
        "console-rule-dry" => rule_dry(ui, frame(ui, assets, Section::Approvals)).render(),
        "console-approval-new" => hand(ui, frame(ui, assets, Section::Approvals)).render(),
        "console-report" => report(ui, frame(ui, assets, Section::Approvals)).render(),
        "console-memberships" => memberships(ui, frame(ui, assets, Section::Customers)).render(),
        "console-substitutes" => substitutes(ui, frame(ui, assets, Section::Settings)).render(),
        "console-board" => boards::board(ui, frame(ui, assets, Section::Requests)).render(),
        "console-planner" => boards::planner(ui, frame(ui, assets, Section::Jobs)).render(),
        "console-company" => boards::company(ui, frame(ui, assets, Section::Companies)).render(),
        "console-model" => boards::model(ui, frame(ui, assets, Section::Models)).render(),
        "console-mapping" => mapping(ui, frame(ui, assets, Section::Connections)).render(),
        "console-refusal" => {
            let title = ui.s("app-problem-forbidden-title");
            let detail = ui.s("app-problem-forbidden-text");
            Refusal { frame: bare(), title, detail }.render()
        }
        _ => return console_cases::page(name, ui, |section| frame(ui, assets, section)),
    };
    document.map(Some)
}

fn frame(ui: Ui, assets: &Assets, section: Section) -> Frame {
    let staff = Staff {
        id: "0".into(),
        telegram_id: 1003,
        role: Role::Administrator,
        name: say(ui, "Ольга Образцова", "Olga Sample"),
        language: ui.texts().lang(),
        active: true,
    };
    Frame::with(assets.clone(), ui, &staff, section)
}

fn sign_in(ui: Ui, frame: Frame) -> SignInPage {
    SignInPage {
        frame,
        bot: "https://t.me/bot".to_owned(),
        code: String::new(),
        next: "/staff".to_owned(),
        telegram: "#".to_owned(),
        portal: "#".to_owned(),
        problem: ui.s("error-sign-in-code").to_owned(),
    }
}

fn today(ui: Ui, frame: Frame) -> TodayPage {
    let group = Group { title: ui.s("app-desk-waiting").to_owned(), cases: cases(ui) };
    TodayPage { frame, groups: vec![group], approvals: 2, troubles: Vec::new(), dead: 3 }
}

fn list(ui: Ui, frame: Frame, full: bool) -> deliveries::DeliveriesPage {
    let asked = Asked::new("/staff/deliveries", &[("state", "open")]);
    let row = |title: String, note: &str, tone, state: &str| Row {
        href: "#".to_owned(),
        cells: vec![
            Cell::text(title).note(note),
            Cell::text("amocrm"),
            Cell::badge(badge(tone, ui.s(state).to_owned())),
            Cell::number(say(ui, "сегодня в 9:12", "today at 9:12")),
        ],
    };
    let order = say(ui, "Сделка по заказу ORD-2026-000123", "Deal of order ORD-2026-000123");
    let mail = say(ui, "Письмо о заказе ORD-2026-000122", "Mail about order ORD-2026-000122");
    let rows = vec![
        row(order, "400: поля 999 нет", Tone::Danger, "state-delivery-dead"),
        row(mail, "", Tone::Ok, "state-delivery-delivered"),
    ];
    let rows = if full { rows } else { Vec::new() };
    let heads = ["console-what", "app-delivery-to", "console-state", "console-since#"];
    let list = List::of(ui, &asked, "app-deliveries")
        .search(ui, &asked, "q", "app-deliveries-search")
        .heads(ui, &heads)
        .rows(&asked, rows, full.then_some("0"));
    deliveries::DeliveriesPage { frame, list, dead: i64::from(full) }
}

fn rule_dry(ui: Ui, frame: Frame) -> RulesPage {
    let row = |title: &str, sum: &str| Row {
        href: "#".to_owned(),
        cells: vec![
            Cell::text(title),
            Cell::number(sum),
            Cell::text(say(ui, "Новая", "New")),
            Cell::text(say(ui, "Общая", "General")),
            Cell::text(say(ui, "Ольга Образцова", "Olga Sample")),
        ],
    };
    let rows = vec![
        row(&say(ui, "Станок для цеха № 3", "Machine for shop 3"), "600 000 ₽"),
        row(&say(ui, "Линия подачи", "Feeding line"), "1 250 000 ₽"),
    ];
    let dry = DryView {
        lead: ui.f("console-dry-deals", &[("caught", 2.into()), ("count", 100.into())]),
        note: ui.f("console-dry-age", &[("name", "b24".into()), ("at", "9:12".into())]),
        failed: String::new(),
        read: true,
        list: dry::list(ui, rows),
    };
    let rule = Written { amount_from: "500000".to_owned(), ..labelled(ui, None) };
    let form = RuleForm {
        action: "#".to_owned(),
        id: String::new(),
        connections: vec![present::choice("b24", "b24".to_owned(), true)],
        entities: vec![present::choice("deal", ui.s("console-rule-deal").to_owned(), true)],
        seats: Bench::new(ui, &[]).with_head().deciding(&[Approver::Head]),
        needs: needs(ui, Need::All),
        then: Bench::new(ui, &[]).escalating(&[]),
        stages: Vec::new(),
        rule,
    };
    RulesPage { frame, rules: Vec::new(), form, dry: Some(dry) }
}

fn hand(ui: Ui, frame: Frame) -> NewApprovalPage {
    NewApprovalPage {
        frame,
        client_key: "0".to_owned(),
        seats: Bench::new(ui, &[]).deciding(&[]),
        needs: needs(ui, Need::All),
        connections: vec![present::choice("b24", "b24".to_owned(), true)],
        entities: hand::entities(ui),
    }
}

fn report(ui: Ui, frame: Frame) -> ReportPage {
    let big = say(ui, "Крупная сделка", "Big deal");
    let waits = Row {
        href: "#".to_owned(),
        cells: vec![
            Cell::text(say(ui, "Станок для цеха № 3", "Machine for shop 3")).note(&big),
            Cell::number("600 000 ₽"),
            Cell::text(say(ui, "Ольга Образцова", "Olga Sample")),
            Cell::number(ui.span(TimeDelta::hours(27))),
            Cell::number(say(ui, "завтра в 9:12", "tomorrow at 9:12")),
        ],
    };
    let median = |who: String, answers: &str, hours| Row {
        href: String::new(),
        cells: vec![
            Cell::text(&big),
            Cell::text(who),
            Cell::number(answers),
            Cell::number(ui.span(TimeDelta::hours(hours))),
        ],
    };
    let rows = vec![
        median(ui.s("console-report-all").to_owned(), "14", 3),
        median(say(ui, "Ольга Образцова", "Olga Sample"), "9", 2),
    ];
    let asked = Asked::new("/staff/approvals/report", &[("days", "90")]);
    ReportPage {
        frame,
        waits: report::waits(ui, vec![waits]),
        speed: report::speeds(ui, &asked, rows),
        times: "#".to_owned(),
        cases: "#".to_owned(),
    }
}

fn substitutes(ui: Ui, frame: Frame) -> SubstitutesPage {
    let absence = AbsenceView {
        id: "0".to_owned(),
        title: say(ui, "За Ольгу решает Олег", "Oleg decides for Olga"),
        note: say(ui, "с 1 по 14 декабря", "from 1 to 14 December"),
        removable: true,
    };
    let choice = |name: String| present::choice("0", name, false);
    SubstitutesPage {
        frame,
        absences: vec![absence],
        absent: vec![choice(say(ui, "Ольга", "Olga"))],
        substitutes: vec![choice(say(ui, "Олег", "Oleg"))],
        today: "2026-11-22".to_owned(),
    }
}

fn memberships(ui: Ui, frame: Frame) -> MembershipsPage {
    let one = MembershipView {
        id: "0".to_owned(),
        company: say(ui, "ООО «Вектор»", "Vector LLC"),
        role: ui.s("member-buyer").to_owned(),
        badge: badge(Tone::Ok, ui.s("membership-active").to_owned()),
        limit: "300000".to_owned(),
        active: true,
    };
    let name = say(ui, "Анна Петрова", "Anna Petrova");
    MembershipsPage { frame, back: "#".to_owned(), name, memberships: vec![one] }
}

fn approval(ui: Ui, frame: Frame) -> ApprovalPage {
    let seat = |name: String, tone, state: &str| SeatView {
        name,
        badge: badge(tone, ui.s(state).to_owned()),
        note: String::new(),
    };
    ApprovalPage {
        frame,
        id: "0".to_owned(),
        version: 2,
        title: say(ui, "Станок для цеха № 3", "Machine for shop 3"),
        badge: badge(Tone::Warning, ui.s("console-approval-state-open").to_owned()),
        facts: vec![
            fact(ui.s("console-approval-sum"), "600 000 ₽"),
            fact(ui.s("console-approval-asker"), &say(ui, "Иван", "Ivan")),
        ],
        words: String::new(),
        url: "https://example.bitrix24.ru/crm/deal/details/77/".to_owned(),
        changes: vec![say(ui, "Сумма была 500 000 ₽", "The sum was 500 000 ₽")],
        order: String::new(),
        goods: vec![fact(&say(ui, "Патрон 250", "Chuck 250"), "2 × 37 200 ₽")],
        files: Vec::new(),
        left: vec![("model.step".to_owned(), "24 МБ".to_owned())],
        seats: vec![
            seat(say(ui, "Мария", "Maria"), Tone::Ok, "console-seat-approved"),
            seat(say(ui, "Олег", "Oleg"), Tone::Warning, "console-seat-asked"),
        ],
        history: events(ui),
        answers: vec![
            ("approve", ui.s("approval-act-approve").to_owned()),
            ("reject", ui.s("approval-act-reject").to_owned()),
        ],
        refused: String::new(),
        dispute: None,
    }
}
