//! One part at the console: what it is called, what it costs, how many there are, what it fits.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use domain::Money;
use domain::ids::PartId;
use domain::parts::{self, PartCard};

use crate::console::clerk::Look;
use crate::console::frame::{Frame, Section};
use crate::present;
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Badge, Fact, Link, Tone};

/// One part.
#[derive(Template)]
#[template(path = "staff/part.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) name: String,
    pub(crate) sku: String,
    pub(crate) badge: Badge,
    pub(crate) photo: Option<String>,
    pub(crate) facts: Vec<Fact>,
    /// Drawing, maker's and former codes.
    pub(crate) codes: Vec<String>,
    pub(crate) models: Vec<Link>,
    /// What took its place.
    pub(crate) replacement: Option<Link>,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/staff/parts/{id}", get(show))
}

/// Access: managers. Five queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let card = parts::card(db, None, &PartId::from(id)).await?;
    let ui = clerk.ui;
    let part = &card.part;
    let (tone, key) = match card.active {
        true => (Tone::Ok, "console-part-sold"),
        false => (Tone::Plain, "console-part-gone"),
    };
    let link = |href: String, title: String| Link { href, title };
    page(&OnePage {
        frame: clerk.frame(Section::Parts),
        name: part.name.clone(),
        sku: part.sku.clone(),
        badge: Badge { tone, text: ui.s(key).to_owned() },
        photo: present::photo(part.photo.as_ref()),
        facts: facts(ui, &card),
        models: card
            .models
            .iter()
            .map(|(id, code, name)| link(format!("/staff/models/{id}"), format!("{name} · {code}")))
            .collect(),
        replacement: card
            .replacement
            .as_ref()
            .map(|(id, sku, name)| link(format!("/staff/parts/{id}"), format!("{sku} · {name}"))),
        codes: card.beside.codes,
    })
}

fn facts(ui: Ui, card: &PartCard) -> Vec<Fact> {
    let part = &card.part;
    let price = match part.price.map(Money::as_kopecks) {
        Some(kopecks) => ui.money(kopecks),
        None => ui.s("app-price-on-request").to_owned(),
    };
    let stock = part.stock.map(|count| ui.count("app-stock-some", count));
    let counted = part.stock_at.map(|at| ui.when(at));
    let lead = part.lead_days.filter(|days| *days > 0).map(|days| ui.count("app-lead-days", days));
    let mono = |fact: Fact| Fact { mono: true, ..fact };
    let rows = [
        present::fact(ui, "console-sku", Some(&part.sku)).map(mono),
        present::fact(ui, "console-category", Some(&part.category)),
        present::fact(ui, "console-price", Some(&price)),
        present::fact(ui, "console-stock", stock.as_deref()),
        present::fact(ui, "console-stock-at", counted.as_deref()),
        present::fact(ui, "console-lead-time", lead.as_deref()),
        present::fact(ui, "console-replaced-by", part.replaced_by.as_deref()).map(mono),
    ];
    rows.into_iter().flatten().collect()
}
