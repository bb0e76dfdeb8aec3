//! Every page on the sample data.

use askama::Template;

use crate::{
    samples::{
        case_pages::{
            cart, cart_line, checkout, company, desk, engineers, job, request, service, troubles,
        },
        cases, choice, choices, decision_pages, desk_pages, fact, machines, messages, order_pages,
        plate_pages, say,
    },
    ui::Ui,
    views::{
        catalogue::{
            BoughtPage, CartBar, OtherPart, PartCell, PartControl, PartControlAnswer, PartPage,
            PartsPage,
        },
        orders::OrdersPage,
        park::{DuePage, ParkPage, SiteMachines, Tiles},
        parts::{Link, Tone},
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
    "claim-sent",
    "hours-doubt",
    "plate",
    "plate-done",
    "plate-blank",
    "plate-engineer",
    "parts",
    "parts-empty",
    "part",
    "part-control",
    "bought",
    "cart",
    "cart-empty",
    "cart-line",
    "checkout",
    "company",
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
        "parts" => parts(ui, true).render(),
        "parts-empty" => parts(ui, false).render(),
        "part" => part(ui).render(),
        "part-control" => PartControlAnswer { ui, control: control(ui, 2) }.render(),
        "bought" => bought(ui).render(),
        "cart" => cart(ui, true).render(),
        "cart-empty" => cart(ui, false).render(),
        "cart-line" => cart_line(ui).render(),
        "checkout" => checkout(ui).render(),
        "company" => company(ui).render(),
        "orders" => {
            OrdersPage { ui, active: cases(ui)[1..2].to_vec(), past: cases(ui)[2..].to_vec() }
                .render()
        }
        "order" | "order-quoted" | "quote" | "order-thread" => order_pages::page(name, ui),
        "service" => service(ui).render(),
        "requests" => RequestsPage { ui, open: cases(ui)[..1].to_vec(), past: Vec::new() }.render(),
        "request" => request(ui, false).render(),
        "request-manager" => request(ui, true).render(),
        "thread" => ThreadPart { ui, messages: messages(ui) }.render(),
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
        _ => return plate_pages::page(name, ui),
    };
    markup.map(Some)
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
        query: String::new(),
        can_search: full,
        decisions: usize::from(full),
        cart_count: if full { 3 } else { 0 },
        open_orders: i64::from(full),
        open_requests: i64::from(full),
        attention: if full { machines[..2].to_vec() } else { Vec::new() },
        sites: if full { sites } else { Vec::new() },
    }
}

fn parts(ui: Ui, full: bool) -> PartsPage {
    let part = |name: String, sku: &str, price, stock: String, fits| PartCell {
        href: format!("/app/parts/{sku}"),
        name,
        sku: sku.to_owned(),
        price,
        stock,
        photo: None,
        fits,
        instead: String::new(),
    };
    let parts = vec![
        part(
            say(ui, "Шестерня Z=54", "Gear Z=54"),
            "16К20.02.114",
            Some(1_240_000),
            say(ui, "3 шт.", "3 pcs"),
            true,
        ),
        part(
            say(ui, "Винт поперечной подачи", "Cross-feed screw"),
            "16К20.04.070",
            None,
            say(ui, "2–3 недели", "2–3 weeks"),
            true,
        ),
        part(
            say(
                ui,
                "Подшипник 3182120, передняя опора шпинделя",
                "Bearing 3182120, front spindle support",
            ),
            "3182120",
            Some(865_050),
            say(ui, "12 шт.", "12 pcs"),
            false,
        ),
    ];
    PartsPage {
        ui,
        query: if full { "шест" } else { "zzz" }.to_owned(),
        found: ui.count("app-parts-found", 3),
        may_have_bought: true,
        machine: Some(choice("7", say(ui, "16К20 № 1234", "16К20 No. 1234"), true)),
        parts: if full { parts } else { Vec::new() },
        next: full.then(|| "/app/parts?page=2".to_owned()),
        cart: CartBar { count: 3, total: 3_720_000 },
    }
}

fn control(ui: Ui, in_cart: i64) -> PartControl {
    PartControl {
        part_id: "5".to_owned(),
        machines: choices(ui),
        quantity: 1,
        is_kept: in_cart > 0,
        in_cart,
    }
}

fn bought(ui: Ui) -> BoughtPage {
    BoughtPage {
        ui,
        machine: say(ui, "16К20 № 1234", "16К20 No. 1234"),
        machine_id: "7".to_owned(),
        parts: vec![other(
            say(ui, "Шестерня Z=54", "Gear Z=54"),
            "16К20.02.114",
            say(ui, "3 шт. · 2 октября", "3 pcs · 2 October"),
        )],
    }
}

fn other(name: String, sku: &str, note: String) -> OtherPart {
    let (href, sku) = ("#".to_owned(), sku.to_owned());
    OtherPart { href, name, sku, note, price: Some(980_000) }
}

fn part(ui: Ui) -> PartPage {
    PartPage {
        ui,
        name: say(ui, "Шестерня Z=54", "Gear Z=54"),
        sku: "16К20.02.114".to_owned(),
        price: Some(1_240_000),
        stock: say(ui, "3 шт. на складе сегодня", "3 in stock today"),
        codes: vec![fact(&say(ui, "Чертёж", "Drawing"), "16К20.02.114-01")],
        models: "16К20, 16К20П, 16К25".to_owned(),
        photo: None,
        has_machines: true,
        fits: machines(ui)[1..2].to_vec(),
        replaced_by: Some(Link { href: "#".to_owned(), title: "16К20.02.114М".to_owned() }),
        analogues: vec![other(
            say(ui, "Шестерня Z=54, аналог", "Gear Z=54, equivalent"),
            "Ш-54-2,5",
            say(ui, "в наличии 7 шт.", "7 in stock"),
        )],
        kit: vec![other(
            say(ui, "Кольцо стопорное", "Snap ring"),
            "КС-40",
            ui.count("app-stock-some", 2),
        )],
        kit_alone: None,
        control: Some(control(ui, 0)),
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
