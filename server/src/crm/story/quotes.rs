//! What a CRM's people read of a quote.

use domain::orders::quotes::Quote;
use domain::orders::{Order, OrderLine};
use domain::texts::Texts;
use domain::words;

use crate::crm::story::position_text;

/// A quote in full, or that it was accepted.
pub fn quote_text(
    texts: &Texts,
    order: &Order,
    quote: &Quote,
    lines: &[OrderLine],
    accepted: bool,
) -> String {
    let title = if accepted { "crm-quote-accepted" } else { "crm-quote" };
    let args = [("revision", quote.revision.into()), ("number", order.number.as_str().into())];
    let mut text = vec![texts.format(title, &args)];
    if !accepted {
        let offered = lines.iter().map(|line| OrderLine { price: line.quoted, ..line.clone() });
        for (at, line) in offered.enumerate() {
            text.push(position_text(texts, at + 1, &line));
            text.extend(line.quote_comment.filter(|said| !said.is_empty()));
        }
    }
    text.push(texts.format("crm-total", &[("total", quote.total.to_string().into())]));
    if !accepted {
        let until = words::date(texts, quote.valid_until, quote.made_at.date_naive());
        text.push(texts.format("crm-quote-until", &[("date", until.into())]));
        if !quote.comment.is_empty() {
            text.push(quote.comment.clone());
        }
    }
    text.join("\n")
}
