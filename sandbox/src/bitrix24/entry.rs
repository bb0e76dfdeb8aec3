//! The portal's door: address, parameters, limits, access; then the method.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde_json::{Map, Value};

use crate::bitrix24::answer::{Answer, Outcome, Refusal, envelope, reply, timing};
use crate::bitrix24::change::{Caller, Door};
use crate::bitrix24::core::{Bitrix24, Call};
use crate::bitrix24::params::{Params, Part};
use crate::bitrix24::switches::OPERATING_LIMIT;
use crate::bitrix24::values::text;
use crate::bitrix24::{batch, downloads, methods, oauth, php};

/// More than any story sends.
const LARGEST: usize = 64 * 1024 * 1024;

impl Bitrix24 {
    /// The service as its clients see it: `/rest/…`, `/oauth/…` and downloads. It stands at
    /// [`crate::bitrix24::Bitrix24Options::base_url`].
    pub fn router(&self) -> Router {
        Router::new()
            .route("/rest/{user}/{code}/{method}", any(enter))
            .route("/rest/{method}", any(enter))
            .route("/oauth/authorize/", any(oauth::page))
            .route("/oauth/answer", any(oauth::answer))
            .route("/oauth/token/", any(enter))
            .route("/oauth/token", any(enter))
            .fallback(downloads::any_file)
            .with_state(self.clone())
    }
}

/// One call, taken apart.
struct Asked {
    verb: String,
    path: String,
    method: String,
    webhook: Option<(String, String)>,
    params: Params,
}

async fn enter(State(portal): State<Bitrix24>, request: Request) -> Response {
    if let Some(elsewhere) = moved(&portal, request.headers(), request.uri().path_and_query()) {
        return elsewhere;
    }
    let asked = match take_apart(request).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal.response(),
    };
    let number = portal.call_begins(Call {
        verb: asked.verb.clone(),
        path: asked.path.clone(),
        method: asked.method.clone(),
        params: Value::Object(asked.params.all.clone()),
        status: None,
        at: portal.now(),
    });
    // Commands of a batch can be spoilt by their names too.
    let route = format!("{} {} {}", asked.path, asked.method, batch::names(&asked.params));
    let (verb, works) = (asked.verb.clone(), portal.clone());
    let work = async move { answer(&works, &asked) };
    let response = portal.faults().around(&verb, &route, work).await;
    portal.call_ends(number, response.status().as_u16());
    response
}

fn answer(portal: &Bitrix24, asked: &Asked) -> Response {
    if asked.method.is_empty() {
        return oauth::token(portal, &asked.params);
    }
    if !portal.level().pour(portal.now()) {
        return Refusal::named("QUERY_LIMIT_EXCEEDED")
            .map_or_else(no_content, |one| one.response());
    }
    if let Some(file) = downloads::by_link(portal, &asked.method, &asked.params) {
        return file;
    }
    if let Some(file) = downloads::of_product(&asked.method, &asked.params) {
        let allowed = access(portal, asked).and_then(|_| granted(portal, &asked.method));
        let file = allowed.and_then(|()| file.find(portal));
        return file.map_or_else(|refusal| refusal.response(), downloads::bytes);
    }
    let outcome = access(portal, asked).and_then(|caller| {
        if asked.method == "batch" {
            return batch::run(portal, &caller, &asked.params);
        }
        perform(portal, &caller, &asked.method, &asked.params)
    });
    match outcome {
        Ok(answer) => {
            let used = operating(portal, &asked.method);
            let body = envelope(answer, timing(portal.now(), used));
            reply(StatusCode::OK, &body)
        }
        Err(refusal) => refusal.response(),
    }
}

fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// What a method has used of its ten minutes.
pub(crate) fn operating(portal: &Bitrix24, method: &str) -> f64 {
    portal.portal().operating.get(method).copied().unwrap_or_default()
}

/// One method with the limits that are its own.
pub(crate) fn perform(
    portal: &Bitrix24,
    caller: &Caller,
    method: &str,
    params: &Params,
) -> Outcome {
    if operating(portal, method) >= OPERATING_LIMIT {
        return refuse("OPERATION_TIME_LIMIT");
    }
    granted(portal, method)?;
    let mut caller = caller.clone();
    caller.connector = params.text("auth_connector");
    portal.change(caller, |change| methods::call(change, method, params))
}

/// Whether the webhook, or the application, has the right that a method needs.
fn granted(portal: &Bitrix24, method: &str) -> Result<(), Refusal> {
    let right = methods::right(method);
    let has = right.is_empty() || portal.options().scopes.iter().any(|one| one == right);
    if has { Ok(()) } else { refuse("insufficient_scope").map(drop) }
}

/// A refusal of [`Refusal::named`].
pub(crate) fn refuse(code: &str) -> Result<Answer, Refusal> {
    Err(Refusal::named(code).unwrap_or_else(|| Refusal::new(code, code)))
}

/// Who calls (`reference/bitrix24.md` §1.3).
fn access(portal: &Bitrix24, asked: &Asked) -> Result<Caller, Refusal> {
    let named = |code: &str| Refusal::named(code).unwrap_or_else(|| Refusal::plain(code));
    let options = portal.options();
    let caller = |user: i64, door: Door| Caller { user, door, connector: String::new() };
    let state = portal.portal();
    let active = |user: i64| state.users.iter().any(|one| one.id == user && one.active);
    if let Some((user, code)) = &asked.webhook {
        let known = *user == options.user.to_string() && *code == options.code;
        let passes = known && active(options.user);
        return passes
            .then(|| caller(options.user, Door::Webhook))
            .ok_or_else(|| named("NO_AUTH_FOUND"));
    }
    if asked.method == "upload" && state.uploads.contains_key(&asked.params.text("token")) {
        // The link itself is the key.
        return Ok(caller(options.user, Door::Webhook));
    }
    let token = asked.params.text("auth");
    if token.is_empty() {
        return Err(named("NO_AUTH_FOUND"));
    }
    let grant = state.access.iter().find(|grant| grant.secret == token && !grant.used);
    let grant = grant.ok_or_else(|| named("invalid_token"))?;
    if grant.until <= portal.now() {
        return Err(named("expired_token"));
    }
    if !state.installed {
        return Err(named("ERROR_OAUTH"));
    }
    if !active(grant.user) {
        return Err(named("authorization_error"));
    }
    Ok(caller(grant.user, Door::App))
}

/// 302 from the address where the portal no longer stands (`reference/bitrix24.md` §1.4).
fn moved(
    portal: &Bitrix24,
    headers: &HeaderMap,
    path: Option<&axum::http::uri::PathAndQuery>,
) -> Option<Response> {
    let base = portal.portal().moved_to.clone()?;
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if base.split_once("://").is_some_and(|(_, here)| here == host) {
        return None;
    }
    let to = format!("{base}{}", path.map(|path| path.as_str()).unwrap_or_default());
    Some((StatusCode::FOUND, [(LOCATION, to)]).into_response())
}

async fn take_apart(request: Request) -> Result<Asked, Refusal> {
    let verb = request.method().to_string();
    let path = request.uri().path().to_owned();
    let mut all = php::parse(request.uri().query().unwrap_or_default());
    let (method, webhook) = route(&path);
    let (more, parts) = body(request).await?;
    all.extend(more);
    Ok(Asked { verb, path, method, webhook, params: Params { all, parts } })
}

/// The method in lower case without its ending, and the webhook's user and code.
fn route(path: &str) -> (String, Option<(String, String)>) {
    let Some(rest) = path.strip_prefix("/rest/") else {
        return (String::new(), None);
    };
    let (before, method) = rest.rsplit_once('/').unwrap_or(("", rest));
    let method = method.to_lowercase();
    let method = method.strip_suffix(".json").or(method.strip_suffix(".xml")).unwrap_or(&method);
    let webhook = before.split_once('/').map(|(user, code)| (user.to_owned(), code.to_owned()));
    (method.to_owned(), webhook)
}

/// JSON, form or multipart.
async fn body(request: Request) -> Result<(Map<String, Value>, Vec<Part>), Refusal> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_lowercase();
    let broken = |_| Refusal::new("INVALID_REQUEST", "Invalid request body");
    if kind.starts_with("multipart/form-data") {
        return multipart(request).await;
    }
    let bytes = to_bytes(request.into_body(), LARGEST).await.map_err(broken)?;
    if kind.contains("json") && !bytes.is_empty() {
        let read: Value = serde_json::from_slice(&bytes)
            .map_err(|_| Refusal::new("INVALID_REQUEST", "Invalid JSON in request body"))?;
        return Ok((read.as_object().cloned().unwrap_or_default(), Vec::new()));
    }
    let form = form_urlencoded::parse(&bytes).into_owned();
    Ok((php::nested(form), Vec::new()))
}

async fn multipart(request: Request) -> Result<(Map<String, Value>, Vec<Part>), Refusal> {
    let broken = || Refusal::new("INVALID_REQUEST", "Invalid multipart body");
    let limit = axum::extract::DefaultBodyLimit::max(LARGEST);
    let mut request = request;
    limit.apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let mut pairs = Vec::new();
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let content = field.bytes().await.map_err(|_| broken())?;
        match file {
            Some(file) => parts.push(Part { field: name, name: file, content: content.to_vec() }),
            None => {
                pairs.push((name, text(&String::from_utf8_lossy(&content).into_owned().into())))
            }
        }
    }
    Ok((php::nested(pairs), parts))
}
