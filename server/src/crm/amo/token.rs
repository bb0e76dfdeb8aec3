//! Where a client's token comes from: one that lives for years, or a pair that is refreshed in
//! time, once for all workers and processes.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use domain::credentials::{self, Client, Credentials, CredentialsError, Pair, Seal};
use domain::db::Db;
use domain::texts::Lang;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::config::{AmocrmClient, AmocrmOAuth};
use crate::crm::amo::error::CallError;
use crate::crm::amo::fault::AccessFault;
use crate::crm::amo::oauth::{OAuthError, TokenCall, whereabouts};
use crate::crm::amo::{hosts, jwt};

/// A pair is refreshed so long before its end, that no call under way meets it.
const EARLY: TimeDelta = TimeDelta::minutes(10);

/// How long one process may refresh: longer than every call of it can take together.
const LEASE: TimeDelta = TimeDelta::minutes(3);

/// How long a call waits for another process that refreshes.
const PATIENCE: Duration = Duration::from_secs(40);

/// How often it looks meanwhile.
const LOOK: Duration = Duration::from_millis(150);

/// A refresh token dies after three months; one that nobody needs is used this often.
const KEEP_ALIVE: TimeDelta = TimeDelta::days(25);

/// How often a pair that the database does not take is offered again. It is the only copy.
const OFFERS: u32 = 8;

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

    /// Refreshes under the lease. In a task of its own: who waits for it may be cut off, and the
    /// pair that amoCRM has given by then would be lost.
    async fn refresh(self: &Arc<Self>, stored: Credentials) -> Result<(), CallError> {
        let this = self.clone();
        let refreshing = tokio::spawn(async move {
            let version = stored.version;
            match this.ask(&stored).await {
                Ok((pair, base_url)) => this.keep(version, &pair, &base_url).await,
                Err(error) => Err(this.failed(version, error).await),
            }
        });
        let ended = refreshing.await;
        ended.unwrap_or_else(|error| Err(CallError::Local { words: error.to_string() }))
    }

    async fn ask(&self, stored: &Credentials) -> Result<(Pair, String), OAuthError> {
        let client = self.client(stored.client.clone());
        let client = client.ok_or(OAuthError::Call(no_access(AccessFault::NoConsent)))?;
        let refresh = &stored.pair.refresh;
        let base_url = Url::parse(&stored.base_url).unwrap_or_else(|_| self.base_url.clone());
        let call = |base_url| TokenCall {
            http: &self.http,
            base_url,
            client: &client,
            redirect_uri: &self.settings.redirect_uri,
            now: self.clock.now(),
        };
        let mut answer = call(&base_url).refresh(refresh).await;
        if matches!(&answer, Err(OAuthError::Call(error)) if error.outcome_unknown()) {
            // The answer was lost. If the pair was made, the old token is dead, and amoCRM says so.
            answer = call(&base_url).refresh(refresh).await;
        }
        if let Err(OAuthError::Refused { status: 401 | 404, .. }) = answer
            && let Some(moved) = self.moved(stored).await
            && moved.origin() != base_url.origin()
        {
            tracing::warn!(connection = self.connection, host = moved.host_str(), "account moved");
            return call(&moved).refresh(refresh).await.map(|pair| (pair, moved.to_string()));
        }
        answer.map(|pair| (pair, base_url.to_string()))
    }

    /// Where the account stands now, as far as amoCRM says.
    async fn moved(&self, stored: &Credentials) -> Option<Url> {
        let named = jwt::api_domain(stored.pair.access.expose_secret());
        let api = named.and_then(|host| hosts::trusted(&host, &self.base_url));
        let api = match hosts::is_local(&self.base_url) {
            true => self.base_url.clone(),
            false => api?,
        };
        match whereabouts(&self.http, &api, &stored.pair.refresh).await {
            Ok(host) => hosts::trusted(&host, &self.base_url),
            Err(_) => None,
        }
    }

    /// Commits the pair; only then is it used.
    async fn keep(&self, version: i64, pair: &Pair, base_url: &str) -> Result<(), CallError> {
        let mut pause = LOOK;
        for _ in 0..OFFERS {
            let kept = async {
                let mut tx = self.db.begin().await?;
                let (name, now) = (&self.connection, self.clock.now());
                let what = (pair, base_url);
                credentials::refreshed(&mut tx, &self.seal, name, version, what, now).await?;
                tx.commit().await?;
                Ok::<_, CredentialsError>(())
            };
            match kept.await {
                Ok(()) => {
                    tracing::info!(connection = self.connection, "the token was refreshed");
                    return Ok(());
                }
                Err(error) => tracing::error!(connection = self.connection, %error, "new tokens"),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(CallError::Local { words: "new tokens could not be kept".to_owned() })
    }

    async fn failed(&self, version: i64, error: OAuthError) -> CallError {
        let settled = async {
            let mut tx = self.db.begin().await?;
            let name = &self.connection;
            match &error {
                OAuthError::Refused { fault, .. } if fault.ends_the_pair() => {
                    credentials::break_off(&mut tx, name, version, fault.word()).await?;
                }
                _ => credentials::give_up_refresh(&mut tx, name, version).await?,
            }
            tx.commit().await?;
            Ok::<_, CredentialsError>(())
        };
        if let Err(error) = settled.await {
            tracing::error!(connection = self.connection, %error, "settling a refresh");
        }
        match error {
            OAuthError::Refused { fault, .. } => {
                let words = fault.words(Lang::En);
                tracing::error!(connection = self.connection, words, "the token is not refreshed");
                no_access(fault)
            }
            OAuthError::Call(error) => error,
        }
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

fn no_access(fault: AccessFault) -> CallError {
    CallError::NoAccess { fault }
}

fn is_final(error: &CallError) -> bool {
    matches!(error, CallError::NoAccess { fault } if fault.ends_the_pair())
}
