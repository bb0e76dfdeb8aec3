//! Who asks: a launch that Telegram signed, or the session that it opened.

use std::ops::{Deref, DerefMut};
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::db::{Reader, Tx};
use domain::texts::Lang;
use domain::{Error, Viewer, viewer};

use crate::fault::{Fault, Manner};
use crate::init_data::{InitData, InitDataError};
use crate::routes::shell;
use crate::state::AppState;
use crate::ui::Ui;

/// A known person who changes something.
pub(crate) struct Caller {
    pub(crate) state: AppState,
    pub(crate) viewer: Viewer,
    pub(crate) ui: Ui,
    /// Whether to answer with data rather than a page.
    pub(crate) json: bool,
}

/// A known person who reads, with the connection that found them: one serves the whole request.
pub(crate) struct Visit {
    caller: Caller,
    pub(crate) db: Reader,
}

impl Deref for Visit {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl DerefMut for Visit {
    fn deref_mut(&mut self) -> &mut Caller {
        &mut self.caller
    }
}

impl Visit {
    /// The person beside the connection, to be borrowed apart.
    pub(crate) fn parts(&mut self) -> (&Caller, &mut Reader) {
        (&self.caller, &mut self.db)
    }

    /// The person alone: the connection goes back, for what takes another of its own.
    pub(crate) fn into_caller(self) -> Caller {
        self.caller
    }
}

impl Caller {
    /// Opens a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<Tx, Fault> {
        Ok(self.state.db().begin().await.map_err(Error::from)?)
    }

    /// The address of a stored file for this person.
    pub(crate) fn file_link(&self, file: &str) -> String {
        self.state.file_link(file, self.viewer.telegram_id)
    }

    /// Where this person begins.
    pub(crate) fn home(&self) -> &'static str {
        home(&self.viewer)
    }
}

/// Makes a transaction durable.
pub(crate) async fn commit(tx: Tx) -> Result<(), Fault> {
    Ok(tx.commit().await.map_err(Error::from)?)
}

/// The first page of a person: the desk, the jobs, the park.
pub(crate) fn home(viewer: &Viewer) -> &'static str {
    match &viewer.staff {
        Some(staff) if staff.is_manager() => "/app/desk",
        Some(_) => "/app/jobs",
        None => "/app/park",
    }
}

/// What the `Authorization` header proves.
pub(crate) enum Proof {
    /// A launch, fresh enough.
    Launch(Box<InitData>),
    /// A session, opened at a time.
    Session { telegram_id: i64, issued_at: DateTime<Utc> },
}

impl Proof {
    pub(crate) fn telegram_id(&self) -> i64 {
        match self {
            Proof::Launch(launch) => launch.user.id,
            Proof::Session { telegram_id, .. } => *telegram_id,
        }
    }

    /// Reads the header.
    pub(crate) fn read(state: &AppState, headers: &HeaderMap) -> Result<Proof, Fault> {
        let given = headers.get(AUTHORIZATION).ok_or(Fault::Unauthenticated)?;
        let given = given.to_str().map_err(|_| Fault::Unauthenticated)?;
        let (scheme, value) = given.split_once(' ').ok_or(Fault::Unauthenticated)?;
        if scheme.eq_ignore_ascii_case("tma") {
            let launch = state.verifier().verify(value, state.now()).map_err(|error| {
                tracing::debug!(%error, "a launch was not believed");
                match error {
                    InitDataError::Expired => Fault::InitDataExpired,
                    _ => Fault::Unauthenticated,
                }
            })?;
            return Ok(Proof::Launch(Box::new(launch)));
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            let session = state.signer().read(value, state.now());
            let session = session.map_err(|_| Fault::Unauthenticated)?;
            let (telegram_id, issued_at) = (session.telegram_id, session.issued_at);
            return Ok(Proof::Session { telegram_id, issued_at });
        }
        Err(Fault::Unauthenticated)
    }

    /// Whether the person has ended their sessions since.
    pub(crate) fn is_over(&self, viewer: &Viewer) -> bool {
        let Proof::Session { issued_at, .. } = self else { return false };
        viewer.sessions_from.is_some_and(|from| *issued_at < from)
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let manner = manner(parts);
        if manner.navigation && !parts.headers.contains_key(AUTHORIZATION) {
            // A web view that reloads an inner address gets the shell, which holds no data and
            // comes back with the session.
            return Err(shell::document(state, manner.lang()));
        }
        let (proof, viewer, db) = find(parts, state).await.map_err(Fault::into_response)?;
        let caller = known(state, &manner, &proof, viewer).map_err(Fault::into_response)?;
        Ok(Visit { caller, db })
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Response;

    /// The connection that found the person goes back at once: a writer that waits for its turn
    /// must not hold a reader's.
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let manner = manner(parts);
        let (proof, viewer, _) = find(parts, state).await.map_err(Fault::into_response)?;
        known(state, &manner, &proof, viewer).map_err(Fault::into_response)
    }
}

/// How the one who asks wants to be answered.
pub(crate) fn manner(parts: &Parts) -> Manner {
    parts.extensions.get::<Manner>().cloned().expect("every route stands behind answer_faults")
}

async fn find(parts: &Parts, state: &AppState) -> Result<(Proof, Viewer, Reader), Fault> {
    let proof = Proof::read(state, &parts.headers)?;
    if parts.method != Method::GET {
        let taken = state.limiter().take(proof.telegram_id(), Instant::now());
        taken.map_err(Fault::TooMany)?;
    }
    let mut db = state.db().read().await.map_err(Error::from)?;
    let viewer = viewer::find(&mut db, proof.telegram_id()).await?;
    if proof.is_over(&viewer) {
        return Err(Fault::Unauthenticated);
    }
    Ok((proof, viewer, db))
}

fn known(
    state: &AppState,
    manner: &Manner,
    proof: &Proof,
    viewer: Viewer,
) -> Result<Caller, Fault> {
    let lang = viewer.language().unwrap_or_else(|| match proof {
        Proof::Launch(launch) => Lang::from_code(launch.user.language_code.as_deref()),
        Proof::Session { .. } => manner.lang(),
    });
    manner.speak(lang);
    if viewer.customer.is_none() && viewer.staff.is_none() {
        let name = match proof {
            Proof::Launch(launch) => launch.user.first_name.clone(),
            Proof::Session { .. } => String::new(),
        };
        return Err(Fault::Stranger(name));
    }
    Ok(Caller { state: state.clone(), viewer, ui: state.ui(lang), json: manner.json })
}
