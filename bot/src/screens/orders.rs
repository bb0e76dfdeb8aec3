//! Orders in the chat: the customer's card and list, the managers' card.

use domain::Money;
use domain::orders::quotes::Quote;
use domain::orders::{Order, OrderLine, OrderSummary, State};
use domain::text::Phone;

use crate::button::{Button, Number, OrderAct};
use crate::html::shown;
use crate::screen::Screen;
use crate::screens::{dotted, people, quote};
use crate::voice::{Voice, press};

/// What the managers' card tells beside the order itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buyer {
    /// Who ordered.
    pub(crate) name: String,
    /// Their phone.
    pub(crate) phone: Option<Phone>,
    /// For which company.
    pub(crate) company: Option<String>,
    /// The manager who took it.
    pub(crate) taken_by: Option<String>,
}

/// The customer's card.
pub(crate) fn card(
    voice: &Voice,
    order: &Order,
    lines: &[OrderLine],
    quote: Option<&Quote>,
) -> Screen {
    if let (State::Quoted, Some(quote)) = (order.state, quote) {
        return quoted(voice, order, lines, quote);
    }
    let state_key = format!("bot-order-{}", order.state.as_str());
    let number = Number::of(&order.number);
    let act = |act| Button::Order(act, number.clone());
    let cancel = (order.state == State::Placed)
        .then(|| voice.press("bot-cancel-order", &act(OrderAct::AskCancel)));
    let late = (order.state == State::Confirmed)
        .then(|| voice.press("bot-ask-late-cancel", &act(OrderAct::AskLate)));
    let repeat = matches!(order.state, State::Completed | State::Cancelled | State::Expired)
        .then(|| voice.press("bot-repeat", &act(OrderAct::Repeat)));
    Screen::new(dotted([
        Some(title(voice, "bot-order", &order.number)),
        Some(sum(voice, order, lines)),
    ]))
    .line(voice.get(&state_key))
    .line(contents(voice, lines))
    .row([voice.open("bot-open", &format!("/orders/{}", order.number)), repeat, cancel])
    .row([late])
}

/// The customer's card while a quote waits for them: its prices, and until when they hold.
fn quoted(voice: &Voice, order: &Order, lines: &[OrderLine], quote: &Quote) -> Screen {
    let offered: Vec<OrderLine> =
        lines.iter().map(|line| OrderLine { price: line.quoted, ..line.clone() }).collect();
    let heading = title(voice, "bot-order", &order.number);
    let heading = dotted([Some(heading), Some(quote.total.to_string())]);
    let open = voice.open("bot-open-quote", &format!("/orders/{}", order.number));
    if quote.is_over(voice.deps.dealer.today()) {
        return Screen::new(heading).line(voice.get("bot-quote-over")).row([open]);
    }
    let until = voice.say("bot-quote-until", &[("date", voice.day(quote.valid_until).into())]);
    let mut screen = Screen::new(heading).line(voice.get("bot-order-quoted"));
    screen = positions(voice, screen, &offered).line(until);
    if !quote.comment.is_empty() {
        screen = screen.line(self::quote(voice, &quote.comment));
    }
    let number = Number::of(&order.number);
    let accept = Button::AcceptQuote(number.clone(), quote.revision);
    let cancel = Button::Order(OrderAct::AskCancel, number);
    screen
        .row([Some(voice.press("bot-quote-accept", &accept)), open])
        .row([Some(voice.press("bot-cancel-order", &cancel))])
}

/// What the other side wrote about a line.
pub(crate) fn word(
    voice: &Voice,
    order: &Order,
    line: &OrderLine,
    (who, text): (&str, &str),
) -> Screen {
    let path = format!("/orders/{}/lines/{}", order.number, line.position);
    Screen::new(dotted([Some(title(voice, "bot-order", &order.number)), Some(shown(&line.name))]))
        .line(dotted([Some(shown(who)), Some(quote(voice, text))]))
        .row([voice.open("bot-answer", &path)])
}

/// To the manager: their quote was accepted.
pub(crate) fn accepted(voice: &Voice, order: &Order) -> Screen {
    let args = [("number", order.number.as_str().into()), ("sum", order.total.to_string().into())];
    Screen::new(voice.say("bot-quote-accepted", &args))
        .row([voice.open("bot-open", &format!("/orders/{}", order.number))])
}

/// Asks before an order is called off.
pub(crate) fn ask_cancel(voice: &Voice, order: &Order) -> Screen {
    let number = Number::of(&order.number);
    Screen::new(voice.say("bot-ask-cancel-order", &[("number", order.number.as_str().into())])).row(
        [
            Some(voice.press("bot-yes-cancel", &Button::Order(OrderAct::Cancel, number.clone()))),
            Some(voice.press("bot-no-keep", &Button::Order(OrderAct::Show, number))),
        ],
    )
}

/// The customer's newest orders.
pub(crate) fn list(voice: &Voice, orders: &[OrderSummary]) -> Screen {
    const MOST: usize = 10;
    if orders.is_empty() {
        return Screen::new(voice.get("bot-orders-empty")).row([voice.open("bot-parts", "/parts")]);
    }
    let mut screen = Screen::new(format!("<b>{}</b>", voice.get("bot-orders-title")));
    for order in orders.iter().take(MOST) {
        let state = voice.get(&format!("state-order-{}", order.state.as_str())).to_owned();
        let positions = voice.say("positions-count", &[("count", order.positions.into())]);
        let total = (order.total > Money::default()).then(|| order.total.to_string());
        let total = total.unwrap_or_else(|| voice.get("price-on-request").to_owned());
        screen = screen.line(dotted([
            Some(shown(&order.number)),
            Some(total),
            Some(positions),
            Some(state),
        ]));
    }
    for pair in orders[..orders.len().min(6)].chunks(2) {
        screen = screen.row(pair.iter().map(|order| {
            let button = Button::Order(OrderAct::Show, Number::of(&order.number));
            Some(press(&order.number, &button))
        }));
    }
    screen.row([voice.open("bot-open-orders", "/orders")])
}

/// The managers' card.
pub(crate) fn staff_card(
    voice: &Voice,
    order: &Order,
    lines: &[OrderLine],
    buyer: &Buyer,
) -> Screen {
    let new = order.state == State::Placed && order.taken_by.is_none();
    let heading = title(voice, if new { "bot-new-order" } else { "bot-order" }, &order.number);
    let who = people(buyer.company.as_deref(), &buyer.name, buyer.phone.as_ref());
    let mut screen =
        Screen::new(dotted([Some(heading), Some(sum(voice, order, lines))])).filled(who);
    screen = positions(voice, screen, lines);
    let delivery = voice.get(&format!("delivery-{}", order.delivery.as_str())).to_owned();
    screen = screen.line(dotted([Some(delivery), Some(shown(&order.address))]));
    if !order.comment.is_empty() {
        screen = screen.line(quote(voice, &order.comment));
    }
    let state = voice.get(&format!("state-order-{}", order.state.as_str())).to_owned();
    let taken = buyer
        .taken_by
        .as_deref()
        .map(|name| voice.say("bot-taken-by", &[("name", shown(name).into())]));
    let open = !order.state.is_final();
    let take = (open && order.taken_by.is_none())
        .then(|| voice.press("bot-take", &Button::TakeOrder(order.id.clone())));
    screen
        .filled(dotted([(!new).then_some(state), taken]))
        .row([take, voice.open("bot-open", &format!("/orders/{}", order.number))])
}

fn title(voice: &Voice, key: &str, number: &str) -> String {
    format!("<b>{}</b>", voice.say(key, &[("number", number.into())]))
}

/// The total, and whether something in the order has no price yet.
fn sum(voice: &Voice, order: &Order, lines: &[OrderLine]) -> String {
    let on_request = lines.iter().any(|line| line.price.is_none());
    match (order.total > Money::default(), on_request) {
        (true, true) => {
            voice.say("bot-sum-and-request", &[("sum", order.total.to_string().into())])
        }
        (false, true) => voice.get("price-on-request").to_owned(),
        (_, false) => order.total.to_string(),
    }
}

/// «Шестерня Z=54 × 2, Винт × 1 и ещё 3».
fn contents(voice: &Voice, lines: &[OrderLine]) -> String {
    const NAMED: usize = 3;
    let named: Vec<String> = lines
        .iter()
        .take(NAMED)
        .map(|line| format!("{} ×\u{a0}{}", shown(&line.name), line.quantity))
        .collect();
    let named = named.join(", ");
    match lines.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} {}", voice.count("bot-and-more", more)),
    }
}

fn positions(voice: &Voice, screen: Screen, lines: &[OrderLine]) -> Screen {
    const LISTED: usize = 10;
    let screen = lines.iter().take(LISTED).fold(screen, |screen, line| {
        let price = line
            .sum()
            .map_or_else(|| voice.get("price-on-request").to_owned(), |sum| sum.to_string());
        let (name, sku) = (shown(&line.name), shown(&line.sku));
        screen.line(format!("• {name}, <code>{sku}</code> ×\u{a0}{} — {price}", line.quantity))
    });
    match lines.len().saturating_sub(LISTED) {
        0 => screen,
        more => screen.line(voice.count("bot-and-more", more)),
    }
}
