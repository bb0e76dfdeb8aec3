//! A customer's companies at the console: what they do in each, and what they may order alone.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::Error;
use domain::audit::Act;
use domain::ids::CustomerId;
use domain::money::Money;
use domain::people::{self, Membership, MembershipState};
use serde_json::json;

use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::input::Form;
use crate::reply::{Answer, page, see_other};
use crate::routes::company::role_word;
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Badge, Tone};

/// A customer's companies.
#[derive(Template)]
#[template(path = "staff/memberships.html")]
pub(crate) struct MembershipsPage {
    pub(crate) frame: Frame,
    /// The customer's page.
    pub(crate) back: String,
    pub(crate) name: String,
    pub(crate) memberships: Vec<MembershipView>,
}

/// One of them.
pub(crate) struct MembershipView {
    pub(crate) id: String,
    pub(crate) company: String,
    pub(crate) role: String,
    pub(crate) badge: Badge,
    /// In roubles; empty without one.
    pub(crate) limit: String,
    /// Whether it counts, so that its limit does.
    pub(crate) active: bool,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/staff/customers/{id}/companies", get(show))
        .route("/staff/memberships/{id}/limit", post(limit))
}

/// Access: managers. Four queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let id = CustomerId::from(id);
    let customer = people::find(db, &id).await?.ok_or(Error::NotFound)?;
    let all = people::memberships(db, &id).await?;
    page(&MembershipsPage {
        frame: clerk.frame(Section::Customers),
        back: format!("/staff/customers/{id}"),
        name: customer.name,
        memberships: all.iter().map(|one| view(clerk.ui, one)).collect(),
    })
}

fn view(ui: Ui, one: &Membership) -> MembershipView {
    let tone = match one.state {
        MembershipState::Active => Tone::Ok,
        MembershipState::Pending => Tone::Warning,
        MembershipState::Refused => Tone::Plain,
    };
    let text = ui.s(&format!("membership-{}", one.state.as_str())).to_owned();
    MembershipView {
        id: one.id.clone(),
        company: one.company.clone(),
        role: role_word(ui, one.role),
        badge: Badge { tone, text },
        limit: one
            .order_limit
            .map(|most| (most.as_kopecks() / 100).to_string())
            .unwrap_or_default(),
        active: one.state == MembershipState::Active,
    }
}

/// Access: managers. An empty form takes the limit away.
async fn limit(clerk: Clerk, Path(id): Path<String>, form: Form) -> Answer {
    clerk.viewer.manager()?;
    let limit = match form.text("limit") {
        Some(text) => {
            Some(Money::parse_roubles(text).ok_or(Error::invalid("limit", "error-number"))?)
        }
        None => None,
    };
    let mut tx = clerk.begin().await?;
    let customer = people::set_order_limit(&mut tx, &id, limit).await?;
    let details = json!({ "membership": id, "limit": limit.map(Money::as_kopecks) });
    let subject_id = customer.as_str();
    let act = Act { act: "member-limit", subject: "customer", subject_id, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("/staff/customers/{customer}/companies")))
}
