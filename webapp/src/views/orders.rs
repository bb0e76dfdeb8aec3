//! Orders and one order.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Badge, CaseCell, Fact, Step},
};

/// The reader's orders.
#[derive(Template)]
#[template(path = "orders.html")]
pub(crate) struct OrdersPage {
    pub(crate) ui: Ui,
    pub(crate) active: Vec<CaseCell>,
    pub(crate) past: Vec<CaseCell>,
}

/// One order.
#[derive(Template)]
#[template(path = "order.html")]
pub(crate) struct OrderPage {
    pub(crate) ui: Ui,
    /// Where the way up leads: the customer's list or the desk.
    pub(crate) parent: &'static str,
    pub(crate) number: String,
    pub(crate) placed_at: String,
    pub(crate) badge: Badge,
    pub(crate) note: String,
    /// Empty when the order was cancelled.
    pub(crate) steps: Vec<Step>,
    pub(crate) lines: Vec<OrderLineView>,
    /// Kopecks.
    pub(crate) total: i64,
    pub(crate) delivery: Vec<Fact>,
    /// For managers: who ordered, who has it.
    pub(crate) contact: Vec<Fact>,
    pub(crate) can_take: bool,
    pub(crate) can_cancel: bool,
    pub(crate) can_repeat: bool,
}

/// One line, as it was on its day.
pub(crate) struct OrderLineView {
    pub(crate) name: String,
    pub(crate) sku: String,
    pub(crate) count: String,
    pub(crate) machine: String,
    /// Kopecks for the whole line.
    pub(crate) sum: Option<i64>,
}
