//! What an administrator of the account may have done to it since it was connected: each twist is
//! something that a look at the settings must find.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::amocrm::answer::problem;
use crate::amocrm::core::Amocrm;

/// One change of the account's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Twist {
    /// The pipeline was deleted; another one is there instead.
    PipelineGone,
    /// The pipeline was put away.
    PipelineArchived,
    /// This stage was deleted.
    StageGone(i64),
    /// This field was deleted.
    FieldGone(i64),
    /// This field was made anew with another type, such as `select`.
    FieldKind(i64, &'static str),
    /// This field must be filled before a deal reaches the stage.
    FieldRequired(i64, i64),
    /// A field nobody knew of must be filled before a deal reaches the stage.
    NewFieldRequired(i64),
    /// This user left the account.
    UserGone(i64),
    /// This user was switched off.
    UserOff(i64),
    /// Whose access it is lost the administrator's rights: users and webhooks are shut.
    NotAdministrator,
    /// `leads`, `contacts`, `companies`, `tasks` or `catalogs` are shut.
    Shut(&'static str),
    /// The account paid for filters.
    Filters,
}

/// The pipeline that is there when the known one is gone.
const OTHER_PIPELINE: i64 = 10_226_999;
/// The field that nobody knew of.
const NEW_FIELD: i64 = 712_999;

impl Amocrm {
    /// Changes the settings of the account, one more time.
    pub fn twist(&self, twist: Twist) {
        self.switches().twists.push(twist);
        self.touch();
    }

    /// Takes every twist back.
    pub fn untwist(&self) {
        self.switches().twists.clear();
        self.touch();
    }

    /// Whether the account paid for filters.
    pub(crate) fn has_filters(&self) -> bool {
        self.options().filters || self.twisted(&Twist::Filters)
    }

    /// Refuses a path of the API that a twist has shut.
    pub(crate) fn shut(&self, path: &str) -> Option<Response> {
        let entity = path.strip_prefix("/api/v4/")?.split('/').next().unwrap_or_default();
        let admin = matches!(entity, "users" | "webhooks");
        let shut = self.switches().twists.iter().any(|twist| match twist {
            Twist::NotAdministrator => admin,
            // Pipelines and fields stay open to any user.
            Twist::Shut(shut) => {
                *shut == entity && !path.contains("pipelines") && !path.contains("custom_fields")
            }
            _ => false,
        });
        shut.then(|| problem(StatusCode::FORBIDDEN, "Client doesn't have the required scope"))
    }

    /// A pipeline as the API shows it, after the twists.
    pub(crate) fn twist_pipeline(&self, mut pipeline: Value) -> Value {
        let gone = self.gone_stages();
        if self.twisted(&Twist::PipelineGone) {
            pipeline["id"] = json!(OTHER_PIPELINE);
            pipeline["name"] = json!("Новые клиенты");
        }
        pipeline["is_archive"] = json!(self.twisted(&Twist::PipelineArchived));
        if let Some(Value::Array(stages)) = pipeline.pointer_mut("/_embedded/statuses") {
            stages.retain(|stage| !stage["id"].as_i64().is_some_and(|id| gone.contains(&id)));
        }
        pipeline
    }

    /// Fields of an entity as the API shows them, after the twists.
    pub(crate) fn twist_fields(&self, entity: &str, fields: Vec<Value>) -> Vec<Value> {
        let twists = self.switches().twists.clone();
        let pipeline = crate::amocrm::catalogue::PIPELINE;
        let wanted = |stage: i64| json!([{ "pipeline_id": pipeline, "status_id": stage }]);
        let mut all = Vec::new();
        for mut field in fields {
            let id = field["id"].as_i64().unwrap_or_default();
            if twists.contains(&Twist::FieldGone(id)) {
                continue;
            }
            for twist in &twists {
                match twist {
                    Twist::FieldKind(which, kind) if *which == id => field["type"] = json!(kind),
                    Twist::FieldRequired(which, stage) if *which == id => {
                        field["required_statuses"] = wanted(*stage);
                    }
                    _ => {}
                }
            }
            all.push(field);
        }
        let fresh = twists.iter().filter_map(|twist| match twist {
            Twist::NewFieldRequired(stage) if entity == "leads" => Some(json!({
                "id": NEW_FIELD, "name": "Источник", "type": "select", "code": null,
                "entity_type": "leads", "required_statuses": wanted(*stage)
            })),
            _ => None,
        });
        all.extend(fresh);
        all
    }

    /// The users as the API shows them, after the twists.
    pub(crate) fn twist_users(&self, users: Vec<Value>) -> Vec<Value> {
        let twists = self.switches().twists.clone();
        let mut kept = Vec::new();
        for mut user in users {
            let id = user["id"].as_i64().unwrap_or_default();
            if twists.contains(&Twist::UserGone(id)) {
                continue;
            }
            if twists.contains(&Twist::UserOff(id)) {
                user["rights"]["is_active"] = json!(false);
            }
            kept.push(user);
        }
        kept
    }

    fn gone_stages(&self) -> BTreeSet<i64> {
        let twists = &self.switches().twists;
        let gone = twists.iter().filter_map(|twist| match twist {
            Twist::StageGone(id) => Some(*id),
            _ => None,
        });
        gone.collect()
    }

    fn twisted(&self, twist: &Twist) -> bool {
        self.switches().twists.contains(twist)
    }
}
