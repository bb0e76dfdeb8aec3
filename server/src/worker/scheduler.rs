//! What happens by the clock.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::db::Db;
use domain::orders::quotes;
use domain::{Dealer, approvals, leads, maintenance};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::crm::Crms;
use crate::worker::inbox::InboxWorker;
use crate::worker::night::{Night, Nights};
use crate::worker::outbox::OutboxWorker;

/// How often the scheduler looks at the clock.
const TICK: Duration = Duration::from_secs(5);

/// From this time of day on the webhooks of the CRMs are looked at, once a day.
const NIGHT: NaiveTime = NaiveTime::from_hms_opt(3, 0, 0).expect("a time of day");

/// Runs what is due.
#[derive(Debug)]
pub struct Scheduler {
    /// The database.
    pub db: Db,
    /// The installation.
    pub dealer: Arc<Dealer>,
    /// Its lost leases are freed here.
    pub outbox: OutboxWorker,
    /// Its lost leases are freed here.
    pub inbox: InboxWorker,
    /// Asked for what lost webhooks would have said.
    pub crms: Arc<Crms>,
    /// The dealer's time of day from which reminders go out.
    pub reminders_at: NaiveTime,
    /// How often CRMs are asked for changed deals.
    pub reconcile_every: Duration,
    /// What is done while nobody waits.
    pub night: Night,
    /// This server as CRMs see it; without it no CRM can call us.
    pub public_url: Option<Url>,
}

/// What has run; kept between ticks.
#[derive(Debug, Default)]
pub struct Done {
    reminded_at: Option<DateTime<Utc>>,
    checked_on: Option<NaiveDate>,
    access_at: Option<DateTime<Utc>>,
    bound_at: Option<DateTime<Utc>>,
    quotes_on: Option<NaiveDate>,
    nights: Nights,
}

impl Scheduler {
    /// Runs until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        tokio::join!(self.keep_ticking(stop), self.keep_asking(stop));
    }

    /// Asks the CRMs for what changed. After a busy night that takes minutes, and nothing else that is
    /// due may wait for it; what is cut off here is asked for again from the same place.
    async fn keep_asking(&self, stop: &CancellationToken) {
        let every = TimeDelta::from_std(self.reconcile_every).unwrap_or(TimeDelta::MAX);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = async {
                    // How long ago the last poll was is in the database: several processes share it.
                    self.crms.reconcile(every).await;
                    tokio::time::sleep(TICK).await;
                } => {}
            }
        }
    }

    async fn keep_ticking(&self, stop: &CancellationToken) {
        let mut done = Done::default();
        while !stop.is_cancelled() {
            if let Err(error) = self.tick(&mut done).await {
                tracing::error!(error = format!("{error:#}"), "scheduler");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Does what is due now. Each part may run twice, in two processes or after a restart:
    /// rows in the database make it happen once.
    pub async fn tick(&self, done: &mut Done) -> anyhow::Result<()> {
        self.outbox.reap().await?;
        self.inbox.reap().await?;
        let now = self.dealer.clock.now();
        let time = now.with_timezone(&self.dealer.zone).time();
        // Hourly after the hour of the day: machines registered meanwhile need not wait a day.
        let reminded_lately = done.reminded_at.is_some_and(|at| now - at < TimeDelta::hours(1));
        if time >= self.reminders_at && !reminded_lately {
            let sent = maintenance::tick(&self.db, &self.dealer).await?;
            tracing::info!(sent, "maintenance reminders");
            done.reminded_at = Some(now);
        }
        leads::pass_on(&self.db, &self.dealer).await?;
        approvals::tick(&self.db, &self.dealer).await?;
        self.crms.listen().await?;
        if done.access_at.is_none_or(|at| now - at >= TimeDelta::hours(1)) {
            self.crms.keep_access().await?;
            done.access_at = Some(now);
        }
        if let Some(url) = &self.public_url
            && done.bound_at.is_none_or(|at| now - at >= TimeDelta::minutes(1))
        {
            self.crms.bind_events(url).await?;
            done.bound_at = Some(now);
        }
        let today = now.with_timezone(&self.dealer.zone).date_naive();
        if done.quotes_on != Some(today) {
            quotes::tick(&self.db, &self.dealer).await?;
            done.quotes_on = Some(today);
        }
        if let Some(url) = &self.public_url
            && time >= NIGHT
            && done.checked_on != Some(today)
        {
            self.crms.watch_subscriptions(url).await?;
            done.checked_on = Some(today);
        }
        self.night.tick(&mut done.nights).await?;
        Ok(())
    }
}

/// Keeps the catalogues of the connections fresh until `stop`, and fetches their pictures between the
/// runs. A run under way is cut off, and the next one compares anew.
pub async fn keep_catalogues(crms: &Crms, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            () = async {
                crms.sync_due().await;
                let fetched = crms.fetch_pictures().await;
                // Where some came, there are more.
                if fetched == 0 {
                    tokio::time::sleep(TICK).await;
                }
            } => {}
        }
    }
}
