//! The cart and its checkout.

use askama::Template;

use crate::{ui::Ui, views::parts::Choice};

/// The cart, its lines by machine.
#[derive(Template)]
#[template(path = "cart.html")]
pub(crate) struct CartPage {
    pub(crate) ui: Ui,
    pub(crate) groups: Vec<CartGroup>,
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
    /// The price that stood when the line was added, where it is another now.
    pub(crate) was: Option<i64>,
    /// Sold no more: the line must go before checkout.
    pub(crate) gone: bool,
}

/// Delivery, payer, comment.
#[derive(Template)]
#[template(path = "checkout.html")]
pub(crate) struct CheckoutPage {
    pub(crate) ui: Ui,
    pub(crate) summary: String,
    /// One key per form on screen: a resend is the same order.
    pub(crate) client_key: String,
    pub(crate) delivery: Vec<Choice>,
    pub(crate) address: String,
    pub(crate) company: String,
    pub(crate) inn: String,
    pub(crate) comment: String,
    pub(crate) submit: String,
}
