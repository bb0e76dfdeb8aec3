//! A deal or lead, as far as a decision may rest on it.

use std::collections::BTreeMap;

use domain::approvals::deals::{DealFacts, DealRow, DealState};
use domain::approvals::rules::Entity;
use domain::{Money, portal_users};
use serde_json::{Value, json};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::approvals::people::{name_of, ours};
use crate::crm::bitrix24::approvals::tasks::{permitted, user_id};
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::hear::TheirDeal;

/// The kind there of what a rule is about.
pub(in crate::crm::bitrix24) fn kind_of(entity: Entity) -> Kind {
    match entity {
        Entity::Deal => Kind::Deal,
        Entity::Lead => Kind::Lead,
    }
}

/// What the entity itself says; people and goods are asked for only where that matters. `None`: it is
/// no longer there.
pub(in crate::crm::bitrix24) fn own(
    connection: &str,
    entity: Entity,
    id: &str,
    deal: Option<&TheirDeal>,
) -> DealFacts {
    let fields = deal.map(|deal| deal.told.clone()).unwrap_or_default();
    let said = |name: &str| fields.get(name).filter(|said| !matches!(said.as_str(), "" | "0"));
    let state = match said("stageSemanticId").map(String::as_str) {
        _ if deal.is_none() => DealState::Deleted,
        Some("F") => DealState::Lost,
        _ if deal.is_some_and(|deal| deal.won) => DealState::Won,
        _ => DealState::Open,
    };
    DealFacts {
        connection: connection.to_owned(),
        entity,
        id: id.to_owned(),
        title: deal.map(|deal| deal.title.clone()).unwrap_or_default(),
        // In the account's own money, where the deal is in another.
        amount: said("opportunityAccount").or(said("opportunity")).and_then(|sum| roubles(sum)),
        pipeline: fields.get("categoryId").filter(|_| entity == Entity::Deal).cloned(),
        stage: deal.map(|deal| deal.stage.clone()).unwrap_or_default(),
        responsible: said("assignedById").cloned(),
        created_by: said("createdBy").cloned(),
        asked_by: String::new(),
        heads: Vec::new(),
        staff: BTreeMap::new(),
        rows: Vec::new(),
        url: None,
        state,
        fields,
    }
}

impl BitrixAccount<'_> {
    /// What is not told by the entity itself: its goods, its people, where it stands.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(in crate::crm::bitrix24) async fn complete(
        &self,
        mut facts: DealFacts,
    ) -> Result<DealFacts, CallError> {
        self.keep_people().await?;
        facts.rows = self.rows_of(&facts).await?;
        facts.url = self.address_of(facts.entity, &facts.id).await?;
        let asker = facts.responsible.as_ref().or(facts.created_by.as_ref());
        if let Some(id) = asker.and_then(|user| user_id(user))
            && let Some(Some(user)) = permitted(self.calls.user(id).await)?
        {
            facts.asked_by = name_of(&user);
            let heads = self.heads_of(&user).await?;
            facts.heads = heads.into_iter().map(|head| head.to_string()).collect();
        }
        let people = facts.responsible.iter().chain(&facts.created_by).chain(&facts.heads);
        let known = async {
            let mut reader = self.bitrix.db.read().await?;
            let mut known = BTreeMap::new();
            for user in people {
                let Some(id) = user_id(user) else { continue };
                if let Some(staff) =
                    portal_users::staff_of(&mut reader, self.bitrix.name(), id).await?
                {
                    known.insert(user.clone(), staff.id);
                }
            }
            Ok(known)
        };
        let known: domain::Result<_> = known.await;
        facts.staff = known.map_err(ours)?;
        Ok(facts)
    }

    async fn rows_of(&self, facts: &DealFacts) -> Result<Vec<DealRow>, CallError> {
        let of = match facts.entity {
            Entity::Deal => "D",
            Entity::Lead => "L",
        };
        let params = json!({ "filter": { "=ownerType": of, "=ownerId": facts.id } });
        let method = "crm.item.productrow.list";
        let rows = match self.calls.all::<Item>(method, params, Some("productRows")).await {
            Ok(rows) => rows,
            // A portal without a catalogue has none.
            Err(CallError::Rejected { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let number = |row: &Item, name: &str| row.text(name).and_then(|it| it.parse::<f64>().ok());
        let row = |row: &Item| DealRow {
            name: row.text("productName").unwrap_or_default(),
            quantity: number(row, "quantity").unwrap_or(1.0),
            price: row.text("price").and_then(|price| roubles(&price)).unwrap_or_default(),
        };
        Ok(rows.iter().map(row).collect())
    }

    /// Where people see it in the portal.
    pub(super) async fn address_of(
        &self,
        entity: Entity,
        id: &str,
    ) -> Result<Option<String>, CallError> {
        let base = self.bitrix.client.door().key().await?.base;
        let page = format!("/crm/{}/details/{id}/", entity.as_str());
        Ok(base.join(&page).ok().map(String::from))
    }
}

/// Money as the portal writes it, to the kopeck.
fn roubles(sum: &str) -> Option<Money> {
    let exact = Money::parse_roubles(sum);
    exact.or_else(|| Money::parse_roubles(&format!("{:.2}", sum.parse::<f64>().ok()?)))
}

/// The binding of a task to a deal or lead.
pub(super) fn binding(entity: Entity, id: impl std::fmt::Display) -> String {
    match entity {
        Entity::Deal => format!("D_{id}"),
        Entity::Lead => format!("L_{id}"),
    }
}

/// Everything that an item says in words, by the portal's names.
pub(in crate::crm::bitrix24) fn told(item: &Item) -> BTreeMap<String, String> {
    item.members().filter_map(|(name, value)| Some((name.clone(), word(value)?))).collect()
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if *yes { "Y" } else { "N" }.to_owned()),
        _ => None,
    }
}
