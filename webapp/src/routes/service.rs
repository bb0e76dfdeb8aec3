//! The call for service: a form that asks by kind, survives the app's closing, and takes files that
//! arrived in parts.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::ids::MachineId;
use domain::requests::{self, Draft, Guided, Kind, NewRequest};
use domain::{Error, files, machines};
use serde::Deserialize;
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::upload::{MAX_UPLOAD, Upload, arrived, ids_of};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/service", get(form).post(ask))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .route("/app/service/draft", post(keep))
        .route("/app/service/draft/drop", post(anew))
}

#[derive(Deserialize)]
struct About {
    machine: Option<String>,
    kind: Option<String>,
}

/// Access: customer. Four queries.
async fn form(mut visit: Visit, Query(about): Query<About>) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let machines = machines::park(db, customer).await?;
    let asked = about.machine.map(MachineId::from);
    let kept = requests::draft(db, customer, asked.as_ref(), caller.state.now()).await?;
    let files = match &kept {
        Some((draft, _)) => files::whole(db, caller.viewer.telegram_id, &draft.uploads).await?,
        None => Vec::new(),
    };
    let wanted = about.kind.as_deref().and_then(Kind::parse);
    let about = present::Begun { machine: asked, kind: wanted, draft: kept, files };
    page(&present::service_form(caller.ui, &machines, about))
}

/// Access: customer. The same `client_key` again answers the request that it made. `guided` says that
/// the form asks for photos; without it they may lack.
async fn ask(caller: Caller, upload: Upload) -> Answer {
    let customer = caller.viewer.customer()?.id.clone();
    let dealer = caller.state.dealer();
    let (form, mut files) = upload.accept(&dealer.uploads).await?;
    let kind = Kind::parse(form.required("kind")?).ok_or(Error::invalid("kind", "error-choice"))?;
    let mut tx = caller.begin().await?;
    files.extend(arrived(&caller, &mut tx, &form).await?);
    let told = Guided {
        alarm: form.owned("alarm_code").unwrap_or_default(),
        symptoms: symptoms(&form),
        text: form.owned("text").unwrap_or_default(),
        without_photos: !form.flag("guided") || form.flag("without_photos"),
    };
    let machine = form.text("machine_id").map(MachineId::from);
    let request = NewRequest {
        client_key: form.required("client_key")?.to_owned(),
        machine_id: machine.clone(),
        kind,
        machine_down: form.flag("machine_down"),
        text: requests::describe(caller.ui.texts(), kind, &told, &files)?,
        files,
    };
    let (request, made) = requests::create(&mut tx, dealer, &customer, &request).await?;
    requests::drop_draft(&mut tx, &customer, machine.as_ref()).await?;
    commit(tx).await?;
    if !caller.json {
        return Ok(see_other(&format!("/app/requests/{}", request.number)));
    }
    let status = if made { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(json!({ "request": json::request(&request) }))).into_response())
}

/// The ticked symptoms: boxes of one name, or one value with commas.
fn symptoms(form: &Form) -> Vec<String> {
    let ticked = form.all("symptoms").flat_map(|value| value.split(','));
    ticked.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Access: customer. What is filled in so far.
async fn keep(caller: Caller, form: Form) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let draft = Draft {
        machine_id: form.text("machine_id").map(MachineId::from),
        kind: form.text("kind").and_then(Kind::parse),
        machine_down: form.flag("machine_down"),
        alarm: form.owned("alarm_code").unwrap_or_default(),
        symptoms: symptoms(&form),
        text: form.owned("text").unwrap_or_default(),
        uploads: ids_of(&form).into_iter().map(str::to_owned).collect(),
    };
    let mut tx = caller.begin().await?;
    if let Some(machine) = &draft.machine_id
        && !machines::visible(&mut tx, customer, machine).await?
    {
        return Err(Error::NotFound.into());
    }
    requests::keep_draft(&mut tx, customer, &draft, caller.state.now()).await?;
    commit(tx).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Access: customer. Drops what was filled in.
async fn anew(caller: Caller, form: Form) -> Answer {
    let machine = form.text("machine_id").map(MachineId::from);
    let mut tx = caller.begin().await?;
    requests::drop_draft(&mut tx, &caller.viewer.customer()?.id, machine.as_ref()).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    // The address names only what a person may open.
    let about = machine.filter(|id| id.as_str().bytes().all(|b| b.is_ascii_alphanumeric()));
    let about = about.map(|id| format!("?machine={id}")).unwrap_or_default();
    Ok(see_other(&format!("/app/service{about}")))
}
