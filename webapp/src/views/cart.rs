//! The cart and its checkout.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Choice, Fact},
};

/// The cart, its lines by machine.
#[derive(Template)]
#[template(path = "cart.html")]
pub(crate) struct CartPage {
    pub(crate) ui: Ui,
    pub(crate) groups: Vec<CartGroup>,
    /// What moved since the reader looked: of which part, and what.
    pub(crate) changes: Vec<Fact>,
    /// The mark of this cart, by which what moved is confirmed.
    pub(crate) seen: String,
    /// Kopecks, of the lines that have a price.
    pub(crate) total: i64,
    /// Lines whose price the manager will send.
    pub(crate) on_request: i64,
}

/// The lines for one machine, or for none.
pub(crate) struct CartGroup {
    pub(crate) title: String,
    pub(crate) lines: Vec<CartLine>,
}

/// One line of the cart.
pub(crate) struct CartLine {
    pub(crate) part_id: String,
    pub(crate) machine_id: Option<String>,
    pub(crate) href: String,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) quantity: i64,
    /// Kopecks for the whole line.
    pub(crate) sum: Option<i64>,
    /// What moved since the reader looked; empty where nothing did.
    pub(crate) changed: String,
    /// The reader's own words.
    pub(crate) note: String,
    /// Where machine and note are changed.
    pub(crate) edit: String,
    /// Sold no more: the line must go before checkout.
    pub(crate) gone: bool,
}

/// A line's machine and note.
#[derive(Template)]
#[template(path = "cart_line.html")]
pub(crate) struct CartLinePage {
    pub(crate) ui: Ui,
    pub(crate) name: String,
    pub(crate) sku: String,
    pub(crate) part_id: String,
    /// For which machine it lies there now; empty for none.
    pub(crate) machine_id: String,
    pub(crate) machines: Vec<Choice>,
    pub(crate) note: String,
}

/// Delivery, payer, comment.
#[derive(Template)]
#[template(path = "checkout.html")]
pub(crate) struct CheckoutPage {
    pub(crate) ui: Ui,
    pub(crate) summary: String,
    /// One key per form on screen: a resend is the same order.
    pub(crate) client_key: String,
    /// The mark of the cart that this form is about.
    pub(crate) seen: String,
    pub(crate) delivery: Vec<Choice>,
    pub(crate) address: String,
    /// Who receives it.
    pub(crate) contact: String,
    pub(crate) company: String,
    /// Of several, which one pays.
    pub(crate) companies: Vec<Choice>,
    pub(crate) inn: String,
    pub(crate) comment: String,
    pub(crate) submit: String,
}
