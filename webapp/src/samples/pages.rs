//! Every page on the sample data.

use askama::Template;

use crate::{
    samples::{
        case_pages::{
            cart, cart_line, checkout, desk, engineers, job, lead, request, service, troubles,
        },
        cases, choice,
        company_pages::{colleagues, company},
        decision_pages, desk_pages, machines, messages, order_pages, part_pages, plate_pages, say,
    },
    ui::Ui,
    views::{
        orders::OrdersPage,
        park::{DuePage, ParkPage, SiteMachines, Tiles},
        parts::Tone,
        service::{RequestsPage, ThreadPart},
        shell::{InvitePage, ProblemPage, WelcomePage},
        work::{JobGroup, JobsPage},
    },
};

/// What [`page`] can draw.
pub(crate) const NAMES: &[&str] = &[
    "welcome",
    "invite",
    "park",
    "park-empty",
    "tiles",
    "passport",
    "maintenance",
    "claim",
    "me",
    "notifications",
    "claim-sent",
    "hours-doubt",
    "plate",
    "plate-done",
    "plate-blank",
    "plate-engineer",
    "parts",
    "parts-suggested",
    "parts-empty",
    "part",
    "part-control",
    "bought",
    "cart",
    "cart-empty",
    "cart-line",
    "checkout",
    "company",
    "colleagues",
    "colleagues-offered",
    "orders",
    "order",
    "order-quoted",
    "quote",
    "order-thread",
    "service",
    "requests",
    "request",
    "request-manager",
    "thread",
    "engineers",
    "jobs",
    "job",
    "desk",
    "lead",
    "troubles",
    "sources",
    "approvals-waiting",
    "approvals",
    "approvals-empty",
    "decisions",
    "decision",
    "decision-made",
    "deliveries",
    "deliveries-empty",
    "delivery",
    "plan",
    "events",
    "event",
    "problem",
];

/// One page's markup; `None` for an unknown name.
pub(crate) fn page(name: &str, ui: Ui) -> Result<Option<String>, askama::Error> {
    let markup = match name {
        "welcome" => {
            WelcomePage { ui, name: &say(ui, "Иван", "Ivan"), bot_link: "https://t.me/bot" }
                .render()
        }
        "invite" => InvitePage { ui, link: "https://t.me/bot?start=i_0".to_owned() }.render(),
        "park" => park(ui, true).render(),
        "park-empty" => park(ui, false).render(),
        "tiles" => Tiles { ui, cart_count: 3, open_orders: 1, open_requests: 0 }.render(),
        "maintenance" => due(ui).render(),
        "cart" => cart(ui, true).render(),
        "cart-empty" => cart(ui, false).render(),
        "cart-line" => cart_line(ui).render(),
        "checkout" => checkout(ui).render(),
        "company" => company(ui).render(),
        "colleagues" => colleagues(ui, true).render(),
        "colleagues-offered" => colleagues(ui, false).render(),
        "orders" => {
            OrdersPage { ui, active: cases(ui)[1..2].to_vec(), past: cases(ui)[2..].to_vec() }
                .render()
        }
        "order" | "order-quoted" | "quote" | "order-thread" => order_pages::page(name, ui),
        "service" => service(ui).render(),
        "requests" => RequestsPage { ui, open: cases(ui)[..1].to_vec(), past: Vec::new() }.render(),
        "request" => request(ui, false).render(),
        "request-manager" => request(ui, true).render(),
        "thread" => thread(ui).render(),
        "engineers" => engineers(ui).render(),
        "jobs" => JobsPage {
            ui,
            groups: vec![JobGroup {
                title: ui.s("app-jobs-now").to_owned(),
                cases: cases(ui)[..1].to_vec(),
            }],
        }
        .render(),
        "job" => job(ui).render(),
        "desk" => desk(ui).render(),
        "lead" => lead(ui).render(),
        "approvals-waiting" => desk_pages::waiting(ui).render(),
        "approvals" => desk_pages::approvals(ui, true).render(),
        "approvals-empty" => desk_pages::approvals(ui, false).render(),
        "decisions" => decision_pages::list(ui).render(),
        "decision" => decision_pages::one(ui, true).render(),
        "decision-made" => decision_pages::one(ui, false).render(),
        "deliveries" => desk_pages::deliveries(ui, true).render(),
        "deliveries-empty" => desk_pages::deliveries(ui, false).render(),
        "delivery" => desk_pages::delivery(ui).render(),
        "plan" => desk_pages::plan(ui).render(),
        "events" => desk_pages::inbound(ui).render(),
        "event" => desk_pages::event(ui).render(),
        "troubles" => troubles(ui).render(),
        "sources" => desk_pages::sources(ui).render(),
        "problem" => problem(ui).render(),
        _ => match part_pages::page(name, ui)? {
            Some(markup) => return Ok(Some(markup)),
            None => return plate_pages::page(name, ui),
        },
    };
    markup.map(Some)
}

fn thread(ui: Ui) -> ThreadPart {
    let base = "/app/requests/SRV-2026-000045".to_owned();
    let messages = messages(ui);
    ThreadPart { ui, base, mark: "2.0".to_owned(), whole: true, messages }
}

fn park(ui: Ui, full: bool) -> ParkPage {
    let machines = machines(ui);
    let site = |name: String, from: usize, to: usize| SiteMachines {
        name,
        machines: machines[from..to].to_vec(),
    };
    let sites = vec![
        site(say(ui, "Цех 2, Тула", "Shop 2, Tula"), 2, 4),
        site(say(ui, "Площадка Калуга", "Kaluga site"), 3, 4),
    ];
    ParkPage {
        ui,
        looks: if full { ui.s("app-company-all").to_owned() } else { String::new() },
        query: String::new(),
        can_search: full,
        decisions: usize::from(full),
        cart_count: if full { 3 } else { 0 },
        open_orders: i64::from(full),
        open_requests: i64::from(full),
        attention: if full { machines[..2].to_vec() } else { Vec::new() },
        sites: if full { sites } else { Vec::new() },
        next: None,
    }
}

fn due(ui: Ui) -> DuePage {
    DuePage {
        ui,
        id: "7".to_owned(),
        machine: say(ui, "16К20 № 1234", "16К20 No. 1234"),
        date: say(ui, "14 декабря", "14 December"),
        level: say(ui, "ТО через 12 дней", "due in 12 days"),
        tone: Tone::Warning,
        kit: ui.with("app-maintenance-kit", "sum", ui.money(1_860_000)),
        kit_parts: say(ui, "Набор ТО-1 для 16К20", "Kit of level 1 for 16К20"),
        later: vec![choice("7", ui.s("app-maintenance-week").to_owned(), false)],
    }
}

fn problem(ui: Ui) -> ProblemPage<'static> {
    ProblemPage {
        ui,
        title: ui.s("app-problem-failed-title"),
        detail: ui.s("app-problem-failed-text"),
        request_id: "0199e7b4",
        retry: true,
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use domain::texts::Lang;

    use super::*;

    fn ui(lang: Lang) -> Ui {
        Ui::new(lang, Tz::Europe__Moscow, "2026-11-21T08:00:00Z".parse().unwrap())
    }

    #[test]
    fn every_page_is_drawn_and_speaks_words() {
        for lang in [Lang::Ru, Lang::En] {
            for name in NAMES {
                let markup = page(name, ui(lang)).unwrap().unwrap();
                assert!(!markup.contains(">app-"), "{name}: a key without a text");
                assert!(!markup.contains("\"app-"), "{name}: a key without a text");
            }
        }
        assert!(page("unknown", ui(Lang::Ru)).unwrap().is_none());
    }

    #[test]
    fn markup_in_a_message_is_text() {
        let markup = page("request", ui(Lang::Ru)).unwrap().unwrap();
        assert!(markup.contains("E-41 &#60;b&#62;"));
        assert!(!markup.contains("<b>&"));
    }
}
