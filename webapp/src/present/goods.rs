//! Parts, the cart and orders as people see them.

use domain::cart::Cart;
use domain::ids::MachineId;
use domain::orders::{OpenOrder, Order, OrderLine, OrderSummary, State};
use domain::parts::{Part, PartCard};

use crate::present::{Eye, choice, fact, machine_name, photo, word};
use crate::ui::Ui;
use crate::views::cart::{CartGroup, CartLine};
use crate::views::catalogue::{PartCell, PartControl, PartPage};
use crate::views::orders::OrderLineView;
use crate::views::parts::{Badge, CaseCell, Fact, Link, MachineCell, Step, StepState, Tone};

/// What is in stock, or how long it takes.
pub(crate) fn stock(ui: Ui, part: &Part) -> String {
    match (part.stock, part.lead_days) {
        (Some(count @ 1..), _) => ui.count("app-stock-some", count),
        (_, Some(days @ 1..)) if days % 7 == 0 => ui.count("app-lead-weeks", days / 7),
        (_, Some(days @ 1..)) => ui.count("app-lead-days", days),
        (Some(_), _) => ui.s("app-stock-none").to_owned(),
        _ => String::new(),
    }
}

/// A part as a cell; the machine that was chosen goes along.
pub(crate) fn part_cell(ui: Ui, part: &Part, machine: Option<&str>) -> PartCell {
    let path = format!("/app/parts/{}", part.id);
    PartCell {
        href: match machine {
            Some(machine) => format!("{path}?machine={machine}"),
            None => path,
        },
        name: part.name.clone(),
        sku: part.sku.clone(),
        price: part.price.map(|price| price.as_kopecks()),
        stock: stock(ui, part),
        photo: photo(part.photo.as_ref()),
        fits: part.fits,
    }
}

/// A part's page.
pub(crate) fn part_page(
    ui: Ui,
    card: &PartCard,
    has_machines: bool,
    control: Option<PartControl>,
) -> PartPage {
    let code = |code: &String| fact(ui, "app-part-code", Some(code));
    let machine = |(id, serial, code): &(_, String, String)| MachineCell {
        href: format!("/app/machines/{id}"),
        model: model_of(card, code),
        serial: serial.clone(),
        note: ui.s("app-part-your-machine").to_owned(),
        tone: Tone::Ok,
    };
    let replaced_by = card.replacement.as_ref().map(|(id, sku, name)| Link {
        href: format!("/app/parts/{id}"),
        title: format!("{sku} {name}"),
    });
    PartPage {
        ui,
        name: card.part.name.clone(),
        sku: card.part.sku.clone(),
        price: card.part.price.map(|price| price.as_kopecks()),
        stock: stock(ui, &card.part),
        codes: card.codes.iter().filter_map(code).collect(),
        models: card.models.iter().map(|(_, _, name)| name.as_str()).collect::<Vec<_>>().join(", "),
        photo: photo(card.part.photo.as_ref()),
        has_machines,
        fits: card.my_machines.iter().map(machine).collect(),
        replaced_by,
        control,
    }
}

/// For which machine a part is looked at, when nobody says so: the one that it lies in the cart
/// for, else the only one that it fits.
pub(crate) fn part_machine(card: &PartCard) -> Option<&str> {
    match (card.in_cart.first(), card.my_machines.as_slice()) {
        (Some((machine, _)), _) => machine.as_ref().map(MachineId::as_str),
        (None, [(only, ..)]) => Some(only.as_str()),
        _ => None,
    }
}

/// What puts a part into the cart: for which of the reader's machines, how many lie there.
pub(crate) fn part_control(ui: Ui, card: &PartCard, machine: Option<&str>) -> PartControl {
    let line = card.in_cart.iter().find(|(id, _)| id.as_ref().map(MachineId::as_str) == machine);
    let machines = card.my_machines.iter().map(|(id, serial, code)| {
        let label = machine_name(ui, &model_of(card, code), serial);
        choice(id.as_str(), label, machine == Some(id.as_str()))
    });
    PartControl {
        part_id: card.part.id.to_string(),
        machines: machines.collect(),
        quantity: line.map_or(1, |(_, pieces)| *pieces),
        is_kept: line.is_some(),
        in_cart: card.pieces_in_cart(),
    }
}

/// The model's name: the card knows it by the slug.
fn model_of(card: &PartCard, code: &str) -> String {
    let named = card.models.iter().find(|(_, known, _)| known == code);
    named.map_or_else(|| code.to_owned(), |(_, _, name)| name.clone())
}

/// The lines of the cart by machine, in the order of adding.
pub(crate) fn cart_groups(ui: Ui, cart: &Cart) -> Vec<CartGroup> {
    let mut groups: Vec<CartGroup> = Vec::new();
    for line in &cart.lines {
        let title = match (&line.machine_model, &line.machine_serial) {
            (Some(model), Some(serial)) => machine_name(ui, model, serial),
            _ => ui.s("app-cart-no-machine").to_owned(),
        };
        let changed = line.seen_price != line.price;
        let shown = CartLine {
            part_id: line.part_id.to_string(),
            machine_id: line.machine_id.as_ref().map(ToString::to_string),
            href: format!("/app/parts/{}", line.part_id),
            sku: line.sku.clone(),
            name: line.name.clone(),
            quantity: line.quantity,
            sum: line.price.map(|price| price.times(line.quantity).as_kopecks()),
            was: line.seen_price.filter(|_| changed).map(|price| price.as_kopecks()),
            gone: !line.active,
        };
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.lines.push(shown),
            None => groups.push(CartGroup { title, lines: vec![shown] }),
        }
    }
    groups
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

pub(crate) fn order_line(ui: Ui, line: &OrderLine) -> OrderLineView {
    let machine = line.machine_model.as_deref().zip(line.machine_serial.as_deref());
    OrderLineView {
        name: line.name.clone(),
        sku: line.sku.clone(),
        count: match line.price {
            Some(price) => format!("{} × {}", line.quantity, ui.money(price.as_kopecks())),
            None => ui.count("app-stock-some", line.quantity),
        },
        machine: machine.map(|(model, serial)| machine_name(ui, model, serial)).unwrap_or_default(),
        sum: line.sum().map(|sum| sum.as_kopecks()),
    }
}

/// How an order travels and who pays.
pub(crate) fn order_delivery(ui: Ui, order: &Order) -> Vec<Fact> {
    let way = word(ui, "delivery-", order.delivery.as_str());
    let rows = [
        fact(ui, "app-order-way", Some(&way)),
        fact(ui, "app-checkout-address", Some(&order.address)),
        fact(ui, "app-checkout-inn", order.inn.as_ref().map(|inn| inn.as_str())),
        fact(ui, "app-checkout-comment", Some(&order.comment)),
    ];
    rows.into_iter().flatten().collect()
}
