//! `/api/v4/tasks`.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::amocrm::answer::{FieldError, Params, empty, invalid, items, object, ok, problem};
use crate::amocrm::catalogue::USER_MANAGER;
use crate::amocrm::core::Amocrm;
use crate::amocrm::data::Task;
use crate::amocrm::drafts::Reader;
use crate::amocrm::leads::read_all;
use crate::amocrm::notes::exists;
use crate::amocrm::shapes;

const KEYS: &[&str] = &[
    "id",
    "responsible_user_id",
    "entity_id",
    "entity_type",
    "is_completed",
    "task_type_id",
    "text",
    "duration",
    "complete_till",
    "result",
    "created_by",
    "updated_by",
    "created_at",
    "updated_at",
    "request_id",
];

/// `POST /tasks`.
pub(crate) async fn create(State(amo): State<Amocrm>, body: Bytes) -> Response {
    let items = match items(&body, 250) {
        Ok(items) => items,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let drafts = read_all(&items, |item| {
            let mut reader = Reader::new(change.account);
            (read(&mut reader, item), reader.errors)
        });
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return *refusal,
        };
        let mut made = Vec::new();
        for (request, draft) in drafts {
            let at = change.seconds();
            let task = Task { id: change.next_id(), created_at: at, updated_at: at, ..draft };
            made.push(json!({"id": task.id, "request_id": request,
                "_links": shapes::links(amo.base(), &format!("tasks/{}", task.id))}));
            change.account.tasks.insert(task.id, task);
        }
        ok(&json!({"_links": shapes::links(amo.base(), "tasks"), "_embedded": {"tasks": made}}))
    })
}

/// `PATCH /tasks/{id}`.
pub(crate) async fn edit(State(amo): State<Amocrm>, Path(id): Path<i64>, body: Bytes) -> Response {
    let item = match object(&body) {
        Ok(item) => item,
        Err(refusal) => return *refusal,
    };
    amo.by_api(|change| {
        let mut reader = Reader::new(change.account);
        reader.known(&item, KEYS, "");
        let text = reader.string(&item, "text", "");
        let complete_till = reader.int(&item, "complete_till", "");
        let responsible = reader.user(&item, "");
        let errors = reader.errors;
        if !errors.is_empty() {
            return invalid(&[("0".to_owned(), errors)]);
        }
        let at = change.seconds();
        let Some(task) = change.account.tasks.get_mut(&id) else {
            return problem(StatusCode::NOT_FOUND, "Entity not found");
        };
        task.text = text.unwrap_or_else(|| task.text.clone());
        task.complete_till = complete_till.unwrap_or(task.complete_till);
        task.responsible_user_id = responsible.unwrap_or(task.responsible_user_id);
        if let Some(done) = item.get("is_completed").and_then(Value::as_bool) {
            task.is_completed = done;
        }
        if let Some(text) = item.get("result").and_then(|result| result.get("text")) {
            task.result = text.as_str().map(str::to_owned);
        }
        task.updated_at = at;
        let path = format!("tasks/{id}");
        ok(&json!({"id": id, "updated_at": at, "request_id": "0",
            "_links": shapes::links(amo.base(), &path)}))
    })
}

/// `GET /tasks/{id}`.
pub(crate) async fn one(State(amo): State<Amocrm>, Path(id): Path<i64>) -> Response {
    match amo.account().tasks.get(&id) {
        Some(task) => ok(&shapes::task(task, amo.options())),
        None => empty(StatusCode::NO_CONTENT),
    }
}

/// `GET /tasks`.
pub(crate) async fn list(State(amo): State<Amocrm>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.as_deref());
    let ids = params.under("filter[entity_id]");
    let account = amo.account();
    let found = account.tasks.values().filter(|task| {
        let completed = params.int("filter[is_completed]");
        let kind = params.get("filter[entity_type]");
        completed.is_none_or(|wanted| task.is_completed == (wanted == 1))
            && kind.is_none_or(|wanted| task.entity_type.as_deref() == Some(wanted))
            && (ids.is_empty() || ids.iter().any(|id| id.parse().ok() == task.entity_id))
    });
    let mut shown: Vec<Value> = found.map(|task| shapes::task(task, amo.options())).collect();
    if params.descending() {
        shown.reverse();
    }
    params.page(&shown, "tasks", &format!("{}/api/v4/tasks", amo.base()), 250)
}

fn read(reader: &mut Reader<'_>, item: &Map<String, Value>) -> Task {
    reader.known(item, KEYS, "");
    for key in ["text", "complete_till"] {
        if !item.contains_key(key) {
            reader.errors.push(FieldError::missing(key));
        }
    }
    let entity_type = reader.string(item, "entity_type", "");
    let entity_id = reader.int(item, "entity_id", "");
    if let (Some(entity), Some(id)) = (&entity_type, entity_id)
        && !exists(reader.account, entity, id)
    {
        reader.errors.push(FieldError::choice("entity_id"));
    }
    Task {
        id: 0,
        text: reader.string(item, "text", "").unwrap_or_default(),
        complete_till: reader.int(item, "complete_till", "").unwrap_or_default(),
        task_type_id: reader.int(item, "task_type_id", "").unwrap_or(1),
        entity_type,
        entity_id,
        responsible_user_id: reader.user(item, "").unwrap_or(USER_MANAGER),
        duration: reader.int(item, "duration", "").unwrap_or_default(),
        is_completed: item.get("is_completed").and_then(Value::as_bool).unwrap_or_default(),
        result: None,
        created_by: reader.int(item, "created_by", "").unwrap_or_default(),
        created_at: 0,
        updated_at: 0,
    }
}
