//! How access stands, for those who look and may not open it.

use chrono::{DateTime, Utc};

use crate::db::{Executor, fetch_all};

/// How the access of a connection stands, without what opens it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// The connection's name.
    pub connection: String,
    /// When the pair came.
    pub refreshed_at: DateTime<Utc>,
    /// From then on the access token opens nothing; it is refreshed before.
    pub expires_at: DateTime<Utc>,
    /// Why only a person can mend it, as a stable word.
    pub broken: Option<String>,
}

/// How the access of every connection stands that has one by consent.
pub async fn standings(db: &mut impl Executor) -> crate::Result<Vec<Standing>> {
    Ok(fetch_all!(
        db,
        Standing,
        "select connection, refreshed_at, expires_at, broken from crm_tokens order by connection"
    )?)
}
