//! The product as one thing that can be built and run: HTTP, bot, workers, scheduler.
//!
//! This crate knows everybody and owns the only HTTP client. The doors (`bot`, `webapp`, the
//! webhooks here) call the domain and commit; the workers carry out what was promised.

pub mod commands;
pub mod config;
mod consent;
pub mod crm;
mod guard;
mod hooks;
pub mod http;
pub(crate) mod mapping;
pub mod metrics;
pub mod plan;
mod routes;
pub mod telegram;
pub mod telemetry;
pub mod worker;

mod build;
mod run;

pub use crate::build::username_key;

use std::sync::Arc;

use axum::Router;
use domain::Dealer;
use domain::db::Db;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::telegram::BotApi;
use crate::worker::inbox::InboxWorker;
use crate::worker::outbox::OutboxWorker;
use crate::worker::scheduler::Scheduler;

/// A product that is built and not yet running. Tests and the demo take it apart; `serve` runs it.
#[derive(Debug)]
pub struct Server {
    /// What it was told.
    pub config: Config,
    /// Its database.
    pub db: Db,
    /// The installation as the rules see it.
    pub dealer: Arc<Dealer>,
    /// Every route.
    pub router: Router,
    /// Carries out promises.
    pub outbox: OutboxWorker,
    /// Works on what came in.
    pub inbox: InboxWorker,
    /// What happens by the clock.
    pub scheduler: Scheduler,
    api: Option<BotApi>,
    /// Ends what streams to browsers.
    stop: CancellationToken,
}
