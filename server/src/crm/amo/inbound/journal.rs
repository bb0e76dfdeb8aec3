//! The account's journal, `GET /api/v4/events`: what changed, whether a webhook told of it or not.
//! Its filters are no paid option; an account that ignores them all the same is found out.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::crm::amo::wire::{Contact, Lead, as_number};
use crate::crm::amo::{AmoCalls, CallError};

/// Pages of the journal that one poll reads, of 100 entries each.
const PAGES: u32 = 50;

/// Pages of a list in the order of change.
const LIST_PAGES: u32 = 20;

/// The type of an entry about a deal's stage.
const MOVED: &str = "lead_status_changed";

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Such as `lead_status_changed`, `custom_field_712640_value_changed`.
    pub kind: String,
    /// `lead`, `contact`, …
    pub entity: String,
    /// Its id.
    pub id: i64,
    /// The stage after the change, where it is about one.
    pub status_id: Option<i64>,
    /// When, Unix seconds.
    pub at: i64,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let value = Value::deserialize(deserializer)?;
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let number =
            |key: &'static str| as_number(&value[key]).ok_or_else(|| D::Error::missing_field(key));
        Ok(Entry {
            kind: text("type"),
            entity: text("entity_type"),
            id: number("entity_id")?,
            status_id: value.pointer("/value_after/0/lead_status/id").and_then(as_number),
            at: number("created_at")?,
        })
    }
}

impl AmoCalls<'_> {
    /// What happened to deals at `since` (Unix seconds) or later: stages, and these fields of ours.
    /// `None` where the account's journal does not do as it is asked.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn journal(
        &self,
        since: i64,
        fields: &[i64],
    ) -> Result<Option<Vec<Entry>>, CallError> {
        let changed = |field: &i64| format!("custom_field_{field}_value_changed");
        let kinds: Vec<String> =
            [MOVED.to_owned()].into_iter().chain(fields.iter().map(changed)).collect();
        let from = since.to_string();
        let mut query = vec![("limit", "100"), ("filter[created_at][from]", from.as_str())];
        query.extend(kinds.iter().map(|kind| ("filter[type][]", kind.as_str())));
        let mut all: Vec<Entry> = Vec::new();
        for page in 1..=PAGES {
            let asked = self.page::<Entry>("/api/v4/events", &query, "events", page).await;
            let (entries, more) = match asked {
                Ok(page) => page,
                Err(CallError::Rejected { .. } | CallError::PaymentRequired) => return Ok(None),
                Err(error) => return Err(error),
            };
            if entries.iter().any(|entry| entry.at < since || !kinds.contains(&entry.kind)) {
                return Ok(None);
            }
            all.extend(entries);
            if !more {
                return Ok(Some(all));
            }
        }
        // More than this cannot be told apart from a journal that never ends.
        Ok(None)
    }

    /// Deals changed at `since` (Unix seconds) or later, newest first. Not by a filter: accounts
    /// without the paid option ignore filters and answer with everything.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn leads_changed_since(&self, since: i64) -> Result<Vec<Lead>, CallError> {
        self.changed_since("leads", since, |lead: &Lead| lead.updated_at).await
    }

    /// Contacts or companies changed at `since` (Unix seconds) or later, newest first.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn people_changed_since(
        &self,
        entity: &str,
        since: i64,
    ) -> Result<Vec<Contact>, CallError> {
        self.changed_since(entity, since, |contact: &Contact| contact.updated_at).await
    }

    async fn changed_since<T: serde::de::DeserializeOwned>(
        &self,
        entity: &str,
        since: i64,
        at: impl Fn(&T) -> Option<i64>,
    ) -> Result<Vec<T>, CallError> {
        let path = format!("/api/v4/{entity}");
        let mut changed = Vec::new();
        for page in 1..=LIST_PAGES {
            let order = [("order[updated_at]", "desc"), ("limit", "100")];
            let (items, more) = self.page::<T>(&path, &order, entity, page).await?;
            let old = items.iter().any(|item| at(item).is_some_and(|at| at < since));
            changed.extend(items.into_iter().filter(|item| at(item) >= Some(since)));
            if old || !more {
                break;
            }
        }
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::NoRecord;
    use crate::crm::fake::{FakeCrm, answer};

    const JOURNAL: &str =
        include_str!("../../../../../tests/fixtures/amocrm/events_lead_status_changed.json");

    #[tokio::test]
    async fn the_journal_tells_stages() {
        let last = JOURNAL.replace("\"next\"", "\"other\"");
        let script = vec![answer("200 OK", "", JOURNAL), answer("200 OK", "", &last)];
        let amo = FakeCrm::start(script).await;
        let client = amo.amo();
        let entries = client.calls(&NoRecord).journal(1_767_232_000, &[712_640]).await;
        let moved = Entry {
            kind: MOVED.to_owned(),
            entity: "lead".to_owned(),
            id: 28_450_917,
            status_id: Some(142),
            at: 1_767_232_800,
        };
        assert_eq!(entries, Ok(Some(vec![moved.clone(), moved])));
        assert!(amo.requests()[0].contains("custom_field_712640_value_changed"));
    }

    #[tokio::test]
    async fn an_account_that_ignores_filters_or_refuses_is_found_out() {
        let refused = r#"{"title":"Forbidden","status":403,"detail":"no"}"#;
        for (since, script) in [
            (1_767_232_801, answer("200 OK", "", JOURNAL)),
            (0, answer("200 OK", "", &JOURNAL.replace(MOVED, "lead_added"))),
            (0, answer("403 Forbidden", "content-type: application/problem+json\r\n", refused)),
        ] {
            let amo = FakeCrm::start(vec![script]).await;
            let client = amo.amo();
            assert_eq!(client.calls(&NoRecord).journal(since, &[]).await, Ok(None));
        }
    }
}
