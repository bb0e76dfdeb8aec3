//! Sample boards of the console.

use crate::console::board::{BoardPage, Card, Column, target};
use crate::console::companies::{MemberView, OnePage as CompanyPage};
use crate::console::documents::{DocumentDesk, DocumentView};
use crate::console::frame::Frame;
use crate::console::invites::InviteView;
use crate::console::list::Tab;
use crate::console::models::OnePage as ModelPage;
use crate::console::planner::{Day, PlanRow, PlannerPage};
use crate::samples::{badge, cases, choice, fact, facts, machines, say};
use crate::ui::Ui;
use crate::views::parts::{Link, Tone};
use domain::requests::State;

fn tab(label: String, on: bool) -> Tab {
    Tab { href: "#".to_owned(), label, on }
}

fn card(ui: Ui, number: u32, stands: bool) -> Card {
    let down = || badge(Tone::Down, ui.s("state-machine-down").to_owned());
    Card {
        number: format!("SRV-2026-{number:06}"),
        href: "#".to_owned(),
        machine: say(ui, "1М63Б № 0457 · Поломка", "1М63Б No. 0457 · Breakdown"),
        note: say(ui, "ООО «Образец» · Ольга · Пётр", "Sample Ltd · Olga · Peter"),
        badges: if stands { vec![down()] } else { Vec::new() },
        age: say(ui, "3 ч 12 мин", "3 h 12 min"),
    }
}

fn column(title: String, cards: Vec<Card>, more: bool) -> Column {
    Column {
        drop: "to=taken".to_owned(),
        title,
        count: format!("{}{}", cards.len(), if more { "+" } else { "" }),
        cards,
        next: more.then(|| "#".to_owned()),
        first: None,
    }
}

/// Requests by state.
pub(super) fn board(ui: Ui, frame: Frame) -> BoardPage {
    let states = [State::New, State::Taken, State::Scheduled, State::InProgress, State::Done];
    let columns = states.iter().enumerate().map(|(place, state)| {
        let count = [4, 2, 1, 0, 3][place];
        let cards = (0..count).map(|one| card(ui, 40 + one, one == 0 && place < 3)).collect();
        column(target(ui, *state).label, cards, place == 0)
    });
    BoardPage {
        frame,
        title: ui.s("console-nav-requests").to_owned(),
        views: vec![
            tab(ui.s("console-as-list").to_owned(), false),
            tab(ui.s("console-as-board").to_owned(), true),
        ],
        chips: vec![
            tab(ui.s("console-all").to_owned(), true),
            tab(ui.s("console-board-mine").to_owned(), false),
            tab(say(ui, "Игорь Крылов", "Igor Krylov"), false),
        ],
        whose: "",
        engineer: String::new(),
        targets: states.iter().map(|state| target(ui, *state)).collect(),
        columns: columns.collect(),
    }
}

/// The engineers' week.
pub(super) fn planner(ui: Ui, frame: Frame) -> PlannerPage {
    let day = |place: i64| Day {
        label: say(ui, &format!("пн, {} ноября", 16 + place), &format!("Mon, {} Nov", 16 + place)),
        today: place == 2,
    };
    let row = |name: String, busy: usize| PlanRow {
        name,
        cells: (0..8)
            .map(|place| {
                let cards = if place == busy {
                    vec![card(ui, 45, true), card(ui, 46, false)]
                } else {
                    vec![]
                };
                column(String::new(), cards, false)
            })
            .collect(),
    };
    PlannerPage {
        frame,
        views: vec![tab(ui.s("console-as-week").to_owned(), true)],
        weeks: vec![tab(ui.s("console-week-this").to_owned(), true)],
        from: "2026-11-16".to_owned(),
        days: (0..7).map(day).collect(),
        tray: column(
            ui.s("console-planner-free").to_owned(),
            vec![card(ui, 47, true), card(ui, 48, false)],
            true,
        ),
        rows: vec![
            row(say(ui, "Пётр Образцов", "Peter Sample"), 2),
            row(say(ui, "Иван Примеров", "Ivan Example"), 0),
        ],
        engineers: vec![choice("1", say(ui, "Пётр Образцов", "Peter Sample"), true)],
    }
}

/// A company with its people.
pub(super) fn company(ui: Ui, frame: Frame) -> CompanyPage {
    let roles = || {
        ["director", "buyer", "mechanic"]
            .map(|role| choice(role, ui.s(&format!("member-{role}")).to_owned(), false))
            .to_vec()
    };
    let member = |name: String, waits: bool| MemberView {
        id: "0".to_owned(),
        href: "#".to_owned(),
        name,
        phone: "+7 900 111-22-33".to_owned(),
        role: ui.s("member-buyer").to_owned(),
        roles: roles(),
        badge: waits.then(|| badge(Tone::Warning, ui.s("console-member-pending").to_owned())),
    };
    let invite = |tone, key: &str, open| InviteView {
        id: "0".to_owned(),
        who: say(ui, "Семён, механик", "Simon, mechanic"),
        href: "#".to_owned(),
        what: ui.s("member-mechanic").to_owned(),
        note: say(ui, "Ольга · до 29 ноября", "Olga · until 29 November"),
        badge: badge(tone, ui.s(key).to_owned()),
        open,
    };
    CompanyPage {
        frame,
        id: "0".to_owned(),
        name: say(ui, "ООО «Образец»", "Sample Ltd"),
        facts: vec![fact(ui.s("app-checkout-inn"), "7199000123")],
        members: vec![
            member(say(ui, "Анна Примерова", "Anna Example"), false),
            member(say(ui, "Павел Примеров", "Paul Example"), true),
        ],
        machines: machines(ui),
        more_machines: true,
        orders: cases(ui),
        invites: vec![
            invite(Tone::Warning, "console-invite-open", true),
            invite(Tone::Plain, "console-invite-expired", false),
        ],
        roles: roles(),
        invite: String::new(),
    }
}

/// A model with its documents.
pub(super) fn model(ui: Ui, frame: Frame) -> ModelPage {
    let document = |title: String, note: String, gone| DocumentView {
        id: "0".to_owned(),
        href: "#".to_owned(),
        title,
        note,
        gone,
    };
    let kinds = ["manual", "wiring"];
    ModelPage {
        frame,
        id: "0".to_owned(),
        name: "16К20".to_owned(),
        category: say(ui, "Токарно-винторезный станок", "Centre lathe"),
        photo: None,
        facts: vec![fact(ui.s("console-model-code"), "16k20")],
        specification: facts(ui),
        desk: DocumentDesk {
            base: "#".to_owned(),
            documents: vec![
                document(
                    say(ui, "Руководство по эксплуатации", "Operating manual"),
                    say(ui, "ред. 3 · RU · 12,4 МБ", "rev. 3 · EN · 12.4 MB"),
                    false,
                ),
                document(
                    say(ui, "Руководство по эксплуатации", "Operating manual"),
                    say(
                        ui,
                        "ред. 2 · не показывается с 1 ноября",
                        "rev. 2 · not shown since 1 Nov",
                    ),
                    true,
                ),
            ],
            kinds: kinds
                .map(|kind| choice(kind, ui.s(&format!("app-document-{kind}")).to_owned(), false))
                .to_vec(),
            languages: vec![choice("ru", ui.s("console-language-ru").to_owned(), true)],
            accept: ".pdf",
        },
        parts: vec![Link {
            href: "#".to_owned(),
            title: say(ui, "16К20.02.114 · Шестерня", "16К20.02.114 · Gear"),
        }],
        more_parts: 12,
        machines: machines(ui),
    }
}
