//! The quote of an order: as it was sent, as it waits for a decision, and the form of the next one.

use chrono::{NaiveDate, TimeDelta};
use domain::approvals::State;
use domain::orders::OrderLine;
use domain::orders::discount::Discount;
use domain::orders::quotes::{Held, OfferLine, Quote};
use domain::{Dealer, Money};

use crate::present::orders::machine_of;
use crate::present::{Shown, fact};
use crate::ui::Ui;
use crate::views::orders::{HeldView, QuoteForm, QuoteLine, QuoteView};
use crate::views::parts::{Badge, Fact, Tone};

/// So long a quote holds where the manager says nothing else.
const USUAL: TimeDelta = TimeDelta::days(14);

pub(super) fn quote_view(ui: Ui, quote: &Quote, today: NaiveDate) -> QuoteView {
    let (tone, key) = if quote.accepted_at.is_some() {
        (Tone::Ok, "app-quote-is-accepted")
    } else if quote.is_over(today) {
        (Tone::Danger, "app-quote-is-over")
    } else {
        (Tone::Warning, "app-quote-is-open")
    };
    let rows = [
        fact(ui, "app-quote-valid", Some(&ui.date(quote.valid_until))),
        fact(ui, "app-quote-by", Some(&quote.made_by)),
        fact(ui, "app-quote-sent", Some(&ui.when(quote.made_at))),
    ];
    QuoteView {
        title: ui.f("app-quote-title", &[("revision", quote.revision.into())]),
        revision: quote.revision,
        badge: Badge { tone, text: ui.s(key).to_owned() },
        comment: quote.comment.clone(),
        facts: rows.into_iter().flatten().collect(),
    }
}

/// The revision that the customer does not see yet; none where nobody decides about it any more.
pub(super) fn held_view(ui: Ui, held: &Held) -> Option<HeldView> {
    let (tone, key) = match held.state {
        State::Open => (Tone::Warning, "app-discount-waits"),
        State::Rejected => (Tone::Danger, "app-discount-rejected"),
        State::ChangesRequested => (Tone::Warning, "app-discount-changes"),
        State::Expired => (Tone::Danger, "app-discount-expired"),
        State::Approved | State::Withdrawn => return None,
    };
    let next = if held.state == State::Open { "app-discount-hidden" } else { "app-discount-again" };
    Some(HeldView {
        badge: Badge { tone, text: ui.s(key).to_owned() },
        title: ui.f("app-quote-title", &[("revision", held.offer.revision.into())]),
        facts: discount_facts(ui, &held.discount),
        reason: held.reason.clone().unwrap_or_default(),
        next: ui.s(next).to_owned(),
        case: held.approval.to_string(),
    })
}

/// What is taken off: the price of the catalogue, what is offered, and the difference.
pub(crate) fn discount_facts(ui: Ui, discount: &Discount) -> Vec<Fact> {
    let money = |sum: Money| ui.money(sum.as_kopecks());
    let off =
        [("percent", discount.share().to_string().into()), ("sum", money(discount.off()).into())];
    let rows = [
        fact(ui, "app-discount-listed", Some(&money(discount.listed))),
        fact(ui, "app-discount-offered", Some(&money(discount.offered))),
        fact(ui, "app-discount", Some(&ui.f("app-discount-off", &off))),
    ];
    rows.into_iter().flatten().collect()
}

/// The form for the next revision, filled with what is known: the draft, else the last quote, else
/// today's prices.
pub(crate) fn quote_form(ui: Ui, d: &Dealer, base: &str, shown: &Shown<'_>) -> QuoteForm {
    let Shown { order, lines, history, .. } = *shown;
    let (last, today) = (history.quote.as_ref(), d.today());
    let draft = history.held.as_ref().map(|held| &held.offer);
    let line = |line: &OrderLine| {
        let drafted = draft.and_then(|draft| drafted(&draft.lines, line.position));
        let price = drafted.map(|one| one.price).or(line.quoted).or(line.price);
        let comment = match drafted {
            Some(one) => one.comment.clone(),
            None => line.quote_comment.clone(),
        };
        QuoteLine {
            position: line.position,
            name: line.name.clone(),
            sku: line.sku.clone(),
            count: line.quantity.to_string(),
            machine: machine_of(ui, line),
            price: price.map(typed).unwrap_or_default(),
            comment: comment.unwrap_or_default(),
        }
    };
    let revision = last.map_or(1, |quote| quote.revision + 1);
    let until = draft.map(|draft| draft.valid_until).filter(|until| *until >= today);
    let comment = match draft {
        Some(draft) => draft.comment.clone(),
        None => last.map(|quote| quote.comment.clone()),
    };
    let alone = d.discount.as_ref().map(|rule| rule.most.to_string());
    QuoteForm {
        ui,
        title: ui.f("app-quote-title", &[("revision", revision.into())]),
        number: order.number.clone(),
        action: format!("{base}/{}/quote", order.number),
        revision,
        lines: lines.iter().map(line).collect(),
        valid_until: until.unwrap_or(today + USUAL).to_string(),
        today: today.to_string(),
        comment: comment.unwrap_or_default(),
        alone: alone.map(|most| ui.with("app-discount-alone", "percent", most)).unwrap_or_default(),
    }
}

fn drafted(lines: &[OfferLine], position: i64) -> Option<&OfferLine> {
    lines.iter().find(|line| line.position == position)
}

/// Money as it is typed: `12400` or `12400,50`.
fn typed(money: Money) -> String {
    let kopecks = money.as_kopecks();
    match kopecks % 100 {
        0 => (kopecks / 100).to_string(),
        rest => format!("{},{rest:02}", kopecks / 100),
    }
}
