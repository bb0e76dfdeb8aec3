//! The application's access, as Bitrix24 gives and renews it.

use chrono::TimeDelta;
use domain::credentials::{self, Credentials, Pair};
use url::Url;

use crate::config::Bitrix24App;
use crate::crm::bitrix24::access::hosts;
use crate::crm::bitrix24::access::oauth::{Granted, TokenCall};
use crate::crm::fault::AccessFault;
use crate::crm::oauth::{Authority, OAuthAccess, OAuthError};

/// Consent as Bitrix24 gives it. `base_url` is the configured portal, or the authorization server
/// where the portal is learnt from the consent.
pub type PortalAccess = OAuthAccess<Bitrix24App>;

impl Authority for Bitrix24App {
    // A token lives for an hour. It is not refreshed by a timer: Bitrix24 may block applications
    // that do (settings/oauth/auto-renewal).
    const EARLY: TimeDelta = TimeDelta::minutes(1);

    // A refresh token lives for 180 days, by the documentation; older ones were seen to live for 30.
    const KEEP_ALIVE: TimeDelta = TimeDelta::days(20);

    const REFRESHED_IDLE: bool = false;

    async fn refresh(
        access: &PortalAccess,
        stored: &Credentials,
    ) -> Result<(Pair, String), OAuthError> {
        let call = TokenCall::of(access, &access.settings.oauth_url);
        let refresh = &stored.pair.refresh;
        let mut answer = call.refresh(refresh).await;
        if matches!(&answer, Err(OAuthError::Call(error)) if error.outcome_unknown()) {
            // The answer was lost. If the pair was made, the old token is dead, and we hear so.
            answer = call.refresh(refresh).await;
        }
        let granted = answer?;
        if stored.member.as_ref().is_some_and(|member| *member != granted.member_id) {
            let fault = AccessFault::B24OtherPortal;
            return Err(OAuthError::Refused { status: 200, fault });
        }
        let portal = access.portal_of(&granted, stored);
        Ok((granted.pair, portal.to_string()))
    }
}

impl PortalAccess {
    /// Where the portal stands by what came with the tokens.
    fn portal_of(&self, granted: &Granted, stored: &Credentials) -> Url {
        let known = Url::parse(&stored.base_url).unwrap_or_else(|_| self.base_url.clone());
        let named = granted.client_endpoint.as_ref();
        named.and_then(|url| hosts::trusted(url, &known)).unwrap_or(known)
    }

    /// Keeps where the portal stands now.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn moved(&self, portal: &Url) -> anyhow::Result<()> {
        let mut tx = self.db.begin().await?;
        credentials::moved(&mut tx, &self.connection, portal.as_str()).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }
}
