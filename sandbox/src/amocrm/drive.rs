//! The drive: upload sessions, parts, files, and which lead they hang on.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::amocrm::account::Upload;
use crate::amocrm::answer::{empty, items, no_data, ok, plain, problem};
use crate::amocrm::core::Amocrm;
use crate::amocrm::data::DriveFile;
use crate::amocrm::shapes;

/// The most that one part may hold, bytes.
const MAX_PART: usize = 524_288;
/// The most that one file may hold, bytes.
const MAX_FILE: usize = 314_572_800;

/// `POST /v1.0/sessions`.
pub(crate) async fn open(State(amo): State<Amocrm>, body: Bytes) -> Response {
    let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
    let name = sent.get("file_name").and_then(Value::as_str);
    let size = sent.get("file_size").and_then(Value::as_u64);
    let size = size.and_then(|size| usize::try_from(size).ok());
    let (Some(name), Some(size)) = (name, size.filter(|size| (1..=MAX_FILE).contains(size))) else {
        return plain(StatusCode::BAD_REQUEST, &json!({"error": "file_name and file_size needed"}));
    };
    let content_type = sent.get("content_type").and_then(Value::as_str);
    amo.by_api(|change| {
        let session = uuid(change.next_id());
        let upload = Upload {
            name: name.to_owned(),
            content_type: content_type.unwrap_or("application/octet-stream").to_owned(),
            size,
            part: 1,
            content: Vec::new(),
        };
        change.account.sessions.insert(session.clone(), upload);
        plain(
            StatusCode::OK,
            &json!({
                "session_id": session,
                "upload_url": part_url(&amo, &session, 1),
                "max_file_size": MAX_FILE,
                "max_part_size": MAX_PART
            }),
        )
    })
}

/// `POST` of one part to the URL that the session or the part before gave.
pub(crate) async fn part(
    State(amo): State<Amocrm>,
    Path((session, number)): Path<(String, u32)>,
    body: Bytes,
) -> Response {
    if body.len() > MAX_PART {
        let detail = json!({"error": "part is larger than max_part_size"});
        return plain(StatusCode::PAYLOAD_TOO_LARGE, &detail);
    }
    amo.by_api(|change| {
        let Some(mut upload) = change.account.sessions.remove(&session) else {
            return plain(StatusCode::NOT_FOUND, &json!({"error": "session not found"}));
        };
        if upload.part != number || upload.content.len() + body.len() > upload.size {
            change.account.sessions.insert(session, upload);
            return plain(StatusCode::BAD_REQUEST, &json!({"error": "unexpected part"}));
        }
        upload.content.extend_from_slice(&body);
        if upload.content.len() < upload.size {
            upload.part += 1;
            let next = part_url(&amo, &session, upload.part);
            change.account.sessions.insert(session.clone(), upload);
            return plain(StatusCode::OK, &json!({"session_id": session, "next_url": next}));
        }
        let file = DriveFile {
            uuid: uuid(change.next_id()),
            version_uuid: uuid(change.next_id()),
            name: upload.name,
            content_type: upload.content_type,
            size: upload.size,
            created_at: change.seconds(),
            content: upload.content,
        };
        let shown = shapes::file(&file, amo.options());
        change.account.files.insert(file.uuid.clone(), file);
        plain(StatusCode::OK, &shown)
    })
}

/// `GET /v1.0/files/{uuid}`.
pub(crate) async fn file(State(amo): State<Amocrm>, Path(uuid): Path<String>) -> Response {
    match amo.account().files.get(&uuid) {
        Some(file) => plain(StatusCode::OK, &shapes::file(file, amo.options())),
        None => plain(StatusCode::NOT_FOUND, &json!({"error": "file not found"})),
    }
}

/// `GET /v1.0/files/{uuid}/download`.
pub(crate) async fn download(State(amo): State<Amocrm>, Path(uuid): Path<String>) -> Response {
    match amo.account().files.get(&uuid) {
        Some(file) => {
            // A sandbox file opens as a download only, whatever it calls itself.
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CONTENT_DISPOSITION, "attachment"),
            ];
            (headers, file.content.clone()).into_response()
        }
        None => plain(StatusCode::NOT_FOUND, &json!({"error": "file not found"})),
    }
}

/// `PUT /leads/{id}/files` (`on`) and `DELETE` of the same body.
pub(crate) fn attach(amo: &Amocrm, id: i64, body: &Bytes, on: bool) -> Response {
    let items = match items(body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let uuids: Option<Vec<String>> = items
            .iter()
            .map(|item| item.get("file_uuid").and_then(Value::as_str).map(str::to_owned))
            .collect();
        let Some(uuids) = uuids else {
            return no_data();
        };
        if uuids.iter().any(|uuid| !change.account.files.contains_key(uuid)) {
            return problem(StatusCode::NOT_FOUND, "File not found");
        }
        let Some(lead) = change.account.leads.get_mut(&id) else {
            return problem(StatusCode::NOT_FOUND, "Entity not found");
        };
        lead.files.retain(|uuid| !uuids.contains(uuid));
        if on {
            lead.files.extend(uuids);
        }
        empty(StatusCode::ACCEPTED)
    })
}

/// `GET /leads/{id}/files`.
pub(crate) fn attached(amo: &Amocrm, id: i64) -> Response {
    let account = amo.account();
    let files = account.leads.get(&id).map(|lead| lead.files.clone()).unwrap_or_default();
    if files.is_empty() {
        return empty(StatusCode::NO_CONTENT);
    }
    let shown: Vec<Value> =
        (1_i64..).zip(files).map(|(id, uuid)| json!({"file_uuid": uuid, "id": id})).collect();
    let links = shapes::links(amo.base(), &format!("leads/{id}/files"));
    ok(&json!({"_links": links, "_embedded": {"files": shown}}))
}

fn part_url(amo: &Amocrm, session: &str, part: u32) -> String {
    format!("{}/v1.0/sessions/upload/{session}/{part}", amo.base())
}

/// An id in the form of a UUID; the account's counter makes it unique.
fn uuid(id: i64) -> String {
    format!("5a4db0c5-0000-4000-8000-{id:012x}")
}
