//! Where a renamed portal stands: a row, so that its old address is asked once.

use domain::db::Db;
use domain::settings;
use serde::{Deserialize, Serialize};
use tokio::sync::RwLock;
use url::Url;

/// What is known of one portal's move.
#[derive(Debug)]
pub(crate) struct Moved {
    memory: Option<(String, Db)>,
    known: RwLock<Option<Known>>,
}

/// `to` is `None` as long as it stands where it is configured.
#[derive(Debug, Clone)]
struct Known {
    to: Option<Url>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Scheme and host as configured: another configuration forgets the move.
    from: String,
    to: Url,
}

impl Moved {
    /// Remembers under the connection's name; without a database only as long as it lives.
    pub(crate) fn new(memory: Option<(&str, Db)>) -> Moved {
        let memory = memory.map(|(name, db)| (format!("bitrix24:moved:{name}"), db));
        Moved { memory, known: RwLock::default() }
    }

    /// Where it stands, if not where the configuration says.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn of(&self, configured: &str) -> anyhow::Result<Option<Url>> {
        if let Some(known) = &*self.known.read().await {
            return Ok(known.to.clone());
        }
        let to = match &self.memory {
            Some((name, db)) => {
                let mut reader = db.read().await?;
                let kept = settings::get(&mut reader, name).await?;
                let kept = kept.and_then(|kept| serde_json::from_str::<Kept>(&kept).ok());
                kept.filter(|kept| kept.from == configured).map(|kept| kept.to)
            }
            None => None,
        };
        *self.known.write().await = Some(Known { to: to.clone() });
        Ok(to)
    }

    /// Keeps where it stands now.
    ///
    /// # Errors
    /// When the database fails; this process knows it all the same.
    pub(crate) async fn keep(&self, configured: &str, to: &Url) -> anyhow::Result<()> {
        *self.known.write().await = Some(Known { to: Some(to.clone()) });
        let Some((name, db)) = &self.memory else { return Ok(()) };
        let kept = Kept { from: configured.to_owned(), to: to.clone() };
        let mut tx = db.begin().await?;
        settings::put(&mut tx, name, &serde_json::to_string(&kept)?).await?;
        tx.commit().await?;
        Ok(())
    }
}
