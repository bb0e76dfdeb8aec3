//! What changed since the last poll: what lost events would have said.

use chrono::DateTime;
use domain::approvals::rules::Entity;
use domain::{links, machines};
use serde_json::json;

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::bitrix24::inbound::read::is_won;
use crate::crm::hear::{Changes, Hint, TASK, ours};
use crate::crm::tell::Account as _;

impl BitrixAccount<'_> {
    /// What changed at `since` (Unix seconds) or later, as far as anything follows from it.
    pub(super) async fn changed(&self, since: i64) -> anyhow::Result<Changes> {
        let asks = [self.watches(Entity::Deal).await?, self.watches(Entity::Lead).await?];
        let deals = self.changed_items(Kind::Deal, since, asks[0]).await?;
        let leads = match self.has_leads().await {
            Ok(true) => self.allowed(Kind::Lead, since, asks[1]).await?,
            // A portal that does not say how it works is heard without.
            _ => Vec::new(),
        };
        let contacts = self.allowed(Kind::Contact, since, false).await?;
        let companies = self.allowed(Kind::Company, since, false).await?;
        let all = [&deals, &leads, &contacts, &companies];
        let newest = all.into_iter().flatten().filter_map(Item::changed_at).max();
        let mut hints = self.moving(Kind::Deal, &deals, asks[0]).await?;
        hints.extend(self.moving(Kind::Lead, &leads, asks[1]).await?);
        hints.extend(self.asked(since).await?);
        for (kind, items) in [(Kind::Contact, &contacts), (Kind::Company, &companies)] {
            let changed = items.iter().filter_map(|item| Some((item.id(), item.changed_at()?)));
            hints.extend(ours(self, kind.name(), changed).await?);
        }
        Ok(Changes { hints, newest })
    }

    /// A right that the access lacks must not stop the deals.
    async fn allowed(&self, kind: Kind, since: i64, whole: bool) -> Result<Vec<Item>, CallError> {
        match self.changed_items(kind, since, whole).await {
            Err(CallError::Rejected { .. }) => Ok(Vec::new()),
            found => found,
        }
    }

    /// What changed, with four fields each, or `whole` where rules of approvals look at more.
    async fn changed_items(
        &self,
        kind: Kind,
        since: i64,
        whole: bool,
    ) -> Result<Vec<Item>, CallError> {
        let since = DateTime::from_timestamp(since, 0).unwrap_or_default().to_rfc3339();
        let mut select = vec!["id", "updatedTime"];
        if matches!(kind, Kind::Deal | Kind::Lead) {
            select.extend(["stageId", "stageSemanticId"]);
        }
        if whole {
            select = vec!["*"];
        }
        let params = json!({
            "entityTypeId": kind as i64,
            "select": select,
            "filter": { ">=updatedTime": since },
            "useOriginalUfNames": "Y",
        });
        self.calls.all("crm.item.list", params, Some("items")).await
    }

    /// What happened to the tasks of open approvals, and open cases whose deal was deleted.
    async fn asked(&self, since: i64) -> anyhow::Result<Vec<Hint>> {
        let tasks = self.stirred_tasks(since).await?;
        let now = self.bitrix.dealer.clock.now().timestamp();
        let tasks = tasks.into_iter().map(|id| Hint::found(TASK, id, None, now));
        let gone = self.gone().await?.into_iter();
        let gone = gone.map(|(kind, id)| Hint::found(kind.name(), id, None, now));
        Ok(tasks.chain(gone).collect())
    }

    /// Deals or leads that are ours; of the managers' own deals those that are won, or were once;
    /// `asks`: those about which a decision is, was or may be asked.
    async fn moving(&self, kind: Kind, items: &[Item], asks: bool) -> domain::Result<Vec<Hint>> {
        let entity = if kind == Kind::Lead { Entity::Lead } else { Entity::Deal };
        let mut hints = Vec::new();
        for item in items {
            let (name, id) = (self.bitrix.name(), item.id().to_string());
            let Some(at) = item.changed_at() else { continue };
            let mut follows = {
                let mut reader = self.bitrix.db.read().await?;
                let ours = links::entities(&mut reader, name, kind.name(), &id).await?;
                let sold = kind == Kind::Deal
                    && (is_won(item) || machines::is_followed(&mut reader, name, &id).await?);
                !ours.is_empty() || sold
            };
            follows = follows || (asks && self.may_ask(entity, item).await?);
            if follows {
                hints.push(Hint::found(kind.name(), id, item.text("stageId"), at));
            }
        }
        Ok(hints)
    }
}
