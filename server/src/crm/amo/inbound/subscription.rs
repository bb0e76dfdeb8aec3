//! Our webhook in the account: whether it is there, switched on and tells enough; and making it so.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::crm::NoRecord;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::wire::Subscription;
use crate::crm::amo::{AmoCalls, CallError};
use crate::crm::hear::stands;

/// What we cannot do without: everything else is found by asking.
pub(crate) const NEEDED: [&str; 2] = ["status_lead", "update_contact"];

/// What we ask for when we make the webhook ourselves.
const WANTED: [&str; 4] = ["status_lead", "update_lead", "update_contact", "update_company"];

/// How our webhook stands in the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There, on, and telling enough.
    Good,
    /// Not there.
    Absent,
    /// Only one with another secret is there.
    OtherSecret,
    /// amoCRM switched it off.
    Disabled,
    /// It does not tell these events.
    Lacks(Vec<&'static str>),
}

impl Standing {
    /// Its word in the database.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Standing::Good => "good",
            Standing::Absent => "absent",
            Standing::OtherSecret => "other_secret",
            Standing::Disabled => "disabled",
            Standing::Lacks(_) => "lacks",
        }
    }
}

/// Our address without the secret: fit to be shown.
pub(crate) fn address(public_url: &Url) -> Option<Url> {
    public_url.join("webhook/amocrm").ok()
}

/// Our address as it is subscribed.
pub(crate) fn destination(public_url: &Url, secret: &SecretString) -> Option<Url> {
    let mut url = address(public_url)?;
    url.query_pairs_mut().append_pair("secret", secret.expose_secret());
    Some(url)
}

/// Finds ours among the account's webhooks; an old hook with an old secret may stand beside it.
pub(crate) fn standing(
    public_url: &Url,
    secret: &SecretString,
    hooks: &[Subscription],
) -> (Standing, Option<Subscription>) {
    let Some(ours) = address(public_url) else { return (Standing::Absent, None) };
    let here: Vec<(&Subscription, Url)> = hooks
        .iter()
        .filter_map(|hook| Some((hook, Url::parse(&hook.destination).ok()?)))
        .filter(|(_, url)| url.origin() == ours.origin() && url.path() == ours.path())
        .collect();
    let knows = |url: &Url| {
        url.query_pairs().any(|(name, value)| name == "secret" && value == secret.expose_secret())
    };
    let Some((hook, _)) = here.iter().find(|(_, url)| knows(url)) else {
        let standing = if here.is_empty() { Standing::Absent } else { Standing::OtherSecret };
        return (standing, None);
    };
    let lacks: Vec<&'static str> =
        NEEDED.into_iter().filter(|event| !hook.settings.iter().any(|set| set == event)).collect();
    let standing = match (hook.disabled, lacks.is_empty()) {
        (true, _) => Standing::Disabled,
        (false, true) => Standing::Good,
        (false, false) => Standing::Lacks(lacks),
    };
    (standing, Some((*hook).clone()))
}

/// Makes our webhook, or renews it: that switches it on again. What it told before, it goes on
/// telling.
///
/// # Errors
/// See [`CallError`].
pub(crate) async fn mend(
    destination: &Url,
    hook: Option<&Subscription>,
    calls: AmoCalls<'_>,
) -> Result<Subscription, CallError> {
    let mut events: Vec<&str> = WANTED.to_vec();
    let told = hook.map(|hook| hook.settings.as_slice()).unwrap_or_default();
    events.extend(told.iter().map(String::as_str).filter(|event| !WANTED.contains(event)));
    let address = hook.map_or(destination.as_str(), |hook| hook.destination.as_str());
    calls.subscribe(address, &events).await
}

impl AmoConnection {
    /// Makes our webhook in the account, or switches it on again. `false` where the configuration
    /// has no webhook.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn subscribe(&self, public_url: &Url) -> Result<bool, CallError> {
        let Some(secret) = &self.settings.webhook_secret else { return Ok(false) };
        let Some(destination) = destination(public_url, secret) else { return Ok(false) };
        let calls = self.client.calls(&NoRecord);
        let (_, hook) = standing(public_url, secret, &calls.webhooks().await?);
        mend(&destination, hook.as_ref(), calls).await?;
        Ok(true)
    }

    /// The nightly look: a webhook that amoCRM switched off is switched on again and named; one
    /// that somebody removed is named.
    ///
    /// # Errors
    /// When the database fails. What the CRM refuses is only kept.
    pub async fn watch_subscription(&self, public_url: &Url) -> anyhow::Result<()> {
        let Some(secret) = &self.settings.webhook_secret else { return Ok(()) };
        let Some(destination) = destination(public_url, secret) else { return Ok(()) };
        let calls = self.client.calls(&NoRecord);
        let (found, renewed) = match calls.webhooks().await {
            Ok(hooks) => match standing(public_url, secret, &hooks) {
                (Standing::Disabled, hook) => {
                    let mended = mend(&destination, hook.as_ref(), calls).await;
                    let on = mended.is_ok_and(|hook| !hook.disabled);
                    (if on { "good" } else { "disabled" }, on)
                }
                (standing, _) => (standing.word(), false),
            },
            // The tariff may have no webhooks; the poll does without.
            Err(CallError::Rejected { .. } | CallError::PaymentRequired) => ("refused", false),
            Err(_) => return Ok(()),
        };
        stands(&AmoAccount { amo: self, calls }, found, renewed).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_told_from_others() {
        let public = Url::parse("https://park.example.com").unwrap();
        let secret = SecretString::from("s3cr3t");
        let ours = "https://park.example.com/webhook/amocrm?secret=s3cr3t";
        let stale = "https://park.example.com/webhook/amocrm?secret=old";
        let hook = |destination: &str, disabled: bool, events: &[&str]| Subscription {
            id: 1,
            destination: destination.to_owned(),
            disabled,
            settings: events.iter().map(|event| (*event).to_owned()).collect(),
        };
        let found = |hooks: &[Subscription]| standing(&public, &secret, hooks).0;
        assert_eq!(destination(&public, &secret).unwrap().as_str(), ours);
        assert_eq!(found(&[hook(ours, false, &NEEDED)]), Standing::Good);
        let both = [hook(stale, false, &NEEDED), hook(ours, false, &NEEDED)];
        assert_eq!(found(&both), Standing::Good);
        assert_eq!(found(&[hook("https://other.example.com/x", false, &NEEDED)]), Standing::Absent);
        assert_eq!(found(&[hook(stale, false, &NEEDED)]), Standing::OtherSecret);
        assert_eq!(found(&[hook(ours, true, &NEEDED)]), Standing::Disabled);
        let fewer = [hook(ours, false, &["status_lead"])];
        assert_eq!(found(&fewer), Standing::Lacks(vec!["update_contact"]));
    }
}
