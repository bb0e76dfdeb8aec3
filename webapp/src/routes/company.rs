//! The companies that a customer belongs to, and the wish to belong to another.

use axum::Router;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use domain::approvals::{self, own};
use domain::people::{self, MemberRole, Membership, MembershipState};
use domain::text::Inn;
use domain::{Error, Result};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::company::{CompanyPage, MembershipCell};
use crate::views::parts::{Badge, Tone};

const BASE: &str = "/app/company";

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(BASE, get(show).post(join))
}

/// Access: customer. Three queries.
async fn show(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let all = people::memberships(db, &caller.viewer.customer()?.id).await?;
    if caller.json {
        let one = |one: &Membership| json!({ "company": one.company, "role": one.role, "state": one.state });
        let all: Vec<_> = all.iter().map(one).collect();
        return Ok(Json(json!({ "companies": all })).into_response());
    }
    let decisions = approvals::waiting_for_director(db, &caller.viewer.customer()?.id).await?;
    let ui = caller.ui;
    page(&CompanyPage {
        ui,
        decisions: decisions.len(),
        memberships: all.iter().map(|one| cell(ui, one)).collect(),
        roles: roles(ui),
    })
}

fn cell(ui: Ui, one: &Membership) -> MembershipCell {
    let tone = match one.state {
        MembershipState::Active => Tone::Ok,
        MembershipState::Pending => Tone::Warning,
        MembershipState::Refused => Tone::Plain,
    };
    let limit = one
        .order_limit
        .map(|most| ui.with("app-company-limit", "sum", ui.money(most.as_kopecks())));
    let role = ui.s(&format!("member-{}", one.role.as_str())).to_owned();
    MembershipCell {
        name: one.company.clone(),
        note: [Some(role), limit].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        badge: Badge { tone, text: ui.s(&format!("membership-{}", one.state.as_str())).to_owned() },
    }
}

/// What somebody may say that they do there.
pub(crate) fn roles(ui: Ui) -> Vec<crate::views::parts::Choice> {
    let choice = |role: MemberRole| {
        let label = ui.s(&format!("member-{}", role.as_str())).to_owned();
        present::choice(role.as_str(), label, role == MemberRole::Buyer)
    };
    MemberRole::ALL.map(choice).into()
}

/// Access: customer. It counts once the director or the dealer agrees.
async fn join(caller: Caller, form: Form) -> Answer {
    let customer = caller.viewer.customer()?;
    let (inn, role) = asked(&form)?;
    let mut tx = caller.begin().await?;
    let company = people::company_by_inn(&mut tx, &inn).await?;
    let company = company.ok_or(Error::invalid("inn", "error-company-unknown"))?;
    own::ask_to_join(&mut tx, caller.state.dealer(), customer, &company, role).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "state": MembershipState::Pending })).into_response());
    }
    Ok(see_other(BASE))
}

fn asked(form: &Form) -> Result<(Inn, MemberRole)> {
    let inn = Inn::parse(form.required("inn")?).ok_or(Error::invalid("inn", "error-inn"))?;
    let role = MemberRole::parse(form.required("role")?);
    Ok((inn, role.ok_or(Error::invalid("role", "error-choice"))?))
}
