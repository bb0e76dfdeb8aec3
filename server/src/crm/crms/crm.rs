//! One configured account, of whichever CRM: what is asked of all of them goes out to their own
//! clients here.

use chrono::TimeDelta;
use domain::checkups::Defect;
use domain::inbox::InboundEvent;
use domain::outbox::{Delivery, Message};
use url::Url;

use crate::config::ConnectionConfig;
use crate::crm::NoRecord;
use crate::crm::amo::checkup::Checkup;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::bitrix24;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::error::CallError;
use crate::crm::limiter::Urgency;
use crate::crm::{Recorder, hear, tell};
use crate::mapping::structure::Structure;
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

/// What an account was seen to have, and what does not fit.
pub(crate) struct Look {
    /// What it has.
    pub(crate) there: Structure,
    /// What does not fit.
    pub(crate) defects: Vec<Defect>,
}

/// One configured account.
#[derive(Clone, Debug)]
pub(crate) enum Crm {
    /// Of amoCRM.
    Amo(AmoConnection),
    /// Of Bitrix24.
    Bitrix24(BitrixConnection),
}

impl Crm {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Crm::Amo(amo) => amo.name(),
            Crm::Bitrix24(bitrix) => bitrix.name(),
        }
    }

    /// How it is configured.
    pub(super) fn config(&self) -> &ConnectionConfig {
        match self {
            Crm::Amo(amo) => &amo.config,
            Crm::Bitrix24(bitrix) => &bitrix.config,
        }
    }

    /// The same account, configured anew.
    pub(super) fn with(&self, config: ConnectionConfig) -> Crm {
        let mut crm = self.clone();
        match &mut crm {
            Crm::Amo(amo) => amo.config = config,
            Crm::Bitrix24(bitrix) => bitrix.config = config,
        }
        crm
    }

    /// Looks at the account: what it has, and what does not fit.
    pub(crate) async fn look(&self, urgency: Urgency) -> Result<Look, CallError> {
        match self {
            Crm::Amo(amo) => {
                let calls = amo.client.calls(&NoRecord).with_urgency(urgency);
                let checkup = Checkup::of(&amo.config, &amo.settings, calls).await?;
                let there = Structure::of_amo(&checkup.snapshot);
                Ok(Look { there, defects: checkup.defects() })
            }
            Crm::Bitrix24(bitrix) => {
                let there = Structure::of_portal(bitrix, urgency).await?;
                let calls = bitrix.client.calls(&NoRecord).with_urgency(urgency);
                let defects = bitrix24::checkup::defects(bitrix, calls, &there).await?;
                Ok(Look { there, defects })
            }
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
