//! One configured account, of whichever CRM: what is asked of all of them goes out to their own
//! clients here.

use chrono::TimeDelta;
use domain::inbox::InboundEvent;
use domain::outbox::{Delivery, Message};
use url::Url;

use crate::crm::NoRecord;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::limiter::Urgency;
use crate::crm::{Recorder, hear, tell};
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

/// One configured account.
#[derive(Debug)]
pub(crate) enum Crm {
    /// Of amoCRM.
    Amo(AmoConnection),
    /// Of Bitrix24.
    Bitrix24(BitrixConnection),
}

impl Crm {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        match self {
            Crm::Amo(amo) => amo.name(),
            Crm::Bitrix24(bitrix) => bitrix.name(),
        }
    }

    /// Carries a delivery out.
    pub(super) async fn deliver(
        &self,
        (delivery, message): (&Delivery, &Message),
        recorder: &dyn Recorder,
        urgency: Urgency,
    ) -> Result<Option<String>, Failure> {
        match self {
            Crm::Amo(amo) => {
                let calls = amo.client.calls(recorder).with_urgency(urgency);
                tell::deliver(&AmoAccount { amo, calls }, delivery, message).await
            }
            Crm::Bitrix24(bitrix) => {
                let calls = bitrix.client.calls(recorder).with_urgency(urgency);
                tell::deliver(&BitrixAccount { bitrix, calls }, delivery, message).await
            }
        }
    }

    /// Works on what came in.
    pub(super) async fn event(&self, event: &InboundEvent) -> Result<(), Trouble> {
        match self {
            Crm::Amo(amo) => {
                let calls = amo.client.calls(&NoRecord);
                hear::event(&AmoAccount { amo, calls }, event).await
            }
            Crm::Bitrix24(bitrix) => {
                let calls = bitrix.client.calls(&NoRecord);
                hear::event(&BitrixAccount { bitrix, calls }, event).await
            }
        }
    }

    /// Asks for what lost webhooks would have said; nobody waits for it.
    pub(super) async fn poll(&self, every: TimeDelta) -> anyhow::Result<Option<usize>> {
        match self {
            Crm::Amo(amo) => {
                let calls = amo.client.calls(&NoRecord).with_urgency(Urgency::Background);
                hear::poll(&AmoAccount { amo, calls }, every).await
            }
            Crm::Bitrix24(bitrix) => {
                let calls = bitrix.client.calls(&NoRecord).with_urgency(Urgency::Background);
                hear::poll(&BitrixAccount { bitrix, calls }, every).await
            }
        }
    }

    /// One call that any account answers, to see whether it does.
    pub(super) async fn knock(&self) -> Result<(), Failure> {
        match self {
            Crm::Amo(amo) => amo.knock().await,
            Crm::Bitrix24(bitrix) => bitrix.knock().await,
        }
    }

    /// Whether webhooks of it should be heard.
    pub(super) fn tells(&self) -> bool {
        match self {
            Crm::Amo(amo) => amo.settings.webhook_secret.is_some(),
            Crm::Bitrix24(bitrix) => {
                bitrix.settings.application_token.is_some() || bitrix.app.is_some()
            }
        }
    }

    /// Looks whether our webhooks still stand in the account, and mends them where that can be done.
    pub(super) async fn watch_subscription(&self, public_url: &Url) -> anyhow::Result<()> {
        match self {
            Crm::Amo(amo) => amo.watch_subscription(public_url).await,
            Crm::Bitrix24(bitrix) => bitrix.watch_subscription(public_url).await,
        }
    }
}
