//! What changed since the last poll: what lost events would have said.

use chrono::DateTime;
use domain::{links, machines};
use serde_json::json;

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::bitrix24::inbound::read::is_won;
use crate::crm::hear::{Changes, Hint, ours};
use crate::crm::tell::Account as _;

impl BitrixAccount<'_> {
    /// What changed at `since` (Unix seconds) or later, as far as anything follows from it.
    pub(super) async fn changed(&self, since: i64) -> anyhow::Result<Changes> {
        let deals = self.changed_items(Kind::Deal, since).await?;
        let leads = match self.has_leads().await {
            Ok(true) => self.allowed(Kind::Lead, since).await?,
            // A portal that does not say how it works is heard without.
            _ => Vec::new(),
        };
        let contacts = self.allowed(Kind::Contact, since).await?;
        let companies = self.allowed(Kind::Company, since).await?;
        let all = [&deals, &leads, &contacts, &companies];
        let newest = all.into_iter().flatten().filter_map(Item::changed_at).max();
        let mut hints = self.moving(Kind::Deal, &deals).await?;
        hints.extend(self.moving(Kind::Lead, &leads).await?);
        for (kind, items) in [(Kind::Contact, &contacts), (Kind::Company, &companies)] {
            let changed = items.iter().filter_map(|item| Some((item.id(), item.changed_at()?)));
            hints.extend(ours(self, kind.name(), changed).await?);
        }
        Ok(Changes { hints, newest })
    }

    /// A right that the access lacks must not stop the deals.
    async fn allowed(&self, kind: Kind, since: i64) -> Result<Vec<Item>, CallError> {
        match self.changed_items(kind, since).await {
            Err(CallError::Rejected { .. }) => Ok(Vec::new()),
            found => found,
        }
    }

    async fn changed_items(&self, kind: Kind, since: i64) -> Result<Vec<Item>, CallError> {
        let since = DateTime::from_timestamp(since, 0).unwrap_or_default().to_rfc3339();
        let mut select = vec!["id", "updatedTime"];
        if matches!(kind, Kind::Deal | Kind::Lead) {
            select.extend(["stageId", "stageSemanticId"]);
        }
        let params = json!({
            "entityTypeId": kind as i64,
            "select": select,
            "filter": { ">=updatedTime": since },
        });
        self.calls.all("crm.item.list", params, Some("items")).await
    }

    /// Deals or leads that are ours; of the managers' own deals those that are won, or were once.
    async fn moving(&self, kind: Kind, items: &[Item]) -> domain::Result<Vec<Hint>> {
        let mut hints = Vec::new();
        let mut reader = self.bitrix.db.read().await?;
        for item in items {
            let (name, id) = (self.bitrix.name(), item.id().to_string());
            let Some(at) = item.changed_at() else { continue };
            let mut follows =
                !links::entities(&mut reader, name, kind.name(), &id).await?.is_empty();
            if kind == Kind::Deal && !follows {
                follows = is_won(item) || machines::is_followed(&mut reader, name, &id).await?;
            }
            if follows {
                hints.push(Hint::found(kind.name(), id, item.text("stageId"), at));
            }
        }
        Ok(hints)
    }
}
