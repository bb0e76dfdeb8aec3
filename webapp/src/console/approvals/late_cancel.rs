//! A manager passes on a customer's wish to call off a confirmed order: a colleague decides.

use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use domain::approvals::own;
use domain::audit::Act;
use serde_json::json;

use crate::console::approvals::BASE;
use crate::console::clerk::Clerk;
use crate::input::Form;
use crate::reply::{Answer, see_other};
use crate::state::AppState;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/staff/orders/{number}/ask-cancel", post(ask))
}

/// Access: managers.
async fn ask(clerk: Clerk, Path(number): Path<String>, form: Form) -> Answer {
    let by = clerk.viewer.manager()?;
    let words = form.text("words").unwrap_or_default();
    let mut tx = clerk.begin().await?;
    let d = clerk.state.dealer();
    let id = own::ask_to_cancel_for(&mut tx, d, by, &number, words).await?;
    let details = json!({ "order": number, "words": words });
    let act = Act { act: "approval-ask", subject: "approval", subject_id: id.as_str(), details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}
