//! What a director decides for their company: one case, and the answer to it.

use axum::extract::Path;
use axum::response::{IntoResponse, Json};
use domain::Error;
use domain::approvals::{self, DirectorAnswer, Outcome, Via};
use domain::ids::ApprovalId;
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};

/// Access: customer (what their company's people ask and they direct). Four queries, a fifth where it
/// was decided.
pub(crate) async fn show(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let case = approvals::for_director(db, customer, &ApprovalId::from(id)).await?;
    if caller.json {
        let mut body = json::decision(&case.approval);
        body["lines"] = json!(case.lines);
        return Ok(Json(json!({ "approval": body })).into_response());
    }
    page(&present::decision(caller.ui, &case))
}

/// Access: customer (what their company's people ask and they direct). `outcome`: `approve` or
/// `reject`; `reason`, which a rejection must have; `version`? that they saw.
pub(crate) async fn answer(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let id = ApprovalId::from(id);
    let mut tx = caller.begin().await?;
    // Whose case it is comes before what the form says.
    let approval = approvals::find(&mut tx, &id).await?;
    if !approvals::directs(&mut tx, &approval, customer).await? {
        return Err(Error::NotFound.into());
    }
    let outcome = Outcome::parse(form.required("outcome")?);
    let outcome = outcome.filter(|outcome| *outcome != Outcome::Changes);
    let answer = DirectorAnswer {
        outcome: outcome.ok_or(Error::invalid("outcome", "error-choice"))?,
        reason: form.text("reason"),
        version: form.number("version")?,
        via: Via::Console,
    };
    let dealer = caller.state.dealer();
    approvals::decide_as_director(&mut tx, dealer, customer, &id, &answer).await?;
    let approval = approvals::find(&mut tx, &id).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "approval": json::decision(&approval) })).into_response());
    }
    Ok(see_other(&format!("/app/approvals/{id}")))
}
