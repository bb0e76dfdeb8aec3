//! Sample pages of the console that show one thing: a case, a delivery, a person, a connection.

use askama::Template as _;

use crate::console::frame::{Frame, Section};
use crate::console::planner::PlanForm;
use crate::console::settings::{SessionRow, SettingsPage};
use crate::console::{
    connections, customers, deliveries, events, jobs, leads, orders, part, people, quotes, requests,
};
use crate::samples::{
    badge, case_pages, cases, choice, choices, desk_pages, events as history, fact, facts,
    machines, messages, order_pages, say,
};
use crate::ui::Ui;
use crate::views::parts::{Link, Tone};

/// Their names.
pub(crate) const NAMES: [&str; 14] = [
    "console-request",
    "console-job",
    "console-lead",
    "console-order",
    "console-quote",
    "console-order-thread",
    "console-delivery",
    "console-plan",
    "console-event",
    "console-customer",
    "console-part",
    "console-person",
    "console-settings",
    "console-connections",
];

/// One of them in a frame of its section; `None` for an unknown name.
pub(crate) fn page(
    name: &str,
    ui: Ui,
    frame: impl Fn(Section) -> Frame,
) -> Result<Option<String>, askama::Error> {
    let document = match name {
        "console-request" => request(ui, frame(Section::Requests)).render(),
        "console-job" => {
            let (frame, page) = (frame(Section::Jobs), case_pages::job(ui));
            jobs::OnePage { frame, page, request: "#".to_owned(), plan: Some(plan(ui)) }.render()
        }
        "console-lead" => lead(ui, frame(Section::Leads)).render(),
        "console-order" => {
            let (frame, page) = (frame(Section::Orders), order_pages::order(ui));
            orders::OnePage { frame, page }.render()
        }
        "console-quote" => {
            let (frame, form) = (frame(Section::Orders), order_pages::quote(ui));
            quotes::QuotePage { frame, form }.render()
        }
        "console-order-thread" => {
            let (frame, thread) = (frame(Section::Orders), order_pages::thread(ui));
            quotes::ThreadPage { frame, thread }.render()
        }
        "console-delivery" => {
            let (frame, page) = (frame(Section::Deliveries), desk_pages::delivery(ui));
            deliveries::OnePage { frame, page }.render()
        }
        "console-plan" => {
            let (frame, page) = (frame(Section::Deliveries), desk_pages::plan(ui));
            deliveries::ConsolePlan { frame, page }.render()
        }
        "console-event" => {
            let (frame, page) = (frame(Section::Events), desk_pages::event(ui));
            events::OnePage { frame, page }.render()
        }
        "console-customer" => customer(ui, frame(Section::Customers)).render(),
        "console-part" => one_part(ui, frame(Section::Parts)).render(),
        "console-person" => person(ui, frame(Section::Staff)).render(),
        "console-settings" => {
            SettingsPage { frame: frame(Section::Settings), sessions: sessions(ui) }.render()
        }
        "console-connections" => connected(ui, frame(Section::Connections)).render(),
        _ => return Ok(None),
    };
    document.map(Some)
}

fn link(title: &str) -> Link {
    Link { href: "#".to_owned(), title: title.to_owned() }
}

/// Who goes and when.
fn plan(ui: Ui) -> PlanForm {
    PlanForm {
        number: "SRV-2026-000045".to_owned(),
        engineers: vec![choice("1002", say(ui, "Олег", "Oleg"), true)],
        day: "2026-11-24".to_owned(),
        from: "09:00".to_owned(),
        until: "12:00".to_owned(),
        planned: true,
    }
}

fn request(ui: Ui, frame: Frame) -> requests::OnePage {
    requests::OnePage {
        frame,
        page: case_pages::request(ui, true),
        plan: Some(plan(ui)),
        moves: vec![choice("waiting_parts", say(ui, "ждёт запчасти", "waits for parts"), false)],
        job: "#".to_owned(),
        deals: vec![link("amocrm · 12345")],
        messages: messages(ui),
    }
}

fn lead(ui: Ui, frame: Frame) -> leads::OnePage {
    leads::OnePage {
        frame,
        page: case_pages::lead(ui),
        managers: vec![choice("1003", say(ui, "Ольга", "Olga"), false)],
        history: history(ui)[..1].to_vec(),
        deals: vec![link("b24 · 77")],
        deliveries: "#".to_owned(),
    }
}

fn customer(ui: Ui, frame: Frame) -> customers::OnePage {
    customers::OnePage {
        frame,
        id: "1".to_owned(),
        name: say(ui, "Иван Образцов", "Ivan Sample"),
        badge: badge(Tone::Warning, say(ui, "бот не знаком", "not met by the bot")),
        facts: facts(ui)[..2].to_vec(),
        companies: vec![link(&say(ui, "ООО «Пример»", "Example Ltd"))],
        machines: machines(ui),
        orders: cases(ui)[1..].to_vec(),
        requests: cases(ui)[..1].to_vec(),
        can_invite: true,
        invite: String::new(),
    }
}

fn one_part(ui: Ui, frame: Frame) -> part::OnePage {
    part::OnePage {
        frame,
        name: say(ui, "Шестерня Z=54", "Gear Z=54"),
        sku: "16К20.02.114".to_owned(),
        badge: badge(Tone::Ok, say(ui, "продаётся", "sold")),
        photo: None,
        facts: vec![fact(&say(ui, "Цена", "Price"), "12\u{a0}400\u{a0}₽")],
        codes: vec!["16К20.02.114-01".to_owned()],
        models: vec![link("16К20"), link("16К25")],
        replacement: Some(link("16К20.02.114М")),
    }
}

fn sessions(ui: Ui) -> Vec<SessionRow> {
    let session = |id: &str, browser: &str, here| SessionRow {
        id: id.to_owned(),
        browser: browser.to_owned(),
        note: say(ui, "кодом из бота, сегодня в 9:12", "by a code of the bot, today at 9:12"),
        here,
    };
    vec![session("1", "Firefox 145, Linux", true), session("2", "Chrome 142, Windows", false)]
}

fn person(ui: Ui, frame: Frame) -> people::PersonPage {
    people::PersonPage {
        frame,
        id: "1".to_owned(),
        telegram_id: 1003,
        name: say(ui, "Ольга Образцова", "Olga Sample"),
        roles: choices(ui),
        sessions: sessions(ui),
        own: false,
    }
}

fn connected(ui: Ui, frame: Frame) -> connections::ConnectionsPage {
    let connection = |name: &str, tone, state: String, defects: Vec<String>| {
        let broken = !defects.is_empty();
        connections::ConnectionView {
            name: name.to_owned(),
            badge: badge(tone, state),
            facts: vec![fact(&say(ui, "Вызовов в секунду", "Calls a second"), "7")],
            defects,
            since: if broken { say(ui, "с 9:12", "since 9:12") } else { String::new() },
            href: "#".to_owned(),
            mapping: "#".to_owned(),
        }
    };
    let gone = say(ui, "Этапа 142 больше нет", "Stage 142 is gone");
    let connections = vec![
        connection("amocrm", Tone::Ok, say(ui, "работает", "works"), Vec::new()),
        connection("b24", Tone::Danger, say(ui, "остановлено", "stopped"), vec![gone]),
    ];
    connections::ConnectionsPage { frame, connections }
}
