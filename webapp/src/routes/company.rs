//! The companies that a customer belongs to: which one they look at, the wish to belong to another.

use axum::Router;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::approvals::{self, own};
use domain::ids::CompanyId;
use domain::people::{self, Choice as Company, MemberRole, Membership, MembershipState};
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
use crate::views::parts::{Badge, Choice, Tone};

pub(crate) const BASE: &str = "/app/company";

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(BASE, get(show).post(join)).route("/app/company/choose", post(choose))
}

/// Access: customer. Four queries.
async fn show(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let all = people::memberships(db, customer).await?;
    let choices = people::choices(db, customer).await?;
    if caller.json {
        let one = |one: &Membership| {
            let chosen = choices.iter().any(|choice| choice.id == one.company_id && choice.chosen);
            json!({
                "id": one.company_id, "company": one.company, "role": one.role,
                "state": one.state, "chosen": chosen, "offered": one.offered,
            })
        };
        let all: Vec<_> = all.iter().map(one).collect();
        return Ok(Json(json!({ "companies": all })).into_response());
    }
    let decisions = approvals::waiting_for_director(db, &caller.viewer.customer()?.id).await?;
    let ui = caller.ui;
    page(&CompanyPage {
        ui,
        decisions: decisions.len(),
        memberships: all.iter().map(|one| cell(ui, one)).collect(),
        looks: if choices.len() > 1 { looks(ui, &choices) } else { Vec::new() },
        roles: roles(ui),
    })
}

fn cell(ui: Ui, one: &Membership) -> MembershipCell {
    let tone = match one.state {
        MembershipState::Active => Tone::Ok,
        MembershipState::Pending => Tone::Warning,
        MembershipState::Refused => Tone::Plain,
    };
    let active = one.state == MembershipState::Active;
    let machines = active.then(|| ui.count("machines-count", one.machines));
    let limit = one.order_limit.map(|most| limit(ui, most.as_kopecks()));
    let role = Some(role_word(ui, one.role));
    let badge = match one.offered {
        true => Badge { tone: Tone::Warning, text: ui.s("app-company-offered").to_owned() },
        false => {
            Badge { tone, text: ui.s(&format!("membership-{}", one.state.as_str())).to_owned() }
        }
    };
    MembershipCell {
        href: if active { format!("{BASE}/{}", one.company_id) } else { String::new() },
        name: one.company.clone(),
        note: [role, machines, limit].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        badge,
    }
}

/// What somebody may order alone.
pub(crate) fn limit(ui: Ui, kopecks: i64) -> String {
    ui.with("app-company-limit", "sum", ui.money(kopecks))
}

/// A role in a company in a word.
pub(crate) fn role_word(ui: Ui, role: MemberRole) -> String {
    present::word(ui, "member-", role.as_str())
}

fn looks(ui: Ui, choices: &[Company]) -> Vec<Choice> {
    let all = choices.iter().all(|one| !one.chosen);
    let all = present::choice("", ui.s("app-company-all").to_owned(), all);
    let one = |one: &Company| present::choice(one.id.as_str(), one.name.clone(), one.chosen);
    std::iter::once(all).chain(choices.iter().map(one)).collect()
}

/// What somebody may say that they do there.
pub(crate) fn roles(ui: Ui) -> Vec<Choice> {
    let choice = |role: MemberRole| {
        present::choice(role.as_str(), role_word(ui, role), role == MemberRole::Buyer)
    };
    MemberRole::ALL.map(choice).into()
}

/// Access: customer (their companies). `company` is looked at from now on; empty: all of them.
async fn choose(caller: Caller, form: Form) -> Answer {
    let customer = caller.viewer.customer()?;
    let company = form.text("company").map(CompanyId::from);
    let mut tx = caller.begin().await?;
    people::choose(&mut tx, &customer.id, company.as_ref()).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "chosen": company })).into_response());
    }
    Ok(see_other("/app/park"))
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
    Ok((inn, typed_role(form)?))
}

/// The role that was chosen.
pub(crate) fn typed_role(form: &Form) -> Result<MemberRole> {
    MemberRole::parse(form.required("role")?).ok_or(Error::invalid("role", "error-choice"))
}
