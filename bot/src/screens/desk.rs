//! The managers' desk in the chat: what waits, with «Беру».

use domain::Money;
use domain::leads::OpenLead;
use domain::orders::OpenOrder;
use domain::requests::OpenRequest;

use crate::button::Button;
use crate::html::shown;
use crate::screen::Screen;
use crate::screens::{dotted, leads};
use crate::voice::{Voice, press};

/// As many cases of each kind are listed; the Mini App shows them all.
const MOST: usize = 10;

/// Open requests, orders and site leads; those that nobody has come first.
pub(crate) fn desk(
    voice: &Voice,
    requests: &[OpenRequest],
    orders: &[OpenOrder],
    leads: &[OpenLead],
) -> Screen {
    if requests.is_empty() && orders.is_empty() && leads.is_empty() {
        return Screen::new(voice.get("bot-desk-empty"))
            .row([voice.open("bot-open-desk", "/desk")]);
    }
    let mut requests: Vec<&OpenRequest> = requests.iter().collect();
    requests.sort_by_key(|request| request.taken_by_name.is_some());
    let mut orders: Vec<&OpenOrder> = orders.iter().collect();
    orders.sort_by_key(|order| order.taken_by_name.is_some());
    let mut screen = Screen::new(format!("<b>{}</b>", voice.get("bot-desk-title")));
    if !requests.is_empty() {
        screen = screen.line("").line(voice.count("bot-desk-requests", requests.len()));
    }
    for request in requests.iter().take(MOST) {
        screen = screen.line(request_line(voice, request));
    }
    if !orders.is_empty() {
        screen = screen.line("").line(voice.count("bot-desk-orders", orders.len()));
    }
    for order in orders.iter().take(MOST) {
        screen = screen.line(order_line(voice, order));
    }
    if !leads.is_empty() {
        screen = screen.line("").line(voice.count("bot-desk-leads", leads.len()));
    }
    for lead in leads.iter().take(MOST) {
        screen = screen.line(leads::line(voice, lead));
    }
    for request in requests.iter().take(MOST) {
        let id = &request.summary.id;
        let show = press(&request.summary.number, &Button::StaffRequest(id.clone()));
        let take = request.taken_by_name.is_none().then(|| Button::TakeRequest(id.clone()));
        screen = screen.row([Some(show), take.map(|take| voice.press("bot-take", &take))]);
    }
    for order in orders.iter().take(MOST) {
        let id = &order.order.id;
        let show = press(&order.order.number, &Button::StaffOrder(id.clone()));
        let take = order.taken_by_name.is_none().then(|| Button::TakeOrder(id.clone()));
        screen = screen.row([Some(show), take.map(|take| voice.press("bot-take", &take))]);
    }
    screen = leads.iter().take(MOST).fold(screen, |screen, lead| leads::row(voice, screen, lead));
    screen.row([voice.open("bot-open-desk", "/desk")])
}

fn request_line(voice: &Voice, request: &OpenRequest) -> String {
    let summary = &request.summary;
    let machine =
        summary.machine.as_ref().map(|(_, serial, model)| voice.machine_html(model, serial));
    let lasted = || voice.lasted(summary.created_at, summary.fixed_at);
    let down =
        summary.machine_down.then(|| voice.say("bot-down-for", &[("lasted", lasted().into())]));
    let who = request.company.as_deref().unwrap_or(&request.customer_name);
    let line = [
        Some(shown(&summary.number)),
        machine,
        down,
        Some(shown(who)),
        taken(voice, &request.taken_by_name),
    ];
    format!("• {}", dotted(line))
}

fn order_line(voice: &Voice, open: &OpenOrder) -> String {
    let order = &open.order;
    let total = (order.total > Money::default()).then(|| order.total.to_string());
    let total = total.unwrap_or_else(|| voice.get("price-on-request").to_owned());
    let who = open.company_name.as_deref().unwrap_or(&open.customer_name);
    let line = [
        Some(shown(&order.number)),
        Some(total),
        Some(shown(who)),
        taken(voice, &open.taken_by_name),
    ];
    format!("• {}", dotted(line))
}

fn taken(voice: &Voice, name: &Option<String>) -> Option<String> {
    let name = name.as_deref()?;
    Some(voice.say("bot-taken-by", &[("name", shown(name).into())]))
}
