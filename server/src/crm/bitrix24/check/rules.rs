//! Whether the portal has what the rules of approvals name: a rule about a stage that is not there
//! catches nothing, in silence.

use std::collections::BTreeSet;

use domain::approvals::rules::{Entity, Rule};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::approvals::facts::kind_of;
use crate::crm::bitrix24::check::Check;

/// A stage, as a list of the portal has it.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Status {
    entity_id: String,
    status_id: String,
}

/// What the portal has of that which rules may name.
#[derive(Default)]
struct There {
    deal_stages: BTreeSet<String>,
    lead_stages: BTreeSet<String>,
    pipelines: BTreeSet<String>,
    deal_fields: BTreeSet<String>,
    lead_fields: BTreeSet<String>,
    people: BTreeSet<String>,
}

impl Check<'_> {
    /// Looks for everything that the rules name.
    pub(super) async fn rules(&mut self) {
        if self.rules.is_empty() {
            return;
        }
        let there = match self.there().await {
            Ok(there) => there,
            Err(error) => return self.failed("rules", &error),
        };
        let missing: Vec<String> = self.rules.iter().flat_map(|rule| there.lacks(rule)).collect();
        if missing.is_empty() {
            let count = self.rules.len();
            return self.good("rules", "crm-check-rules", &[("count", count.into())]);
        }
        let args = [("missing", missing.join(", ").into())];
        self.bad("rules", "crm-check-rules-missing", &args);
    }

    async fn there(&self) -> Result<There, CallError> {
        let mut there = There::default();
        let statuses: Vec<Status> = self.calls.call("crm.status.list", &json!({})).await?;
        for Status { entity_id, status_id } in statuses {
            match entity_id.as_str() {
                "STATUS" => there.lead_stages.insert(status_id),
                list if list.starts_with("DEAL_STAGE") => there.deal_stages.insert(status_id),
                _ => continue,
            };
        }
        // Bitrix24: a deal's entityTypeId is 2.
        let pipelines: Value =
            self.calls.call("crm.category.list", &json!({ "entityTypeId": 2 })).await?;
        let pipelines = pipelines["categories"].as_array();
        there.pipelines =
            pipelines.into_iter().flatten().map(|one| one["id"].to_string()).collect();
        let fields = self.calls.item_fields(kind_of(Entity::Deal)).await?;
        there.deal_fields = fields.into_iter().map(|(name, _)| name).collect();
        if self.rules.iter().any(|rule| rule.entity == Entity::Lead) {
            let fields = self.calls.item_fields(kind_of(Entity::Lead)).await?;
            there.lead_fields = fields.into_iter().map(|(name, _)| name).collect();
        }
        if self.rules.iter().any(|rule| !rule.responsible.is_empty()) {
            let people = self.calls.everybody().await?.into_iter();
            let works = people.filter(|one| one.is_true("ACTIVE"));
            there.people = works.filter_map(|one| one.text("ID")).collect();
        }
        Ok(there)
    }
}

impl There {
    /// What a rule names and the portal has not, each with the rule's name.
    fn lacks(&self, rule: &Rule) -> Vec<String> {
        let (stages, fields) = match rule.entity {
            Entity::Deal => (&self.deal_stages, &self.deal_fields),
            Entity::Lead => (&self.lead_stages, &self.lead_fields),
        };
        let effects = [&rule.policy.on_approve, &rule.policy.on_reject, &rule.policy.on_changes];
        let moves = effects.into_iter().filter_map(|effect| effect.stage.as_ref());
        let sets = effects.into_iter().flat_map(|effect| effect.fields.keys());
        let named = [
            ("stage", rule.stages.iter().chain(moves).collect::<Vec<_>>(), stages),
            ("pipeline", rule.pipeline.iter().collect(), &self.pipelines),
            ("field", rule.fields.keys().chain(sets).collect(), fields),
            ("user", rule.responsible.iter().collect(), &self.people),
        ];
        let lacking = named.into_iter().flat_map(|(what, names, there)| {
            let lacking = names.into_iter().filter(|name| !there.contains(*name));
            lacking.map(move |name| format!("«{}»: {what} = {name}", rule.name))
        });
        lacking.collect()
    }
}
