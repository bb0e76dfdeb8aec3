//! The signature of a server that posts leads.
//!
//! `X-MyPark-Timestamp` holds Unix seconds, `X-MyPark-Signature` is `sha256=` and the hex of
//! HMAC-SHA256 over the timestamp, a dot and the raw body. The body is hashed while it streams, so
//! that files need not lie in memory.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::fault::Fault;

/// The header with the Unix seconds of signing.
pub const TIMESTAMP: &str = "x-mypark-timestamp";
/// The header with the signature.
pub const SIGNATURE: &str = "x-mypark-signature";

/// Clocks differ by so many seconds at most; what is older was recorded and is played again.
const WINDOW: i64 = 300;

/// A form ends before its body does; so much may follow.
const TAIL: usize = 64 * 1024;

/// The value of [`SIGNATURE`] for a body that is sent at `timestamp`, Unix seconds.
pub fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = keyed(secret, &timestamp.to_string());
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// Whether somebody claims to have signed.
pub(super) fn is_signed(headers: &HeaderMap) -> bool {
    headers.contains_key(SIGNATURE)
}

/// A signature that was claimed, and what it must be compared with.
pub(super) struct Seal {
    claimed: Vec<u8>,
    mac: Hmac<Sha256>,
}

/// A body that is hashed on its way.
#[derive(Clone)]
pub(super) struct Sealed {
    claimed: Vec<u8>,
    passing: Arc<Mutex<Passing>>,
}

struct Passing {
    body: BodyDataStream,
    mac: Hmac<Sha256>,
}

impl Seal {
    /// Reads what was claimed, at `now`.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] when there is none, or its time is over or has not come.
    pub(super) fn read(
        secret: &str,
        headers: &HeaderMap,
        now: DateTime<Utc>,
    ) -> Result<Seal, Fault> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let stamp = text(TIMESTAMP).ok_or(Fault::Unauthenticated)?;
        let at: i64 = stamp.parse().map_err(|_| Fault::Unauthenticated)?;
        if now.timestamp().abs_diff(at) > WINDOW.unsigned_abs() {
            return Err(Fault::Unauthenticated);
        }
        let claimed = text(SIGNATURE).and_then(|value| value.strip_prefix("sha256="));
        let claimed = claimed.and_then(|value| hex::decode(value).ok());
        let claimed = claimed.ok_or(Fault::Unauthenticated)?;
        Ok(Seal { claimed, mac: keyed(secret, stamp) })
    }

    /// The same request, hashed while it is read.
    pub(super) fn over(self, request: Request) -> (Request, Sealed) {
        let (parts, body) = request.into_parts();
        let passing = Passing { body: body.into_data_stream(), mac: self.mac };
        let sealed = Sealed { claimed: self.claimed, passing: Arc::new(Mutex::new(passing)) };
        (Request::from_parts(parts, Body::from_stream(sealed.clone())), sealed)
    }
}

impl Sealed {
    /// Reads what is left and compares, in a time that does not tell how much was right; the name of
    /// this one signature.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] when somebody else wrote it, or changed it on the way.
    pub(super) async fn check(mut self) -> Result<String, Fault> {
        let mut tail = 0;
        while let Some(chunk) = self.next().await {
            tail += chunk.map_err(|_| Fault::Malformed)?.len();
            if tail > TAIL {
                return Err(Fault::BodyTooLarge);
            }
        }
        let passing = self.passing.lock().unwrap_or_else(PoisonError::into_inner);
        let right = passing.mac.clone().verify_slice(&self.claimed);
        right.map_err(|_| Fault::Unauthenticated)?;
        Ok(format!("signed:{}", hex::encode(&self.claimed)))
    }
}

impl Stream for Sealed {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut passing = self.passing.lock().unwrap_or_else(PoisonError::into_inner);
        let polled = passing.body.poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(bytes))) = &polled {
            passing.mac.update(bytes);
        }
        polled
    }
}

fn keyed(secret: &str, stamp: &str) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(stamp.as_bytes());
    mac.update(b".");
    mac
}
