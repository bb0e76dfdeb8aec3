//! Our events in the portal: only an application may ask for them (`event.bind`), and they vanish
//! when it is updated or removed, so they are looked at each night and bound again.

use domain::watch;
use serde_json::{Value, json};
use url::Url;

use crate::crm::NoRecord;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::inbound::hint::wanted;
use crate::crm::bitrix24::{BitrixCalls, CallError};
use crate::crm::hear::stands;

/// Where events come to; fit to be shown.
pub(crate) fn address(public_url: &Url) -> Option<Url> {
    public_url.join("webhook/bitrix24").ok()
}

/// The events that the portal does not tell us yet; `approvals`: those of tasks among them.
///
/// # Errors
/// See [`CallError`]; a webhook may not ask.
pub(crate) async fn lacking(
    calls: BitrixCalls<'_>,
    address: &Url,
    approvals: bool,
) -> Result<Vec<&'static str>, CallError> {
    let bound: Vec<Value> = calls.call("event.get", &json!({})).await?;
    let told = |name: &str| {
        bound.iter().any(|one| {
            let event = one["event"].as_str().unwrap_or_default();
            event.eq_ignore_ascii_case(name) && one["handler"].as_str() == Some(address.as_str())
        })
    };
    Ok(wanted(approvals).into_iter().filter(|name| !told(name)).collect())
}

/// Asks for these events; what still lacks then.
///
/// # Errors
/// See [`CallError`].
pub(crate) async fn bind(
    calls: BitrixCalls<'_>,
    address: &Url,
    (events, approvals): (&[&str], bool),
) -> Result<Vec<&'static str>, CallError> {
    for event in events {
        let params = json!({ "event": event, "handler": address.as_str() });
        match calls.call::<Value>("event.bind", &params).await {
            // Another process was first; or this portal knows no such event.
            Ok(_) | Err(CallError::Rejected { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    lacking(calls, address, approvals).await
}

impl BitrixConnection {
    /// Whether there is a token to know the application's events by: it comes with an installation,
    /// or stands in the configuration.
    pub(crate) async fn knows_events(&self) -> bool {
        if self.settings.application_token.is_some() {
            return true;
        }
        let Some(app) = &self.app else { return false };
        app.known().await.is_some_and(|stored| stored.event_token.is_some())
    }

    /// Whether the events are still to be asked for: the application has got its access, and nobody
    /// has looked since.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn is_unbound(&self) -> anyhow::Result<bool> {
        let Some(app) = &self.app else { return Ok(false) };
        let watch = watch::of(&mut self.db.read().await?, self.name()).await?;
        if watch.is_some_and(|watch| watch.subscription.is_some()) {
            return Ok(false);
        }
        Ok(app.known().await.is_some_and(|stored| stored.broken.is_none()))
    }

    /// Looks whether the application's events are bound, and binds what lacks. A webhook that people
    /// made by hand cannot be looked at: `doctor` says what it should have.
    ///
    /// # Errors
    /// When the database fails. What the portal refuses is only kept.
    pub async fn watch_subscription(&self, public_url: &Url) -> anyhow::Result<()> {
        let (Some(client), Some(address)) = (self.app_client(), address(public_url)) else {
            return Ok(());
        };
        let calls = client.calls(&NoRecord);
        let account = BitrixAccount { bitrix: self, calls };
        let approvals = account.watches_any().await?;
        match self.keep_events(calls, approvals).await {
            Ok(keeps) => self.remember_kept(keeps).await?,
            Err(CallError::Rejected { .. } | CallError::PaymentRequired) => {
                self.remember_kept(false).await?;
            }
            // What it was told before still holds.
            Err(_) => {}
        }
        if !self.knows_events().await {
            return stands(&account, "no_token", false).await;
        }
        let looked = async {
            let lacks = lacking(calls, &address, approvals).await?;
            if lacks.is_empty() {
                return Ok((true, false));
            }
            let left = bind(calls, &address, (&lacks, approvals)).await?;
            Ok((left.is_empty(), true))
        };
        let (found, bound) = match looked.await {
            Ok((true, bound)) => ("good", bound),
            Ok((false, _)) => ("lacks", false),
            // The application may not ask; the poll does without.
            Err(CallError::Rejected { .. } | CallError::PaymentRequired) => ("refused", false),
            Err(_) => return Ok(()),
        };
        let before = watch::of(&mut self.db.read().await?, self.name()).await?;
        let were = before.and_then(|watch| watch.subscription).is_some_and(|word| word == "good");
        stands(&account, found, bound && were).await
    }
}
