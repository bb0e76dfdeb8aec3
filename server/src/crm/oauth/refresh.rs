//! The refresh of a pair: under a lease, in a task that nobody cuts off, committed before its use.

use std::sync::Arc;

use domain::credentials::{self, Credentials, CredentialsError, Pair};
use domain::texts::Lang;

use crate::crm::error::CallError;
use crate::crm::oauth::{Authority, LOOK, OAuthAccess, OAuthError, no_access};

/// How often a pair that the database does not take is offered again. It is the only copy.
const OFFERS: u32 = 8;

impl<A: Authority> OAuthAccess<A> {
    /// Refreshes under the lease. In a task of its own: who waits for it may be cut off, and the
    /// pair that the CRM has given by then would be lost.
    pub(super) async fn refresh(self: &Arc<Self>, stored: Credentials) -> Result<(), CallError> {
        let this = self.clone();
        let refreshing = tokio::spawn(async move {
            let version = stored.version;
            match A::refresh(&this, &stored).await {
                Ok((pair, base_url)) => this.keep(version, &pair, &base_url).await,
                Err(error) => Err(this.failed(version, error).await),
            }
        });
        let ended = refreshing.await;
        ended.unwrap_or_else(|error| Err(CallError::Local { words: error.to_string() }))
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
