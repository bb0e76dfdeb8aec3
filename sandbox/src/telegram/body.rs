//! Parameters of a request, however they came: query, form, JSON or multipart.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{Method, header};
use serde_json::{Map, Value, json};

use crate::telegram::error::ApiError;

/// Uploads of bots end at 50 MB; a little more for the rest of the form.
const LARGEST: usize = 52 << 20;

/// Parameters that stay text in a form even when they look like JSON.
const TEXTS: [&str; 20] = [
    "text",
    "caption",
    "parse_mode",
    "callback_query_id",
    "url",
    "secret_token",
    "language_code",
    "name",
    "description",
    "short_description",
    "file_id",
    "photo",
    "document",
    "title",
    "payload",
    "currency",
    "action",
    "message_effect_id",
    "business_connection_id",
    "query",
];

/// What a bot sent with a method.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    pub(crate) values: Map<String, Value>,
    pub(crate) uploads: Vec<Upload>,
}

/// A file part of a multipart form.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) bytes: Bytes,
}

impl Params {
    /// A parameter; JSON null counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// A whole number, also when it came as text.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value == true || value == "true" || value == "True")
    }

    /// The file that a parameter names: `attach://part`, or a part of the parameter's own name.
    pub(crate) fn upload(&self, name: &str, value: Option<&str>) -> Option<&Upload> {
        let part = value.and_then(|value| value.strip_prefix("attach://")).unwrap_or(name);
        self.uploads.iter().find(|upload| upload.field == part)
    }
}

/// Reads query and body of a request.
pub(crate) async fn read(request: Request) -> Result<Params, ApiError> {
    let mut params = Params::default();
    for (name, value) in
        form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
    {
        params.values.insert(name.to_string(), loose(&name, &value));
    }
    if request.method() == Method::GET {
        return Ok(params);
    }
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_lowercase();
    if kind.starts_with("multipart/form-data") {
        multipart(&mut params, request).await?;
        return Ok(params);
    }
    let body = axum::body::to_bytes(request.into_body(), LARGEST)
        .await
        .map_err(|_| ApiError::new(413, "Request Entity Too Large"))?;
    if kind.starts_with("application/json") && !body.is_empty() {
        let Ok(Value::Object(fields)) = serde_json::from_slice(&body) else {
            return Err(ApiError::bad("can't parse request JSON object"));
        };
        params.values.extend(fields);
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        for (name, value) in form_urlencoded::parse(&body) {
            params.values.insert(name.to_string(), loose(&name, &value));
        }
    }
    Ok(params)
}

async fn multipart(params: &mut Params, request: Request) -> Result<(), ApiError> {
    let broken = |_| ApiError::bad("can't parse multipart form");
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|_| ApiError::bad("no boundary"))?;
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            let value = part.text().await.map_err(broken)?;
            params.values.insert(field.clone(), loose(&field, &value));
            continue;
        };
        let mime = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = part.bytes().await.map_err(broken)?;
        params.uploads.push(Upload { field, name, mime, bytes });
    }
    // A part named like the parameter is the parameter.
    for upload in &params.uploads {
        if matches!(upload.field.as_str(), "photo" | "document" | "certificate") {
            let value = json!(format!("attach://{}", upload.field));
            params.values.entry(upload.field.clone()).or_insert(value);
        }
    }
    Ok(())
}

/// A form knows only texts; numbers, flags and objects are read back out of them.
fn loose(name: &str, value: &str) -> Value {
    if TEXTS.contains(&name) {
        return json!(value);
    }
    serde_json::from_str(value).unwrap_or_else(|_| json!(value))
}
