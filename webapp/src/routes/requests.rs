//! Service requests: the customer's list, one request, what customer and manager may do with it.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use domain::db::{Executor, Tx};
use domain::requests::{self, RequestCase, State};
use domain::staff::{self, Role};
use domain::{Dealer, Error, Viewer};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::input::Form;
use crate::json;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::views::service::{Engineers, RequestPage, RequestsPage};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/requests", get(list))
        .route("/app/requests/{number}", get(show))
        .route("/app/requests/{number}/engineers", get(engineers))
        .route("/app/requests/{number}/take", post(take))
        .route("/app/requests/{number}/assign", post(assign))
        .route("/app/requests/{number}/cancel", post(cancel))
        .route("/app/requests/{number}/confirm", post(confirm))
        .route("/app/requests/{number}/reopen", post(reopen))
}

/// Access: customer. Two queries.
async fn list(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let requests = requests::shown(db, &caller.viewer.customer()?.id).await?;
    if caller.json {
        let requests: Vec<_> = requests.iter().map(json::request_summary).collect();
        return Ok(Json(json!({ "requests": requests })).into_response());
    }
    let eye = Eye::of(caller);
    let closed = |state| matches!(state, State::Closed | State::Cancelled);
    let (past, open): (Vec<_>, Vec<_>) = requests.iter().partition(|one| closed(one.state));
    let cells = |all: &[&_]| all.iter().map(|one| present::request_cell(&eye, one)).collect();
    page(&RequestsPage { ui: caller.ui, open: cells(&open), past: cells(&past) })
}

/// Access: customer (their requests), managers. Four queries.
async fn show(mut visit: Visit, Path(number): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let (case, own) = find(db, &caller.viewer, &number).await?;
    if caller.json {
        return Ok(answer(caller, &case));
    }
    page(&request_page(caller, &case, own))
}

/// The page of a request: its customer's `own`, or as managers see it.
pub(crate) fn request_page(caller: &Caller, case: &RequestCase, own: bool) -> RequestPage {
    let ui = caller.ui;
    let (photos, files) = present::files(caller, &case.files);
    let (report_photos, report_files) = present::files(caller, &case.report_files);
    let request = &case.request;
    let machine = case.machine.as_ref().map(|(id, serial, model)| {
        let company = case.company.clone().unwrap_or_default();
        present::case_machine(id.as_str(), serial, model, company)
    });
    let unassigned = case.work_order.is_none() && !present::is_over(request.state);
    RequestPage {
        ui,
        parent: if own { "/app/requests" } else { "/app/desk" },
        number: request.number.clone(),
        opened_at: ui.when(request.created_at),
        badge: present::request_badge(ui, request.state),
        kind: present::word(ui, "kind-", request.kind.as_str()),
        clock: present::request_clock(&Eye::of(caller), case),
        steps: present::request_steps(ui, request.state),
        machine,
        contact: if own { Vec::new() } else { present::request_contact(ui, case) },
        text: request.text.clone(),
        photos,
        files,
        report: case.work_order.as_ref().map(|job| job.report.clone()).unwrap_or_default(),
        report_photos,
        report_files,
        can_assign: !own && unassigned,
        can_withdraw: own && matches!(request.state, State::New | State::Taken),
        can_confirm: own && request.state == State::Done,
        can_take: !own && can_take(case),
        talk: present::talk(caller, case, own),
    }
}

/// Nobody has it: new, or taken in the CRM by somebody whom we do not know.
fn can_take(case: &RequestCase) -> bool {
    case.request.taken_by.is_none() && matches!(case.request.state, State::New | State::Taken)
}

/// The request, and whether it is the viewer's own.
async fn find(
    db: &mut impl Executor,
    viewer: &Viewer,
    number: &str,
) -> Result<(RequestCase, bool), Fault> {
    if let Some(customer) = &viewer.customer {
        match requests::by_number(db, &customer.id, number).await {
            Err(Error::NotFound) if viewer.staff.is_some() => {}
            found => return Ok((found?, true)),
        }
    }
    viewer.manager()?;
    Ok((requests::by_number_for_staff(db, number).await?, false))
}

/// Access: managers. Whom they may send; fetched after the request's page. Two queries.
async fn engineers(mut visit: Visit, Path(number): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    caller.viewer.manager()?;
    let mut people = staff::list(db).await?;
    people.sort_by_key(|person| person.role != Role::Engineer);
    if caller.json {
        let people: Vec<_> = people.iter().map(json::staff).collect();
        return Ok(Json(json!({ "engineers": people })).into_response());
    }
    let choice = |person: &staff::Staff| {
        present::choice(&person.telegram_id.to_string(), person.name.clone(), false)
    };
    let engineers = people.iter().map(choice).collect();
    page(&Engineers { ui: caller.ui, number, engineers })
}

/// Access: managers. The first one has it.
async fn take(caller: Caller, Path(number): Path<String>) -> Answer {
    let manager = caller.viewer.manager()?;
    let mut tx = caller.begin().await?;
    let case = requests::by_number_for_staff(&mut tx, &number).await?;
    requests::take(&mut tx, caller.state.dealer(), manager, &case.request.id).await?;
    settled_for_staff(&caller, tx, &number).await
}

/// Access: managers. `engineer_telegram_id` names the engineer.
async fn assign(caller: Caller, Path(number): Path<String>, form: Form) -> Answer {
    const FIELD: &str = "engineer_telegram_id";
    let manager = caller.viewer.manager()?;
    let engineer = form.number(FIELD)?.ok_or(Error::invalid(FIELD, "error-choice"))?;
    let mut tx = caller.begin().await?;
    let case = requests::by_number_for_staff(&mut tx, &number).await?;
    let dealer = caller.state.dealer();
    requests::assign(&mut tx, dealer, manager, &case.request.id, engineer).await?;
    settled_for_staff(&caller, tx, &number).await
}

async fn settled_for_staff(caller: &Caller, mut tx: Tx, number: &str) -> Answer {
    let case = requests::by_number_for_staff(&mut tx, number).await?;
    commit(tx).await?;
    Ok(reply(caller, &case))
}

/// Access: customer (their requests), while nobody has begun.
async fn cancel(caller: Caller, Path(number): Path<String>) -> Answer {
    let (mut tx, dealer) = (caller.begin().await?, caller.state.dealer());
    requests::cancel(&mut tx, dealer, &caller.viewer.customer()?.id, &number).await?;
    settled(&caller, tx, &number).await
}

/// Access: customer (their requests). It works again.
async fn confirm(caller: Caller, Path(number): Path<String>) -> Answer {
    let (mut tx, dealer) = (caller.begin().await?, caller.state.dealer());
    requests::confirm(&mut tx, dealer, &caller.viewer.customer()?.id, &number).await?;
    settled(&caller, tx, &number).await
}

/// Access: customer (their requests). It does not work yet.
async fn reopen(caller: Caller, Path(number): Path<String>) -> Answer {
    let (mut tx, dealer): (Tx, &Dealer) = (caller.begin().await?, caller.state.dealer());
    requests::reopen(&mut tx, dealer, &caller.viewer.customer()?.id, &number).await?;
    settled(&caller, tx, &number).await
}

async fn settled(caller: &Caller, mut tx: Tx, number: &str) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let case = requests::by_number(&mut tx, customer, number).await?;
    commit(tx).await?;
    Ok(reply(caller, &case))
}

fn reply(caller: &Caller, case: &RequestCase) -> Response {
    if caller.json {
        return answer(caller, case);
    }
    see_other(&format!("/app/requests/{}", case.request.number))
}

fn answer(caller: &Caller, case: &RequestCase) -> Response {
    Json(json!({ "request": json::request_case(caller, case) })).into_response()
}
