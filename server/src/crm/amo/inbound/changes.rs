//! What changed since the last poll: by the account's journal, else by the changed deals themselves.

use crate::crm::amo::CallError;
use crate::crm::amo::connection::{CONTACT, LEAD};
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::wire::Lead;
use crate::crm::hear::facets::FOLLOWED;
use crate::crm::hear::{Changes, Hint, ours};
use crate::crm::tell::firm::COMPANY;

impl AmoAccount<'_> {
    /// What changed at `since` (Unix seconds) or later.
    pub(super) async fn changed(&self, since: i64) -> anyhow::Result<Changes> {
        let fields: Vec<i64> = FOLLOWED.iter().filter_map(|ours| self.amo.field(ours)).collect();
        let mut hints: Vec<Hint> = match self.calls.journal(since, &fields).await? {
            Some(entries) => entries
                .iter()
                .filter(|entry| entry.entity == LEAD)
                .map(|entry| {
                    let stage = entry.status_id.map(|stage| stage.to_string());
                    Hint::found(LEAD, entry.id, stage, entry.at)
                })
                .collect(),
            None => self.changed_deals(since).await?,
        };
        hints.extend(self.changed_people("contacts", CONTACT, since).await?);
        hints.extend(self.changed_people("companies", COMPANY, since).await?);
        let newest = hints.iter().filter_map(|hint| hint.at).max();
        Ok(Changes { hints, newest })
    }

    /// Where the journal is not to be had: every deal that changed, with its stage as it is now.
    async fn changed_deals(&self, since: i64) -> anyhow::Result<Vec<Hint>> {
        let changed = self.calls.leads_changed_since(since).await?;
        let hint = |lead: &Lead| {
            let stage = lead.status_id.map(|stage| stage.to_string());
            Some(Hint::found(LEAD, lead.id, stage, lead.updated_at?))
        };
        Ok(changed.iter().filter_map(hint).collect())
    }

    /// Changed contacts or companies, as far as they are anybody of ours.
    async fn changed_people(
        &self,
        entity: &str,
        kind: &str,
        since: i64,
    ) -> anyhow::Result<Vec<Hint>> {
        let changed = match self.calls.people_changed_since(entity, since).await {
            Ok(changed) => changed,
            // A right that the integration lacks must not stop the deals.
            Err(CallError::Rejected { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let changed = changed.iter().filter_map(|person| Some((person.id, person.updated_at?)));
        Ok(ours(self, kind, changed).await?)
    }
}
