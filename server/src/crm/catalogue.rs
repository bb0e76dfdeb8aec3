//! A CRM as the source of the catalogue: one run of it, by whoever has the turn.

mod pictures;
mod run;

use chrono::{DateTime, Utc};
use domain::catalogue::{Item, Place, Report, Step};
use domain::outbox;
use domain::text::FieldFault;
use futures_util::future::BoxFuture;

use crate::config::CatalogueSettings;
use crate::crm::Crms;
use crate::crm::bitrix24::catalogue::Shop;
use crate::crm::error::CallError;

pub(crate) use crate::crm::catalogue::run::Syncing;

/// A good that could not be read.
#[derive(Debug)]
pub(crate) struct Unread {
    /// Where it stands.
    pub(crate) place: Place,
    /// What is wrong with it.
    pub(crate) fault: FieldFault,
}

/// Who hears of a CRM's goods while they are read.
pub(crate) trait Goods: Send {
    /// So many will come.
    fn expect(&mut self, count: usize);

    /// Some of them.
    fn hear<'a>(
        &'a mut self,
        goods: Vec<Result<Item, Unread>>,
    ) -> BoxFuture<'a, Result<(), CallError>>;
}

/// A CRM whose goods can be read.
pub(crate) trait Source: Sync {
    /// The name of the connection.
    fn name(&self) -> &str;

    /// How its goods are read.
    fn settings(&self) -> &CatalogueSettings;

    /// Reads all goods, or those that changed since; answers the CRM's time of the beginning.
    fn read<'a>(
        &'a self,
        since: Option<DateTime<Utc>>,
        goods: &'a mut dyn Goods,
    ) -> BoxFuture<'a, Result<Option<DateTime<Utc>>, CallError>>;

    /// Fetches a picture from where [`Item::picture`] says that it is kept.
    fn picture<'a>(&'a self, place: &'a str) -> BoxFuture<'a, Result<Vec<u8>, CallError>>;
}

/// How a run is meant.
#[derive(Clone, Copy, Debug, Default)]
pub struct SyncOptions {
    /// Everything, also what has not changed: what is gone there is found only so.
    pub full: bool,
    /// Compare only.
    pub dry_run: bool,
    /// Switch off however many goods are gone.
    pub force: bool,
}

/// Who watches a run.
pub type Watcher<'a> = &'a mut (dyn FnMut(Step) + Send);

impl Crms {
    /// The connections whose goods are the catalogue.
    pub fn with_catalogue(&self) -> impl Iterator<Item = &str> {
        self.shops().map(|shop| shop.connection.name())
    }

    /// Synchronises one connection now, by a person's wish.
    ///
    /// # Errors
    /// When the CRM or the database fails, too much would be switched off, or another process is
    /// at it.
    pub async fn sync_catalogue(
        &self,
        name: &str,
        options: SyncOptions,
        watcher: Watcher<'_>,
    ) -> anyhow::Result<Report> {
        let found = self.shops().find(|shop| shop.connection.name() == name);
        let shop = found.ok_or_else(|| anyhow::anyhow!("it is no source of the catalogue"))?;
        let synced = Syncing::of(&shop).now(options, watcher).await;
        match &synced {
            // The portal answered: whoever asked by hand has mended what had stopped it.
            Ok(_) => self.answers(name).await?,
            Err(error) => self.poll_failed(name, error).await?,
        }
        synced
    }

    /// Synchronises every connection whose time has come. One that fails does not stop the others;
    /// one that is stopped or rests is not asked.
    pub async fn sync_due(&self) {
        for shop in self.shops() {
            let connection = shop.connection.name();
            match self.sync_if_due(&shop).await {
                Ok(Some(report)) => {
                    tracing::info!(connection, ?report, "catalogue synchronised");
                }
                Ok(None) => {}
                Err(error) => {
                    let why = format!("{error:#}");
                    tracing::warn!(connection, why, "catalogue not synchronised");
                }
            }
        }
    }

    async fn sync_if_due(&self, shop: &Shop<'_>) -> anyhow::Result<Option<Report>> {
        if !self.goes(shop.connection.name()).await? {
            return Ok(None);
        }
        let synced = Syncing::of(shop).when_due().await;
        if let Err(error) = &synced {
            self.poll_failed(shop.connection.name(), error).await?;
        }
        synced
    }

    async fn goes(&self, connection: &str) -> anyhow::Result<bool> {
        let now = self.dealer.clock.now();
        Ok(outbox::goes(&mut self.db.read().await?, connection, now).await?)
    }

    async fn answers(&self, connection: &str) -> anyhow::Result<()> {
        let mut tx = self.db.begin().await?;
        outbox::bare_probe_answered(&mut tx, &self.dealer, connection).await?;
        Ok(tx.commit().await?)
    }

    fn shops(&self) -> impl Iterator<Item = Shop<'_>> {
        self.bitrix24().filter_map(|connection| {
            let settings = connection.config.catalogue.as_ref()?;
            Some(Shop { connection, settings })
        })
    }
}

impl<'a> Syncing<'a> {
    fn of(shop: &'a Shop<'_>) -> Syncing<'a> {
        Syncing { db: &shop.connection.db, dealer: &shop.connection.dealer, source: shop }
    }
}
