//! The reader's own: where they belong, what they agreed to.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::ids::CompanyId;
use domain::people::{self, Belonging, Consent, MembershipState};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::present::{fact, word};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::me::{CompanyView, MePage};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/me", get(show))
        .route("/app/me/consent", post(agree))
        .route("/app/me/companies/{id}/leave", post(leave))
}

/// Access: customer. Three queries.
async fn show(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let customer = caller.viewer.customer()?;
    let companies = people::belongings(db, &customer.id).await?;
    let consent = people::last_consent(db, &customer.id).await?;
    let due = people::is_due(consent.as_ref());
    if caller.json {
        let companies: Vec<_> = companies
            .iter()
            .map(|one| json!({ "id": one.company_id, "name": one.name, "role": one.role }))
            .collect();
        let body = json!({
            "name": customer.name,
            "companies": companies,
            "consent": { "version": consent.map(|one| one.version), "due": due },
        });
        return Ok(Json(body).into_response());
    }
    let ui = caller.ui;
    let phone = customer.phone.as_ref().map(|phone| phone.shown());
    let known = [
        fact(ui, "app-me-name", Some(&customer.name)),
        fact(ui, "app-me-phone", phone.as_deref()),
        fact(ui, "app-lead-email", customer.email.as_deref()),
    ];
    page(&MePage {
        ui,
        known: known.into_iter().flatten().collect(),
        companies: companies.iter().map(|one| company(ui, one)).collect(),
        consent: consent.as_ref().map(|one| agreed(ui, one)).unwrap_or_default(),
        due,
    })
}

fn company(ui: Ui, one: &Belonging) -> CompanyView {
    let role = match one.state {
        MembershipState::Pending => ui.s("app-me-pending").to_owned(),
        _ => word(ui, "app-member-", one.role.as_str()),
    };
    CompanyView {
        id: one.company_id.to_string(),
        name: one.name.clone(),
        note: format!("{role} · {}", ui.count("machines-count", one.machines)),
    }
}

fn agreed(ui: Ui, consent: &Consent) -> String {
    let way = word(ui, "app-consent-by-", consent.channel.as_str());
    let date = ui.day(consent.given_at);
    let args = [
        ("version", consent.version.as_str().into()),
        ("date", date.as_str().into()),
        ("way", way.as_str().into()),
    ];
    ui.f("app-me-agreed", &args)
}

/// Access: customer. Agrees to today's text.
async fn agree(caller: Caller) -> Answer {
    let customer = caller.viewer.customer()?;
    let mut tx = caller.begin().await?;
    people::agree(&mut tx, &customer.id, people::Channel::App, caller.state.now()).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(
            Json(json!({ "consent": { "version": people::CONSENT_VERSION } })).into_response()
        );
    }
    Ok(see_other("/app/me"))
}

/// Access: customer (their companies).
async fn leave(caller: Caller, Path(id): Path<String>) -> Answer {
    let customer = caller.viewer.customer()?;
    let mut tx = caller.begin().await?;
    people::leave(&mut tx, &customer.id, &CompanyId::from(id)).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "left": true })).into_response());
    }
    Ok(see_other("/app/me"))
}
