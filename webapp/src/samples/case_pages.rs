//! Sample pages of cases: cart, request, job, desk.

use crate::{
    samples::{badge, badges, cases, choice, choices, fact, files, machines, say, steps},
    ui::Ui,
    views::{
        cart::{CartGroup, CartLine, CartLinePage, CartPage, CheckoutPage},
        deliveries::{DeskCell, Troubles},
        leads::{LeadPage, TouchView},
        parts::Tone,
        service::{Engineers, RequestPage, ServicePage, Talk},
        work::{Act, DeskPage, JobPage},
    },
};

pub(crate) fn cart(ui: Ui, full: bool) -> CartPage {
    let line = |name: String, sku: &str, quantity, sum, changed: String| CartLine {
        part_id: "5".to_owned(),
        machine_id: Some("7".to_owned()),
        href: "#".to_owned(),
        sku: sku.to_owned(),
        name,
        quantity,
        sum,
        changed,
        note: String::new(),
        edit: "#".to_owned(),
        gone: false,
    };
    let groups = vec![
        CartGroup {
            title: say(ui, "16К20 № 1234", "16К20 No. 1234"),
            lines: vec![
                line(
                    say(ui, "Шестерня Z=54", "Gear Z=54"),
                    "16К20.02.114",
                    3,
                    Some(3_720_000),
                    ui.with("app-cart-was", "was", ui.money(1_190_000)),
                ),
                line(
                    say(ui, "Винт поперечной подачи", "Cross-feed screw"),
                    "16К20.04.070",
                    1,
                    None,
                    String::new(),
                ),
            ],
        },
        CartGroup {
            title: ui.s("app-cart-no-machine").to_owned(),
            lines: vec![line(
                say(ui, "Масло И-20А, 20 л", "Oil I-20A, 20 l"),
                "OIL-I20A-20",
                2,
                Some(780_000),
                String::new(),
            )],
        },
    ];
    let was = ui.with("app-cart-was", "was", ui.money(1_190_000));
    let changes = vec![fact(&say(ui, "Шестерня Z=54", "Gear Z=54"), &was)];
    CartPage {
        ui,
        groups: if full { groups } else { Vec::new() },
        changes: if full { changes } else { Vec::new() },
        seen: String::new(),
        total: 4_500_000,
        on_request: 1,
    }
}

/// A line's machine and note.
pub(crate) fn cart_line(ui: Ui) -> CartLinePage {
    CartLinePage {
        ui,
        name: say(ui, "Шестерня Z=54", "Gear Z=54"),
        sku: "16К20.02.114".to_owned(),
        part_id: String::new(),
        machine_id: String::new(),
        machines: choices(ui),
        note: say(ui, "Нужна до пятницы", "Needed by Friday"),
    }
}

pub(crate) fn checkout(ui: Ui) -> CheckoutPage {
    let mut delivery = vec![
        choice("pickup", ui.s("app-checkout-pickup").to_owned(), false),
        choice("courier", ui.s("app-checkout-courier").to_owned(), false),
        choice("carrier", ui.s("app-checkout-carrier").to_owned(), true),
    ];
    delivery[2].note = ui.s("app-checkout-carrier-sub").to_owned();
    CheckoutPage {
        ui,
        summary: format!("{} · {}", ui.count("app-lines", 3), ui.money(4_500_000)),
        client_key: String::new(),
        seen: String::new(),
        delivery,
        address: String::new(),
        contact: say(ui, "Пётр, склад, +7 900 111-22-33", "Peter, store, +7 900 111-22-33"),
        companies: Vec::new(),
        company: say(ui, "ООО «Пример»", "Example Ltd"),
        inn: "7707083893".to_owned(),
        comment: String::new(),
        submit: ui.with("app-checkout-submit-sum", "total", ui.money(4_500_000)),
    }
}

pub(crate) fn service(ui: Ui) -> ServicePage {
    ServicePage {
        ui,
        client_key: String::new(),
        machines: choices(ui),
        kinds: vec![
            choice("breakdown", say(ui, "Поломка", "Breakdown"), true),
            choice("maintenance", say(ui, "ТО", "Maintenance"), false),
            choice("consultation", say(ui, "Консультация", "Consultation"), false),
        ],
        machine_down: true,
        text: String::new(),
        alarm: "E-41".to_owned(),
        symptoms: ["no-start", "spindle", "noise"]
            .map(|name| choice(name, ui.s(&format!("symptom-{name}")).to_owned(), name == "noise"))
            .to_vec(),
        photos: vec![("kind=breakdown".to_owned(), ui.s("photo-screen").to_owned())],
        asks_alarm: "kind=breakdown".to_owned(),
        asks_down: "kind=breakdown".to_owned(),
        asks_photos: "kind=breakdown".to_owned(),
        kept_at: say(ui, "сегодня в 9:12", "today at 9:12"),
        kept_machine: String::new(),
        kept: "[]".to_owned(),
    }
}

pub(crate) fn request(ui: Ui, manager: bool) -> RequestPage {
    RequestPage {
        ui,
        parent: if manager { "/app/desk" } else { "/app/requests" },
        number: "SRV-2026-000045".to_owned(),
        opened_at: say(ui, "сегодня в 9:12", "today at 9:12"),
        badge: badge(Tone::Warning, say(ui, "едет инженер", "engineer on the way")),
        kind: say(ui, "поломка", "breakdown"),
        clock: say(ui, "3 ч 12 мин", "3 h 12 min"),
        steps: steps(ui),
        machine: Some(machines(ui)[0].clone()),
        contact: if manager {
            vec![fact(ui.s("app-request-phone"), "+7 900 111-22-33")]
        } else {
            Vec::new()
        },
        text: say(ui, "E-41 <b>&</b> 🌈 не включается", "E-41 <b>&</b> 🌈 does not start"),
        photos: Vec::new(),
        files: files(ui)[..1].to_vec(),
        report: String::new(),
        report_photos: Vec::new(),
        report_files: Vec::new(),
        can_assign: false,
        can_withdraw: !manager,
        can_confirm: false,
        can_take: manager,
        talk: Talk {
            base: "/app/requests/SRV-2026-000045".to_owned(),
            client_key: String::new(),
            own: !manager,
            windows: vec![
                choice("1.0", say(ui, "24 ноября, 9:00–12:00", "24 November, 9:00–12:00"), false),
                choice("1.1", say(ui, "25 ноября, 13:00–16:00", "25 November, 13:00–16:00"), false),
            ],
            visit: String::new(),
            can_offer: manager,
            today: "2026-11-22".to_owned(),
            can_rate: !manager,
            can_comment: false,
            rated: String::new(),
            comment: String::new(),
        },
    }
}

pub(crate) fn job(ui: Ui) -> JobPage {
    JobPage {
        ui,
        id: "3".to_owned(),
        number: "SRV-2026-000045".to_owned(),
        can_bind_plate: true,
        title: say(ui, "1М63Б № 0457", "1М63Б No. 0457"),
        badge: badges(ui).remove(1),
        kind: say(ui, "поломка", "breakdown"),
        clock: ui.s("app-service-down").to_owned(),
        text: say(ui, "Не включается шпиндель", "The spindle does not start"),
        photos: Vec::new(),
        files: Vec::new(),
        steps: steps(ui),
        details: vec![
            fact(ui.s("app-job-window"), &say(ui, "завтра 9–12", "tomorrow 9–12")),
            fact(ui.s("app-job-address"), &say(ui, "Тула, цех 2", "Tula, shop 2")),
        ],
        machine: Some(machines(ui)[0].clone()),
        can_report: true,
        result: Vec::new(),
        report: String::new(),
        report_photos: Vec::new(),
        report_files: Vec::new(),
        acts: vec![
            Act { path: "pause", label: ui.s("app-job-pause").to_owned(), main: false },
            Act { path: "done", label: ui.s("app-job-done").to_owned(), main: true },
        ],
    }
}

pub(crate) fn desk(ui: Ui) -> DeskPage {
    DeskPage {
        ui,
        waiting: cases(ui)[..1].to_vec(),
        mine: Vec::new(),
        taken: cases(ui)[1..2].to_vec(),
        suspected: Vec::new(),
    }
}

pub(crate) fn troubles(ui: Ui) -> Troubles {
    Troubles {
        ui,
        cells: vec![DeskCell {
            href: "/app/desk/deliveries?connection=amocrm".to_owned(),
            title: say(ui, "amoCRM: токен отозван", "amoCRM: token revoked"),
            note: say(ui, "14 ждут с 9:12", "14 waiting since 9:12"),
            tone: Tone::Danger,
            value: String::new(),
        }],
    }
}

pub(crate) fn engineers(ui: Ui) -> Engineers {
    Engineers { ui, number: "SRV-2026-000045".to_owned(), engineers: choices(ui) }
}

pub(crate) fn lead(ui: Ui) -> LeadPage {
    let touch = TouchView {
        at: say(ui, "сегодня в 9:12", "today at 9:12"),
        message: say(ui, "Нужна цена на 16К20 с УЦИ", "A price for a 16К20 with a DRO, please"),
        suspicion: String::new(),
        facts: vec![
            fact(ui.s("app-lead-page"), "https://dealer.example/lathes"),
            fact("utm_source", "yandex"),
        ],
        photos: Vec::new(),
        files: files(ui)[..1].to_vec(),
    };
    LeadPage {
        ui,
        number: "LEAD-2026-000031".to_owned(),
        opened_at: say(ui, "сегодня в 9:12", "today at 9:12"),
        badge: badge(Tone::Warning, say(ui, "новое", "new")),
        contact: vec![
            fact(ui.s("app-request-customer"), &say(ui, "Иван Образцов", "Ivan Sample")),
            fact(ui.s("app-request-phone"), "+7\u{a0}900\u{a0}111-22-33"),
        ],
        touches: vec![touch],
        can_take: true,
        can_end: true,
        suspected: false,
    }
}
