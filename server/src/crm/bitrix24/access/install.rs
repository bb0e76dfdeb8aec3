//! The application is installed, updated or removed, and the portal tells of it.

use domain::credentials;
use domain::texts::Lang;
use secrecy::SecretString;

use crate::crm::Crms;
use crate::crm::access::stop;
use crate::crm::bitrix24::access::event::PortalEvent;
use crate::crm::bitrix24::access::hosts;
use crate::crm::bitrix24::access::oauth::TokenCall;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::fault::AccessFault;
use crate::crm::oauth::OAuthError;
use crate::routes::matches;

impl Crms {
    /// Takes an installation, or an update, that a portal tells of. Nothing in the event is believed:
    /// its refresh token is used at the authorization server, which gives a pair only for a token of
    /// our application and says whose it is. `false`: it is nobody's.
    ///
    /// # Errors
    /// When the database or Bitrix24 fails; a consent is the way round.
    pub async fn installed(&self, event: &PortalEvent) -> anyhow::Result<bool> {
        let (Some(refresh), Some(token)) =
            (event.auth("refresh_token"), event.auth("application_token"))
        else {
            return Ok(false);
        };
        for connection in self.bitrix24() {
            let Some(app) = &connection.app else { continue };
            let known = app.known().await;
            let named =
                event.auth("domain").and_then(|host| hosts::trusted_host(host, &app.base_url));
            let Some(portal) = named else { continue };
            if !app.expects(&portal, event.auth("member_id"), known.as_ref()) {
                continue;
            }
            let refresh = SecretString::from(refresh);
            let call = TokenCall::of(app, &app.settings.oauth_url);
            let granted = match call.refresh(&refresh).await {
                Ok(granted) => granted,
                Err(OAuthError::Refused { fault, .. }) => {
                    let words = fault.words(Lang::En);
                    tracing::warn!(
                        connection = connection.name(),
                        words,
                        "an installation refused"
                    );
                    continue;
                }
                Err(OAuthError::Call(error)) => return Err(error.into()),
            };
            if !app.expects(&portal, Some(&granted.member_id), known.as_ref()) {
                continue;
            }
            app.take(granted, &portal, Some(token.into())).await?;
            tracing::info!(connection = connection.name(), "the application was installed");
            return Ok(true);
        }
        Ok(false)
    }

    /// Stops the connection whose application was removed; `false` where the token is nobody's, or
    /// the access still works, so that the event is an old one sent again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uninstalled(&self, event: &PortalEvent) -> anyhow::Result<bool> {
        let given = event.auth("application_token").unwrap_or_default();
        for connection in self.bitrix24() {
            let Some(app) = &connection.app else { continue };
            let Some(stored) = app.stored().await? else { continue };
            if !matches(stored.event_token.as_ref(), given.as_bytes()) {
                continue;
            }
            if connection.app_profile().await.is_ok() {
                return Ok(false);
            }
            let (name, fault) = (connection.name(), AccessFault::B24NotInstalled);
            let mut tx = app.db.begin().await?;
            credentials::break_off(&mut tx, name, stored.version, fault.word()).await?;
            tx.commit().await?;
            app.forget();
            // Calls that go by a webhook go on.
            if !connection.client.door().is_webhook() {
                stop((&connection.db, &connection.dealer), name, fault).await?;
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// The connection that this token of an event belongs to. Every token is compared, each in
    /// constant time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_event_token(&self, given: &[u8]) -> anyhow::Result<Option<&BitrixConnection>> {
        let mut found = None;
        for connection in self.bitrix24() {
            let configured = matches(connection.settings.application_token.as_ref(), given);
            let stored = match &connection.app {
                Some(app) => app.known().await.and_then(|stored| stored.event_token),
                None => None,
            };
            if configured || matches(stored.as_ref(), given) {
                found = found.or(Some(connection));
            }
        }
        Ok(found)
    }
}
