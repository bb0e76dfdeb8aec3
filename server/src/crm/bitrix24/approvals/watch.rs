//! Which deals and leads are watched, and what is asked about one that was just read.

use domain::approvals;
use domain::approvals::deals::{self, DealState};
use domain::approvals::rules::{self, Entity};
use serde_json::json;

use crate::crm::bitrix24::approvals::facts::{self, kind_of};
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::bitrix24::inbound::read;
use crate::crm::hear::{TheirDeal, internal, trouble};
use crate::worker::inbox::Trouble;

/// A page of a list there.
pub(super) const AT_ONCE: usize = 50;

impl BitrixAccount<'_> {
    /// Whether deals, or leads, of the portal may need a decision.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::crm::bitrix24) async fn watches(&self, entity: Entity) -> domain::Result<bool> {
        let mut reader = self.bitrix.db.read().await?;
        let rules = rules::load(&mut reader, &self.bitrix.dealer).await?;
        let name = self.bitrix.name();
        Ok(rules.iter().any(|rule| rule.connection == name && rule.entity == entity))
    }

    /// Whether anything of the portal may need a decision.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::crm::bitrix24) async fn watches_any(&self) -> domain::Result<bool> {
        let mut reader = self.bitrix.db.read().await?;
        rules::watches(&mut reader, &self.bitrix.dealer, self.bitrix.name()).await
    }

    /// Asks for a decision where a rule wants one; asks anew, or no more, where it was asked before.
    ///
    /// # Errors
    /// What stands in the way.
    pub(in crate::crm::bitrix24) async fn ask_for(
        &self,
        entity: Entity,
        id: &str,
        deal: Option<&TheirDeal>,
    ) -> Result<(), Trouble> {
        let own = facts::own(self.bitrix.name(), entity, id, deal);
        if !self.matters(&own).await.map_err(internal)? {
            return Ok(());
        }
        let facts = match own.state {
            DealState::Deleted => own,
            _ => self.complete(own).await.map_err(trouble)?,
        };
        let follow = async {
            let mut tx = self.bitrix.db.begin().await?;
            deals::seen(&mut tx, &self.bitrix.dealer, &facts).await?;
            tx.commit().await?;
            Ok(())
        };
        let followed: domain::Result<()> = follow.await;
        followed.map_err(internal)
    }

    /// Whether a deal or lead meets a rule, as far as it tells itself, or was asked about before.
    async fn matters(&self, facts: &deals::DealFacts) -> domain::Result<bool> {
        let mut reader = self.bitrix.db.read().await?;
        let rules = rules::load(&mut reader, &self.bitrix.dealer).await?;
        if rules.matching(facts).is_some() {
            return Ok(true);
        }
        let (name, entity, id) = (&facts.connection, facts.entity, &facts.id);
        approvals::is_asked(&mut reader, name, entity, id).await
    }

    /// The same of one that a poll found, with everything that it says.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::crm::bitrix24) async fn may_ask(
        &self,
        entity: Entity,
        item: &Item,
    ) -> domain::Result<bool> {
        let deal = read::deal(&self.bitrix.config, kind_of(entity), item);
        self.matters(&facts::own(self.bitrix.name(), entity, &deal.id, Some(&deal))).await
    }

    /// Deals and leads that are asked about and were deleted: no search by date finds those.
    ///
    /// # Errors
    /// When the database or the portal fails.
    pub(in crate::crm::bitrix24) async fn gone(&self) -> anyhow::Result<Vec<(Kind, i64)>> {
        let mut asked: Vec<(Entity, i64)> = Vec::new();
        {
            let mut reader = self.bitrix.db.read().await?;
            for id in approvals::open_in(&mut reader, self.bitrix.name()).await? {
                let approval = approvals::find(&mut reader, &id).await?;
                let their = approval.entity_id.and_then(|id| id.parse().ok());
                asked.extend(approval.entity.zip(their));
            }
        }
        let mut gone = Vec::new();
        for entity in [Entity::Deal, Entity::Lead] {
            let ids: Vec<i64> =
                asked.iter().filter(|(of, _)| *of == entity).map(|(_, id)| *id).collect();
            for ids in ids.chunks(AT_ONCE) {
                let kind = kind_of(entity);
                let there = self.calls.items(kind, json!({ "@id": ids })).await?;
                let lacks = ids.iter().filter(|id| there.iter().all(|item| item.id() != **id));
                gone.extend(lacks.map(|id| (kind, *id)));
            }
        }
        Ok(gone)
    }
}
