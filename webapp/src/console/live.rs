//! One stream of server-sent events for a signed-in browser: which topics have changed. It carries
//! no data; the page fetches what it shows again, with its own rights.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use domain::changes::{self, Pulse};
use domain::{Error, sign_in};
use futures_util::stream;

use crate::console::clerk::Look;
use crate::console::cookie;
use crate::state::AppState;

/// What other processes did is seen after so long at the latest.
const POLL: Duration = Duration::from_secs(3);
/// After one look the next waits for so long: a burst of changes is one.
const REST: Duration = Duration::from_millis(400);

const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/staff/live", get(live))
}

/// A stream's place: whose it is, and what it has told.
struct Place {
    state: AppState,
    token: String,
    told: Option<Pulse>,
}

/// Access: staff. Ends with the session, and when the product stops.
async fn live(look: Look, headers: HeaderMap) -> Response {
    let clerk = look.into_clerk();
    let state = clerk.state.clone();
    let token = cookie::token(&headers, state.tls()).unwrap_or_default().to_owned();
    let place = Place { state, token, told: None };
    let events = stream::unfold(place, |mut place| async move {
        let topics = place.next().await?;
        let event = Event::default().event("change").data(topics.join(" "));
        Some((Ok::<_, Infallible>(event), place))
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)));
    // nginx would hold it back until there is a page of it.
    ([(UNBUFFERED, "no")], stream).into_response()
}

impl Place {
    /// Waits for the next change: this process is told of its own, those of others are found by
    /// looking. `None` ends the stream.
    async fn next(&mut self) -> Option<Vec<&'static str>> {
        loop {
            if self.told.is_some() {
                let signals = self.state.db().signals();
                tokio::select! {
                    () = self.state.stop().cancelled() => return None,
                    () = signals.outbox.notified() => {}
                    () = signals.inbox.notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
                tokio::select! {
                    () = self.state.stop().cancelled() => return None,
                    () = tokio::time::sleep(REST) => {}
                }
            }
            let pulse = match self.look().await {
                Ok(pulse) => pulse?,
                Err(error) => {
                    tracing::warn!(%error, "a live page could not be told");
                    return None;
                }
            };
            let Some(told) = self.told.replace(pulse) else { continue };
            let topics = changes::changed(&told, self.told.as_ref()?);
            if !topics.is_empty() {
                return Some(topics);
            }
        }
    }

    /// What changed by now; `None` when the session is over.
    async fn look(&self) -> Result<Option<Pulse>, Error> {
        let now = self.state.now();
        let mut db = self.state.db().read().await?;
        if sign_in::session(&mut db, &self.token, now).await?.is_none() {
            return Ok(None);
        }
        changes::pulse(&mut db, now).await.map(Some)
    }
}
