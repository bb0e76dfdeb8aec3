//! What deliveries and stored events would do under today's mapping, without touching anything:
//! composed by what the deliveries themselves are composed by.

mod incoming;
mod leads;
pub mod names;
mod outgoing;
mod portal;
mod upkeep;

use std::sync::Arc;

use domain::db::Db;
use domain::inbox::StoredEvent;
use domain::outbox::{Delivery, Message, TELEGRAM};
use domain::plan::{DryRun, Plan, Planning, Said, Step};
use domain::sight::Sight;
use domain::{Error, links};

use crate::crm::Crms;
use crate::crm::NoRecord;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::plan::incoming::Heard;
use crate::plan::names::Names;
use crate::plan::portal::Portal;
use crate::worker::policy::Failure;

/// Makes plans.
#[derive(Debug)]
pub struct Planner {
    crms: Arc<Crms>,
    db: Db,
    /// Whether the CRM may be read: by a command, never while a person waits for a page.
    live: bool,
}

impl Planner {
    /// From what is stored alone.
    pub fn stored(crms: Arc<Crms>, db: Db) -> Planner {
        Planner { crms, db, live: false }
    }

    /// That also reads the CRM; nothing is written there.
    pub fn live(crms: Arc<Crms>, db: Db) -> Planner {
        Planner { crms, db, live: true }
    }

    async fn of_delivery(&self, delivery: &Delivery) -> domain::Result<Plan> {
        let message = delivery.message()?;
        if let Message::Notice { to, .. } = &message {
            let step = Step::new("telegram", to.to_string());
            let step = Step { text: readable(&delivery.payload), ..step };
            return Ok(Plan { steps: vec![step] });
        }
        let mut portals = self.crms.bitrix24();
        if let Some(bitrix) = portals.find(|one| one.name() == delivery.connection) {
            let portal = Portal { bitrix, db: &self.db, live: self.live };
            return Ok(Plan { steps: portal.delivery(&message).await? });
        }
        let Some(amo) = self.amo(&delivery.connection) else {
            let what = if delivery.connection == domain::outbox::MAIL { "mail" } else { "gone" };
            let step = Step::new(what, &delivery.connection);
            let step = Step { text: readable(&delivery.payload), ..step };
            return Ok(Plan { steps: vec![step] });
        };
        let names = self.names(amo).await?;
        let steps = Seen { amo, db: &self.db, names: &names, live: self.live };
        Ok(Plan { steps: steps.delivery(&message).await? })
    }

    async fn of_event(&self, event: &StoredEvent) -> domain::Result<Plan> {
        if event.pruned_at.is_some() {
            return Ok(Plan { steps: vec![Step::new("pruned", "")] });
        }
        if event.source == TELEGRAM {
            return Ok(Plan { steps: vec![incoming::update(&event.body)] });
        }
        let mut portals = self.crms.bitrix24();
        if let Some(bitrix) = portals.find(|one| one.name() == event.source) {
            let account = &BitrixAccount { bitrix, calls: bitrix.client.calls(&NoRecord) };
            let heard = Heard { account, names: &Names::default(), live: self.live };
            return Ok(Plan { steps: heard.event(event, incoming::of_portal).await? });
        }
        let Some(amo) = self.amo(&event.source) else {
            return Ok(Plan { steps: vec![Step::new("gone", &event.source)] });
        };
        let names = self.names(amo).await?;
        let account = &AmoAccount { amo, calls: amo.client.calls(&NoRecord) };
        let heard = Heard { account, names: &names, live: self.live };
        Ok(Plan { steps: heard.event(event, incoming::of_amo).await? })
    }

    fn amo(&self, name: &str) -> Option<&AmoConnection> {
        self.crms.amo().find(|connection| connection.name() == name)
    }

    /// Their names of stages and fields: asked where that is allowed, else as they were last told.
    async fn names(&self, amo: &AmoConnection) -> domain::Result<Names> {
        if self.live
            && let Ok(names) = names::ask(amo).await
        {
            let now = amo.dealer.clock.now();
            names::keep(&self.db, amo.name(), &names, now).await?;
            return Ok(names);
        }
        names::kept(&mut self.db.read().await?, amo.name()).await
    }
}

impl DryRun for Planner {
    fn delivery<'a>(&'a self, delivery: &'a Delivery) -> Planning<'a> {
        Box::pin(self.of_delivery(delivery))
    }

    fn event<'a>(&'a self, event: &'a StoredEvent) -> Planning<'a> {
        Box::pin(self.of_event(event))
    }
}

/// One account as a plan sees it.
struct Seen<'a> {
    amo: &'a AmoConnection,
    db: &'a Db,
    names: &'a Names,
    live: bool,
}

impl Seen<'_> {
    async fn linked(&self, entity: &str, kind: &str) -> domain::Result<Option<String>> {
        let mut reader = self.db.read().await?;
        links::find(&mut reader, self.amo.name(), entity, kind).await
    }

    /// A stage with its name, in the pipeline of new deals.
    fn stage(&self, stage: &str) -> String {
        self.names.stage(self.amo.settings.pipeline_id, stage)
    }
}

fn or_default(words: Option<String>, otherwise: &'static str) -> Said {
    words.map_or(Said::Key(otherwise), Said::Words)
}

/// What a look into the account's own part of the database failed with.
#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
fn failed(failure: Failure) -> Error {
    Error::Storage(std::io::Error::other(failure.why().to_owned()))
}

/// What is not composed here is shown as it is kept.
fn readable(payload: &str) -> String {
    Sight::Whole.body(payload)
}

fn gone() -> Error {
    Error::NotFound
}
