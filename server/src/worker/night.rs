//! What is done once a day, while nobody waits: raw bodies whose time is over are dropped, what an
//! import left out of the search is indexed, files of the forgotten are removed, accounts are compared
//! with the configuration, and what they have is read anew.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::approvals::sample;
use domain::db::Db;
use domain::{Dealer, files, outbox, parts, people, plates, requests};

use crate::crm::Crms;

/// From which hour of the dealer's day on.
const HOUR: u32 = 3;

/// The nightly work.
#[derive(Debug)]
pub struct Night {
    /// The database.
    pub db: Db,
    /// The installation.
    pub dealer: Arc<Dealer>,
    /// Whose accounts are looked at.
    pub crms: Arc<Crms>,
    /// How long raw bodies live.
    pub keep_raw: Duration,
}

/// What was done; kept between ticks.
#[derive(Debug, Default)]
pub struct Nights {
    done_on: Option<NaiveDate>,
}

impl Night {
    /// Does what is due; after a start at once, then once a day. Twice does no harm.
    pub async fn tick(&self, nights: &mut Nights) -> anyhow::Result<()> {
        let now = self.dealer.clock.now();
        let local = now.with_timezone(&self.dealer.zone);
        let hour = NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default();
        let due = nights.done_on.is_none_or(|on| on < local.date_naive() && local.time() >= hour);
        if !due {
            return Ok(());
        }
        // Noted first: what fails is logged once and tried again the next night.
        nights.done_on = Some(local.date_naive());
        let pruned =
            outbox::prune(&self.db, now - TimeDelta::from_std(self.keep_raw)?, now).await?;
        tracing::info!(pruned, "raw bodies dropped");
        files::sweep_uploads(&self.db, &self.dealer).await?;
        let mut tx = self.db.begin().await?;
        requests::prune_drafts(&mut tx, now).await?;
        tx.commit().await?;
        let swept = files::sweep(&self.db, &self.dealer.uploads).await?;
        tracing::info!(swept, "files of people who were forgotten removed");
        let mut tx = self.db.begin().await?;
        sample::forget_old(&mut tx, now).await?;
        tx.commit().await?;
        let scans = plates::prune(&self.db, now).await?;
        tracing::info!(scans, "old looks at plates dropped");
        // An import that was killed may have left some out of the search.
        parts::catch_up(&self.db).await?;
        people::catch_up(&self.db).await?;
        self.crms.check_mapping().await?;
        self.crms.keep_seen().await?;
        Ok(())
    }
}
