//! What the reader wants to hear in the chat, and when not.

use axum::Router;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use domain::notices::{self, Kind, QuietHours, Settings};
use serde_json::{Value, json};

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::me::NotificationsPage;
use crate::views::parts::Choice;

const BASE: &str = "/app/notifications";

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(BASE, get(show).post(save))
}

/// Access: whoever is known. One query.
async fn show(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let wishes = notices::settings(db, caller.viewer.telegram_id).await?;
    if caller.json {
        return Ok(Json(data(&wishes)).into_response());
    }
    let ui = caller.ui;
    let (quiet_from, quiet_to) = wishes.quiet.map(QuietHours::shown).unwrap_or_default();
    let kinds = Kind::ALL.into_iter().filter(|_| caller.viewer.customer.is_some());
    page(&NotificationsPage {
        ui,
        parent: if caller.viewer.customer.is_some() { "/app/me" } else { caller.home() },
        kinds: kinds.map(|kind| choice(ui, kind, wishes.wants(Some(kind)))).collect(),
        quiet_from,
        quiet_to,
        staff: caller.viewer.staff.is_some(),
    })
}

/// A kind with its name in the form.
pub(crate) fn choice(ui: Ui, kind: Kind, wanted: bool) -> (&'static str, Choice) {
    let label = ui.s(&format!("app-notify-{}", kind.as_str())).to_owned();
    (kind.as_str(), present::choice("true", label, wanted))
}

fn data(wishes: &Settings) -> Value {
    let (from, to) = wishes.quiet.map(QuietHours::shown).unzip();
    let mut data = json!({ "quiet_from": from, "quiet_to": to });
    for kind in Kind::ALL {
        data[kind.as_str()] = wishes.wants(Some(kind)).into();
    }
    data
}

/// Access: whoever is known. A colleague who is no customer has no kinds to switch.
async fn save(caller: Caller, form: Form) -> Answer {
    let quiet = QuietHours::parse(form.text("quiet_from"), form.text("quiet_to"))?;
    let off = match caller.viewer.customer {
        Some(_) => Kind::ALL.into_iter().filter(|kind| !form.flag(kind.as_str())).collect(),
        None => Vec::new(),
    };
    let wishes = Settings { off, quiet };
    let mut tx = caller.begin().await?;
    let person = caller.viewer.telegram_id;
    notices::set(&mut tx, caller.state.dealer(), person, &wishes).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(data(&wishes)).into_response());
    }
    Ok(see_other(if caller.viewer.customer.is_some() { "/app/me" } else { caller.home() }))
}
