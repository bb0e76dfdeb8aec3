//! Where the dealer's site hands over its leads. Open to the world, so everything is judged: the
//! origin, the rate, the size before it is read, the signature where another server calls.

mod cors;
mod page;
mod seal;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{
    ConnectInfo, DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State,
};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use domain::db::Db;
use domain::leads::{self, NewLead};
use domain::text::Phone;
use domain::texts::Lang;
use domain::{Dealer, Error};
use serde_json::json;

use crate::auth::commit;
use crate::fault::{Fault, Manner};
use crate::ingest::cors::Caller;
use crate::ingest::seal::Seal;
pub use crate::ingest::seal::{SIGNATURE, TIMESTAMP, signature};
use crate::input::{Form, MAX_FORM, essence};
use crate::limiter::Limiter;
use crate::ui::Ui;
use crate::upload::{MAX_UPLOAD, Upload};

/// Who is at the other end, seen through the dealer's proxies: from the connection's own address
/// and the headers.
pub type FindCaller = Arc<dyn Fn(IpAddr, &HeaderMap) -> IpAddr + Send + Sync>;

/// What the door for leads is built from.
pub struct LeadSettings {
    /// The database, migrated.
    pub db: Db,
    /// The dealer whose leads these are.
    pub dealer: Arc<Dealer>,
    /// Origins that browsers may post from.
    pub origins: Vec<String>,
    /// Shared with servers that post; once there is one, who comes without an origin must sign.
    pub secret: Option<String>,
    /// Tells callers apart.
    pub caller: FindCaller,
}

/// The state behind the door; cheap to clone.
#[derive(Clone)]
pub(crate) struct LeadDoor(Arc<Inner>);

struct Inner {
    settings: LeadSettings,
    /// The rates go by the dealer's clock, counted from here.
    since: (Instant, DateTime<Utc>),
    addresses: Limiter<IpAddr>,
    phones: Limiter<String>,
}

/// The script that sites embed, as it was built.
const SCRIPT: &str = include_str!("../../static/dist/lead-form.js");

/// The routes for the dealer's site: leads in, their state out, and the script for its pages.
pub fn lead_router(settings: LeadSettings) -> Router {
    let since = (Instant::now(), settings.dealer.clock.now());
    let door = LeadDoor(Arc::new(Inner {
        settings,
        since,
        // An office behind one address sends a few; a script sends hundreds.
        addresses: Limiter::new(20.0, 1.0 / 15.0),
        phones: Limiter::new(6.0, 1.0 / 300.0),
    }));
    Router::new()
        .route("/ingest/lead", post(receive))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .route("/ingest/lead/{token}", get(state))
        .layer(from_fn_with_state(door.clone(), cors::guard))
        .layer(from_fn_with_state(door.clone(), answer_faults))
        .route("/lead-form.js", get(script))
        .with_state(door)
}

/// Access: browsers from `SITE_ORIGINS`; servers that sign, or any while no secret is set. The same
/// `client_key` of a form again answers the lead that it made. A browser that posts by itself gets
/// a page, a script data.
async fn receive(
    State(door): State<LeadDoor>,
    caller: Caller,
    request: Request,
) -> Result<Response, Fault> {
    let headers = request.headers().clone();
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > MAX_UPLOAD) {
        return Err(Fault::BodyTooLarge);
    }
    let seal = door.seal(&headers, caller)?;
    if seal.is_none() {
        let address = door.address(&request);
        door.0.addresses.take(address, door.moment()).map_err(Fault::TooMany)?;
    }
    let (form, files, signature) = match seal {
        None => {
            let (form, files) = read(request, &door).await?;
            (form, files, None)
        }
        Some(seal) => {
            let (request, sealed) = seal.over(request);
            let (form, files) = read(request, &door).await?;
            (form, files, Some(sealed.check().await?))
        }
    };
    let told = form.owned("page");
    let mut new = NewLead::of_fields(form.into_pairs());
    new.files = files;
    if let Some(signature) = signature {
        // Who can sign is no robot, and what was signed once is not a second lead when it is replayed.
        new.suspicion = None;
        new.client_key.get_or_insert(signature);
    }
    if let Some(phone) = Phone::parse(&new.phone) {
        door.0.phones.take(phone.to_string(), door.moment()).map_err(Fault::TooMany)?;
    }
    let mut tx = door.0.settings.db.begin().await.map_err(Error::from)?;
    let received = leads::receive(&mut tx, &door.0.settings.dealer, &new).await?;
    commit(tx).await?;
    let status = if received.fresh { StatusCode::CREATED } else { StatusCode::OK };
    let lead = received.lead;
    let manner = Manner::of(&headers);
    if manner.wants_page() {
        let back = page::back(door.origins(), told.as_deref(), &headers);
        return page::accepted(door.ui(page::LANG), (status, &lead.number), back);
    }
    let body = json!({ "status": "accepted", "number": lead.number, "token": lead.token });
    Ok((status, Json(body)).into_response())
}

/// Access: whoever knows the token that the lead was answered with.
async fn state(State(door): State<LeadDoor>, Path(token): Path<String>) -> Result<Response, Fault> {
    let mut reader = door.0.settings.db.read().await.map_err(Error::from)?;
    let lead = leads::by_token(&mut reader, &token).await?;
    let body = json!({
        "number": lead.number,
        "state": lead.state.told(),
        "updated_at": lead.updated_at,
    });
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Access: anyone. Sites embed it under this one address, so they ask again within the hour.
async fn script() -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 4] = [
        (CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ),
    ];
    (HEADERS, SCRIPT).into_response()
}

/// A refusal is read by a script, as a problem document in the browser's language, or by the person
/// whose browser posted the form by itself.
async fn answer_faults(State(door): State<LeadDoor>, request: Request, next: Next) -> Response {
    let (headers, posted) = (request.headers().clone(), request.method() == Method::POST);
    let mut response = next.run(request).await;
    let Some(fault) = Fault::taken_from(&mut response) else { return response };
    let manner = Manner::of(&headers);
    let drawn = (posted && manner.wants_page()).then(|| {
        let back = page::back(door.origins(), None, &headers);
        page::refused(door.ui(page::LANG), &fault, back).ok()
    });
    let ui = door.ui(manner.lang());
    let mut told = fault.told(ui, door.0.settings.dealer.clock.now(), drawn.flatten());
    // What CORS allowed stays allowed: else the page could not read why it was refused.
    for (name, value) in response.headers() {
        if cors::is_ours(name) {
            told.headers_mut().insert(name, value.clone());
        }
    }
    told
}

/// The form, its size limited before it is read; its files are judged and on disk afterwards.
async fn read(
    request: Request,
    door: &LeadDoor,
) -> Result<(Form, Vec<domain::files::Accepted>), Fault> {
    let headers = request.headers().clone();
    if essence(&headers) == "multipart/form-data" {
        let parts = Multipart::from_request(request, &()).await.map_err(|_| Fault::Malformed)?;
        let upload = Upload::Parts(Box::new(parts));
        return upload.accept_documents(&door.0.settings.dealer.uploads).await;
    }
    let body = to_bytes(request.into_body(), MAX_FORM).await.map_err(|_| Fault::BodyTooLarge)?;
    Ok((Form::read(&headers, &body)?, Vec::new()))
}

impl LeadDoor {
    fn origins(&self) -> &[String] {
        &self.0.settings.origins
    }

    /// What must be signed, and by which signature.
    fn seal(&self, headers: &HeaderMap, caller: Caller) -> Result<Option<Seal>, Fault> {
        let settings = &self.0.settings;
        match (&settings.secret, caller) {
            (None, _) => Ok(None),
            (Some(_), Caller::Browser) if !seal::is_signed(headers) => Ok(None),
            (Some(secret), _) => Seal::read(secret, headers, settings.dealer.clock.now()).map(Some),
        }
    }

    /// How a person is spoken to.
    fn ui(&self, lang: Lang) -> Ui {
        let dealer = &self.0.settings.dealer;
        Ui::new(lang, dealer.zone, dealer.clock.now())
    }

    /// Now, as the limiters count it.
    fn moment(&self) -> Instant {
        let (instant, at) = self.0.since;
        let passed = self.0.settings.dealer.clock.now() - at;
        instant + passed.to_std().unwrap_or_default()
    }

    fn address(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| address.ip());
        (self.0.settings.caller)(peer, request.headers())
    }
}
