//! How the application gets its access by a consent that comes back.

use domain::credentials::{self, CredentialsError, Grant};
use domain::texts::Lang;
use domain::watch;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::crm::access::{Welcome, not_kept};
use crate::crm::bitrix24::access::PortalAccess;
use crate::crm::bitrix24::access::hosts;
use crate::crm::bitrix24::access::oauth::{Granted, TokenCall};
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::error::CallError;
use crate::crm::fault::AccessFault;
use crate::crm::oauth::OAuthError;
use crate::crm::{Crms, NoRecord};

/// What the redirect after a consent carries (settings/oauth).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ReturnedPortal {
    /// To be exchanged once, within 30 seconds.
    pub code: Option<String>,
    /// Ours.
    pub state: Option<String>,
    /// The portal's host.
    pub domain: Option<String>,
    /// The portal's own id.
    pub member_id: Option<String>,
    /// The authorization server of its region.
    pub server_domain: Option<String>,
}

impl Crms {
    /// Where a person consents for a connection to Bitrix24: with the state that `doctor` printed,
    /// or one made now. `None`: no application is configured, or its portal is not known, or the
    /// access works and whoever asks is a stranger.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn portal_consent(
        &self,
        state: Option<&str>,
        is_administrator: bool,
    ) -> Result<Option<Url>, CredentialsError> {
        for connection in self.bitrix24() {
            let Some(app) = &connection.app else { continue };
            if let Some(state) = state {
                let mut reader = app.db.read().await?;
                let asked = credentials::asked(&mut reader, state, app.clock.now()).await?;
                if asked.as_deref() == Some(connection.name()) {
                    return Ok(app.portal().await?.map(|portal| app.authorize(&portal, state)));
                }
                continue;
            }
            // Whoever consents first needs an account of the portal; to replace an access that
            // works, they must be ours too.
            if is_administrator || !app.works().await? {
                return app.consent_address().await;
            }
        }
        Ok(None)
    }

    /// Takes a consent that came back: state and portal are checked before anybody is called, the
    /// code is exchanged, the pair is stored, and only then the portal is asked to confirm it.
    ///
    /// # Errors
    /// The cause, for the person in front of the page.
    pub async fn welcome_portal(&self, back: ReturnedPortal) -> Result<Welcome, AccessFault> {
        let asking = match &back.state {
            Some(state) => self.asking_portal(state, "").await.ok(),
            None => None,
        };
        let granted = self.granted_portal(&back, "").await;
        // Only who bears a state of ours can make us remember anything.
        if let (Err(fault), Some((_, app))) = (&granted, asking) {
            app.consent_failed(*fault).await;
        }
        let (connection, app, granted, portal) = granted?;
        app.take(granted, &portal, None).await.map_err(|error| not_kept(&error))?;
        Ok(connection.confirmed(&portal).await)
    }

    /// What a consent that came back gives: state and portal are checked before anybody is called,
    /// then the code is exchanged. Nothing of it is stored yet. `purpose` is what the state was made
    /// for: one that was made for less opens no more.
    pub(super) async fn granted_portal(
        &self,
        back: &ReturnedPortal,
        purpose: &str,
    ) -> Result<(&BitrixConnection, &PortalAccess, Granted, Url), AccessFault> {
        let (Some(code), Some(domain)) = (&back.code, &back.domain) else {
            return Err(AccessFault::B24Unknown);
        };
        let state = back.state.as_deref().ok_or(AccessFault::StateUnknown)?;
        let (connection, app) = self.asking_portal(state, purpose).await?;
        let known = app.known().await;
        let portal = hosts::trusted_host(domain, &app.base_url);
        let portal = portal.ok_or(AccessFault::B24HostForeign)?;
        // A portal that was renamed is known by its id.
        let member = back.member_id.as_deref();
        if !app.expects(&portal, member, known.as_ref()) {
            return Err(AccessFault::B24OtherPortal);
        }
        used_up(app, state).await?;
        let server = back.server_domain.as_deref();
        let server = server.and_then(|named| hosts::oauth_server(named, &app.settings.oauth_url));
        let server = server.unwrap_or_else(|| app.settings.oauth_url.clone());
        let granted = TokenCall::of(app, &server).exchange(code).await.map_err(|error| {
            let fault = refusal(&error);
            // The same word refuses a code and a refresh token.
            if fault == AccessFault::B24Revoked { AccessFault::B24Code } else { fault }
        })?;
        if member.is_some_and(|member| member != granted.member_id)
            || !app.expects(&portal, Some(&granted.member_id), known.as_ref())
        {
            return Err(AccessFault::B24OtherPortal);
        }
        Ok((connection, app, granted, portal))
    }

    async fn asking_portal(
        &self,
        state: &str,
        purpose: &str,
    ) -> Result<(&BitrixConnection, &PortalAccess), AccessFault> {
        for connection in self.bitrix24() {
            let Some(app) = &connection.app else { continue };
            let asked = async {
                let mut reader = app.db.read().await?;
                credentials::asked(&mut reader, state, app.clock.now()).await
            };
            let asked = asked.await.map_err(|error| not_kept(&error))?;
            let wanted = format!("{purpose}{}", connection.name());
            if asked.as_deref() == Some(wanted.as_str()) {
                return Ok((connection, app));
            }
        }
        Err(AccessFault::StateUnknown)
    }
}

impl PortalAccess {
    /// A new address where a person consents; `None` where the portal is not known yet: then the
    /// installation tells it.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn consent_address(&self) -> Result<Option<Url>, CredentialsError> {
        self.address_for("").await
    }

    /// The same for a purpose; see [`Crms::granted_portal`].
    pub(super) async fn address_for(&self, purpose: &str) -> Result<Option<Url>, CredentialsError> {
        let Some(portal) = self.portal().await? else { return Ok(None) };
        let mut tx = self.db.begin().await?;
        let asking = format!("{purpose}{}", self.connection);
        let state = credentials::ask(&mut tx, &asking, self.clock.now()).await?;
        tx.commit().await?;
        Ok(Some(self.authorize(&portal, &state)))
    }

    fn authorize(&self, portal: &Url, state: &str) -> Url {
        let mut url = portal.clone();
        url.set_path("/oauth/authorize/");
        let id = &self.settings.client_id;
        url.query_pairs_mut().append_pair("client_id", id).append_pair("state", state);
        url
    }

    /// Where the portal stands, as far as is known.
    async fn portal(&self) -> Result<Option<Url>, CredentialsError> {
        let stored = match self.stored().await {
            Ok(stored) => stored,
            // A pair under a lost key is replaced by this consent.
            Err(CredentialsError::WrongKey) => None,
            Err(error) => return Err(error),
        };
        let stored = stored.and_then(|stored| Url::parse(&stored.base_url).ok());
        Ok(stored.or_else(|| self.settings.portal_url.clone()))
    }

    /// Whether there is a pair that nothing is known against.
    pub(super) async fn works(&self) -> Result<bool, CredentialsError> {
        match self.stored().await {
            Ok(stored) => Ok(stored.is_some_and(|stored| stored.broken.is_none())),
            Err(CredentialsError::WrongKey) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The stored credentials, where they can be read.
    pub(crate) async fn known(&self) -> Option<credentials::Credentials> {
        self.stored().await.ok().flatten()
    }

    /// Whether access may be for this portal: the configured one, or the one that is known, under
    /// whatever name; where neither is, the first one that comes with our application.
    pub(super) fn expects(
        &self,
        portal: &Url,
        member: Option<&str>,
        known: Option<&credentials::Credentials>,
    ) -> bool {
        let known_member = known.and_then(|known| known.member.as_deref());
        if let (Some(known), Some(member)) = (known_member, member) {
            return known == member;
        }
        match &self.settings.portal_url {
            Some(configured) => configured.origin() == portal.origin(),
            None => true,
        }
    }

    /// Commits what a consent or an installation gave; only then is it used.
    pub(super) async fn take(
        &self,
        granted: Granted,
        portal: &Url,
        event_token: Option<SecretString>,
    ) -> Result<(), CredentialsError> {
        let named = granted.client_endpoint.as_ref();
        let portal = named.and_then(|url| hosts::trusted(url, portal)).unwrap_or(portal.clone());
        let grant = Grant {
            client: None,
            pair: granted.pair,
            base_url: portal.to_string(),
            account_id: None,
            member: Some(granted.member_id),
            event_token,
        };
        let mut tx = self.db.begin().await?;
        let (name, now) = (&self.connection, self.clock.now());
        credentials::grant(&mut tx, &self.seal, name, &grant, now).await?;
        // A portal forgets what it was asked to tell when an application is installed anew.
        watch::unchecked(&mut tx, name).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }
}

impl BitrixConnection {
    /// The portal confirms a consent, or does not answer.
    async fn confirmed(&self, portal: &Url) -> Welcome {
        let name = self.name().to_owned();
        tracing::info!(connection = name, "access was granted");
        let account = match self.app_profile().await {
            Ok(_) => portal.host_str().map(str::to_owned),
            Err(error) => {
                tracing::warn!(connection = name, %error, "granted, not confirmed");
                None
            }
        };
        Welcome { connection: name, account, portal: true }
    }

    /// Who consented, asked by the application's own key.
    pub(super) async fn app_profile(&self) -> Result<serde_json::Value, CallError> {
        let Some(client) = self.app_client() else {
            return Err(CallError::NoAccess { fault: AccessFault::NoConsent });
        };
        client.calls(&NoRecord).call("profile", &serde_json::json!({})).await
    }
}

async fn used_up(app: &PortalAccess, state: &str) -> Result<(), AccessFault> {
    let taken = async {
        let mut tx = app.db.begin().await?;
        let taken = credentials::take(&mut tx, &app.seal, state, app.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, CredentialsError>(taken)
    };
    let taken = taken.await.map_err(|error| not_kept(&error))?;
    taken.map(drop).ok_or(AccessFault::StateUnknown)
}

fn refusal(error: &OAuthError) -> AccessFault {
    let fault = match error {
        OAuthError::Refused { fault, .. } | OAuthError::Call(CallError::NoAccess { fault }) => {
            *fault
        }
        OAuthError::Call(_) => AccessFault::B24NoAnswer,
    };
    tracing::error!(words = fault.words(Lang::En), "a code of Bitrix24 was not exchanged");
    fault
}
