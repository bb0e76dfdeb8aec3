//! What an account says of itself, as far as our configuration depends on it.

use serde_json::Value;

use crate::config::{AmocrmSettings, ConnectionConfig, Products};
use crate::crm::amo::wire::{Account, Catalogue, FieldDefinition, Pipeline, User};
use crate::crm::amo::{AmoCalls, CallError};

/// What we read and write, by its name in paths.
const ENTITIES: [&str; 4] = ["leads", "contacts", "companies", "tasks"];

/// The answers. What our access may not see is `None`.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) account: Account,
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) lead_fields: Vec<FieldDefinition>,
    /// Empty where our access may not see them and none is configured.
    pub(crate) contact_fields: Vec<FieldDefinition>,
    /// Empty where our access may not see them and none is configured.
    pub(crate) company_fields: Vec<FieldDefinition>,
    /// Only an administrator's access sees them.
    pub(crate) users: Option<Vec<User>>,
    /// Empty where no list of products is used.
    pub(crate) lists: Vec<Catalogue>,
    /// Entities that our access may not see.
    pub(crate) hidden: Vec<&'static str>,
}

impl Snapshot {
    /// Asks the account.
    ///
    /// # Errors
    /// See [`CallError`]. 403 to one question is an answer.
    pub(super) async fn read(
        connection: &ConnectionConfig,
        settings: &AmocrmSettings,
        calls: AmoCalls<'_>,
    ) -> Result<Snapshot, CallError> {
        let fields_of = async |ours: &str, entity: &str| match connection.field(ours) {
            Some(_) => calls.fields_of(entity).await,
            // To be chosen from at the console; where our access may not see them there is no choice.
            None => Ok(allowed(calls.fields_of(entity).await)?.unwrap_or_default()),
        };
        let mut hidden = Vec::new();
        for entity in ENTITIES {
            let path = format!("/api/v4/{entity}");
            let one = calls.page::<Value>(&path, &[("limit", "1")], entity, 1).await;
            if allowed(one)?.is_none() {
                hidden.push(entity);
            }
        }
        let lists = match settings.products {
            Products::Off => Some(Vec::new()),
            Products::Found | Products::List(_) => allowed(calls.catalogues().await)?,
        };
        // Without a list of its own an account may hide them from us.
        if lists.is_none() && matches!(settings.products, Products::List(_)) {
            hidden.push("catalogs");
        }
        Ok(Snapshot {
            account: calls.account().await?,
            pipelines: calls.pipelines().await?,
            lead_fields: calls.lead_fields().await?,
            contact_fields: fields_of("contact_telegram_id", "contacts").await?,
            company_fields: fields_of("inn", "companies").await?,
            users: allowed(calls.users().await)?,
            lists: lists.unwrap_or_default(),
            hidden,
        })
    }

    /// Whose access ours is, where that is known.
    pub(crate) fn me(&self) -> Option<&User> {
        let id = self.account.current_user_id?;
        self.users.as_ref()?.iter().find(|user| user.id == id)
    }
}

/// `None` where our access may not ask this.
fn allowed<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(CallError::Rejected { status: 403, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
