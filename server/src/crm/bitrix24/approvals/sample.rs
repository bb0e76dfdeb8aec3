//! The newest deals or leads of the portal, read for the dry run of a rule: two calls for a hundred of
//! them, and a handful for the names that people there know.

use std::collections::BTreeMap;

use domain::approvals::rules::Entity;
use domain::approvals::sample::{self, SIZE, Sampled};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::approvals::facts::{self, kind_of};
use crate::crm::bitrix24::approvals::watch::AT_ONCE;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::Item;
use crate::crm::bitrix24::inbound::read;
use crate::crm::failure::reading;
use crate::crm::limiter::Urgency;
use crate::crm::tell::lead::LEAD;
use crate::crm::tell::local;
use crate::mapping::structure::Structure;
use crate::plan::names::Names;
use crate::worker::policy::Failure;

impl BitrixAccount<'_> {
    /// Carries `CrmSample` out. It changes nothing there, so it may be done twice.
    pub(in crate::crm::bitrix24) async fn read_sample(
        &self,
        entity: Entity,
    ) -> Result<Option<String>, Failure> {
        let items = self.newest_of(entity).await.map_err(reading)?;
        let there = Structure::of_portal(self.bitrix, Urgency::Awaited).await.map_err(reading)?;
        let people: BTreeMap<String, String> =
            there.people.iter().map(|one| (one.id.clone(), one.name.clone())).collect();
        let names = Names::of(there.clone());
        let mut deals = Vec::with_capacity(items.len());
        for item in &items {
            let told = read::deal(&self.bitrix.config, kind_of(entity), item);
            let mut facts = facts::own(self.bitrix.name(), entity, &told.id, Some(&told));
            facts.url = self.address_of(entity, &facts.id).await.map_err(reading)?;
            deals.push(named(facts, &names, &people));
        }
        let now = self.bitrix.dealer.clock.now();
        let keep = async {
            let mut tx = self.bitrix.db.begin().await?;
            sample::keep(&mut tx, (self.bitrix.name(), entity), &deals, now).await?;
            there.keep(&mut tx, self.bitrix.name(), now).await?;
            tx.commit().await?;
            Ok(())
        };
        let kept: domain::Result<()> = keep.await;
        kept.map_err(local)?;
        Ok(None)
    }

    async fn newest_of(&self, entity: Entity) -> Result<Vec<Item>, CallError> {
        let mut items: Vec<Item> = Vec::new();
        loop {
            let page = self.calls.newest(kind_of(entity), items.last().map(Item::id)).await?;
            let last = page.len() < AT_ONCE;
            items.extend(page);
            if last || items.len() >= SIZE {
                items.truncate(SIZE);
                return Ok(items);
            }
        }
    }
}

fn named(
    facts: domain::approvals::deals::DealFacts,
    names: &Names,
    people: &BTreeMap<String, String>,
) -> Sampled {
    let pipeline = match facts.entity {
        Entity::Deal => facts.pipeline.as_deref().unwrap_or("0"),
        Entity::Lead => LEAD,
    };
    let responsible = facts.responsible.as_ref().and_then(|user| people.get(user));
    Sampled {
        stage: names.name_of_stage(pipeline, &facts.stage),
        pipeline: facts
            .pipeline
            .as_deref()
            .map(|id| names.name_of_pipeline(id))
            .unwrap_or_default(),
        responsible: responsible.cloned().unwrap_or_default(),
        facts,
    }
}
