//! How connections are configured now: the console may change what the configuration says, and every
//! process must follow at once. So the version of a connection's settings is read before each work, which
//! is one row by its key, and its mapping only when that is another.

use std::sync::{Arc, PoisonError};

use domain::connection_settings;

use crate::config::ConnectionConfig;
use crate::crm::Crms;
use crate::crm::crms::Crm;
use crate::mapping::apply;

impl Crms {
    /// A connection as the configuration has it; `None` where there is none, or one that this program
    /// does not speak.
    pub(crate) fn written(&self, name: &str) -> Option<&ConnectionConfig> {
        self.all.get(name).map(Crm::config)
    }

    /// A connection as it is in force; `None` as for [`Crms::written`].
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn current(&self, name: &str) -> domain::Result<Option<Arc<Crm>>> {
        let Some(written) = self.all.get(name) else { return Ok(None) };
        let mut db = self.db.read().await?;
        // First: what is changed meanwhile is read again next time.
        let version = connection_settings::version(&mut db, name).await?;
        if let Some(known) = self.known(name, version) {
            return Ok(Some(known));
        }
        let crm = Arc::new(written.with(apply::stored(&mut db, written.config()).await?));
        let mut in_force = self.in_force.lock().unwrap_or_else(PoisonError::into_inner);
        in_force.insert(name.to_owned(), (version, crm.clone()));
        Ok(Some(crm))
    }

    fn known(&self, name: &str, version: i64) -> Option<Arc<Crm>> {
        let in_force = self.in_force.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, crm) = in_force.get(name)?;
        (*of == version).then(|| crm.clone())
    }
}
