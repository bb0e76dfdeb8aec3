//! The look at an account: what it has is kept for the pages, what does not fit is told.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{checkups, outbox};

use crate::crm::Crms;
use crate::crm::crms::Crm;
use crate::crm::crms::crm::Look;
use crate::crm::failure::reading;
use crate::crm::limiter::Urgency;
use crate::crm::tell::local;
use crate::mapping::structure::Structure;
use crate::worker::policy::Failure;

/// How old what was seen of an account may grow.
const AGE: TimeDelta = TimeDelta::hours(20);

impl Crms {
    /// Looks whether each account still has what the configuration names; once a night, whichever
    /// process asks. A connection that is stopped is left in peace; one that does not answer is looked
    /// at the next night.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_mapping(&self) -> anyhow::Result<()> {
        for name in self.names() {
            let now = self.dealer.clock.now();
            if outbox::paused(&mut self.db.read().await?, name).await?.is_some() {
                continue;
            }
            let mut tx = self.db.begin().await?;
            let ours = checkups::take(&mut tx, name, self.dealer.today(), now).await?;
            tx.commit().await?;
            if ours {
                self.look_in_background(name).await?;
            }
        }
        Ok(())
    }

    /// Looks at each account that was not seen of late; one that does not answer stays as it was seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_seen(&self) -> anyhow::Result<()> {
        for name in self.names() {
            let now = self.dealer.clock.now();
            let due = {
                let mut db = self.db.read().await?;
                let seen = Structure::seen(&mut db, name).await?;
                let fresh = seen.is_some_and(|(_, at)| now - at < AGE);
                !fresh && outbox::goes(&mut db, name, now).await?
            };
            if due {
                self.look_in_background(name).await?;
            }
        }
        Ok(())
    }

    async fn look_in_background(&self, name: &str) -> anyhow::Result<()> {
        let Some(crm) = self.current(name).await? else { return Ok(()) };
        match Box::pin(crm.look(Urgency::Background)).await {
            Ok(look) => self.keep_look(name, &look, self.dealer.clock.now()).await?,
            Err(error) => {
                let why = error.words();
                tracing::warn!(connection = name, why, "the account was not looked at");
            }
        }
        Ok(())
    }

    /// Carries [`domain::outbox::Message::CrmAccount`] out: somebody waits for it at a page.
    pub(super) async fn look_at(&self, crm: &Crm) -> Result<(), Failure> {
        let look = Box::pin(crm.look(Urgency::Awaited)).await.map_err(reading)?;
        self.keep_look(crm.name(), &look, self.dealer.clock.now()).await.map_err(local)
    }

    async fn keep_look(&self, name: &str, look: &Look, now: DateTime<Utc>) -> domain::Result<()> {
        let mut tx = self.db.begin().await?;
        look.there.keep(&mut tx, name, now).await?;
        checkups::keep(&mut tx, &self.dealer, name, &look.defects).await?;
        tx.commit().await?;
        Ok(())
    }
}
