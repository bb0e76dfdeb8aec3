//! What hardly changes: account, pipelines, custom fields, users.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::amocrm::answer::{Params, empty, ok, problem};
use crate::amocrm::catalogue::{
    PIPELINE, STATUSES, USER_MANAGER, field_json, fields_of, pipeline_json, status_json, users_json,
};
use crate::amocrm::core::Amocrm;
use crate::amocrm::shapes;

/// `GET /account`.
pub(crate) async fn account(State(amo): State<Amocrm>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.as_deref());
    let options = amo.options();
    let mut shown = json!({
        "id": options.account_id,
        "name": "Станки и оснастка",
        "subdomain": options.subdomain,
        "current_user_id": USER_MANAGER,
        "country": "RU",
        "customers_mode": "disabled",
        "is_unsorted_on": true,
        "is_loss_reason_enabled": true,
        "is_helpbot_enabled": false,
        "is_technical_account": false,
        "contact_name_display_order": 1,
        "_links": shapes::links(amo.base(), "account")
    });
    let extras = [
        ("is_api_filter_enabled", json!(amo.has_filters())),
        ("amojo_id", json!("aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb")),
        ("uuid", json!("cccccccc-1111-4222-8333-dddddddddddd")),
        ("drive_url", json!(options.base_url)),
        ("version", json!(16)),
    ];
    for (key, value) in extras {
        if params.with(key) {
            shown[key] = value;
        }
    }
    for key in ["users_groups", "task_types", "datetime_settings"] {
        if params.with(key) {
            shown["_embedded"][key] = embedded(key);
        }
    }
    ok(&shown)
}

/// `GET /leads/pipelines`.
pub(crate) async fn pipelines(State(amo): State<Amocrm>) -> Response {
    let pipeline = amo.twist_pipeline(pipeline_json(amo.options().account_id, amo.base()));
    ok(&json!({
        "_total_items": 1,
        "_links": shapes::links(amo.base(), "leads/pipelines"),
        "_embedded": {"pipelines": [pipeline]}
    }))
}

/// `GET /leads/pipelines/{id}`.
pub(crate) async fn pipeline(State(amo): State<Amocrm>, Path(id): Path<i64>) -> Response {
    if id != PIPELINE {
        return problem(StatusCode::NOT_FOUND, "Pipeline not found");
    }
    ok(&pipeline_json(amo.options().account_id, amo.base()))
}

/// `GET /leads/pipelines/{id}/statuses`.
pub(crate) async fn statuses(State(amo): State<Amocrm>, Path(id): Path<i64>) -> Response {
    if id != PIPELINE {
        return problem(StatusCode::NOT_FOUND, "Pipeline not found");
    }
    let account = amo.options().account_id;
    let shown: Vec<Value> =
        STATUSES.iter().map(|status| status_json(status, account, amo.base())).collect();
    ok(&json!({"_total_items": shown.len(), "_embedded": {"statuses": shown}}))
}

/// `GET /leads/pipelines/{id}/statuses/{status}`.
pub(crate) async fn status(
    State(amo): State<Amocrm>,
    Path((id, status)): Path<(i64, i64)>,
) -> Response {
    match STATUSES.iter().find(|one| id == PIPELINE && one.id == status) {
        Some(status) => ok(&status_json(status, amo.options().account_id, amo.base())),
        None => problem(StatusCode::NOT_FOUND, "Status not found"),
    }
}

/// `GET /{entity}/custom_fields`, at most 50 a page whatever is asked.
pub(crate) fn custom_fields(amo: &Amocrm, entity: &'static str, query: Option<&str>) -> Response {
    let params = Params::parse(query);
    let account = amo.options().account_id;
    let known = fields_of(entity).iter();
    let known = known.map(|field| field_json(field, entity, account, amo.base())).collect();
    let all = amo.twist_fields(entity, known);
    let limit = params.int("limit").unwrap_or(50).clamp(1, 50);
    let page = params.int("page").unwrap_or(1).max(1);
    let size = usize::try_from(limit).unwrap_or(50);
    let skip = usize::try_from(page - 1).unwrap_or_default().saturating_mul(size);
    let shown: Vec<Value> = all.iter().skip(skip).take(size).cloned().collect();
    if shown.is_empty() {
        return empty(StatusCode::NO_CONTENT);
    }
    let href = |page: i64| {
        let url = format!("{}/api/v4/{entity}/custom_fields?limit={limit}&page={page}", amo.base());
        json!({"href": url})
    };
    let mut links = json!({"self": href(page)});
    if skip + shown.len() < all.len() {
        links["next"] = href(page + 1);
    }
    ok(&json!({
        "_total_items": all.len(),
        "_page": page,
        "_page_count": all.len().div_ceil(size),
        "_links": links,
        "_embedded": {"custom_fields": shown}
    }))
}

/// `GET /users`.
pub(crate) async fn users(State(amo): State<Amocrm>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.as_deref());
    let url = format!("{}/api/v4/users", amo.base());
    params.page(&amo.twist_users(users_json(amo.base())), "users", &url, 250)
}

/// `GET /users/{id}`.
pub(crate) async fn user(State(amo): State<Amocrm>, Path(id): Path<i64>) -> Response {
    match amo.twist_users(users_json(amo.base())).into_iter().find(|user| user["id"] == id) {
        Some(user) => ok(&user),
        None => empty(StatusCode::NO_CONTENT),
    }
}

fn embedded(key: &str) -> Value {
    match key {
        "users_groups" => json!([{"id": 0, "name": "Отдел продаж", "uuid": null}]),
        "task_types" => json!([
            {"id": 1, "name": "Связаться", "color": null, "icon_id": null, "code": "FOLLOW_UP"},
            {"id": 2, "name": "Встреча", "color": null, "icon_id": null, "code": "MEETING"}
        ]),
        _ => json!({
            "date_pattern": "d.m.Y H:i",
            "short_date_pattern": "d.m.Y",
            "short_time_pattern": "H:i",
            "date_formant": "d.m.Y",
            "time_format": "H:i:s",
            "timezone": "Europe/Moscow",
            "timezone_offset": "+03:00"
        }),
    }
}
