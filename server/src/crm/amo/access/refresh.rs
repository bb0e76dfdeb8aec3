//! The refresh of a pair: under a lease, in a task that nobody cuts off, committed before its use.

use std::sync::Arc;

use domain::credentials::{self, Credentials, CredentialsError, Pair};
use domain::texts::Lang;
use secrecy::ExposeSecret as _;
use url::Url;

use crate::crm::amo::access::fault::AccessFault;
use crate::crm::amo::access::oauth::{OAuthError, TokenCall, whereabouts};
use crate::crm::amo::access::token::{LOOK, OAuthAccess, no_access};
use crate::crm::amo::access::{hosts, jwt};
use crate::crm::amo::calls::error::CallError;

/// How often a pair that the database does not take is offered again. It is the only copy.
const OFFERS: u32 = 8;

impl OAuthAccess {
    /// Refreshes under the lease. In a task of its own: who waits for it may be cut off, and the
    /// pair that amoCRM has given by then would be lost.
    pub(crate) async fn refresh(self: &Arc<Self>, stored: Credentials) -> Result<(), CallError> {
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
}
