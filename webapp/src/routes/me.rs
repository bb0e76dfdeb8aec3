//! The reader's own: what we know of them, what they agreed to.

use axum::Router;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::people::{self, Consent};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::present::{fact, word};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::me::MePage;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/me", get(show)).route("/app/me/consent", post(agree))
}

/// Access: customer. Two queries.
async fn show(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let customer = caller.viewer.customer()?;
    let consent = people::last_consent(db, &customer.id).await?;
    let due = people::is_due(consent.as_ref());
    if caller.json {
        let body = json!({
            "name": customer.name,
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
        consent: consent.as_ref().map(|one| agreed(ui, one)).unwrap_or_default(),
        due,
    })
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
