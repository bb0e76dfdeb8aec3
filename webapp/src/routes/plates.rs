//! The code of a plate, drawn by us: what a phone's camera reads to open a passport.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use domain::Error;
use fast_qr::QRBuilder;

use crate::present;
use crate::reply::Answer;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/machines/{id}/plate.svg", get(plate))
}

/// Access: anyone. It draws an address for any id and never asks whether there is such a machine,
/// so it tells nothing; who scans it is asked who they are. A picture of its own, because drawing
/// it costs as much as the rest of the passport, and a browser keeps it for good.
async fn plate(State(state): State<AppState>, Path(id): Path<String>) -> Answer {
    let is_id = id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let url = present::plate_url(state.bot_link(), &id);
    let svg = is_id.then(|| draw(&url)).flatten().ok_or(Error::NotFound)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, svg).into_response())
}

fn draw(url: &str) -> Option<String> {
    let qr = QRBuilder::new(url.as_bytes()).build().ok()?;
    let mut path = String::new();
    for row in 0..qr.size {
        let dark = |column: &usize| *column < qr.size && qr[row][*column].value();
        let mut column = 0;
        while column < qr.size {
            // Modules that touch are drawn as one: the picture is a third of what it was.
            let run = (column..).take_while(dark).count();
            if run > 0 {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{column} {row}h{run}v1h-{run}z");
            }
            column += run + 1;
        }
    }
    let size = qr.size;
    Some(format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{path}"/></svg>"#
    ))
}
