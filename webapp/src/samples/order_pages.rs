//! Sample pages of an order: placed, quoted, the manager's form, the words about a line.

use askama::Template;

use crate::{
    samples::{badge, events, fact, files, messages, say, steps},
    ui::Ui,
    views::{
        orders::{
            OrderLineView, OrderPage, OrderView, QuoteForm, QuoteLine, QuotePage, QuoteView,
            Thread, ThreadPage,
        },
        parts::Tone,
    },
};

/// One of the pages of an order, by its name in the gallery.
pub(super) fn page(name: &str, ui: Ui) -> Result<String, askama::Error> {
    match name {
        "order-quoted" => OrderPage { page: quoted(ui) }.render(),
        "quote" => QuotePage { form: quote(ui) }.render(),
        "order-thread" => ThreadPage { thread: thread(ui) }.render(),
        _ => OrderPage { page: order(ui) }.render(),
    }
}

/// An order under way.
pub(crate) fn order(ui: Ui) -> OrderView {
    let line = |name: String, sku: &str, count: String, sum| OrderLineView {
        href: "#".to_owned(),
        name,
        sku: sku.to_owned(),
        count,
        machine: "16К20 № 1234".to_owned(),
        said: String::new(),
        talk: ui.s("app-thread-ask").to_owned(),
        sum,
    };
    OrderView {
        ui,
        parent: "/app/orders",
        number: "ORD-2026-000123".to_owned(),
        placed_at: say(ui, "сегодня в 9:12", "today at 9:12"),
        badge: badge(Tone::Ok, say(ui, "подтверждён", "confirmed")),
        note: say(ui, "Собираем. Отправим до 28 ноября.", "Packing. Ships by 28 November."),
        steps: steps(ui),
        lines: vec![
            line(
                say(ui, "Шестерня Z=54", "Gear Z=54"),
                "16К20.02.114",
                "3 × 12 400 ₽".to_owned(),
                Some(3_720_000),
            ),
            line(
                say(ui, "Винт поперечной подачи", "Cross-feed screw"),
                "16К20.04.070",
                "1".to_owned(),
                None,
            ),
        ],
        total: 3_720_000,
        quote: None,
        held: None,
        delivery: vec![fact(ui.s("app-order-delivery"), ui.s("app-checkout-pickup"))],
        contact: Vec::new(),
        documents: files(ui)[..1].to_vec(),
        history: events(ui),
        can_take: false,
        can_quote: false,
        can_cancel: true,
        can_ask_cancel: false,
        can_repeat: true,
        accept: String::new(),
    }
}

/// The same order while a quote waits for its customer.
fn quoted(ui: Ui) -> OrderView {
    let mut page = order(ui);
    page.badge = badge(Tone::Warning, ui.s("state-order-quoted").to_owned());
    page.note = ui.s("app-quote-note").to_owned();
    page.lines[1].sum = Some(860_000);
    page.lines[1].count = "1 × 8 600 ₽".to_owned();
    page.lines[1].said = say(ui, "Аналог, 2–3 недели", "An equivalent, 2–3 weeks");
    page.lines[1].talk = ui.count("app-thread-count", 2);
    page.total = 4_580_000;
    page.quote = Some(QuoteView {
        title: ui.f("app-quote-title", &[("revision", 2.into())]),
        revision: 2,
        badge: badge(Tone::Warning, ui.s("app-quote-is-open").to_owned()),
        comment: say(ui, "Доставка включена.", "Delivery included."),
        facts: vec![
            fact(ui.s("app-quote-valid"), &say(ui, "6 декабря", "6 December")),
            fact(ui.s("app-quote-by"), &say(ui, "Мария", "Maria")),
        ],
    });
    (page.can_cancel, page.can_repeat) = (false, false);
    page.accept = ui.with("app-quote-accept", "total", ui.money(4_580_000));
    page
}

/// The manager's form of a quote.
pub(crate) fn quote(ui: Ui) -> QuoteForm {
    let line = |position, name: String, sku: &str, price: &str| QuoteLine {
        position,
        name,
        sku: sku.to_owned(),
        count: "1".to_owned(),
        machine: "16К20 № 1234".to_owned(),
        price: price.to_owned(),
        comment: String::new(),
    };
    QuoteForm {
        ui,
        title: ui.f("app-quote-title", &[("revision", 1.into())]),
        number: "ORD-2026-000123".to_owned(),
        action: String::new(),
        revision: 1,
        lines: vec![
            line(1, say(ui, "Шестерня Z=54", "Gear Z=54"), "16К20.02.114", "12400"),
            line(2, say(ui, "Винт поперечной подачи", "Cross-feed screw"), "16К20.04.070", ""),
        ],
        valid_until: "2026-12-06".to_owned(),
        today: "2026-11-22".to_owned(),
        comment: String::new(),
        alone: ui.with("app-discount-alone", "percent", "10"),
    }
}

/// What was written about a line.
pub(crate) fn thread(ui: Ui) -> Thread {
    Thread {
        ui,
        number: "ORD-2026-000123".to_owned(),
        name: say(ui, "Винт поперечной подачи", "Cross-feed screw"),
        lead: "ORD-2026-000123 · 16К20.04.070 × 1".to_owned(),
        action: String::new(),
        client_key: String::new(),
        words: messages(ui),
    }
}
