//! `/api/v4/webhooks`: who hears of changes.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::amocrm::account::Subscription;
use crate::amocrm::answer::{FieldError, Params, empty, hal, invalid, object, ok, problem};
use crate::amocrm::catalogue::USER_MANAGER;
use crate::amocrm::core::Amocrm;

const EVENTS: &[&str] = &[
    "responsible_lead",
    "responsible_contact",
    "responsible_company",
    "responsible_task",
    "restore_lead",
    "restore_contact",
    "restore_company",
    "add_lead",
    "add_contact",
    "add_company",
    "add_customer",
    "add_talk",
    "add_task",
    "update_lead",
    "update_contact",
    "update_company",
    "update_customer",
    "update_talk",
    "update_task",
    "delete_lead",
    "delete_contact",
    "delete_company",
    "delete_customer",
    "delete_task",
    "status_lead",
    "note_lead",
    "note_contact",
    "note_company",
    "note_customer",
    "add_unsorted",
    "update_unsorted",
    "delete_unsorted",
    "add_message",
    "responsible_customer",
];

/// `GET /webhooks`.
pub(crate) async fn list(State(amo): State<Amocrm>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.as_deref());
    let destination = params.get("filter[destination]");
    let account = amo.account();
    let found =
        account.hooks.iter().filter(|hook| destination.is_none_or(|one| one == hook.destination));
    let shown: Vec<Value> = found.map(|hook| show(hook, &amo)).collect();
    ok(&json!({"_total_items": shown.len(), "_embedded": {"webhooks": shown}}))
}

/// `POST /webhooks`: makes a subscription, or renews the one with this destination.
pub(crate) async fn subscribe(State(amo): State<Amocrm>, body: Bytes) -> Response {
    let item = match object(&body) {
        Ok(item) => item,
        Err(refusal) => return *refusal,
    };
    let destination = item.get("destination").and_then(Value::as_str).unwrap_or_default();
    let settings = item.get("settings").and_then(Value::as_array).cloned().unwrap_or_default();
    let settings: Vec<String> =
        settings.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut errors = Vec::new();
    if !destination.starts_with("http://") && !destination.starts_with("https://") {
        errors.push(FieldError::choice("destination"));
    }
    if settings.is_empty() || settings.iter().any(|event| !EVENTS.contains(&event.as_str())) {
        errors.push(FieldError::choice("settings"));
    }
    if !errors.is_empty() {
        return invalid(&[("0".to_owned(), errors)]);
    }
    let sort = item.get("sort").and_then(Value::as_i64).unwrap_or(1);
    amo.by_api(|change| {
        let id = change.next_id();
        let at = change.seconds();
        let hooks = &mut change.account.hooks;
        let old = hooks.iter().position(|hook| hook.destination == destination);
        let old = old.map(|at| hooks.remove(at));
        let hook = Subscription {
            id: old.as_ref().map_or(id, |old| old.id),
            destination: destination.to_owned(),
            settings,
            sort,
            disabled: false,
            created_at: old.map_or(at, |old| old.created_at),
            updated_at: at,
        };
        let shown = show(&hook, &amo);
        hooks.push(hook);
        hal(StatusCode::CREATED, &shown)
    })
}

/// `DELETE /webhooks`, the destination in the body.
pub(crate) async fn unsubscribe(State(amo): State<Amocrm>, body: Bytes) -> Response {
    let item = match object(&body) {
        Ok(item) => item,
        Err(refusal) => return *refusal,
    };
    let destination = item.get("destination").and_then(Value::as_str).unwrap_or_default();
    amo.by_api(|change| {
        let before = change.account.hooks.len();
        change.account.hooks.retain(|hook| hook.destination != destination);
        if change.account.hooks.len() == before {
            return problem(StatusCode::NOT_FOUND, "Webhook not found");
        }
        empty(StatusCode::NO_CONTENT)
    })
}

fn show(hook: &Subscription, amo: &Amocrm) -> Value {
    json!({
        "id": hook.id,
        "destination": hook.destination,
        "created_at": hook.created_at,
        "updated_at": hook.updated_at,
        "account_id": amo.options().account_id,
        "created_by": USER_MANAGER,
        "sort": hook.sort,
        "disabled": hook.disabled,
        "settings": hook.settings
    })
}
