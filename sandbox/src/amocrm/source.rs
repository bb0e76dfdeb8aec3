//! Who asked for the account's webhooks: a person in amoМаркет, a program through the API, nobody.

use serde::{Deserialize, Serialize};

use crate::amocrm::account::Subscription;
use crate::amocrm::core::Amocrm;

/// What a program asks for: more than the two events that people tick.
const SUBSCRIBED: [&str; 4] = ["status_lead", "update_lead", "update_contact", "update_company"];

/// How the account's webhook came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookSource {
    /// A person set it: changed stages and contacts.
    ByHand,
    /// A program subscribed: changed fields and companies too.
    Subscribed,
    /// There is none: only a poll finds what changed.
    Nobody,
}

impl Amocrm {
    /// How the webhook stands.
    pub fn hook_source(&self) -> HookSource {
        if self.webhook_url().is_some() {
            return HookSource::ByHand;
        }
        match self.account().hooks.iter().any(|hook| !hook.disabled) {
            true => HookSource::Subscribed,
            false => HookSource::Nobody,
        }
    }

    /// Sets the webhook up another way, to where the last one went.
    pub fn set_hook_source(&self, source: HookSource) {
        let by_hand = self.webhook_url();
        let subscribed = self.account().hooks.first().map(|hook| hook.destination.clone());
        let known = self.switches().destination.clone();
        let Some(destination) = by_hand.or(subscribed).or(known) else { return };
        self.switches().destination = Some(destination.clone());
        self.account().hooks.clear();
        self.set_webhook_url((source == HookSource::ByHand).then(|| destination.clone()));
        if source == HookSource::Subscribed {
            self.by_hand(|change| {
                let hook = Subscription {
                    id: change.next_id(),
                    destination,
                    settings: SUBSCRIBED.map(str::to_owned).into(),
                    sort: 1,
                    disabled: false,
                    created_at: change.seconds(),
                    updated_at: change.seconds(),
                };
                change.account.hooks.push(hook);
            });
        }
        self.touch();
    }
}
