//! Whether the account's webhook reaches us, and with `--fix` making it so.

use url::Url;

use crate::commands::doctor::amocrm::cure;
use crate::commands::doctor::report::Line;
use crate::config::{AmocrmSettings, Config};
use crate::crm::amo::inbound::subscription::{Standing, address, destination, mend, standing};
use crate::crm::amo::{AmoCalls, CallError};

/// Where a person finds the webhooks.
const WEBHOOKS: &str = "open amoМаркет → ⋯ → WebHooks";

/// What does it without a person.
const FIX: &str = "run `mypark doctor --fix`, or";

/// Looks for our webhook; with `fix` it is made, or switched on again.
pub(super) async fn check(
    name: &str,
    config: &Config,
    settings: &AmocrmSettings,
    calls: AmoCalls<'_>,
    fix: bool,
) -> Line {
    let what = format!("{name} webhook");
    let polls = format!("amoCRM is asked every {} s instead", config.reconcile_every.as_secs());
    let (Some(public_url), Some(secret)) = (&config.public_url, &settings.webhook_secret) else {
        let words = format!("off: set PUBLIC_URL and AMOCRM_WEBHOOK_SECRET; {polls}");
        return Line::off(&what, words);
    };
    let looked = async {
        let (found, hook) = standing(public_url, secret, &calls.webhooks().await?);
        let Some(destination) = destination(public_url, secret).filter(|_| fix) else {
            return Ok((found, false));
        };
        if found == Standing::Good {
            return Ok((found, false));
        }
        mend(&destination, hook.as_ref(), calls).await?;
        let (now, _) = standing(public_url, secret, &calls.webhooks().await?);
        Ok((now, true))
    };
    match looked.await {
        Ok((Standing::Good, mended)) => {
            let ours = address(public_url).map(|url| url.to_string()).unwrap_or_default();
            let how = if mended { " (made, or switched on again, just now)" } else { "" };
            Line::good(&what, format!("{ours}{how}"))
        }
        Ok((found, _)) => Line::bad(&what, words(&found, public_url)),
        // Accounts of the smallest tariff have no webhooks.
        Err(error @ (CallError::PaymentRequired | CallError::Rejected { .. })) => {
            let words = format!("{}: the tariff may have none; {polls}", error.words());
            Line::warning(&what, words)
        }
        Err(error) => Line::bad(&what, cure(&error, settings)),
    }
}

fn words(found: &Standing, public_url: &Url) -> String {
    let Some(ours) = address(public_url) else {
        return "PUBLIC_URL cannot have paths under it".to_owned();
    };
    let address = format!("{ours}?secret=<AMOCRM_WEBHOOK_SECRET>");
    match found {
        Standing::Good => ours.to_string(),
        Standing::Absent => {
            format!("{FIX} {WEBHOOKS}, add {address} with «lead status» and «contact changed»")
        }
        Standing::OtherSecret => {
            format!("its secret is another one: {FIX} {WEBHOOKS}, change it to {address}")
        }
        Standing::Disabled => {
            format!("amoCRM switched it off: {FIX} {WEBHOOKS}, turn it on and save")
        }
        Standing::Lacks(events) => {
            format!("{FIX} {WEBHOOKS}, tick its events {}", events.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_cure_and_without_the_secret() {
        let public = Url::parse("https://park.example.com").unwrap();
        for (found, said) in [
            (Standing::Absent, "add https://park"),
            (Standing::OtherSecret, "secret is another"),
            (Standing::Disabled, "switched it off"),
            (Standing::Lacks(vec!["update_contact"]), "update_contact"),
        ] {
            let words = words(&found, &public);
            assert!(words.contains(said) && words.contains("doctor --fix"), "{words}");
        }
    }
}
