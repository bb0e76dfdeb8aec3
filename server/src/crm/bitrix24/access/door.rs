//! By what key and at which address calls go.

use std::sync::Arc;

use domain::db::Db;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::crm::bitrix24::access::application::PortalAccess;
use crate::crm::bitrix24::access::hosts;
use crate::crm::bitrix24::access::moved::Moved;
use crate::crm::error::CallError;
use crate::crm::fault::AccessFault;

/// How calls get into a portal. Clones share what they learn.
#[derive(Debug, Clone)]
pub enum Door {
    /// An incoming webhook: the code is a part of the address.
    Webhook(Arc<Webhook>),
    /// The application, by consent: the token travels in the body.
    Application(Arc<PortalAccess>),
}

/// An incoming webhook, and where its portal was found to have moved.
#[derive(Debug)]
pub struct Webhook {
    url: SecretString,
    moved: Moved,
}

/// What one call needs. Its address may be a secret, so it is not for printing.
#[derive(Clone)]
pub(crate) struct Key {
    /// The address that the method's name is put behind; for a webhook it is secret.
    pub(crate) base: Url,
    /// The token, for an application.
    pub(crate) auth: Option<SecretString>,
    version: i64,
}

impl Door {
    /// A webhook's; `None` where the address cannot be one. With a database, a renamed portal is
    /// remembered under the connection's name.
    pub(crate) fn webhook(url: SecretString, memory: Option<(&str, Db)>) -> Door {
        let moved = Moved::new(memory);
        Door::Webhook(Arc::new(Webhook { url, moved }))
    }

    /// The key for a call now; a token is refreshed first where it has ended.
    pub(crate) async fn key(&self) -> Result<Key, CallError> {
        match self {
            Door::Webhook(webhook) => webhook.key().await,
            Door::Application(access) => {
                let bearer = access.token().await?;
                let portal = bearer.base_url.unwrap_or_else(|| access.base_url.clone());
                Ok(Key { base: rest(&portal), auth: Some(bearer.token), version: bearer.version })
            }
        }
    }

    /// Another key than the one that was refused; `None` where there can be none.
    pub(crate) async fn after_refusal(&self, refused: &Key) -> Result<Option<Key>, CallError> {
        match self {
            Door::Webhook(_) => Ok(None),
            Door::Application(access) => {
                access.renew(Some(refused.version)).await?;
                self.key().await.map(Some)
            }
        }
    }

    /// Whether the key is a part of the address.
    pub(crate) fn is_webhook(&self) -> bool {
        matches!(self, Door::Webhook(_))
    }

    /// The host, with its port, that a webhook calls now; `None` for an application, whose portal
    /// is known by its id.
    pub(crate) async fn host(&self) -> Result<Option<String>, CallError> {
        let Door::Webhook(webhook) = self else { return Ok(None) };
        let base = webhook.key().await?.base;
        let host = base.host_str().unwrap_or_default().to_owned();
        Ok(Some(base.port().map_or(host.clone(), |port| format!("{host}:{port}"))))
    }

    /// The same key on the host that a redirect names, if that may be believed.
    pub(crate) fn moved(&self, key: &Key, location: &str, asked: &Url) -> Result<Key, CallError> {
        let foreign = || CallError::NoAccess { fault: AccessFault::B24Moved };
        let there = asked.join(location).map_err(|_| foreign())?;
        // A licence that ended redirects every call to one page of its own.
        let same = there.path() == asked.path() && there.origin() != asked.origin();
        let portal = hosts::trusted(&there, &key.base).filter(|_| same).ok_or_else(foreign)?;
        Ok(Key { base: at(&portal, &key.base), ..key.clone() })
    }

    /// Remembers that the portal answers at another host.
    pub(crate) async fn remember(&self, key: &Key) {
        let portal = hosts::origin(&key.base);
        tracing::warn!(host = portal.host_str(), "the portal of Bitrix24 has moved");
        let kept = match self {
            Door::Webhook(webhook) => webhook.moved.keep(&webhook.configured(), &portal).await,
            Door::Application(access) => access.moved(&portal).await,
        };
        if let Err(error) = kept {
            // It is found again by the next redirect.
            tracing::error!(error = format!("{error:#}"), "a portal's new address was not kept");
        }
    }
}

impl Webhook {
    async fn key(&self) -> Result<Key, CallError> {
        let wrong = || CallError::NoAccess { fault: AccessFault::B24Webhook };
        let mut base = Url::parse(self.url.expose_secret()).map_err(|_| wrong())?;
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let local = |error: anyhow::Error| CallError::Local { words: format!("{error:#}") };
        if let Some(portal) = self.moved.of(&self.configured()).await.map_err(local)? {
            base = at(&portal, &base);
        }
        Ok(Key { base, auth: None, version: 0 })
    }

    fn configured(&self) -> String {
        let url = Url::parse(self.url.expose_secret()).ok();
        url.map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}

/// Where methods of a portal are called with a token.
fn rest(portal: &Url) -> Url {
    let mut url = portal.clone();
    url.set_path("/rest/");
    url
}

/// The same address on another portal.
fn at(portal: &Url, address: &Url) -> Url {
    let mut moved = portal.clone();
    moved.set_path(address.path());
    moved
}
