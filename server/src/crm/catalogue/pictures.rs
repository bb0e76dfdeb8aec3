//! Pictures of goods, fetched after the runs: some at a time, each remembered at once, so that a
//! restart goes on where it stopped.

use chrono::TimeDelta;
use domain::catalogue::{self, Picture};

use crate::crm::Crms;
use crate::crm::bitrix24::catalogue::Shop;
use crate::crm::catalogue::Source as _;
use crate::crm::error::CallError;
use crate::crm::failure;
use crate::worker::policy::Failure;

/// So many in one go: the portal's pace makes half a minute of them, and a run that is due waits no
/// longer.
const GO: i64 = 40;

/// Longer than a go can take, also where each of its calls runs out of time.
const LEASE: TimeDelta = TimeDelta::minutes(30);

/// So long a picture that could not be fetched is left alone.
const LATER: TimeDelta = TimeDelta::hours(1);

/// So many failures in a row are the portal's and not the pictures'.
const ENOUGH: usize = 3;

impl Crms {
    /// Fetches some of the pictures that are due; how many came. One process at a time.
    pub async fn fetch_pictures(&self) -> usize {
        let mut fetched = 0;
        for shop in self.shops() {
            match self.fetch_some(&shop).await {
                Ok(came) => fetched += came,
                Err(error) => {
                    let why = format!("{error:#}");
                    tracing::warn!(connection = shop.connection.name(), why, "pictures");
                }
            }
        }
        fetched
    }

    async fn fetch_some(&self, shop: &Shop<'_>) -> anyhow::Result<usize> {
        let (name, now) = (shop.connection.name(), self.dealer.clock.now());
        // Most looks find nothing to do, and looking must not cost a transaction that writes.
        let due = catalogue::pictures_due(&mut self.db.read().await?, name, now, GO).await?;
        if due.is_empty() || !self.goes(name).await? {
            return Ok(0);
        }
        let mut tx = self.db.begin().await?;
        let ours = catalogue::take_pictures(&mut tx, name, LEASE, now).await?;
        tx.commit().await?;
        if !ours {
            return Ok(0);
        }
        let fetched = self.fetch_all(shop, &due).await;
        let mut tx = self.db.begin().await?;
        catalogue::leave_pictures(&mut tx, name).await?;
        tx.commit().await?;
        fetched
    }

    async fn fetch_all(&self, shop: &Shop<'_>, due: &[Picture]) -> anyhow::Result<usize> {
        let (mut fetched, mut failures) = (0, 0);
        for picture in due {
            match shop.picture(&picture.picture).await {
                Ok(bytes) => {
                    let name = catalogue::keep_picture(&self.dealer.uploads, &bytes).await?;
                    fetched += usize::from(name.is_some());
                    failures = 0;
                    self.settle(picture, name.as_deref()).await?;
                }
                Err(error) if is_final(&error) => {
                    tracing::info!(part = %picture.id, why = error.words(), "no picture");
                    self.settle(picture, None).await?;
                }
                Err(error) => {
                    let failure = failure::reading(error);
                    if let Failure::Stop { .. } | Failure::TooMany { .. } = &failure {
                        self.hold(shop.connection.name(), &failure).await?;
                        break;
                    }
                    let mut tx = self.db.begin().await?;
                    let after = self.dealer.clock.now() + LATER;
                    catalogue::put_off(&mut tx, picture, after).await?;
                    tx.commit().await?;
                    failures += 1;
                    if failures == ENOUGH {
                        break;
                    }
                }
            }
        }
        Ok(fetched)
    }

    async fn settle(&self, picture: &Picture, name: Option<&str>) -> anyhow::Result<()> {
        let mut tx = self.db.begin().await?;
        catalogue::pictured(&mut tx, picture, name).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether this picture will never come: it is gone there, or larger than we take.
fn is_final(error: &CallError) -> bool {
    matches!(error, CallError::Rejected { .. } | CallError::Garbage)
}
