//! The engineer's jobs.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::Dealer;
use domain::db::Tx;
use domain::ids::WorkOrderId;
use domain::plates;
use domain::work_orders::{self, Job, Report, State};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::input::Form;
use crate::json;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::upload::{MAX_UPLOAD, Upload};
use crate::views::work::{JobPage, JobsPage};

pub(crate) fn router() -> Router<AppState> {
    let done = Router::new()
        .route("/app/jobs/{id}/done", post(done))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD));
    Router::new()
        .route("/app/jobs", get(list))
        .route("/app/jobs/{id}", get(show))
        .route("/app/jobs/{id}/accept", post(accept))
        .route("/app/jobs/{id}/start", post(start))
        .route("/app/jobs/{id}/pause", post(pause))
        .route("/app/jobs/{id}/plate", post(plate))
        .merge(done)
}

/// Access: staff (their own jobs). Two queries.
async fn list(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let jobs = work_orders::list(db, &caller.viewer.staff()?.id).await?;
    if caller.json {
        let jobs: Vec<_> = jobs.iter().map(json::job_summary).collect();
        return Ok(Json(json!({ "jobs": jobs })).into_response());
    }
    page(&JobsPage { ui: caller.ui, groups: present::job_groups(&Eye::of(caller), &jobs) })
}

/// Access: the job's engineer, managers. Four queries.
async fn show(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let job = work_orders::job(db, caller.viewer.staff()?, &WorkOrderId::from(id)).await?;
    if caller.json {
        return Ok(Json(json!({ "job": json::job(caller, &job) })).into_response());
    }
    page(&job_page(caller, &job))
}

/// The page of a job, for its engineer or a manager.
pub(crate) fn job_page(caller: &Caller, job: &Job) -> JobPage {
    let ui = caller.ui;
    let order = &job.work_order;
    let own = caller.viewer.staff.as_ref().is_some_and(|staff| staff.id == order.engineer_id);
    let (photos, files) = present::files(caller, &job.files);
    let (report_photos, report_files) = present::files(caller, &job.report_files);
    let machine = job.machine.as_ref();
    let name = machine.map(|(_, serial, model, _)| present::machine_name(ui, model, serial));
    let done = order.state == State::Done;
    let stands = job.machine_down && !done;
    JobPage {
        ui,
        id: order.id.to_string(),
        number: job.request_number.clone(),
        title: name.unwrap_or_else(|| ui.with("app-job-title", "number", &job.request_number)),
        badge: present::job_badge(ui, order.state),
        kind: present::word(ui, "kind-", job.kind.as_str()),
        clock: if stands { ui.s("app-service-down").to_owned() } else { String::new() },
        text: job.text.clone(),
        photos,
        files,
        steps: present::job_steps(ui, order.state),
        details: present::job_details(ui, job),
        machine: machine.map(|(id, serial, model, site)| {
            present::case_machine(id.as_str(), serial, model, site.clone().unwrap_or_default())
        }),
        can_bind_plate: own && !done && order.machine_id.is_some(),
        can_report: own && matches!(order.state, State::InProgress | State::Paused),
        result: if done { present::job_result(ui, job) } else { Vec::new() },
        report: order.report.clone(),
        report_photos,
        report_files,
        acts: if own { present::job_acts(ui, order.state) } else { Vec::new() },
    }
}

/// Access: the job's engineer.
async fn accept(caller: Caller, Path(id): Path<String>) -> Answer {
    let (id, mut tx) = (WorkOrderId::from(id), caller.begin().await?);
    work_orders::accept(&mut tx, caller.state.dealer(), caller.viewer.staff()?, &id).await?;
    settled(&caller, tx, &id).await
}

/// Access: the job's engineer.
async fn start(caller: Caller, Path(id): Path<String>) -> Answer {
    let (id, mut tx) = (WorkOrderId::from(id), caller.begin().await?);
    work_orders::start(&mut tx, caller.state.dealer(), caller.viewer.staff()?, &id).await?;
    settled(&caller, tx, &id).await
}

/// Access: the job's engineer.
async fn pause(caller: Caller, Path(id): Path<String>) -> Answer {
    let (id, mut tx) = (WorkOrderId::from(id), caller.begin().await?);
    work_orders::pause(&mut tx, caller.state.dealer(), caller.viewer.staff()?, &id).await?;
    settled(&caller, tx, &id).await
}

/// Access: the job's engineer. `report`, `hours`?, `next_maintenance_on`?, `files`*.
async fn done(caller: Caller, Path(id): Path<String>, upload: Upload) -> Answer {
    let engineer = caller.viewer.staff()?;
    let dealer = caller.state.dealer();
    let report = report(upload, dealer).await?;
    let (id, mut tx) = (WorkOrderId::from(id), caller.begin().await?);
    work_orders::done(&mut tx, dealer, engineer, &id, &report).await?;
    settled(&caller, tx, &id).await
}

/// What an engineer reports: its files are on disk afterwards.
pub(crate) async fn report(upload: Upload, dealer: &Dealer) -> Result<Report, Fault> {
    let (form, files) = upload.accept(&dealer.uploads).await?;
    Ok(Report {
        report: form.owned("report").unwrap_or_default(),
        hours: form.number("hours")?,
        next_maintenance_on: form.date("next_maintenance_on")?,
        files,
    })
}

/// Access: the job's engineer, managers. `code` as typed, or the address that a scanner saw.
async fn plate(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let staff = caller.viewer.staff()?;
    let (id, mut tx) = (WorkOrderId::from(id), caller.begin().await?);
    let scanned = form.required("code")?;
    let dealer = caller.state.dealer();
    let (machine, code) = plates::bind_at_job(&mut tx, dealer, staff, &id, scanned).await?;
    commit(tx).await?;
    if caller.json {
        let plate = json!({ "code": code.as_str(), "machine_id": machine });
        return Ok(Json(json!({ "plate": plate })).into_response());
    }
    // Where the plate now stands in the history.
    Ok(see_other(&format!("/app/machines/{machine}")))
}

async fn settled(caller: &Caller, mut tx: Tx, id: &WorkOrderId) -> Answer {
    if !caller.json {
        commit(tx).await?;
        return Ok(see_other(&format!("/app/jobs/{id}")));
    }
    let job = work_orders::load(&mut tx, id).await?;
    commit(tx).await?;
    Ok(Json(json!({ "job": json::job(caller, &job) })).into_response())
}
