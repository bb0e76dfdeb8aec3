//! Answers in amoCRM's shapes, and the reading of what was asked.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// An error answer that ends the handling; boxed, as it is large and rare.
pub(crate) type Refusal = Box<Response>;

/// One complaint about one field of a sent item.
#[derive(Clone, Debug)]
pub(crate) struct FieldError {
    pub(crate) code: &'static str,
    pub(crate) path: String,
    pub(crate) detail: String,
}

impl FieldError {
    pub(crate) fn choice(path: impl Into<String>) -> Self {
        Self {
            code: "NotSupportedChoice",
            path: path.into(),
            detail: "The value you selected is not a valid choice.".to_owned(),
        }
    }

    pub(crate) fn kind(path: impl Into<String>, wanted: &str) -> Self {
        Self {
            code: "InvalidType",
            path: path.into(),
            detail: format!("This value should be of type {wanted}."),
        }
    }

    pub(crate) fn unexpected(path: impl Into<String>) -> Self {
        Self {
            code: "FieldNotExpected",
            path: path.into(),
            detail: "This field was not expected.".to_owned(),
        }
    }

    pub(crate) fn missing(path: impl Into<String>) -> Self {
        Self {
            code: "FieldMissing",
            path: path.into(),
            detail: "This field is missing.".to_owned(),
        }
    }

    pub(crate) fn too_long(path: impl Into<String>) -> Self {
        Self {
            code: "TooLong",
            path: path.into(),
            detail: "This value is too long. It should have 256 characters or less.".to_owned(),
        }
    }
}

/// A good answer with a body.
pub(crate) fn hal(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/hal+json")], body.to_string()).into_response()
}

/// A good answer with a body and 200.
pub(crate) fn ok(body: &Value) -> Response {
    hal(StatusCode::OK, body)
}

/// The drive and the token endpoint speak plain JSON.
pub(crate) fn plain(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Nothing to say: 202 and 204.
pub(crate) fn empty(status: StatusCode) -> Response {
    status.into_response()
}

/// problem+json with the title of the status.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    let code = status.as_u16();
    let body = json!({
        "title": status.canonical_reason().unwrap_or_default(),
        "type": format!("https://httpstatus.es/{code}"),
        "status": code,
        "detail": detail
    });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// 400 for a body that is no list of objects.
pub(crate) fn no_data() -> Response {
    problem(StatusCode::BAD_REQUEST, "Request data can not be empty")
}

/// 400 with the complaints of each item, joined by its `request_id`.
pub(crate) fn invalid(items: &[(String, Vec<FieldError>)]) -> Response {
    let errors: Vec<Value> = items
        .iter()
        .filter(|(_, errors)| !errors.is_empty())
        .map(|(request_id, errors)| {
            let errors: Vec<Value> = errors
                .iter()
                .map(|one| json!({"code": one.code, "path": one.path, "detail": one.detail}))
                .collect();
            json!({"request_id": request_id, "errors": errors})
        })
        .collect();
    let body = json!({
        "validation-errors": errors,
        "title": "Bad Request",
        "type": "https://httpstatus.es/400",
        "status": 400,
        "detail": "Request validation failed"
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::BAD_REQUEST, kind, body.to_string()).into_response()
}

/// The sent list; a single object counts as a list of one where the route allows it.
pub(crate) fn items(body: &[u8], limit: usize) -> Result<Vec<Map<String, Value>>, Refusal> {
    let Ok(Value::Array(list)) = serde_json::from_slice::<Value>(body) else {
        return Err(Box::new(no_data()));
    };
    if list.is_empty() || list.len() > limit {
        return Err(Box::new(no_data()));
    }
    let objects: Option<Vec<_>> = list.into_iter().map(into_object).collect();
    objects.ok_or_else(|| Box::new(no_data()))
}

/// The sent object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body).ok().and_then(into_object).ok_or_else(|| Box::new(no_data()))
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// `request_id` of an item, its index where it has none.
pub(crate) fn request_id(item: &Map<String, Value>, index: usize) -> String {
    match item.get("request_id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => index.to_string(),
    }
}

/// The query string, decoded, in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(crate) fn int(&self, key: &str) -> Option<i64> {
        self.get(key)?.parse().ok()
    }

    /// All values whose key begins so: `filter[type]` finds `filter[type][]` and `filter[type][0]`.
    pub(crate) fn under(&self, prefix: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(name, _)| name.starts_with(prefix));
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// Values of a numbered list of records: `filter[statuses][1][status_id]`.
    pub(crate) fn records(&self, prefix: &str, key: &str) -> Vec<i64> {
        let tail = format!("[{key}]");
        let found =
            self.0.iter().filter(|(name, _)| name.starts_with(prefix) && name.ends_with(&tail));
        found.filter_map(|(_, value)| value.parse().ok()).collect()
    }

    pub(crate) fn with(&self, word: &str) -> bool {
        self.get("with").is_some_and(|list| list.split(',').any(|one| one.trim() == word))
    }

    /// Whether the newest come first: `order[…]=desc`, whichever the key.
    pub(crate) fn descending(&self) -> bool {
        self.under("order[").contains(&"desc")
    }

    /// One page of a list: HAL, 204 when it is empty, 422 above the limit.
    pub(crate) fn page(&self, all: &[Value], key: &str, self_url: &str, max: i64) -> Response {
        let limit = self.int("limit").unwrap_or(50.min(max));
        if limit > max {
            let detail = format!("Limit {max} per page");
            return problem(StatusCode::UNPROCESSABLE_ENTITY, &detail);
        }
        let page = self.int("page").unwrap_or(1).max(1);
        let size = usize::try_from(limit.max(1)).unwrap_or(1);
        let from = usize::try_from(page - 1).unwrap_or(0).saturating_mul(size);
        let Some(rest) = all.get(from..).filter(|rest| !rest.is_empty()) else {
            return empty(StatusCode::NO_CONTENT);
        };
        let href = |page: i64| json!({"href": format!("{self_url}?limit={limit}&page={page}")});
        let mut links = json!({"self": href(page)});
        if rest.len() > size {
            links["next"] = href(page + 1);
        }
        if page > 1 {
            links["first"] = href(1);
            links["prev"] = href(page - 1);
        }
        let shown = &rest[..rest.len().min(size)];
        ok(&json!({"_page": page, "_links": links, "_embedded": {key: shown}}))
    }
}
