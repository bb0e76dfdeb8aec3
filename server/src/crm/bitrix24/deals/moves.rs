//! What several stories need of a portal: our deals found, moved, and their fields by name.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::compose::{ORIGINATOR, category_of};
use crate::crm::bitrix24::deals::items::{Item, Kind, whole};
use crate::crm::failure::reading;
use crate::crm::hear::facets::of_stage;
use crate::crm::tell::rejected;
use crate::worker::policy::Failure;

/// What people there call fields, by their ids.
pub(crate) fn labels(fields: &Map<String, Value>) -> BTreeMap<String, String> {
    let label = |(id, field): (&String, &Value)| {
        let labels = ["formLabel", "listLabel", "title"].into_iter();
        let label = labels.filter_map(|key| field[key].as_str()).find(|it| !it.is_empty())?;
        Some((id.clone(), label.to_owned()))
    };
    fields.iter().filter_map(label).collect()
}

impl BitrixAccount<'_> {
    /// The oldest deal or lead that bears our mark and this number.
    pub(super) async fn find_ours(&self, kind: Kind, number: &str) -> Result<Option<i64>, Failure> {
        let filter = json!({ "=originatorId": ORIGINATOR, "=originId": number });
        let found = self.calls.items(kind, filter).await.map_err(reading)?;
        let ours = found.iter().filter(|item| item.text("originId").as_deref() == Some(number));
        // A deal made of a lead bears the lead's number on.
        Ok(ours.map(Item::id).min())
    }

    /// Moves a deal or lead, to another pipeline where the stage is of one.
    pub(in crate::crm::bitrix24) async fn move_item(
        &self,
        kind: Kind,
        id: i64,
        stage: &str,
    ) -> Result<Option<String>, Failure> {
        let there = self.calls.item(kind, id).await.map_err(reading)?;
        let there = there.ok_or_else(|| rejected("it was deleted in Bitrix24"))?;
        if there.text("stageId").as_deref() == Some(stage) {
            return Ok(Some("it stands there already".to_owned()));
        }
        let mut fields = Map::from_iter([("stageId".to_owned(), Value::from(stage))]);
        if kind == Kind::Deal {
            fields.insert("categoryId".to_owned(), category_of(stage).into());
        }
        let noted = [of_stage(stage)];
        self.change(kind, id, fields, &noted).await?;
        Ok(None)
    }

    /// The user behind our access.
    pub(super) async fn ourselves(&self) -> Result<i64, Failure> {
        let profile: Map<String, Value> =
            self.calls.call("profile", &json!({})).await.map_err(reading)?;
        let id = profile.get("ID").and_then(whole);
        id.ok_or_else(|| rejected("the user of this access is not active"))
    }
}
