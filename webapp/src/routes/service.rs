//! The call for service.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use domain::ids::MachineId;
use domain::requests::{self, Kind, NewRequest};
use domain::{Error, ids, machines};
use serde::Deserialize;
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::upload::{MAX_UPLOAD, Upload};
use crate::views::service::ServicePage;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/service", get(form).post(ask))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
}

#[derive(Deserialize)]
struct About {
    machine: Option<String>,
    kind: Option<String>,
}

/// Access: customer. Two queries.
async fn form(mut visit: Visit, Query(about): Query<About>) -> Answer {
    let (caller, db) = visit.parts();
    let machines = machines::park(db, &caller.viewer.customer()?.id).await?;
    let ui = caller.ui;
    let kind = about.kind.as_deref().and_then(Kind::parse).unwrap_or(Kind::Breakdown);
    let alone = machines.len() == 1;
    let machine = |machine: &machines::MachineSummary| {
        let name = present::machine_name(ui, &machine.model_name, &machine.serial);
        let chosen = about.machine.as_deref() == Some(machine.id.as_str());
        present::choice(machine.id.as_str(), name, chosen || alone)
    };
    let kind = |known: Kind| {
        let name = present::word(ui, "kind-", known.as_str());
        present::choice(known.as_str(), name, known == kind)
    };
    page(&ServicePage {
        ui,
        client_key: ids::new_token(),
        machines: machines.iter().map(machine).collect(),
        kinds: Kind::ALL.into_iter().map(kind).collect(),
        machine_down: false,
        text: String::new(),
    })
}

/// Access: customer. The same `client_key` again answers the request that it made.
async fn ask(caller: Caller, upload: Upload) -> Answer {
    let customer = caller.viewer.customer()?.id.clone();
    let dealer = caller.state.dealer();
    let (form, files) = upload.accept(&dealer.uploads).await?;
    let kind = Kind::parse(form.required("kind")?);
    let request = NewRequest {
        client_key: form.required("client_key")?.to_owned(),
        machine_id: form.text("machine_id").map(MachineId::from),
        kind: kind.ok_or(Error::invalid("kind", "error-choice"))?,
        machine_down: form.flag("machine_down"),
        text: form.owned("text").unwrap_or_default(),
        files,
    };
    let mut tx = caller.begin().await?;
    let (request, made) = requests::create(&mut tx, dealer, &customer, &request).await?;
    commit(tx).await?;
    if !caller.json {
        return Ok(see_other(&format!("/app/requests/{}", request.number)));
    }
    let status = if made { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(json!({ "request": json::request(&request) }))).into_response())
}
