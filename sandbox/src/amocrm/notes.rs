//! `/api/v4/{entity}/notes` and `/api/v4/{entity}/{id}/notes`.

use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::amocrm::account::Account;
use crate::amocrm::answer::{FieldError, Params, items, ok, problem};
use crate::amocrm::core::Amocrm;
use crate::amocrm::data::Note;
use crate::amocrm::drafts::Reader;
use crate::amocrm::leads::read_all;
use crate::amocrm::shapes;

const TYPES: &[&str] = &[
    "common",
    "service_message",
    "extended_service_message",
    "call_in",
    "call_out",
    "sms_in",
    "sms_out",
    "message_cashier",
    "geolocation",
    "attachment",
];
const KEYS: &[&str] = &[
    "entity_id",
    "note_type",
    "params",
    "request_id",
    "created_by",
    "responsible_user_id",
    "created_at",
    "updated_at",
    "is_need_to_trigger_digital_pipeline",
];

/// `POST …/notes`; `id` when the path names the entity.
pub(crate) fn create(
    amo: &Amocrm,
    entity: &'static str,
    id: Option<i64>,
    body: &Bytes,
) -> Response {
    let items = match items(body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        if id.is_some_and(|id| !exists(change.account, entity, id)) {
            return problem(StatusCode::NOT_FOUND, "Entity not found");
        }
        let drafts = read_all(&items, |item| {
            let mut reader = Reader::new(change.account);
            (read(&mut reader, item, entity, id), reader.errors)
        });
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return *refusal,
        };
        let mut made = Vec::new();
        for (request, draft) in drafts {
            let note = Note {
                id: change.next_id(),
                created_at: draft.created_at.max(change.seconds()),
                ..draft
            };
            made.push(json!({"id": note.id, "entity_id": note.entity_id, "request_id": request,
                "_links": shapes::note_links(&note, amo.options())}));
            change.account.notes.push(note);
        }
        let path = format!("{entity}/notes");
        ok(&json!({"_links": shapes::links(amo.base(), &path), "_embedded": {"notes": made}}))
    })
}

/// `GET …/notes`.
pub(crate) fn list(
    amo: &Amocrm,
    entity: &'static str,
    id: Option<i64>,
    query: Option<&str>,
) -> Response {
    let params = Params::parse(query);
    let types = params.under("filter[note_type]");
    let entities = params.under("filter[entity_id]");
    let account = amo.account();
    let found = account.notes.iter().filter(|note| {
        note.entity == entity
            && id.is_none_or(|id| note.entity_id == id)
            && (types.is_empty() || types.contains(&note.note_type.as_str()))
            && (entities.is_empty() || entities.iter().any(|one| one.parse() == Ok(note.entity_id)))
    });
    let mut shown: Vec<Value> = found.map(|note| shapes::note(note, amo.options())).collect();
    if params.descending() {
        shown.reverse();
    }
    params.page(&shown, "notes", &format!("{}/api/v4/{entity}/notes", amo.base()), 250)
}

/// Whether the account has that lead, contact or company.
pub(crate) fn exists(account: &Account, entity: &str, id: i64) -> bool {
    match entity {
        "leads" => account.leads.contains_key(&id),
        "companies" => account.companies.contains_key(&id),
        _ => account.contacts.contains_key(&id),
    }
}

fn read(reader: &mut Reader<'_>, item: &Map<String, Value>, entity: &str, id: Option<i64>) -> Note {
    reader.known(item, KEYS, "");
    let entity_id = id.or_else(|| reader.int(item, "entity_id", "")).unwrap_or_default();
    if !exists(reader.account, entity, entity_id) {
        reader.errors.push(FieldError::choice("entity_id"));
    }
    let note_type = reader.string(item, "note_type", "").unwrap_or_default();
    if !TYPES.contains(&note_type.as_str()) {
        reader.errors.push(FieldError::choice("note_type"));
    }
    let params = item.get("params").cloned().unwrap_or(Value::Null);
    if note_type == "common" && params.get("text").and_then(Value::as_str).is_none() {
        reader.errors.push(FieldError::missing("params.text"));
    }
    Note {
        id: 0,
        entity: entity.to_owned(),
        entity_id,
        note_type,
        params,
        wakes_pipeline: item
            .get("is_need_to_trigger_digital_pipeline")
            .and_then(Value::as_bool)
            .unwrap_or(true),
        created_by: reader.int(item, "created_by", "").unwrap_or_default(),
        created_at: reader.int(item, "created_at", "").unwrap_or_default(),
    }
}
