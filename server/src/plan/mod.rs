//! What deliveries and stored events would do under today's mapping, without touching anything:
//! composed by what the deliveries themselves are composed by.

mod approvals;
mod draft;
mod incoming;
mod leads;
pub(crate) mod names;
mod outgoing;
mod own;
mod quotes;
mod rehearsal;
mod talk;
mod upkeep;

use std::sync::Arc;

use bot::BotDeps;
use domain::db::Db;
use domain::inbox::StoredEvent;
use domain::outbox::{Delivery, TELEGRAM};
use domain::plan::{DryRun, Plan, Planning, Said, Step};
use domain::sight::Sight;
use domain::{Error, links};

use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::hear::TheirDeal;
use crate::crm::limiter::Urgency;
use crate::crm::{Crm, Crms, NoRecord};
use crate::mapping::structure::Structure;
use crate::plan::draft::Draft;
use crate::plan::names::Names;
use crate::worker::policy::Failure;

/// Makes plans.
#[derive(Debug)]
pub struct Planner {
    crms: Arc<Crms>,
    db: Db,
    /// Whether the CRM may be read: by a command, never while a person waits for a page.
    live: bool,
    /// Knows what people would be told; nothing is sent by it.
    bot: Option<BotDeps>,
}

impl Planner {
    /// From what is stored alone.
    pub fn stored(crms: Arc<Crms>, db: Db) -> Planner {
        Planner { crms, db, live: false, bot: None }
    }

    /// That also reads the CRM; nothing is written there.
    pub fn live(crms: Arc<Crms>, db: Db) -> Planner {
        Planner { crms, db, live: true, bot: None }
    }

    /// One that also knows what the bot would say.
    #[must_use]
    pub fn speaking(self, bot: Option<BotDeps>) -> Planner {
        Planner { bot, ..self }
    }

    async fn of_delivery(&self, delivery: &Delivery) -> domain::Result<Plan> {
        let message = delivery.message()?;
        if let Some(step) = self.own(&message, &delivery.payload).await? {
            return Ok(Plan { steps: vec![step] });
        }
        let crm = self.crms.current(&delivery.connection).await?;
        let names = match &crm {
            Some(crm) => self.names(crm).await?,
            None => Names::default(),
        };
        let steps = match crm.as_deref() {
            Some(Crm::Amo(amo)) => {
                let account = &AmoAccount { amo, calls: amo.client.calls(&NoRecord) };
                self.seen(account, &names).delivery(&message).await?
            }
            Some(Crm::Bitrix24(bitrix)) => {
                let account = &BitrixAccount { bitrix, calls: bitrix.client.calls(&NoRecord) };
                self.seen(account, &names).delivery(&message).await?
            }
            None => {
                let step = Step::new("gone", &delivery.connection);
                vec![Step { text: readable(&delivery.payload), ..step }]
            }
        };
        Ok(Plan { steps })
    }

    fn seen<'a, A: Draft>(&self, account: &'a A, names: &'a Names) -> Seen<'a, A> {
        Seen { account, names, live: self.live }
    }

    async fn of_event(&self, event: &StoredEvent) -> domain::Result<Plan> {
        if event.pruned_at.is_some() {
            return Ok(Plan { steps: vec![Step::new("pruned", "")] });
        }
        if event.source == TELEGRAM {
            return Ok(Plan { steps: vec![incoming::update(&event.body)] });
        }
        let crm = self.crms.current(&event.source).await?;
        let names = match &crm {
            Some(crm) => self.names(crm).await?,
            None => Names::default(),
        };
        let steps = match crm.as_deref() {
            Some(Crm::Amo(amo)) => {
                let account = &AmoAccount { amo, calls: amo.client.calls(&NoRecord) };
                Box::pin(self.seen(account, &names).event(event)).await?
            }
            Some(Crm::Bitrix24(bitrix)) => {
                let account = &BitrixAccount { bitrix, calls: bitrix.client.calls(&NoRecord) };
                Box::pin(self.seen(account, &names).event(event)).await?
            }
            None => vec![Step::new("gone", &event.source)],
        };
        Ok(Plan { steps })
    }

    /// Their names of stages and fields: asked where that is allowed, else as they were last seen.
    async fn names(&self, crm: &Crm) -> domain::Result<Names> {
        if self.live
            && let Ok(look) = Box::pin(crm.look(Urgency::Awaited)).await
        {
            return Ok(Names::of(look.there));
        }
        let seen = Structure::seen(&mut self.db.read().await?, crm.name()).await?;
        Ok(seen.map(|(there, _)| Names::of(there)).unwrap_or_default())
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
struct Seen<'a, A> {
    /// Which one.
    account: &'a A,
    /// Its names of stages, fields and people, as far as known.
    names: &'a Names,
    /// Whether it may be asked.
    live: bool,
}

impl<A: Draft> Seen<'_, A> {
    async fn linked(&self, entity: &str, kind: &str) -> domain::Result<Option<String>> {
        let mut reader = self.account.db().read().await?;
        links::find(&mut reader, &self.account.config().name, entity, kind).await
    }

    /// A stage with its name: of `pipeline`, else of that in which the account has such.
    fn stage(&self, kind: &str, pipeline: Option<String>, stage: &str) -> String {
        let pipeline = pipeline.or_else(|| self.account.pipeline_of(kind, stage));
        self.names.stage(pipeline.as_deref(), stage)
    }

    /// A deal or lead as it is now, where the account may be asked.
    async fn read(&self, kind: &str, id: &str) -> Option<TheirDeal> {
        if !self.live {
            return None;
        }
        let read = match kind == A::DEAL {
            true => self.account.their_deal(id).await,
            false => self.account.their_lead(id).await,
        };
        read.ok().flatten()
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
