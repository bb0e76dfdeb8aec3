//! A passport on paper: one A4 page as a PDF, drawn by us when it is asked for.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::routing::get;
use domain::ids::MachineId;
use domain::machines::{self, Passport};
use domain::{Error, Viewer};

use crate::fault::{Fault, Manner};
use crate::paper::passport::{PassportSheet, pdf};
use crate::present::{self, Eye};
use crate::reply::Answer;
use crate::routes::files::{Link, save, viewer_of};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/machines/{id}/passport.pdf", get(passport))
}

/// Access: who sees the passport, by a signed link that expires (Telegram downloads files outside the
/// Mini App, where there is no header) or by session.
async fn passport(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> Answer {
    let mut db = state.db().read().await.map_err(Error::from)?;
    let viewer = viewer_of(&state, &mut db, (&AppState::paper(&id), &link), &headers).await?;
    let passport = find(&mut db, &viewer, &MachineId::from(id)).await?;
    drop(db);
    let lang = viewer.language().unwrap_or_else(|| Manner::of(&headers).lang());
    let sheet = present::passport_sheet(&Eye::at(&state, state.ui(lang)), &state, &passport);
    let name = format!("{}.pdf", sheet.title);
    Ok(save(&name, "application/pdf", drawn(sheet).await?))
}

/// Drawing takes milliseconds of a processor: not those of the threads that answer.
async fn drawn(sheet: PassportSheet) -> Result<Vec<u8>, Fault> {
    let drawing = tokio::task::spawn_blocking(move || pdf(&sheet));
    let drawn = drawing.await.map_err(|error| Fault::Template(error.to_string()))?;
    drawn.map_err(|error| Fault::Template(error.to_string()))
}

async fn find(
    db: &mut domain::db::Reader,
    viewer: &Viewer,
    id: &MachineId,
) -> Result<Passport, Fault> {
    if viewer.staff.is_some() {
        return Ok(machines::passport_for_staff(db, id).await?);
    }
    Ok(machines::passport(db, &viewer.customer.as_ref().ok_or(Error::NotFound)?.id, id).await?)
}
