//! Plates in the Mini App: what a scan opens for somebody whom Telegram names, and the code of a
//! machine's own plate, drawn by us.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::plates::{self, Plate};
use domain::{Error, Viewer, machines, work_orders};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::input::Form;
use crate::paper::qr;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::views::plates::PlateAppPage;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/machines/{id}/plate.svg", get(plate))
        .route("/app/plates/{code}", get(open))
        .route("/app/plates/{code}/access", post(ask))
}

/// Access: anyone. It draws an address for any id and never asks whether there is such a machine,
/// so it tells nothing; who scans it is asked who they are. A picture of its own, because drawing
/// it costs as much as the rest of the passport, and a browser keeps it for good.
async fn plate(State(state): State<AppState>, Path(id): Path<String>) -> Answer {
    let is_id = id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let url = state.plate_address(&id);
    let svg = is_id.then(|| qr::svg(&url)).flatten().ok_or(Error::NotFound)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, svg).into_response())
}

/// Access: customer, staff. Who sees the machine is led to its passport; others see what is public and
/// may ask for more. Three or four queries, and a row that says who looked.
async fn open(visit: Visit, Path(code): Path<String>) -> Answer {
    let caller = visit.into_caller();
    let mut tx = caller.begin().await?;
    let plate = plates::find(&mut tx, &code).await?.ok_or(Error::NotFound)?;
    let who = Some(caller.viewer.telegram_id);
    plates::scanned(&mut tx, caller.state.dealer(), &plate, who).await?;
    let yours = may_see(&mut tx, &caller.viewer, &plate).await?;
    commit(tx).await?;
    if caller.json {
        let machine = plate.machine.filter(|_| yours);
        let told = json!({ "code": plate.code, "yours": yours, "machine_id": machine });
        return Ok(Json(json!({ "plate": told })).into_response());
    }
    match &plate.machine {
        Some(machine) if yours => Ok(see_other(&format!("/app/machines/{machine}"))),
        _ => show(&caller, &plate, false).await,
    }
}

/// Access: customer, to whom the machine is not shown.
async fn ask(caller: Caller, Path(code): Path<String>, form: Form) -> Answer {
    let customer = caller.viewer.customer()?;
    let words = form.text("words").unwrap_or_default();
    let mut tx = caller.begin().await?;
    let plate = plates::find(&mut tx, &code).await?.ok_or(Error::NotFound)?;
    let machine = plate.machine.as_ref().ok_or(Error::NotFound)?;
    plates::ask_access(&mut tx, caller.state.dealer(), customer, machine, words).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "access": { "state": "asked" } })).into_response());
    }
    show(&caller, &plate, true).await
}

async fn may_see(
    db: &mut impl domain::db::Executor,
    viewer: &Viewer,
    plate: &Plate,
) -> Result<bool, Fault> {
    let Some(machine) = &plate.machine else { return Ok(false) };
    if viewer.staff.is_some() {
        return Ok(true);
    }
    Ok(machines::visible(db, &viewer.customer()?.id, machine).await?)
}

async fn show(caller: &Caller, plate: &Plate, asked: bool) -> Answer {
    let ui = caller.ui;
    let mut db = caller.state.db().read().await.map_err(Error::from)?;
    let face = match &plate.machine {
        Some(machine) => Some(plates::face(&mut db, machine).await?),
        None => None,
    };
    let jobs = match &caller.viewer.staff {
        Some(staff) if face.is_none() => work_orders::list(&mut db, &staff.id).await?,
        _ => Vec::new(),
    };
    drop(db);
    let open = jobs.iter().filter(|job| job.state != work_orders::State::Done);
    let eye = Eye::of(caller);
    page(&PlateAppPage {
        ui,
        code: plate.code.clone(),
        shown: plates::Code::parse(&plate.code)
            .map_or_else(|| plate.code.clone(), |code| code.shown()),
        title: face
            .as_ref()
            .map_or_else(|| ui.s("app-plate-blank").to_owned(), |f| f.model.clone()),
        about: face.as_ref().map(|face| face.maker.clone()).unwrap_or_default(),
        photo: present::photo(face.as_ref().and_then(|face| face.photo.as_ref())),
        public: format!("/p/{}", plate.code),
        asked,
        can_ask: face.is_some() && !asked && caller.viewer.customer.is_some(),
        jobs: open.map(|job| present::job_cell(&eye, job)).collect(),
    })
}
