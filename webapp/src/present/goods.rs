//! Parts and the cart as people see them.

use domain::Money;
use domain::cart::Cart;
use domain::ids::MachineId;
use domain::parts::links::Other;
use domain::parts::{Bought, Part, PartCard};

use crate::present::{choice, fact, machine_name, photo};
use crate::ui::Ui;
use crate::views::cart::{CartGroup, CartLine};
use crate::views::catalogue::{KitControl, OtherPart, PartCell, PartControl, PartPage, Suggestion};
use crate::views::parts::{Fact, Link, MachineCell, Tone};

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

/// How many parts were found, for whoever listens to the page.
pub(crate) fn found(ui: Ui, count: usize, more: bool) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    ui.count(if more { "app-parts-found-more" } else { "app-parts-found" }, count)
}

/// The page of a part; the machine that was chosen goes along.
fn part_path(part: &Part, machine: Option<&str>) -> String {
    let path = format!("/app/parts/{}", part.id);
    match machine {
        Some(machine) => format!("{path}?machine={machine}"),
        None => path,
    }
}

/// «вместо …», where an older article was asked for.
fn instead(ui: Ui, part: &Part) -> Option<String> {
    part.instead_of.as_ref().map(|old| ui.with("app-part-instead", "sku", old))
}

/// A part that somebody who types may mean.
pub(crate) fn suggestion(ui: Ui, part: &Part, machine: Option<&str>) -> Suggestion {
    let newer = || Some(ui.with("app-part-replaced-by", "sku", part.replaced_by.as_ref()?));
    Suggestion {
        href: part_path(part, machine),
        name: part.name.clone(),
        sku: part.sku.clone(),
        note: instead(ui, part).or_else(newer).unwrap_or_default(),
    }
}

/// A part as a cell.
pub(crate) fn part_cell(ui: Ui, part: &Part, machine: Option<&str>) -> PartCell {
    PartCell {
        href: part_path(part, machine),
        name: part.name.clone(),
        sku: part.sku.clone(),
        price: part.price.map(|price| price.as_kopecks()),
        stock: stock(ui, part),
        photo: photo(part.photo.as_ref()),
        fits: part.fits,
        instead: instead(ui, part).unwrap_or_default(),
    }
}

/// Another part beside one; of a kit with how many pieces.
fn other_part(ui: Ui, other: &Other, in_kit: bool) -> OtherPart {
    let pieces = in_kit.then(|| ui.count("app-stock-some", other.quantity));
    let stock = match other.stock {
        Some(count @ 1..) if !in_kit => Some(ui.count("app-part-in-stock", count)),
        _ => None,
    };
    OtherPart {
        href: other.id.as_ref().map(|id| format!("/app/parts/{id}")).unwrap_or_default(),
        name: if other.name.is_empty() { other.sku.clone() } else { other.name.clone() },
        sku: other.sku.clone(),
        note: pieces.or(stock).unwrap_or_default(),
        price: other.price.map(|price| price.as_kopecks()),
    }
}

/// A part that was bought for a machine; what is sold no more leads nowhere.
pub(crate) fn bought_part(ui: Ui, bought: &Bought, machine: &str) -> OtherPart {
    let pieces = ui.count("app-stock-some", bought.pieces);
    let gone = (!bought.active).then(|| format!(" · {}", ui.s("app-bought-gone")));
    OtherPart {
        href: format!("/app/parts/{}?machine={machine}", bought.id),
        name: bought.name.clone(),
        sku: bought.sku.clone(),
        note: format!("{pieces} · {}{}", ui.day(bought.last_at), gone.unwrap_or_default()),
        price: bought.price.map(|price| price.as_kopecks()),
    }
}

/// A kit without a price of its own is bought as its parts.
fn kit_control(ui: Ui, card: &PartCard, control: Option<&PartControl>) -> Option<KitControl> {
    let sold = || card.beside.kit.iter().filter(|other| other.active);
    if card.part.price.is_some() || sold().next().is_none() {
        return None;
    }
    let control = control?;
    let machine = control.machines.iter().find(|machine| machine.selected);
    let price = |other: &Other| Some(other.price?.times(other.quantity));
    let total = sold().map(price).sum::<Option<Money>>();
    let label = match total {
        Some(total) => ui.with("app-part-kit-add-sum", "total", ui.money(total.as_kopecks())),
        None => ui.s("app-part-kit-add").to_owned(),
    };
    Some(KitControl {
        part_id: control.part_id.clone(),
        machine_id: machine.map(|machine| machine.value.clone()).unwrap_or_default(),
        label,
    })
}

/// How many, or how long it takes; and of which day the stock is.
fn stock_of_day(ui: Ui, part: &Part) -> String {
    let said = stock(ui, part);
    match part.stock_at.filter(|_| part.stock.is_some() && !said.is_empty()) {
        Some(at) => format!("{said} · {}", ui.with("app-stock-at", "date", ui.day(at))),
        None => said,
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
    let kit_alone = kit_control(ui, card, control.as_ref());
    let control = control.filter(|_| kit_alone.is_none());
    let replaces = |sku: &String| fact(ui, "app-part-replaces", Some(sku));
    let codes = card.beside.codes.iter().filter_map(code);
    let others = |others: &[Other], in_kit| {
        others.iter().map(|other| other_part(ui, other, in_kit)).collect()
    };
    PartPage {
        ui,
        name: card.part.name.clone(),
        sku: card.part.sku.clone(),
        price: card.part.price.map(|price| price.as_kopecks()),
        stock: stock_of_day(ui, &card.part),
        codes: codes.chain(card.beside.replaces.iter().filter_map(replaces)).collect(),
        analogues: others(&card.beside.analogues, false),
        kit: others(&card.beside.kit, true),
        kit_alone,
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

/// What moved of a line since the reader looked; empty where nothing did.
fn changed(ui: Ui, line: &domain::cart::CartLine) -> String {
    let mut said = Vec::new();
    if line.price_moved() {
        said.push(match (line.seen_price, line.price) {
            (Some(was), Some(_)) => ui.with("app-cart-was", "was", ui.money(was.as_kopecks())),
            (Some(_), None) => ui.s("app-cart-price-gone").to_owned(),
            (None, _) => ui.s("app-cart-price-came").to_owned(),
        });
    }
    if line.stock_fell() {
        said.push(match line.stock {
            Some(left @ 1..) => ui.count("app-cart-stock-left", left),
            _ => ui.s("app-cart-stock-none").to_owned(),
        });
    }
    said.join(" ")
}

/// What moved in the cart: of which part, and what.
pub(crate) fn cart_changes(ui: Ui, cart: &Cart) -> Vec<Fact> {
    let of = |line: &domain::cart::CartLine| Fact {
        label: line.name.clone(),
        value: changed(ui, line),
        mono: false,
    };
    cart.lines.iter().map(of).filter(|fact| !fact.value.is_empty()).collect()
}

fn edit_of(line: &domain::cart::CartLine) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("part", line.part_id.as_str());
    if let Some(machine) = &line.machine_id {
        query.append_pair("machine", machine.as_str());
    }
    format!("/app/cart/line?{}", query.finish())
}

/// The lines of the cart by machine, in the order of adding.
pub(crate) fn cart_groups(ui: Ui, cart: &Cart) -> Vec<CartGroup> {
    let mut groups: Vec<CartGroup> = Vec::new();
    for line in &cart.lines {
        let title = match (&line.machine_model, &line.machine_serial) {
            (Some(model), Some(serial)) => machine_name(ui, model, serial),
            _ => ui.s("app-cart-no-machine").to_owned(),
        };
        let shown = CartLine {
            part_id: line.part_id.to_string(),
            machine_id: line.machine_id.as_ref().map(ToString::to_string),
            href: format!("/app/parts/{}", line.part_id),
            sku: line.sku.clone(),
            name: line.name.clone(),
            quantity: line.quantity,
            sum: line.price.map(|price| price.times(line.quantity).as_kopecks()),
            changed: changed(ui, line),
            note: line.note.clone(),
            edit: edit_of(line),
            gone: !line.active,
        };
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.lines.push(shown),
            None => groups.push(CartGroup { title, lines: vec![shown] }),
        }
    }
    groups
}
