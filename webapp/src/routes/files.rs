//! Downloads: documents and photos of cases, whose rights are asked every time, and the pictures
//! of the catalogue, which are everybody's.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::db::Reader;
use domain::files::StoredFile;
use domain::ids::FileId;
use domain::{Error, Viewer, files, machines, viewer};
use serde::Deserialize;

use crate::auth::Proof;
use crate::fault::Fault;
use crate::present::is_photo_name;
use crate::reply::Answer;
use crate::session::SessionError;
use crate::state::AppState;

/// Nothing in a file that somebody sent may run, wherever it is opened.
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/files/{id}", get(file)).route("/app/photos/{name}", get(photo))
}

/// The parts of a signed link.
#[derive(Deserialize)]
pub(crate) struct Link {
    u: Option<i64>,
    e: Option<i64>,
    s: Option<String>,
}

/// Access: whoever may see the file, by a signed link that expires (Telegram opens files outside
/// the Mini App, where there is no header) or by session.
async fn file(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> Answer {
    let mut db = state.db().read().await.map_err(Error::from)?;
    let viewer = viewer_of(&state, &mut db, (&id, &link), &headers).await?;
    let id = FileId::from(id);
    if !machines::may_see_file(&mut db, &viewer, &id).await? {
        return Err(Error::NotFound.into());
    }
    let file = files::find(&mut db, &id).await?.ok_or(Error::NotFound)?;
    drop(db);
    let bytes = files::read(&state.dealer().uploads, &file).await?;
    Ok(download(&file, &headers, bytes))
}

/// Who asks for a thing: by its signed link, which expires, or by session.
pub(crate) async fn viewer_of(
    state: &AppState,
    db: &mut Reader,
    (thing, link): (&str, &Link),
    headers: &HeaderMap,
) -> Result<Viewer, Fault> {
    if let (Some(person), Some(expires), Some(signature)) = (link.u, link.e, &link.s) {
        let good = state.signer().check_file(thing, person, expires, signature, state.now());
        good.map_err(|error| match error {
            SessionError::Expired => Fault::InitDataExpired,
            SessionError::Forged => Fault::Unauthenticated,
        })?;
        return Ok(viewer::find(db, person).await?);
    }
    let proof = Proof::read(state, headers)?;
    let viewer = viewer::find(db, proof.telegram_id()).await?;
    if proof.is_over(&viewer) {
        return Err(Fault::Unauthenticated);
    }
    Ok(viewer)
}

fn download(file: &StoredFile, asked: &HeaderMap, bytes: Vec<u8>) -> Response {
    let headers = kept(&file.name, &file.content_type);
    // Players of recordings and films ask for pieces; some play nothing without.
    let whole = bytes.len();
    let range = asked.get(RANGE).and_then(|range| piece(range.to_str().ok()?, whole));
    let Some((first, last)) = range else {
        return (headers, [(ACCEPT_RANGES, HeaderValue::from_static("bytes"))], bytes)
            .into_response();
    };
    let place = format!("bytes {first}-{last}/{whole}");
    let told = [(CONTENT_RANGE, place), (ACCEPT_RANGES, "bytes".to_owned())];
    (StatusCode::PARTIAL_CONTENT, headers, told, bytes[first..=last].to_vec()).into_response()
}

/// A file to be kept under its name.
pub(crate) fn save(name: &str, kind: &str, bytes: Vec<u8>) -> Response {
    (kept(name, kind), bytes).into_response()
}

/// Telegram's web client fetches a file itself (`downloadFile`, Bot API 8.0), so it may read the answer.
fn kept(name: &str, kind: &str) -> [(HeaderName, HeaderValue); 4] {
    let kind =
        HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let disposition =
        HeaderValue::from_str(&disposition(name)).unwrap_or(HeaderValue::from_static("attachment"));
    [
        (CONTENT_TYPE, kind),
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_SECURITY_POLICY, SANDBOX),
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("https://web.telegram.org")),
    ]
}

/// The first and last byte of a single range (RFC 9110, 14.1.2); none for what asks otherwise, which
/// may be answered whole.
fn piece(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = match (first, last) {
        ("", last) => (whole.checked_sub(last.parse().ok()?)?, whole.checked_sub(1)?),
        (first, "") => (first.parse().ok()?, whole.checked_sub(1)?),
        (first, last) => {
            (first.parse().ok()?, last.parse::<usize>().ok()?.min(whole.checked_sub(1)?))
        }
    };
    (first <= last && last < whole).then_some((first, last))
}

/// The name for old readers in ASCII, and for all others in UTF-8 (RFC 6266, RFC 5987).
fn disposition(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

/// Access: anyone. A picture of the catalogue, from the folder `photos` of the uploads.
async fn photo(State(state): State<AppState>, Path(name): Path<String>) -> Answer {
    let kind = picture_kind(&name).filter(|_| is_photo_name(&name)).ok_or(Error::NotFound)?;
    let path = state.dealer().uploads.join("photos").join(&name);
    let bytes = tokio::fs::read(path).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound,
        _ => Error::Storage(error),
    })?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                // A drawing may style itself; opened alone, it runs nothing.
                "sandbox; default-src 'none'; style-src 'unsafe-inline'",
            ),
        ),
    ];
    Ok((headers, bytes).into_response())
}

fn picture_kind(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_within_the_file() {
        assert_eq!(piece("bytes=0-", 10), Some((0, 9)));
        assert_eq!(piece("bytes=2-4", 10), Some((2, 4)));
        assert_eq!(piece("bytes=2-400", 10), Some((2, 9)));
        assert_eq!(piece("bytes=-3", 10), Some((7, 9)));
        for odd in
            ["bytes=10-", "bytes=4-2", "bytes=-11", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1", ""]
        {
            assert_eq!(piece(odd, 10), None, "{odd}");
        }
        assert_eq!(piece("bytes=0-", 0), None);
    }

    #[test]
    fn names_travel_whole_and_harmless() {
        assert_eq!(
            disposition("Акт \"1\".pdf"),
            "attachment; filename=\"___ _1_.pdf\"; \
             filename*=UTF-8''%D0%90%D0%BA%D1%82%20%221%22.pdf"
        );
        assert!(!disposition("a\r\nSet-Cookie: x").contains('\r'));
    }
}
