//! Who somebody is to us by what their portal says: the sign-in of the console. The pair that the
//! consent gives is asked once who consented, and kept only where there is no access yet.

use domain::Error;
use domain::credentials::{CredentialsError, Pair};
use domain::portal_users;
use domain::staff::Staff;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use url::Url;

use crate::crm::Crms;
use crate::crm::access::not_kept;
use crate::crm::bitrix24::access::hosts;
use crate::crm::bitrix24::access::{PortalAccess, ReturnedPortal};
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::exchange::Outcome;
use crate::crm::fault::AccessFault;

/// What a state of a sign-in is made for: it replaces no access.
const SIGN_IN: &str = "sign-in:";
/// No answer about one person comes near it.
const BODY_LIMIT: usize = 64 * 1024;

impl Crms {
    /// Where a person of a portal consents to be known here; `None` where no application is
    /// configured, or its portal is not known yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn portal_sign_in(&self) -> Result<Option<Url>, CredentialsError> {
        for connection in self.bitrix24() {
            if let Some(app) = &connection.app
                && let Some(address) = app.address_for(SIGN_IN).await?
            {
                return Ok(Some(address));
            }
        }
        Ok(None)
    }

    /// Which of our staff came back from a portal; `None` where the portal knows them and we do not.
    /// Such a one is known from now on by the `code` that the bot gave them, where they have typed it.
    ///
    /// # Errors
    /// The cause, for the person in front of the page.
    pub async fn portal_person(
        &self,
        back: &ReturnedPortal,
        code: Option<&str>,
    ) -> Result<Option<Staff>, AccessFault> {
        let (connection, app, granted, portal) = self.granted_portal(back, SIGN_IN).await?;
        let name = connection.name();
        let named = granted.client_endpoint.as_ref().and_then(|url| hosts::trusted(url, &portal));
        let endpoint = named.as_ref().unwrap_or(&portal).join("/rest/");
        let endpoint = endpoint.map_err(|_| AccessFault::B24Unknown)?;
        let user = asked_who(app, &endpoint, &granted.pair).await?;
        if !app.works().await.map_err(|error| not_kept(&error))? {
            app.take(granted, &portal, None).await.map_err(|error| not_kept(&error))?;
            tracing::info!(connection = name, "access was granted by a sign-in");
        }
        let known = {
            let mut db = app.db.read().await.map_err(|error| not_kept(&error))?;
            let found = portal_users::staff_of(&mut db, name, user).await;
            found.map_err(|error| not_kept(&error))?
        };
        match (known, code) {
            (None, Some(code)) => claimed(connection, user, code).await,
            (known, _) => Ok(known),
        }
    }
}

/// The member of staff whom the bot gave this code; `None` where it gave nobody one that counts.
async fn claimed(
    connection: &BitrixConnection,
    user: i64,
    code: &str,
) -> Result<Option<Staff>, AccessFault> {
    let claim = async {
        let mut tx = connection.db.begin().await?;
        let now = connection.dealer.clock.now();
        let staff = portal_users::claim_code(&mut tx, connection.name(), user, code, now).await;
        match staff {
            Ok(staff) => tx.commit().await.map(|()| Some(staff)).map_err(Error::from),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    };
    claim.await.map_err(|error| not_kept(&error))
}

/// Who consented, asked with what they gave (users/profile); it needs no right of its own.
async fn asked_who(app: &PortalAccess, endpoint: &Url, pair: &Pair) -> Result<i64, AccessFault> {
    let url = endpoint.join("profile").map_err(|_| AccessFault::B24Unknown)?;
    let form = [("auth", pair.access.expose_secret())];
    let outcome = Outcome::of(app.http.post(url).form(&form), BODY_LIMIT).await;
    if outcome.broken.is_some() {
        return Err(AccessFault::B24NoAnswer);
    }
    let body: Value = serde_json::from_slice(&outcome.body).unwrap_or_default();
    // A text by the documentation, a number in some portals.
    let id = &body["result"]["ID"];
    let id = id.as_i64().or_else(|| id.as_str()?.parse().ok());
    id.ok_or(AccessFault::B24NoAnswer)
}
