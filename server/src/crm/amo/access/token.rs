//! Where a client's token comes from: one that lives for years, or a pair that is refreshed in
//! time, once for all workers and processes.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use domain::credentials::{self, Client, Credentials, CredentialsError, Seal};
use domain::db::Db;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::config::{AmocrmClient, AmocrmOAuth};
use crate::crm::amo::access::fault::AccessFault;
use crate::crm::amo::calls::error::CallError;

/// A pair is refreshed so long before its end, that no call under way meets it.
const EARLY: TimeDelta = TimeDelta::minutes(10);

/// How long one process may refresh: longer than every call of it can take together.
const LEASE: TimeDelta = TimeDelta::minutes(3);

/// How long a call waits for another process that refreshes.
const PATIENCE: Duration = Duration::from_secs(40);

/// How often it looks meanwhile.
pub(crate) const LOOK: Duration = Duration::from_millis(150);

/// A refresh token dies after three months; one that nobody needs is used this often.
const KEEP_ALIVE: TimeDelta = TimeDelta::days(25);

/// Where a client's token comes from. Clones share it.
#[derive(Debug, Clone)]
pub enum TokenSource {
    /// Made by a person for years; nobody can refresh it.
    LongLived(SecretString),
    /// A pair by consent.
    OAuth(Arc<OAuthAccess>),
}

/// A pair by consent, and how to refresh it.
#[derive(Debug)]
pub struct OAuthAccess {
    pub(crate) connection: String,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) http: reqwest::Client,
    pub(crate) seal: Seal,
    pub(crate) settings: AmocrmOAuth,
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
    version: i64,
}

#[derive(Debug, Clone)]
struct Held {
    bearer: Bearer,
    expires_at: DateTime<Utc>,
}

impl From<&str> for TokenSource {
    fn from(token: &str) -> Self {
        Self::LongLived(token.into())
    }
}

impl TokenSource {
    /// A token for a call now; refreshed first where its end is near.
    pub(crate) async fn token(&self) -> Result<Bearer, CallError> {
        match self {
            Self::LongLived(token) => {
                Ok(Bearer { token: token.clone(), base_url: None, version: 0 })
            }
            Self::OAuth(access) => access.token().await,
        }
    }

    /// Another token than the one that was refused with 401; `None` where there can be none.
    pub(crate) async fn after_refusal(
        &self,
        refused: &Bearer,
    ) -> Result<Option<Bearer>, CallError> {
        match self {
            Self::LongLived(_) => Ok(None),
            Self::OAuth(access) => access.renew(Some(refused.version)).await.map(Some),
        }
    }

    /// The account's address, where it is known to be another than the configured one.
    pub(crate) fn moved_to(&self) -> Option<Url> {
        match self {
            Self::LongLived(_) => None,
            Self::OAuth(access) => access.held().and_then(|held| held.bearer.base_url),
        }
    }
}

impl OAuthAccess {
    /// Asks for nothing yet.
    pub(crate) fn new(
        (connection, base_url): (&str, &Url),
        settings: AmocrmOAuth,
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
        let version = match self.stored().await.map_err(unreadable)? {
            Some(stored) if stored.refreshed_at + KEEP_ALIVE <= self.clock.now() => {
                Some(stored.version)
            }
            _ => None,
        };
        self.renew(version).await.map(drop)
    }

    /// The integration: the configured one, or the one that a button made.
    pub(crate) fn client(&self, made: Option<Client>) -> Option<Client> {
        match &self.settings.client {
            AmocrmClient::Own { id, secret } => {
                Some(Client { id: id.clone(), secret: secret.clone() })
            }
            AmocrmClient::Button { .. } => made,
        }
    }

    async fn token(self: &Arc<Self>) -> Result<Bearer, CallError> {
        match self.held() {
            Some(held) if self.clock.now() < held.expires_at - EARLY => Ok(held.bearer),
            _ => self.renew(None).await,
        }
    }

    /// A token newer than the version that was refused, or one that is not near its end. Workers of
    /// this process come one after another, and so the later ones find what the first one got;
    /// between processes a lease on the row decides who refreshes, and the others wait for it.
    async fn renew(self: &Arc<Self>, refused: Option<i64>) -> Result<Bearer, CallError> {
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
            if newer && broken.is_none() && now < stored.pair.expires_at - EARLY {
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
