//! One account of amoCRM: how it is configured, and what of it is asked for once.

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use domain::Dealer;
use domain::db::Db;
use tokio::sync::OnceCell;

use crate::config::{AmocrmSettings, ConnectionConfig};
use crate::crm::amo::deals::product_list::ProductList;
use crate::crm::amo::wire::Account;
use crate::crm::amo::{AmoCalls, AmoClient, CallError};
use crate::crm::tell::Memory;

pub(crate) use crate::crm::failure::{creating, reading};
pub(crate) use crate::crm::tell::person::CONTACT;

/// What hangs on our entity there.
pub(crate) const LEAD: &str = "lead";

/// One configured account. Clones share the client and what it was told.
#[derive(Clone)]
pub struct AmoConnection {
    pub(crate) config: ConnectionConfig,
    pub(crate) settings: AmocrmSettings,
    pub(crate) client: AmoClient,
    pub(crate) db: Db,
    pub(crate) dealer: Arc<Dealer>,
    /// What it was told already.
    pub(crate) memory: Arc<Memory>,
    /// The list of products, as the account last told.
    pub(crate) products: ProductList,
    account: OnceCell<Account>,
}

impl AmoConnection {
    /// The account of a configured connection. After `grace` a search finds what a call may have
    /// made.
    pub fn new(
        config: ConnectionConfig,
        settings: AmocrmSettings,
        client: AmoClient,
        db: Db,
        dealer: Arc<Dealer>,
        grace: Duration,
    ) -> AmoConnection {
        let memory = Memory::new(&config.name, db.clone(), dealer.clock.clone(), grace);
        AmoConnection {
            config,
            settings,
            client,
            db,
            dealer,
            memory: Arc::new(memory),
            products: ProductList::default(),
            account: OnceCell::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The id of their field for ours, if one is configured.
    pub(crate) fn field(&self, ours: &str) -> Option<i64> {
        self.config.field(ours)?.parse().ok()
    }

    /// The account, asked for once.
    pub(crate) async fn account(&self, calls: AmoCalls<'_>) -> Result<&Account, CallError> {
        self.account.get_or_try_init(|| calls.account()).await
    }

    /// The zone whose midnights are the account's dates.
    pub(crate) async fn zone(&self, calls: AmoCalls<'_>) -> Result<Tz, CallError> {
        let account = self.account(calls).await?;
        let named = account.timezone.as_deref().and_then(|name| name.parse().ok());
        Ok(named.unwrap_or(self.dealer.zone))
    }
}

impl std::fmt::Debug for AmoConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AmoConnection").field("name", &self.config.name).finish_non_exhaustive()
    }
}
