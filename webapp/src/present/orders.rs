//! Orders as people see them.

use chrono::NaiveDate;
use domain::files::StoredFile;
use domain::ids;
use domain::orders::quotes::{Quote, may_be_quoted};
use domain::orders::thread::Word;
use domain::orders::{History, OpenOrder, Order, OrderLine, OrderSummary, State};
use domain::text::Phone;

use crate::auth::Caller;
use crate::present::{Eye, company, fact, files, held_view, machine_name, quote_view, word};
use crate::ui::Ui;
use crate::views::orders::{OrderLineView, OrderView, Thread};
use crate::views::parts::{Badge, CaseCell, Event, Fact, Message, Step, StepState, Tone};

/// An order with everything around it.
pub(crate) struct Shown<'a> {
    pub(crate) order: &'a Order,
    pub(crate) lines: &'a [OrderLine],
    pub(crate) history: &'a History,
    /// As the managers' desk has it; none for its customer.
    pub(crate) open: Option<&'a OpenOrder>,
}

/// An order as managers see it where it is `open` to them, else as its customer does; `base` is
/// where orders stand behind this door.
pub(crate) fn order_view(caller: &Caller, base: &str, shown: &Shown<'_>) -> OrderView {
    let (ui, today) = (caller.ui, caller.state.dealer().today());
    let papers: Vec<StoredFile> =
        shown.history.events.iter().filter_map(|event| event.file.clone()).collect();
    let (photos, mut documents) = files(caller, &papers);
    documents.extend(photos);
    let Shown { order, lines, history, open } = *shown;
    let own = open.is_none();
    let quote = history.quote.as_ref().filter(|_| !order.state.is_final());
    let offered = quote.filter(|quote| order.state == State::Quoted && quote.is_open(today));
    let line = |line: &OrderLine| {
        let href = format!("{base}/{}/lines/{}", order.number, line.position);
        match offered {
            Some(_) => order_line(ui, href, &OrderLine { price: line.quoted, ..line.clone() }),
            None => order_line(ui, href, line),
        }
    };
    let total = offered.map_or(order.total, |quote| quote.total);
    let accept = offered
        .filter(|_| own)
        .map(|quote| ui.with("app-quote-accept", "total", ui.money(quote.total.as_kopecks())));
    OrderView {
        ui,
        parent: if own { "/app/orders" } else { "/app/desk" },
        number: order.number.clone(),
        placed_at: ui.when(order.created_at),
        badge: order_badge(ui, order.state),
        note: if own { note(ui, order, quote, today) } else { String::new() },
        steps: order_steps(ui, order.state),
        lines: lines.iter().map(line).collect(),
        total: total.as_kopecks(),
        quote: quote.map(|quote| quote_view(ui, quote, today)),
        held: match &history.held {
            Some(held) if !own && may_be_quoted(order) => held_view(ui, held),
            _ => None,
        },
        delivery: order_delivery(ui, order),
        contact: open.map(|open| contact(ui, open)).unwrap_or_default(),
        documents,
        history: events(ui, history),
        can_take: !own && order.taken_by.is_none() && !order.state.is_final(),
        can_quote: !own && may_be_quoted(order),
        can_cancel: own
            && matches!(order.state, State::Placed | State::Quoted | State::AwaitingApproval),
        can_ask_cancel: order.state == State::Confirmed,
        can_repeat: own && accept.is_none(),
        accept: accept.unwrap_or_default(),
    }
}

fn note(ui: Ui, order: &Order, quote: Option<&Quote>, today: NaiveDate) -> String {
    let key = match (order.state, quote) {
        (State::Placed, _) => "app-order-placed-note",
        (State::Quoted, Some(quote)) if quote.is_over(today) => "app-quote-over-note",
        (State::Quoted, Some(_)) => "app-quote-note",
        _ => return String::new(),
    };
    ui.s(key).to_owned()
}

/// What happened, newest first.
fn events(ui: Ui, history: &History) -> Vec<Event> {
    let event = |event: &domain::orders::Event| Event {
        at: ui.when(event.at),
        title: match (&event.file, event.revision) {
            (Some(file), _) => ui.with("app-order-document", "name", &file.name),
            (None, Some(revision)) => ui.f("app-quote-title", &[("revision", revision.into())]),
            (None, None) => word(ui, "state-order-", &event.kind),
        },
    };
    history.events.iter().rev().map(event).collect()
}

fn contact(ui: Ui, open: &OpenOrder) -> Vec<Fact> {
    let phone = open.phone.as_ref().map(Phone::shown);
    let rows = [
        fact(ui, "app-request-customer", Some(&open.customer_name)),
        fact(ui, "app-request-phone", phone.as_deref()).map(|fact| Fact { mono: true, ..fact }),
        fact(ui, "app-request-company", company(open.company_name.as_deref(), &open.customer_name)),
        fact(ui, "app-request-manager", open.taken_by_name.as_deref()),
    ];
    rows.into_iter().flatten().collect()
}

/// What was written about a line; `staff` reads it where it is not the customer.
pub(crate) fn thread(
    ui: Ui,
    base: &str,
    order: &Order,
    line: &OrderLine,
    (words, staff): (&[Word], bool),
) -> Thread {
    let message = |word: &Word| {
        let own = word.staff_name.is_some() == staff;
        let who = match (&word.staff_name, own) {
            (_, true) => ui.s("app-thread-you").to_owned(),
            (Some(name), false) => name.clone(),
            (None, false) => ui.s("app-request-customer").to_owned(),
        };
        let (at, text) = (ui.when(word.written_at), word.text.clone());
        Message { who, own, at, text, photos: Vec::new(), files: Vec::new() }
    };
    Thread {
        ui,
        number: order.number.clone(),
        name: line.name.clone(),
        lead: format!("{} · {} × {}", order.number, line.sku, line.quantity),
        action: format!("{base}/{}/lines/{}", order.number, line.position),
        client_key: ids::new_token(),
        words: words.iter().map(message).collect(),
    }
}

pub(super) fn machine_of(ui: Ui, line: &OrderLine) -> String {
    let machine = line.machine_model.as_deref().zip(line.machine_serial.as_deref());
    machine.map(|(model, serial)| machine_name(ui, model, serial)).unwrap_or_default()
}

fn order_line(ui: Ui, href: String, line: &OrderLine) -> OrderLineView {
    OrderLineView {
        href,
        name: line.name.clone(),
        sku: line.sku.clone(),
        count: match line.price {
            Some(price) => format!("{} × {}", line.quantity, ui.money(price.as_kopecks())),
            None => ui.count("app-stock-some", line.quantity),
        },
        machine: machine_of(ui, line),
        said: [Some(line.note.as_str()), line.quote_comment.as_deref()]
            .into_iter()
            .flatten()
            .filter(|said| !said.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        talk: match line.messages {
            0 => ui.s("app-thread-ask").to_owned(),
            count => ui.count("app-thread-count", count),
        },
        sum: line.sum().map(|sum| sum.as_kopecks()),
    }
}

/// An order's state in a word.
pub(crate) fn order_badge(ui: Ui, state: State) -> Badge {
    let tone = match state {
        State::Placed | State::Quoted | State::AwaitingApproval => Tone::Warning,
        State::Confirmed | State::Shipped | State::Completed => Tone::Ok,
        State::Cancelled | State::Expired => Tone::Plain,
    };
    Badge { tone, text: word(ui, "state-order-", state.as_str()) }
}

/// The reader's order as a cell.
pub(crate) fn order_cell(eye: &Eye, order: &OrderSummary) -> CaseCell {
    let ui = eye.ui;
    let lines = ui.count("app-lines", order.positions);
    CaseCell {
        href: format!("/app/orders/{}", order.number),
        number: order.number.clone(),
        note: format!("{lines} · {}", ui.when(order.created_at)),
        badge: order_badge(ui, order.state),
        clock: String::new(),
        total: Some(order.total.as_kopecks()).filter(|total| *total > 0),
    }
}

/// An order on the desk: who ordered stands first.
pub(crate) fn open_order_cell(eye: &Eye, open: &OpenOrder) -> CaseCell {
    let cell = order_cell(eye, &open.order);
    let who = open.company_name.as_deref().or(Some(&open.customer_name));
    let who = [who, open.taken_by_name.as_deref()];
    let who: Vec<&str> = who.into_iter().flatten().collect();
    CaseCell { note: format!("{} · {}", who.join(", "), cell.note), ..cell }
}

/// How far an order has come; nothing for one that was called off.
pub(crate) fn order_steps(ui: Ui, state: State) -> Vec<Step> {
    let now = match state {
        State::Placed | State::Quoted | State::AwaitingApproval => 0,
        State::Confirmed => 1,
        State::Shipped => 2,
        State::Completed => 4,
        State::Cancelled | State::Expired => return Vec::new(),
    };
    steps(ui, "app-step-order-", &["placed", "confirmed", "shipped", "completed"], now)
}

/// The steps of a way of which `now` is the current one; beyond the last all are done.
pub(crate) fn steps(ui: Ui, prefix: &str, names: &[&str], now: usize) -> Vec<Step> {
    let step = |(place, name): (usize, &&str)| Step {
        label: word(ui, prefix, name),
        state: match place.cmp(&now) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Now,
            std::cmp::Ordering::Greater => StepState::Ahead,
        },
    };
    names.iter().enumerate().map(step).collect()
}

/// How an order travels and who pays.
pub(crate) fn order_delivery(ui: Ui, order: &Order) -> Vec<Fact> {
    let way = word(ui, "delivery-", order.delivery.as_str());
    let rows = [
        fact(ui, "app-order-way", Some(&way)),
        fact(ui, "app-checkout-address", Some(&order.address)),
        fact(ui, "app-checkout-contact", Some(&order.contact)),
        fact(ui, "app-checkout-inn", order.inn.as_ref().map(|inn| inn.as_str())),
        fact(ui, "app-checkout-comment", Some(&order.comment)),
    ];
    rows.into_iter().flatten().collect()
}
