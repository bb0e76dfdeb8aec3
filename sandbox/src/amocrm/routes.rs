//! The routes of the API, behind the call log, the fault switches, the rate limit and the token.

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;

use crate::amocrm::answer::problem;
use crate::amocrm::core::Amocrm;
use crate::amocrm::{
    complex, consent, drive, elements, events, leads, links, notes, oauth, people, reference,
    tasks, webhooks,
};
use crate::faults;

impl Amocrm {
    /// The service as its clients see it: `/api/v4/…`, `/v1.0/…` (the drive), `/oauth2/…`.
    /// It stands at [`crate::amocrm::AmocrmOptions::base_url`].
    pub fn router(&self) -> Router {
        let guarded = api(self)
            .route("/v1.0/sessions", post(drive::open))
            .route("/v1.0/files/{uuid}", get(drive::file))
            .route_layer(from_fn_with_state(self.clone(), guard));
        Router::new()
            .merge(guarded)
            .route("/v1.0/sessions/upload/{session}/{number}", post(drive::part))
            .route("/v1.0/files/{uuid}/download", get(drive::download))
            .route("/oauth", get(consent::page))
            .route("/oauth/answer", get(consent::answer))
            .route("/oauth2/access_token", post(oauth::token))
            .route("/oauth2/account/current/subdomain", get(oauth::subdomain))
            .fallback(missing)
            .method_not_allowed_fallback(wrong_method)
            .layer(DefaultBodyLimit::max(4 * 1024 * 1024))
            .layer(from_fn_with_state(self.clone(), rate))
            .layer(from_fn_with_state(self.faults().clone(), faults::middleware))
            .layer(from_fn_with_state(self.clone(), record))
            .with_state(self.clone())
    }
}

fn api(amo: &Amocrm) -> Router<Amocrm> {
    let fixed = Router::new()
        .route("/api/v4/account", get(reference::account))
        .route("/api/v4/users", get(reference::users))
        .route("/api/v4/users/{id}", get(reference::user))
        .route("/api/v4/leads/pipelines", get(reference::pipelines))
        .route("/api/v4/leads/pipelines/{id}", get(reference::pipeline))
        .route("/api/v4/leads/pipelines/{id}/statuses", get(reference::statuses))
        .route("/api/v4/leads/pipelines/{id}/statuses/{status}", get(reference::status))
        .route("/api/v4/leads", get(leads::list).post(leads::create).patch(leads::edit_many))
        .route("/api/v4/leads/complex", post(complex::create))
        .route("/api/v4/leads/{id}", get(leads::one).patch(leads::edit_one))
        .route("/api/v4/leads/{id}/files", get(files).put(attach).delete(detach))
        .route("/api/v4/tasks", get(tasks::list).post(tasks::create))
        .route("/api/v4/tasks/{id}", get(tasks::one).patch(tasks::edit))
        .route("/api/v4/catalogs", get(elements::lists))
        .route("/api/v4/catalogs/{id}/elements/{element}", get(elements::one))
        .route("/api/v4/catalogs/{id}/elements", get(elements::list).post(elements::create))
        .route("/api/v4/events", get(events::list))
        .route(
            "/api/v4/webhooks",
            get(webhooks::list).post(webhooks::subscribe).delete(webhooks::unsubscribe),
        );
    let fixed = ["contacts", "companies"]
        .into_iter()
        .fold(fixed, |router, entity| router.merge(people_routes(amo, entity)));
    ["leads", "contacts", "companies"]
        .into_iter()
        .fold(fixed, |router, entity| router.merge(shared_routes(amo, entity)))
}

/// Contacts or companies.
fn people_routes(amo: &Amocrm, entity: &'static str) -> Router<Amocrm> {
    let [list, make, edit_all, one, edit] = [0; 5].map(|_| amo.clone());
    Router::new()
        .route(
            &format!("/api/v4/{entity}"),
            get(async move |RawQuery(query): RawQuery| {
                people::list(&list, entity, query.as_deref())
            })
            .post(async move |body: Bytes| people::create(&make, entity, &body))
            .patch(async move |body: Bytes| people::edit_many(&edit_all, entity, &body)),
        )
        .route(
            &format!("/api/v4/{entity}/{{id}}"),
            get(async move |Path(id): Path<i64>, RawQuery(query): RawQuery| {
                people::one(&one, entity, id, query.as_deref())
            })
            .patch(async move |Path(id): Path<i64>, body: Bytes| {
                people::edit_one(&edit, entity, id, &body)
            }),
        )
}

/// What leads, contacts and companies have alike: fields, notes, links.
fn shared_routes(amo: &Amocrm, entity: &'static str) -> Router<Amocrm> {
    let root = format!("/api/v4/{entity}");
    let [fields, all, note, of, note_on, links, link, unlink] = [0; 8].map(|_| amo.clone());
    Router::new()
        .route(
            &format!("{root}/custom_fields"),
            get(async move |RawQuery(query): RawQuery| {
                reference::custom_fields(&fields, entity, query.as_deref())
            }),
        )
        .route(
            &format!("{root}/notes"),
            get(async move |RawQuery(query): RawQuery| {
                notes::list(&all, entity, None, query.as_deref())
            })
            .post(async move |body: Bytes| notes::create(&note, entity, None, &body)),
        )
        .route(
            &format!("{root}/{{id}}/notes"),
            get(async move |Path(id): Path<i64>, RawQuery(query): RawQuery| {
                notes::list(&of, entity, Some(id), query.as_deref())
            })
            .post(async move |Path(id): Path<i64>, body: Bytes| {
                notes::create(&note_on, entity, Some(id), &body)
            }),
        )
        .route(
            &format!("{root}/{{id}}/links"),
            get(async move |Path(id): Path<i64>| links::list(&links, entity, id)),
        )
        .route(
            &format!("{root}/{{id}}/link"),
            post(async move |Path(id): Path<i64>, body: Bytes| {
                links::change(&link, entity, id, &body, true)
            }),
        )
        .route(
            &format!("{root}/{{id}}/unlink"),
            post(async move |Path(id): Path<i64>, body: Bytes| {
                links::change(&unlink, entity, id, &body, false)
            }),
        )
}

async fn files(State(amo): State<Amocrm>, Path(id): Path<i64>) -> Response {
    drive::attached(&amo, id)
}

async fn attach(State(amo): State<Amocrm>, Path(id): Path<i64>, body: Bytes) -> Response {
    drive::attach(&amo, id, &body, true)
}

async fn detach(State(amo): State<Amocrm>, Path(id): Path<i64>, body: Bytes) -> Response {
    drive::attach(&amo, id, &body, false)
}

async fn missing(State(amo): State<Amocrm>, request: Request) -> Response {
    let detail = format!("Cannot {} {}{}!", request.method(), amo.base(), request.uri().path());
    problem(StatusCode::NOT_FOUND, &detail)
}

async fn wrong_method() -> Response {
    problem(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

async fn record(
    State(amo): State<Amocrm>,
    OriginalUri(original): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    // The path without the prefix that the fake is nested under, as the real host would see it.
    let path = request.uri().path_and_query().or(original.path_and_query());
    let path = path.map(ToString::to_string).unwrap_or_default();
    let number = amo.call_begins(request.method().to_string(), path);
    let response = next.run(request).await;
    amo.call_ends(number, response.status().as_u16());
    // Changes tell of themselves; a refusal would show on the board only with the next one.
    if response.status().is_client_error() || response.status().is_server_error() {
        amo.touch();
    }
    response
}

async fn rate(State(amo): State<Amocrm>, request: Request, next: Next) -> Response {
    if amo.within_rate() {
        next.run(request).await
    } else {
        problem(StatusCode::TOO_MANY_REQUESTS, "Request limit exceeded")
    }
}

async fn guard(State(amo): State<Amocrm>, request: Request, next: Next) -> Response {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|one| one.to_str().ok());
    let token = sent.and_then(|sent| sent.strip_prefix("Bearer "));
    if !token.is_some_and(|token| oauth::opens(&amo, token)) {
        return problem(StatusCode::UNAUTHORIZED, "Неверный логин или пароль");
    }
    match amo.shut(request.uri().path()) {
        Some(refused) => refused,
        None => next.run(request).await,
    }
}
