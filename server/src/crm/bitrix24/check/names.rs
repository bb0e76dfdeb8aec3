//! Whether the portal has the person, the pipeline, the stages and the fields that the configuration
//! names. A field that is not there is ignored in silence, and a stage refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::check::{Check, State};

/// How many names a cure lists.
const LISTED: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "UPPERCASE")]
struct User {
    id: String,
    name: String,
    last_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Stage {
    status_id: String,
    #[serde(default)]
    name: String,
}

impl Check<'_> {
    /// Somebody who was dismissed is nobody: deals without a living owner are lost.
    pub(super) async fn responsible(&mut self) {
        let Some(id) = self.settings.responsible_user_id else {
            return self.say("responsible", State::Off, "crm-check-user-off", &[]);
        };
        match self.users().await {
            Ok(users) => {
                let found = users.iter().find(|user| user.id == id.to_string());
                if let Some(user) = found {
                    let name = format!("{} {}", user.name, user.last_name);
                    let args =
                        [("name", name.trim().to_owned().into()), ("id", user.id.clone().into())];
                    return self.good("responsible", "crm-check-user", &args);
                }
                let there = users.iter().take(LISTED);
                let there =
                    there.map(|user| format!("{} {} {}", user.id, user.name, user.last_name));
                let there = there.collect::<Vec<_>>().join(", ");
                let args = [("id", id.to_string().into()), ("users", there.into())];
                self.bad("responsible", "crm-check-user-missing", &args);
            }
            Err(error) => self.failed("responsible", &error),
        }
    }

    async fn users(&self) -> Result<Vec<User>, CallError> {
        let filter = json!({ "FILTER": { "ACTIVE": true, "USER_TYPE": "employee" } });
        self.calls.call("user.get", &filter).await
    }

    pub(super) async fn stages(&mut self) {
        let named = self.named_stages();
        if named.is_empty() && self.settings.category_id.is_none() {
            return self.say("stages", State::Off, "crm-check-stages-off", &[]);
        }
        // A stage names its pipeline itself.
        let mut pipelines: Vec<i64> = named.iter().map(|(_, stage)| category_of(stage)).collect();
        pipelines.extend(self.settings.category_id);
        pipelines.sort_unstable();
        pipelines.dedup();
        let mut there = BTreeMap::new();
        for pipeline in pipelines {
            match self.stages_of(pipeline).await {
                Ok(stages) if stages.is_empty() => {
                    let args = [("id", pipeline.to_string().into())];
                    return self.bad("stages", "crm-check-pipeline-missing", &args);
                }
                Ok(stages) => there.extend(stages.into_iter().map(|one| (one.status_id, one.name))),
                Err(error) => return self.failed("stages", &error),
            }
        }
        let missing: Vec<String> = named
            .iter()
            .filter(|(_, stage)| !there.contains_key(stage))
            .map(|(what, stage)| format!("{what} = {stage}"))
            .collect();
        if missing.is_empty() {
            let args = [("count", named.len().into())];
            return self.good("stages", "crm-check-stages", &args);
        }
        let listed = there.iter().take(LISTED).map(|(id, name)| format!("{id} «{name}»"));
        let listed = listed.collect::<Vec<_>>().join(", ");
        let args = [("stages", missing.join(", ").into()), ("there", listed.into())];
        self.bad("stages", "crm-check-stages-missing", &args);
    }

    /// What the configuration calls a stage, and the stage.
    fn named_stages(&self) -> Vec<(String, String)> {
        let config = self.config;
        let maps = [("order", &config.order_stages), ("request", &config.request_stages)];
        let mapped = maps.into_iter().flat_map(|(of, map)| {
            map.pairs().map(move |(state, stage)| (format!("{of}.{state}"), stage.to_owned()))
        });
        let first =
            self.settings.stage_id.iter().map(|stage| ("stage_id".to_owned(), stage.clone()));
        mapped.chain(first).collect()
    }

    async fn stages_of(&self, pipeline: i64) -> Result<Vec<Stage>, CallError> {
        let list = match pipeline {
            0 => "DEAL_STAGE".to_owned(),
            id => format!("DEAL_STAGE_{id}"),
        };
        let params = json!({ "filter": { "ENTITY_ID": list }, "order": { "SORT": "ASC" } });
        self.calls.call("crm.status.list", &params).await
    }

    pub(super) async fn fields(&mut self) {
        let fields = &self.config.fields;
        if fields.is_empty() {
            return self.say("fields", State::Off, "crm-check-fields-off", &[]);
        }
        let mut missing = Vec::new();
        for (method, entity) in [
            ("crm.deal.fields", "deal"),
            ("crm.company.fields", "company"),
            ("crm.contact.fields", "contact"),
            ("crm.lead.fields", "lead"),
        ] {
            let named: Vec<(&String, &String)> =
                fields.iter().filter(|(ours, _)| holder(ours) == entity).collect();
            if named.is_empty() {
                continue;
            }
            match self.calls.call::<Value>(method, &json!({})).await {
                Ok(there) => {
                    let lacking =
                        named.iter().filter(|(_, theirs)| there.get(theirs.as_str()).is_none());
                    missing.extend(lacking.map(|(ours, theirs)| format!("{ours} = {theirs}")));
                }
                Err(error) => return self.failed("fields", &error),
            }
        }
        let count = fields.len();
        match missing.is_empty() {
            true => self.good("fields", "crm-check-fields", &[("count", count.into())]),
            false => {
                let args = [("fields", missing.join(", ").into())];
                self.bad("fields", "crm-check-fields-missing", &args);
            }
        }
    }
}

/// `C1:NEW` is of pipeline 1, `NEW` of the portal's own, 0.
fn category_of(stage: &str) -> i64 {
    let prefix = stage.split_once(':').and_then(|(prefix, _)| prefix.strip_prefix('C'));
    prefix.and_then(|id| id.parse().ok()).unwrap_or(0)
}

/// Of what a field of ours is one there.
fn holder(ours: &str) -> &'static str {
    match ours {
        "inn" => "company",
        "contact_telegram_id" => "contact",
        // Only leads know of the site.
        "page" | "referrer" | "form" => "lead",
        _ => "deal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_names_its_pipeline() {
        for (stage, pipeline) in [("NEW", 0), ("C1:NEW", 1), ("C12:UC_8QZK2A", 12), ("UC_X", 0)] {
            assert_eq!(category_of(stage), pipeline, "{stage}");
        }
    }
}
