//! Where a client's token comes from: one that lives for years, or a pair by consent.

use std::sync::Arc;

use domain::credentials::Client;
use secrecy::SecretString;
use url::Url;

use crate::config::{AmocrmClient, AmocrmOAuth};
use crate::crm::error::CallError;
use crate::crm::oauth::{Bearer, OAuthAccess};

/// Consent as amoCRM gives it.
pub type AmoAccess = OAuthAccess<AmocrmOAuth>;

/// Where a client's token comes from. Clones share it.
#[derive(Debug, Clone)]
pub enum TokenSource {
    /// Made by a person for years; nobody can refresh it.
    LongLived(SecretString),
    /// A pair by consent.
    OAuth(Arc<AmoAccess>),
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
            Self::OAuth(access) => access.moved_to(),
        }
    }
}

impl AmoAccess {
    /// The integration: the configured one, or the one that a button made.
    pub(crate) fn client(&self, made: Option<Client>) -> Option<Client> {
        match &self.settings.client {
            AmocrmClient::Own { id, secret } => {
                Some(Client { id: id.clone(), secret: secret.clone() })
            }
            AmocrmClient::Button { .. } => made,
        }
    }
}
