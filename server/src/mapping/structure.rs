//! What an account has: pipelines, stages, fields, people. Asked each night and when somebody wants to
//! see it anew, and kept, so that a page can say «Подтверждён» instead of a number without asking the
//! CRM while a person waits.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::checkups::Named;
use domain::connection_settings;
use domain::db::{Executor, Tx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::crm::NoRecord;
use crate::crm::amo::checkup::Snapshot;
use crate::crm::amo::wire;
use crate::crm::bitrix24::BitrixCalls;
use crate::crm::bitrix24::approvals::{name_of, permitted};
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::bitrix24::deals::moves::labels;
use crate::crm::error::CallError;
use crate::crm::limiter::Urgency;
use crate::crm::tell::lead::LEAD;

/// Deals: whose field it is, as texts call it in both CRMs.
pub(crate) const LEADS: &str = "leads";
/// Leads of a portal, which keeps them apart from its deals.
pub(crate) const INQUIRIES: &str = "inquiries";
/// Contacts.
pub(crate) const CONTACTS: &str = "contacts";
/// Companies.
pub(crate) const COMPANIES: &str = "companies";

/// An account, by ids that are texts in both CRMs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Structure {
    /// In the account's order; the statuses of a portal's leads are the pipeline `lead`.
    pub(crate) pipelines: Vec<Pipeline>,
    /// Of deals, contacts and companies.
    pub(crate) fields: Vec<Field>,
    /// Empty where our access may not see them.
    pub(crate) people: Vec<Person>,
}

/// A pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pipeline {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether new deals go here by default.
    pub(crate) is_main: bool,
    /// Whether it is put away.
    pub(crate) is_archive: bool,
    /// In the account's order.
    pub(crate) stages: Vec<Named>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Field {
    /// [`LEADS`], [`INQUIRIES`], [`CONTACTS`] or [`COMPANIES`].
    pub(crate) of: String,
    pub(crate) id: String,
    pub(crate) name: String,
    /// Its type, in the CRM's word.
    pub(crate) kind: String,
    /// Pipeline and stage that a deal reaches only with it filled.
    #[serde(default)]
    pub(crate) required: Vec<(String, String)>,
}

/// Somebody of the account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether they can be responsible for a deal.
    pub(crate) works: bool,
}

impl Pipeline {
    /// Whether it has this stage.
    pub(crate) fn has(&self, stage: &str) -> bool {
        self.stages.iter().any(|one| one.id == stage)
    }

    /// Itself as a choice.
    pub(crate) fn named(&self) -> Named {
        Named { id: self.id.clone(), name: self.name.clone() }
    }
}

impl Structure {
    /// Of an account of amoCRM.
    pub(crate) fn of_amo(there: &Snapshot) -> Structure {
        let pipelines = there.pipelines.iter().map(|one| Pipeline {
            id: one.id.to_string(),
            name: one.name.clone(),
            is_main: one.is_main,
            is_archive: one.is_archive,
            stages: one.statuses.iter().map(|stage| named(stage.id, &stage.name)).collect(),
        });
        let all = [
            (LEADS, &there.lead_fields),
            (CONTACTS, &there.contact_fields),
            (COMPANIES, &there.company_fields),
        ];
        let fields = all.into_iter().flat_map(|(of, fields)| fields.iter().map(|it| field(of, it)));
        let people = there.users.iter().flatten().map(|user| Person {
            id: user.id.to_string(),
            name: user.name.clone(),
            works: user.works(),
        });
        Structure {
            pipelines: pipelines.collect(),
            fields: fields.collect(),
            people: people.collect(),
        }
    }

    /// Asks a portal of Bitrix24. People are left out where the access may not see them.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(crate) async fn of_portal(
        bitrix: &BitrixConnection,
        urgency: Urgency,
    ) -> Result<Structure, CallError> {
        let calls = bitrix.client.calls(&NoRecord).with_urgency(urgency);
        let pipelines = pipelines(&calls).await?;
        let mut fields = Vec::new();
        for (of, kind) in [
            (LEADS, Kind::Deal),
            (INQUIRIES, Kind::Lead),
            (CONTACTS, Kind::Contact),
            (COMPANIES, Kind::Company),
        ] {
            let all = calls.item_fields(kind).await?;
            let ours = labels(&all).into_iter().filter(|(id, _)| of == LEADS || is_own(id));
            fields.extend(ours.map(|(id, name)| {
                let kind = all[&id]["type"].as_str().unwrap_or_default().to_owned();
                Field { of: of.to_owned(), id, name, kind, required: Vec::new() }
            }));
        }
        let people = permitted(calls.everybody().await)?.unwrap_or_default();
        let people = people.iter().filter_map(person).collect();
        Ok(Structure { pipelines, fields, people })
    }

    /// The pipeline of this id.
    pub(crate) fn pipeline(&self, id: &str) -> Option<&Pipeline> {
        self.pipelines.iter().find(|one| one.id == id)
    }

    /// As it was last seen, and when; `None` before the first look, or where a former version of this
    /// program wrote it.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn seen(
        db: &mut impl Executor,
        connection: &str,
    ) -> domain::Result<Option<(Structure, DateTime<Utc>)>> {
        let seen = connection_settings::seen(db, connection).await?;
        Ok(seen.and_then(|(text, at)| Some((serde_json::from_str(&text).ok()?, at))))
    }

    /// Keeps it as seen now.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn keep(
        &self,
        tx: &mut Tx,
        connection: &str,
        now: DateTime<Utc>,
    ) -> domain::Result<()> {
        let text = serde_json::to_string(self)?;
        connection_settings::keep_seen(tx, connection, &text, now).await
    }
}

/// Whether a field of a portal is the dealer's own, and not one that each portal has.
pub(crate) fn is_own(field: &str) -> bool {
    field.starts_with("UF_")
}

fn named(id: i64, name: &str) -> Named {
    Named { id: id.to_string(), name: name.to_owned() }
}

fn field(of: &str, field: &wire::FieldDefinition) -> Field {
    let required = field
        .required_statuses
        .iter()
        .filter_map(|stage| Some((stage.pipeline_id?.to_string(), stage.status_id.to_string())));
    Field {
        of: of.to_owned(),
        id: field.id.to_string(),
        name: field.name.clone(),
        kind: field.kind.clone(),
        required: required.collect(),
    }
}

/// A pipeline of a portal.
#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
    #[serde(default, rename = "isDefault")]
    is_default: Value,
}

#[derive(Deserialize)]
struct Categories {
    categories: Vec<Category>,
}

/// An entry of one of a portal's lists.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Status {
    entity_id: String,
    status_id: String,
    name: String,
}

async fn pipelines(calls: &BitrixCalls<'_>) -> Result<Vec<Pipeline>, CallError> {
    // Bitrix24: a deal's entityTypeId is 2.
    let params = json!({ "entityTypeId": 2 });
    let categories = calls.call::<Categories>("crm.category.list", &params).await?.categories;
    let mut pipelines: Vec<Pipeline> = categories
        .into_iter()
        .map(|one| Pipeline {
            id: one.id.to_string(),
            name: one.name,
            is_main: one.is_default == "Y",
            is_archive: false,
            stages: Vec::new(),
        })
        .collect();
    let mut stages: BTreeMap<String, Vec<Named>> = BTreeMap::new();
    let order = json!({ "order": { "SORT": "ASC" } });
    for one in calls.call::<Vec<Status>>("crm.status.list", &order).await? {
        let pipeline = match one.entity_id.as_str() {
            "STATUS" => LEAD,
            "DEAL_STAGE" => "0",
            other => match other.strip_prefix("DEAL_STAGE_") {
                Some(category) => category,
                None => continue,
            },
        };
        let stage = Named { id: one.status_id, name: one.name };
        stages.entry(pipeline.to_owned()).or_default().push(stage);
    }
    for pipeline in &mut pipelines {
        pipeline.stages = stages.remove(&pipeline.id).unwrap_or_default();
    }
    if let Some(stages) = stages.remove(LEAD) {
        let (id, name) = (LEAD.to_owned(), String::new());
        pipelines.push(Pipeline { id, name, is_main: false, is_archive: false, stages });
    }
    Ok(pipelines)
}

fn person(user: &Item) -> Option<Person> {
    let id = user.number("ID")?.to_string();
    Some(Person { id, name: name_of(user), works: user.is_true("ACTIVE") })
}
