//! Orders and one order, its quote and what is written about its lines.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Badge, CaseCell, Event, Fact, FileLink, Message, Step},
};

/// The reader's orders.
#[derive(Template)]
#[template(path = "orders.html")]
pub(crate) struct OrdersPage {
    pub(crate) ui: Ui,
    pub(crate) active: Vec<CaseCell>,
    pub(crate) past: Vec<CaseCell>,
}

/// One order in the Mini App.
#[derive(Template)]
#[template(path = "order.html")]
pub(crate) struct OrderPage {
    pub(crate) page: OrderView,
}

/// What is seen of an order, in the Mini App and at the console.
pub(crate) struct OrderView {
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
    /// The newest revision.
    pub(crate) quote: Option<QuoteView>,
    /// For managers: the next revision while it waits for a decision, or as it came back.
    pub(crate) held: Option<HeldView>,
    pub(crate) delivery: Vec<Fact>,
    /// For managers: who ordered, who has it.
    pub(crate) contact: Vec<Fact>,
    pub(crate) documents: Vec<FileLink>,
    /// Newest first.
    pub(crate) history: Vec<Event>,
    pub(crate) can_take: bool,
    pub(crate) can_quote: bool,
    pub(crate) can_cancel: bool,
    /// It is confirmed: calling it off is asked for.
    pub(crate) can_ask_cancel: bool,
    pub(crate) can_repeat: bool,
    /// What the button says that accepts the quote; empty where there is nothing to accept.
    pub(crate) accept: String,
}

/// One line, as it was on its day; in an open quote, as the manager offers it.
pub(crate) struct OrderLineView {
    /// What was written about it.
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) sku: String,
    pub(crate) count: String,
    pub(crate) machine: String,
    /// The customer's words about it, and the manager's in the quote.
    pub(crate) said: String,
    /// How many messages there are, or an invitation to ask.
    pub(crate) talk: String,
    /// Kopecks for the whole line.
    pub(crate) sum: Option<i64>,
}

/// The quote that counts.
pub(crate) struct QuoteView {
    pub(crate) title: String,
    pub(crate) revision: i64,
    pub(crate) badge: Badge,
    pub(crate) comment: String,
    pub(crate) facts: Vec<Fact>,
}

/// A revision that waits for a decision about its discount, or came back from it.
pub(crate) struct HeldView {
    pub(crate) badge: Badge,
    pub(crate) title: String,
    pub(crate) facts: Vec<Fact>,
    /// Why it came back; may be empty.
    pub(crate) reason: String,
    /// What that means for whoever reads.
    pub(crate) next: String,
    /// The id of the case.
    pub(crate) case: String,
}

/// What a manager fills in for a quote.
pub(crate) struct QuoteForm {
    pub(crate) ui: Ui,
    pub(crate) title: String,
    pub(crate) number: String,
    pub(crate) action: String,
    pub(crate) revision: i64,
    pub(crate) lines: Vec<QuoteLine>,
    pub(crate) valid_until: String,
    pub(crate) today: String,
    pub(crate) comment: String,
    /// How much may be taken off without asking; empty where nobody is asked.
    pub(crate) alone: String,
}

/// A line of a quote to be.
pub(crate) struct QuoteLine {
    pub(crate) position: i64,
    pub(crate) name: String,
    pub(crate) sku: String,
    pub(crate) count: String,
    pub(crate) machine: String,
    /// Roubles, as they are typed.
    pub(crate) price: String,
    pub(crate) comment: String,
}

/// The form in the Mini App.
#[derive(Template)]
#[template(path = "quote.html")]
pub(crate) struct QuotePage {
    pub(crate) form: QuoteForm,
}

/// What was written about one line.
pub(crate) struct Thread {
    pub(crate) ui: Ui,
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) lead: String,
    pub(crate) action: String,
    pub(crate) client_key: String,
    pub(crate) words: Vec<Message>,
}

/// The thread in the Mini App.
#[derive(Template)]
#[template(path = "order_thread.html")]
pub(crate) struct ThreadPage {
    pub(crate) thread: Thread,
}
