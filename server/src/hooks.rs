//! Where a CRM calls us: checked, kept raw, answered at once.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use domain::{ids, inbox, watch};
use serde::Deserialize;

use crate::config::{ConnectionConfig, caller_of};
use crate::crm::bitrix24::access::PortalEvent;
use crate::crm::hear::RAW;
use crate::routes::{Doors, unavailable};

/// amoCRM waits two seconds for the answer. A database that takes longer has not taken it: 503, and
/// amoCRM repeats.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The query of the address that amoCRM was given.
#[derive(Deserialize)]
pub(crate) struct HookQuery {
    #[serde(default)]
    secret: String,
}

/// The other end of the connection, where the server knows it.
pub(crate) struct Peer(Option<IpAddr>);

impl Peer {
    /// Whether the dealer lets webhooks of a connection come from there.
    fn may_tell(&self, config: &ConnectionConfig, headers: &HeaderMap) -> bool {
        if config.webhook_from.is_empty() {
            return true;
        }
        let caller = self.0.map(|peer| caller_of(peer, headers, &config.webhook_proxies));
        let allowed = |address| config.webhook_from.iter().any(|range| range.contains(address));
        let may = caller.is_some_and(allowed);
        if !may {
            tracing::warn!(connection = config.name, "a webhook from elsewhere was refused");
        }
        may
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Peer(info.map(|ConnectInfo(address)| address.ip())))
    }
}

/// Access: whoever knows the secret in the address, from where the dealer lets them come. Whatever
/// the body holds, it is kept and answered 200: amoCRM switches a hook off that fails too often.
pub(crate) async fn amocrm(
    State(doors): State<Doors>,
    Query(query): Query<HookQuery>,
    peer: Peer,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(connection) = doors.crms.of_secret(query.secret.as_bytes()) else {
        return StatusCode::UNAUTHORIZED;
    };
    if !peer.may_tell(&connection.config, &headers) {
        return StatusCode::FORBIDDEN;
    }
    let key = same_minute(&doors, &body);
    match tokio::time::timeout(PATIENCE, keep(&doors, connection.name(), &key, &body)).await {
        Ok(Ok(())) => StatusCode::OK,
        Ok(Err(error)) => unavailable(&error),
        Err(_) => unavailable(&anyhow::anyhow!("the database did not answer in time")),
    }
}

/// Access: whoever knows the token that the portal's events bear; an installation proves itself by
/// its refresh token. What is not kept is lost, for Bitrix24 tells nothing twice; the poll finds it.
pub(crate) async fn bitrix24(
    State(doors): State<Doors>,
    peer: Peer,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(event) = PortalEvent::parse(&body) else { return StatusCode::BAD_REQUEST };
    let crms = doors.crms.clone();
    // Tokens travel in these two, so they are not kept raw: what they say is done at once.
    let done = match event.name.as_str() {
        "ONAPPINSTALL" | "ONAPPUPDATE" => {
            tokio::spawn(async move { crms.installed(&event).await }).await
        }
        "ONAPPUNINSTALL" => tokio::spawn(async move { crms.uninstalled(&event).await }).await,
        _ => Ok(keep_event(&doors, &event, (&peer, &headers)).await),
    };
    match done {
        Ok(Ok(true)) => StatusCode::OK,
        Ok(Ok(false)) => StatusCode::UNAUTHORIZED,
        Ok(Err(error)) => unavailable(&error),
        Err(error) => unavailable(&error.into()),
    }
}

/// `false`: its token is nobody's, or it comes from where the dealer lets none come from.
async fn keep_event(
    doors: &Doors,
    event: &PortalEvent,
    (peer, headers): (&Peer, &HeaderMap),
) -> anyhow::Result<bool> {
    let given = event.auth("application_token").unwrap_or_default();
    let Some(connection) = doors.crms.of_event_token(given.as_bytes()).await? else {
        return Ok(false);
    };
    if !peer.may_tell(&connection.config, headers) {
        return Ok(false);
    }
    let body = event.without_secrets();
    // Nothing is sent twice, and two changes within a second bear the same body.
    let key = ids::new_id(doors.clock.now());
    tokio::time::timeout(PATIENCE, keep(doors, connection.name(), &key, &body)).await??;
    Ok(true)
}

/// A repeated delivery of amoCRM bears no mark of its own. The same body within a minute is the same
/// webhook; later it may be a new one, and a hint that is followed twice does no harm.
fn same_minute(doors: &Doors, body: &[u8]) -> String {
    let hash = ids::token_hash(&String::from_utf8_lossy(body));
    format!("{hash}:{}", doors.clock.now().timestamp() / 60)
}

async fn keep(doors: &Doors, connection: &str, key: &str, body: &[u8]) -> anyhow::Result<()> {
    let now = doors.clock.now();
    let mut tx = doors.db.begin().await?;
    inbox::store(&mut tx, connection, key, RAW, body, now).await?;
    watch::heard(&mut tx, connection, now).await?;
    tx.commit().await?;
    Ok(())
}
