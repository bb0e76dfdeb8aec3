//! Parts: the list with its search, and one part.

use askama::Template;

use crate::{
    ui::Ui,
    views::parts::{Choice, Fact, Link, MachineCell},
};

/// The catalogue, narrowed by words and by a machine.
#[derive(Template)]
#[template(path = "parts.html")]
pub(crate) struct PartsPage {
    pub(crate) ui: Ui,
    pub(crate) query: String,
    /// What a screen reader says of the results.
    pub(crate) found: String,
    /// Whether the reader buys parts; staff do not.
    pub(crate) may_have_bought: bool,
    pub(crate) machine: Option<Choice>,
    /// None before somebody types.
    pub(crate) suggestions: Vec<Suggestion>,
    pub(crate) parts: Vec<PartCell>,
    /// The address of the next page.
    pub(crate) next: Option<String>,
    pub(crate) cart: CartBar,
}

/// The list below the search while somebody types.
#[derive(Template)]
#[template(path = "suggestions.html")]
pub(crate) struct Suggestions {
    pub(crate) ui: Ui,
    pub(crate) suggestions: Vec<Suggestion>,
}

/// A part that may be meant.
pub(crate) struct Suggestion {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) sku: String,
    /// «вместо …» or «заменена на …»; mostly empty.
    pub(crate) note: String,
}

/// A part as a cell.
pub(crate) struct PartCell {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) sku: String,
    /// Kopecks; none is «по запросу».
    pub(crate) price: Option<i64>,
    pub(crate) stock: String,
    pub(crate) photo: Option<String>,
    /// Fits one of the reader's machines.
    pub(crate) fits: bool,
    /// «вместо …», where an older article was asked for.
    pub(crate) instead: String,
}

/// The cart in the bottom bar.
pub(crate) struct CartBar {
    pub(crate) count: i64,
    /// Kopecks.
    pub(crate) total: i64,
}

impl CartBar {
    /// «Корзина · 3 · 37 200 ₽».
    pub(crate) fn label(&self, ui: &Ui) -> String {
        let key = if self.total > 0 { "app-cart-bar" } else { "app-cart-bar-no-total" };
        ui.f(key, &[("count", self.count.into()), ("total", ui.money(self.total).into())])
    }
}

/// One part.
#[derive(Template)]
#[template(path = "part.html")]
pub(crate) struct PartPage {
    pub(crate) ui: Ui,
    pub(crate) name: String,
    pub(crate) sku: String,
    /// Kopecks; none is «по запросу».
    pub(crate) price: Option<i64>,
    pub(crate) stock: String,
    pub(crate) codes: Vec<Fact>,
    pub(crate) models: String,
    pub(crate) photo: Option<String>,
    /// Whether the reader is one whose machines it may fit; staff are not.
    pub(crate) has_machines: bool,
    pub(crate) fits: Vec<MachineCell>,
    pub(crate) replaced_by: Option<Link>,
    /// What does the same.
    pub(crate) analogues: Vec<OtherPart>,
    /// What lies in it, where it is a kit.
    pub(crate) kit: Vec<OtherPart>,
    /// A kit that goes into the cart as its parts: it is not sold as itself.
    pub(crate) kit_alone: Option<KitControl>,
    /// None for whoever has no cart, or when the part is sold no more.
    pub(crate) control: Option<PartControl>,
}

/// Another part beside one; without a place where the catalogue lacks it.
pub(crate) struct OtherPart {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) sku: String,
    pub(crate) note: String,
    /// Kopecks; none is «по запросу».
    pub(crate) price: Option<i64>,
}

/// What puts the parts of a kit into the cart.
pub(crate) struct KitControl {
    pub(crate) part_id: String,
    pub(crate) machine_id: String,
    pub(crate) label: String,
}

/// What was bought for a machine.
#[derive(Template)]
#[template(path = "bought.html")]
pub(crate) struct BoughtPage {
    pub(crate) ui: Ui,
    pub(crate) machine: String,
    pub(crate) machine_id: String,
    pub(crate) parts: Vec<OtherPart>,
}

/// What puts the part into the cart.
pub(crate) struct PartControl {
    pub(crate) part_id: String,
    pub(crate) machines: Vec<Choice>,
    pub(crate) quantity: i64,
    /// That a line for the chosen machine lies in the cart already.
    pub(crate) is_kept: bool,
    /// Pieces in the cart, for whatever machine.
    pub(crate) in_cart: i64,
}

/// The control alone: the answer to a part's way into the cart.
#[derive(Template)]
#[template(path = "part_control.html")]
pub(crate) struct PartControlAnswer {
    pub(crate) ui: Ui,
    pub(crate) control: PartControl,
}
