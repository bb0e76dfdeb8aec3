//! Who works at the console: the session in the cookie, looked up at each request.

use std::ops::Deref;
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::audit::{self, Act};
use domain::db::{Reader, Tx};
use domain::sign_in::{self, Session};
use domain::staff::Staff;
use domain::texts::Lang;
use domain::{Error, viewer};

use crate::auth::{Caller, commit, manner};
use crate::console::cookie;
use crate::console::frame::{Frame, Section};
use crate::fault::Fault;
use crate::state::AppState;

/// A member of staff who changes something in the console. What a [`Caller`] of the Mini App may
/// ask, a clerk may ask too: the doors differ, the rules do not.
pub(crate) struct Clerk {
    caller: Caller,
    pub(crate) staff: Staff,
    pub(crate) session: Session,
}

/// A member of staff who reads, with the connection that found them.
pub(crate) struct Look {
    clerk: Clerk,
    pub(crate) db: Reader,
}

impl Deref for Clerk {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl Deref for Look {
    type Target = Clerk;

    fn deref(&self) -> &Clerk {
        &self.clerk
    }
}

impl Look {
    /// The person beside the connection, to be borrowed apart.
    pub(crate) fn parts(&mut self) -> (&Clerk, &mut Reader) {
        (&self.clerk, &mut self.db)
    }

    /// The person alone: the connection goes back, for what takes another of its own.
    pub(crate) fn into_clerk(self) -> Clerk {
        self.clerk
    }
}

impl Clerk {
    /// The frame around a page of theirs.
    pub(crate) fn frame(&self, section: Section) -> Frame {
        Frame::of(&self.caller.state, self.caller.ui, &self.staff, section)
    }

    /// Writes what is done into the audit log, then makes both durable.
    pub(crate) async fn done(&self, mut tx: Tx, act: &Act<'_>) -> Result<(), Fault> {
        audit::record(&mut tx, &self.staff.id, act, self.caller.state.now()).await?;
        commit(tx).await
    }
}

impl FromRequestParts<AppState> for Look {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let (clerk, db) = find(parts, state).await.map_err(Fault::into_response)?;
        Ok(Look { clerk, db })
    }
}

impl FromRequestParts<AppState> for Clerk {
    type Rejection = Response;

    /// The connection that found the person goes back at once: a writer that waits for its turn
    /// must not hold a reader's.
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let (clerk, _) = find(parts, state).await.map_err(Fault::into_response)?;
        Ok(clerk)
    }
}

async fn find(parts: &Parts, state: &AppState) -> Result<(Clerk, Reader), Fault> {
    let manner = manner(parts);
    let token = cookie::token(&parts.headers, state.tls()).ok_or(Fault::Unauthenticated)?;
    let now = state.now();
    let mut db = state.db().read().await.map_err(Error::from)?;
    let session = sign_in::session(&mut db, token, now).await?.ok_or(Fault::Unauthenticated)?;
    if parts.method != Method::GET {
        let taken = state.limiter().take(session.telegram_id, Instant::now());
        taken.map_err(Fault::TooMany)?;
    }
    let viewer = viewer::find(&mut db, session.telegram_id).await?;
    let staff = viewer.staff.clone().ok_or(Fault::Unauthenticated)?;
    if sign_in::is_stale(&session, now) {
        drop(db);
        let mut tx = state.db().begin().await.map_err(Error::from)?;
        sign_in::note_seen(&mut tx, &session, now).await?;
        commit(tx).await?;
        db = state.db().read().await.map_err(Error::from)?;
    }
    let lang: Lang = staff.language;
    manner.speak(lang);
    let ui = state.ui(lang);
    let caller = Caller { state: state.clone(), viewer, ui, json: manner.json };
    Ok((Clerk { caller, staff, session }, db))
}
