//! The list as CSV.

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use domain::outbox::{self, Filter};
use domain::sight::Sight;
use domain::texts::Texts;
use domain::{Error, viewer};
use futures_util::stream;
use serde::Deserialize;

use crate::auth::Caller;
use crate::fault::Fault;
use crate::reply::Answer;
use crate::routes::deliveries::Asked;
use crate::session::SessionError;
use crate::state::AppState;

/// Deliveries of one piece.
const PIECE: i64 = 500;
/// What the link is signed for.
const EXPORT: &str = "deliveries.csv";

/// A link that works outside of the Mini App, where there is no header, for an hour.
pub(super) fn link(caller: &Caller, asked: &Asked) -> String {
    let query = caller.state.file_link(EXPORT, caller.viewer.telegram_id);
    let signed = query.split_once('?').map_or("", |(_, signed)| signed);
    let address = asked.href("/app/desk/deliveries/export", |_| ());
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{signed}")
}

/// The parts of a signed link.
#[derive(Deserialize)]
pub(super) struct Link {
    u: i64,
    e: i64,
    s: String,
}

/// Access: managers, by a signed link; the role is asked again. Page by page: however long the
/// history is, one piece of it is in memory.
pub(super) async fn export(
    State(state): State<AppState>,
    Query(link): Query<Link>,
    Query(asked): Query<Asked>,
) -> Answer {
    let good = state.signer().check_file(EXPORT, link.u, link.e, &link.s, state.now());
    good.map_err(|error| match error {
        SessionError::Expired => Fault::InitDataExpired,
        SessionError::Forged => Fault::Unauthenticated,
    })?;
    let mut db = state.db().read().await.map_err(Error::from)?;
    let viewer = viewer::find(&mut db, link.u).await?;
    let sight = Sight::of(viewer.manager()?);
    let texts = Texts::of(viewer.language().unwrap_or_default());
    let entity = match asked.entity() {
        Some(words) => Some(outbox::entity_of(&mut db, words).await?),
        None => None,
    };
    drop(db);
    let filter = asked.filter(entity, PIECE);
    let piece = move |at: Option<(Filter, bool)>| {
        let state = state.clone();
        async move {
            let Some((mut filter, first)) = at else { return Ok(None) };
            // A connection is held for a piece, never for as long as somebody downloads.
            let mut db = state.db().read().await?;
            let found = outbox::page(&mut db, &filter, sight).await?;
            drop(db);
            let head = if first { outbox::export_head(texts) } else { String::new() };
            let rows = outbox::export_rows(&found.rows, texts, state.dealer().zone);
            let next = found.next.map(|next| {
                filter.before = Some(next);
                (filter, false)
            });
            Ok::<_, Error>(Some((Bytes::from(format!("{head}{rows}")), next)))
        }
    };
    let body = Body::from_stream(stream::try_unfold(Some((filter, true)), piece));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"deliveries.csv\""),
    ];
    Ok((headers, body).into_response())
}
