//! Access by consent: a pair of tokens that is refreshed in time, once for all workers and
//! processes. What a refresh is on the wire, each CRM's [`Authority`] knows.

mod refresh;

use std::fmt::Debug;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use domain::credentials::{self, Credentials, CredentialsError, Pair, Seal};
use domain::db::Db;
use domain::texts::Lang;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::crm::error::CallError;
use crate::crm::fault::AccessFault;

/// How long one process may refresh: longer than every call of it can take together.
const LEASE: TimeDelta = TimeDelta::minutes(3);

/// How long a call waits for another process that refreshes.
const PATIENCE: Duration = Duration::from_secs(40);

/// How often it looks meanwhile.
const LOOK: Duration = Duration::from_millis(150);

/// Who grants pairs, and what is theirs alone.
pub trait Authority: Debug + Sized + Send + Sync + 'static {
    /// A pair is refreshed so long before its end, that no call under way meets it.
    const EARLY: TimeDelta;

    /// A refresh token that nobody uses dies; one that nobody needs is used this often.
    const KEEP_ALIVE: TimeDelta;

    /// Whether a pair that nobody uses is refreshed before its end all the same.
    const REFRESHED_IDLE: bool;

    /// Gets the next pair, and where the account stands now.
    fn refresh(
        access: &OAuthAccess<Self>,
        stored: &Credentials,
    ) -> impl Future<Output = Result<(Pair, String), OAuthError>> + Send;
}

/// How the token's address failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OAuthError {
    /// It refused, and it is known why.
    Refused {
        /// The HTTP status: with some CRMs 401 and 404 may mean that the account moved.
        status: u16,
        /// The cause.
        fault: AccessFault,
    },
    /// It did not answer as an OAuth server does; it may later.
    Call(CallError),
}

/// A pair by consent, and how to refresh it.
#[derive(Debug)]
pub struct OAuthAccess<A> {
    pub(crate) connection: String,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) http: reqwest::Client,
    pub(crate) seal: Seal,
    /// The application, and what else the CRM needs to know of it.
    pub(crate) settings: A,
    /// The account's address as configured.
    pub(crate) base_url: Url,
    held: RwLock<Option<Held>>,
    turn: Mutex<()>,
}

/// A token for one call.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub(crate) token: SecretString,
    /// Where the account stands, if not where the configuration says.
    pub(crate) base_url: Option<Url>,
    pub(crate) version: i64,
}

#[derive(Debug, Clone)]
struct Held {
    bearer: Bearer,
    expires_at: DateTime<Utc>,
}

impl<A: Authority> OAuthAccess<A> {
    /// Asks for nothing yet.
    pub(crate) fn new(
        (connection, base_url): (&str, &Url),
        settings: A,
        seal: Seal,
        http: reqwest::Client,
        db: Db,
        clock: Clock,
    ) -> Arc<Self> {
        Arc::new(Self {
            connection: connection.to_owned(),
            base_url: base_url.clone(),
            settings,
            seal,
            http,
            db,
            clock,
            held: RwLock::default(),
            turn: Mutex::default(),
        })
    }

    /// The stored credentials; `None` before the first consent.
    pub(crate) async fn stored(&self) -> Result<Option<Credentials>, CredentialsError> {
        let mut reader = self.db.read().await?;
        credentials::find(&mut reader, &self.seal, &self.connection).await
    }

    /// Keeps the pair alive without traffic: a refresh token that nobody uses dies.
    pub(crate) async fn keep_alive(self: &Arc<Self>) -> Result<(), CallError> {
        let stored = self.stored().await.map_err(unreadable)?;
        let stored = stored.ok_or(no_access(AccessFault::NoConsent))?;
        let broken = stored.broken.as_deref().map(AccessFault::of_word);
        if let Some(fault) = broken.filter(|fault| fault.ends_the_pair()) {
            return Err(no_access(fault));
        }
        match stored.refreshed_at + A::KEEP_ALIVE <= self.clock.now() {
            true => self.renew(Some(stored.version)).await.map(drop),
            false if A::REFRESHED_IDLE => self.renew(None).await.map(drop),
            false => Ok(()),
        }
    }

    /// A token for a call now; refreshed first where its end is near.
    pub(crate) async fn token(self: &Arc<Self>) -> Result<Bearer, CallError> {
        match self.held() {
            Some(held) if self.clock.now() < held.expires_at - A::EARLY => Ok(held.bearer),
            _ => self.renew(None).await,
        }
    }

    /// A token newer than the version that was refused, or one that is not near its end. Workers of
    /// this process come one after another, and so the later ones find what the first one got;
    /// between processes a lease on the row decides who refreshes, and the others wait for it.
    pub(crate) async fn renew(self: &Arc<Self>, refused: Option<i64>) -> Result<Bearer, CallError> {
        let _turn = self.turn.lock().await;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let stored = self.stored().await.map_err(unreadable)?;
            let stored = stored.ok_or(no_access(AccessFault::NoConsent))?;
            let now = self.clock.now();
            let newer = refused.is_none_or(|refused| stored.version > refused);
            let broken = stored.broken.as_deref().map(AccessFault::of_word);
            if let Some(fault) = broken.filter(|fault| fault.ends_the_pair()) {
                return Err(no_access(fault));
            }
            if newer && broken.is_none() && now < stored.pair.expires_at - A::EARLY {
                return Ok(self.hold(&stored));
            }
            if self.may_refresh(stored.version, now).await.map_err(unreadable)? {
                match self.refresh(stored.clone()).await {
                    Ok(()) => continue,
                    // The old one is still good for a while; nobody need wait for amoCRM's trouble.
                    Err(error) if newer && now < stored.pair.expires_at && !is_final(&error) => {
                        tracing::warn!(connection = self.connection, %error, "not refreshed yet");
                        return Ok(self.hold(&stored));
                    }
                    Err(error) => return Err(error),
                }
            }
            if Instant::now() >= deadline {
                let words = "another process refreshes the token and has not finished".to_owned();
                return Err(CallError::Local { words });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Keeps why a consent came to nothing, for `doctor` and the desk.
    pub(crate) async fn consent_failed(&self, fault: AccessFault) {
        let kept = async {
            let mut tx = self.db.begin().await?;
            let (words, now) = (fault.words(Lang::Ru), self.clock.now());
            credentials::failed(&mut tx, &self.connection, &words, now).await?;
            tx.commit().await?;
            Ok::<_, CredentialsError>(())
        };
        if let Err(error) = kept.await {
            tracing::error!(connection = self.connection, %error, "why a consent failed");
        }
    }

    async fn may_refresh(
        &self,
        version: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, CredentialsError> {
        let mut tx = self.db.begin().await?;
        let (name, until) = (&self.connection, now + LEASE);
        let taken = credentials::begin_refresh(&mut tx, name, version, until, now).await?;
        tx.commit().await?;
        Ok(taken)
    }

    fn hold(&self, stored: &Credentials) -> Bearer {
        let base_url = Url::parse(&stored.base_url).ok();
        let base_url = base_url.filter(|there| there.origin() != self.base_url.origin());
        let token = stored.pair.access.clone();
        let bearer = Bearer { token, base_url, version: stored.version };
        let held = Held { bearer: bearer.clone(), expires_at: stored.pair.expires_at };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
        bearer
    }

    /// Forgets the token at hand: a consent has replaced it.
    pub(crate) fn forget(&self) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Where the account stands, where it is known to be elsewhere than configured.
    pub(crate) fn moved_to(&self) -> Option<Url> {
        self.held().and_then(|held| held.bearer.base_url)
    }

    fn held(&self) -> Option<Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What becomes of a call whose credentials cannot be read.
fn unreadable(error: CredentialsError) -> CallError {
    match error {
        CredentialsError::WrongKey => no_access(AccessFault::WrongKey),
        CredentialsError::Domain(error) => CallError::Local { words: error.to_string() },
    }
}

pub(crate) fn no_access(fault: AccessFault) -> CallError {
    CallError::NoAccess { fault }
}

fn is_final(error: &CallError) -> bool {
    matches!(error, CallError::NoAccess { fault } if fault.ends_the_pair())
}
