//! Runs the product until it is told to stop, then lets what is under way settle.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::Server;
use crate::config::Role;
use crate::telegram;
use crate::worker::scheduler;

/// How long running work may take to settle once the product is told to stop.
const SETTLE: Duration = Duration::from_secs(10);

/// How long a set-up of the bot that failed waits for its next try.
const SET_UP_AGAIN: Duration = Duration::from_secs(15);

impl Server {
    /// Runs the given roles (all of them when none is given) until `stop`.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn run(self, roles: &[Role], stop: CancellationToken) -> anyhow::Result<()> {
        let listener = if plays(roles, Role::Web) {
            let listener = TcpListener::bind(self.config.listen).await;
            Some(listener.with_context(|| format!("LISTEN: {} is taken", self.config.listen))?)
        } else {
            None
        };
        let router = self.router.clone();
        self.run_on(roles, listener.map(|listener| (listener, router)), stop).await
    }

    /// Runs over a listener and a router of the caller's, who may have added routes.
    ///
    /// # Errors
    /// When serving fails.
    pub async fn run_on(
        self,
        roles: &[Role],
        web: Option<(TcpListener, Router)>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let mut tasks = JoinSet::new();
        let streams = self.stop.clone();
        if let Some((listener, router)) = web {
            tracing::info!(address = %listener.local_addr()?, "listening");
            let stop = stop.clone();
            tasks.spawn(async move {
                let stopped = async move { stop.cancelled().await };
                // Handlers may ask who is at the other end.
                let router = router.into_make_service_with_connect_info::<SocketAddr>();
                let served = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
                if let Err(error) = served {
                    tracing::error!(%error, "serving");
                }
            });
        }
        if plays(roles, Role::Worker) {
            let (outbox, inbox) = (self.outbox.clone(), self.inbox.clone());
            let (one, other) = (stop.clone(), stop.clone());
            tasks.spawn(async move { outbox.run(&one).await });
            tasks.spawn(async move { inbox.run(&other).await });
        }
        if plays(roles, Role::Bot) {
            self.start_bot(&mut tasks, &stop);
        }
        let db = self.db.clone();
        if plays(roles, Role::Scheduler) {
            // A catalogue takes minutes, and nothing else that is due may wait for it.
            let (crms, one, other) = (self.scheduler.crms.clone(), stop.clone(), stop.clone());
            tasks.spawn(async move { scheduler::keep_catalogues(&crms, &one).await });
            tasks.spawn(async move { self.scheduler.run(&other).await });
        }
        stop.cancelled().await;
        streams.cancel();
        tracing::info!("stopping: no new work");
        let settled =
            tokio::time::timeout(SETTLE, async { while tasks.join_next().await.is_some() {} });
        if settled.await.is_err() {
            // What is cut off here is leased: it is looked at again after the lease.
            tracing::warn!("some work did not settle in time");
            tasks.shutdown().await;
        }
        db.close().await;
        Ok(())
    }

    fn start_bot(&self, tasks: &mut JoinSet<()>, stop: &CancellationToken) {
        let (Some(api), Some(config), Some(bot)) =
            (self.api().cloned(), self.config.telegram.clone(), self.inbox.bot.clone())
        else {
            return;
        };
        let (db, clock, stop) = (self.db.clone(), self.dealer.clock.clone(), stop.clone());
        let public_url = self.config.public_url.clone();
        tasks.spawn(async move {
            // Without it a bot in webhook mode hears nothing, so it is tried until it is done.
            loop {
                let prepared = async {
                    telegram::choose_mode(&api, &config, public_url.as_ref()).await?;
                    bot::set_up(&bot).await.context("commands and menu of the bot")
                };
                let failed = tokio::select! {
                    () = stop.cancelled() => return,
                    prepared = prepared => prepared.err(),
                };
                let Some(error) = failed else { break };
                tracing::warn!(error = format!("{error:#}"), "setting up the bot");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(SET_UP_AGAIN) => {}
                }
            }
            if config.mode == crate::config::TelegramMode::Polling {
                telegram::poll(&api, &db, &clock, &stop).await;
            }
        });
    }
}

fn plays(roles: &[Role], role: Role) -> bool {
    roles.is_empty() || roles.contains(&role)
}
